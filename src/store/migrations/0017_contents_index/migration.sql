DROP INDEX "serial_history_parent";--> statement-breakpoint
CREATE INDEX "serial_history_parent" ON "serial_history" ("parent_id") WHERE parent_id IS NOT NULL;