CREATE TABLE "configuration_head" (
	"only" boolean PRIMARY KEY,
	"version" bigint NOT NULL
);
