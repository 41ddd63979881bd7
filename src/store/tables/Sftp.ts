/**
 * What the SFTP channel remembers of the servers it met, for all machines of an installation: by which key each is known,
 * so that one that shows another is not trusted. A row goes only when an operator forgets the server.
 */
import { pgTable, text } from "drizzle-orm/pg-core"
import { bytea, moment } from "./Columns.ts"

/** The key that each server showed when any process of the installation met it first. */
export const sftpHostKeys = pgTable("sftp_host_keys", {
  /** As known_hosts names it: `host`, or `[host]:port` where the port is not 22. */
  server: text("server").primaryKey(),
  /** In the wire format of SSH. */
  key: bytea("key").notNull(),
  at: moment("at").notNull()
})
