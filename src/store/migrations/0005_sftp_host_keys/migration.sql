CREATE TABLE "sftp_host_keys" (
	"server" text PRIMARY KEY,
	"key" bytea NOT NULL,
	"at" timestamp with time zone NOT NULL
);
