/** What other providers' directories say of one GTIN, newest version first. Fails with `SqlError`. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A record of another provider: who says so, who answers, for which expiration dates (`2026-11-24`). */
export interface ForeignRecord {
  readonly provider: string
  readonly responder: string
  readonly verifyUrl: string | null
  readonly validFrom: string | null
  readonly validTo: string | null
}

/** The statement, bound to the client of this context. */
export const make = Effect.map(
  SqlClient.SqlClient,
  (sql) => (gtin: string) =>
    sql<ForeignRecord>`
      SELECT provider, responder, verify_url AS "verifyUrl", valid_from AS "validFrom", valid_to AS "validTo"
      FROM directory_records WHERE gtin = ${gtin} AND NOT deleted
      ORDER BY valid_from DESC NULLS LAST, version DESC, provider, record`
)
