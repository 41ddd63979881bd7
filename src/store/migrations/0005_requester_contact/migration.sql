ALTER TABLE "verifications" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "verifications" ADD COLUMN "telephone" text;