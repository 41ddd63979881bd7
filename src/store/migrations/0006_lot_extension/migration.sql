CREATE TYPE "product_job_status" AS ENUM('Pending', 'Success', 'Failed');--> statement-breakpoint
CREATE TABLE "directory_cursors" (
	"provider" text PRIMARY KEY,
	"cursor" text NOT NULL,
	"synced_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "directory_records" (
	"provider" text COLLATE "C",
	"record" text COLLATE "C",
	"version" bigint NOT NULL,
	"gtin" text COLLATE "C" NOT NULL,
	"responder" text NOT NULL,
	"company_prefix" text,
	"description" text,
	"verify_url" text,
	"check_url" text,
	"valid_from" text COLLATE "C",
	"valid_to" text COLLATE "C",
	"deleted" boolean NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "directory_records_pkey" PRIMARY KEY("provider","record")
);
--> statement-breakpoint
CREATE TABLE "product_jobs" (
	"id" text PRIMARY KEY,
	"kind" text NOT NULL,
	"company" text NOT NULL,
	"actor" text NOT NULL,
	"status" "product_job_status" NOT NULL,
	"request" jsonb NOT NULL,
	"rows" jsonb,
	"file" bytea,
	"file_name" text,
	"detail" text,
	"submitted_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "lots" ADD COLUMN "extended" text COLLATE "C" NOT NULL;--> statement-breakpoint
ALTER TABLE "lots" ADD COLUMN "extended_to" date;--> statement-breakpoint
DROP INDEX "lots_identity";--> statement-breakpoint
CREATE UNIQUE INDEX "lots_identity" ON "lots" ("lot","item_id","expiry","manufactured","extended");--> statement-breakpoint
CREATE INDEX "directory_records_gtin" ON "directory_records" ("gtin");--> statement-breakpoint
CREATE INDEX "product_jobs_status" ON "product_jobs" ("status","submitted_at");