CREATE INDEX "http_outbox_done" ON "http_outbox" ("acknowledged_at") WHERE acknowledged_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "http_requests_at" ON "http_requests" ("at");