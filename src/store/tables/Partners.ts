/**
 * Companies, links, profiles, products and pools, as an append-only history of versions (docs/decisions/0005-configuration-journal.md).
 */
import { index, jsonb, pgTable, text } from "drizzle-orm/pg-core"
import { commitOrder, identity, moment } from "./Columns.ts"

/**
 * Journal of configuration: every version of every company, link, profile, product and pool ever imported.
 * `value` null means removed. The newest visible row of a (kind, key) is the current one.
 */
export const configuration = pgTable(
  "configuration",
  {
    id: identity(),
    kind: text("kind").notNull(),
    key: text("key").notNull(),
    value: jsonb("value"),
    actor: text("actor").notNull(),
    at: moment("at").notNull(),
    xid: commitOrder()
  },
  (t) => [index("configuration_current").on(t.kind, t.key, t.id.desc())]
)
