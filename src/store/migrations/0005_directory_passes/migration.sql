ALTER TABLE "directory_cursors" ADD COLUMN "pass" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "directory_cursors" ADD COLUMN "anew" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "directory_records" ADD COLUMN "pass" integer DEFAULT 0 NOT NULL;