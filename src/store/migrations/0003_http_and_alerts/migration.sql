CREATE TABLE "alerts" (
	"kind" text,
	"message_id" bigint,
	"address" text,
	"at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	CONSTRAINT "alerts_pkey" PRIMARY KEY("message_id","kind","address")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY,
	"company" text NOT NULL,
	"sha256" bytea NOT NULL UNIQUE,
	"scopes" text[] NOT NULL,
	"note" text NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_by" text
);
--> statement-breakpoint
CREATE TABLE "http_outbox" (
	"message_id" bigint PRIMARY KEY,
	"company" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"acknowledged_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "http_requests" (
	"company" text,
	"key" text,
	"type" text NOT NULL,
	"sha256" bytea NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "http_requests_pkey" PRIMARY KEY("company","key")
);
--> statement-breakpoint
CREATE INDEX "alerts_due" ON "alerts" ("address","at") WHERE sent_at IS NULL;--> statement-breakpoint
CREATE INDEX "alerts_sent" ON "alerts" ("address","sent_at" DESC NULLS LAST) WHERE sent_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "api_keys_company" ON "api_keys" ("company");--> statement-breakpoint
CREATE INDEX "deliveries_failed" ON "deliveries" ("next_at") WHERE status = 'delivery_failed';--> statement-breakpoint
CREATE INDEX "http_outbox_open" ON "http_outbox" ("company","message_id") WHERE acknowledged_at IS NULL;--> statement-breakpoint
CREATE INDEX "messages_failed" ON "messages" ("finished_at") WHERE direction = 'in' AND status IN ('map_in_failed', 'processing_failed', 'map_out_failed');