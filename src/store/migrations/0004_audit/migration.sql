CREATE TABLE "audit" (
	"n" bigint PRIMARY KEY,
	"content" text NOT NULL,
	"hash" bytea NOT NULL,
	"xid" xid8 DEFAULT pg_current_xact_id() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"only" boolean PRIMARY KEY DEFAULT true,
	"n" bigint NOT NULL,
	"hash" bytea NOT NULL,
	CONSTRAINT "audit_head_is_one" CHECK ("only")
);
