/**
 * Companies, links, profiles, products and pools, as an append-only history of versions (docs/decisions/0005-configuration-journal.md).
 */
import { bigint, boolean, index, jsonb, pgTable, text } from "drizzle-orm/pg-core"
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

/**
 * How often the configuration was appended to. Who appends holds the row, so that a transaction on an older snapshot,
 * which does not see what was appended meanwhile, fails as a serialization failure and is tried again.
 */
export const configurationHead = pgTable("configuration_head", {
  only: boolean("only").primaryKey(),
  version: bigint("version", { mode: "number" }).notNull()
})
