/**
 * What partners said about documents we sent them: accepted or rejected, by the message that said so. Rows are added and
 * never changed; the newest about a document counts. What was sent and has no row is waited for.
 */
import { pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import { commitOrder, moment, reference } from "./Columns.ts"

export const acknowledgments = pgTable(
  "acknowledgments",
  {
    /** The outbound message it is about. */
    messageId: reference("message_id").notNull(),
    /** The inbound message that says it. */
    byMessage: reference("by_message").notNull(),
    /** `accepted`, `errors` (accepted, with errors noted), `partly`, `rejected`. */
    status: text("status").notNull(),
    /** What was wrong, as the partner's codes. */
    detail: text("detail"),
    at: moment("at").notNull(),
    xid: commitOrder()
  },
  (t) => [primaryKey({ columns: [t.messageId, t.byMessage] })]
)
