CREATE TABLE "console_sessions" (
	"sha256" bytea PRIMARY KEY,
	"key" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_requests" (
	"id" text PRIMARY KEY,
	"company" text NOT NULL,
	"caller" text NOT NULL,
	"event" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"outcomes" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "event_requests_open" ON "event_requests" ("at","id") WHERE finished_at IS NULL;