ALTER TABLE "alerts" ADD COLUMN "after_act" bigint DEFAULT 0;--> statement-breakpoint
ALTER TABLE "alerts" DROP CONSTRAINT "alerts_pkey";--> statement-breakpoint
ALTER TABLE "alerts" ADD PRIMARY KEY ("message_id","kind","address","after_act");