CREATE TABLE "acknowledgments" (
	"message_id" bigint,
	"by_message" bigint,
	"status" text NOT NULL,
	"detail" text,
	"at" timestamp with time zone NOT NULL,
	"xid" xid8 DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT "acknowledgments_pkey" PRIMARY KEY("message_id","by_message")
);
