/**
 * Numbers as they stand, by their text: one in one statement, for whoever has no time, or the numbers of a chunk at once.
 * Everything a number refers to is found through primary keys. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { LookUp } from "./SerialEvent.ts"
import { lotOf } from "./SerialHistory.ts"
import { noId } from "./SerialKeyQueries.ts"
import type { Chunk } from "./SerialList.ts"
import type { SerialState } from "./SerialState.ts"
import { type ItemStatus, ofBits } from "./SerialStatus.ts"

/** What is known of a number, names in place of ids. */
export interface StandingRow {
  readonly state: SerialState
  readonly item_status: ItemStatus | null
  readonly attributes: number
  readonly owner: string
  readonly code_type: string
  readonly code: string
  readonly company: string
  readonly location: string | null
  readonly lot: string | null
  readonly expiry: string | null
  readonly expires: string | null
  readonly extended_to: string | null
  readonly manufactured: string | null
  readonly parent: string | null
}

/** Numbers of a chunk, by their places in it, of which the same is known. */
export interface KnownRow extends StandingRow {
  readonly places: ReadonlyArray<number>
}

/** A row told. An item status means something of commissioned numbers only; one that nobody gave is available. */
export const standing = (row: StandingRow): Omit<LookUp, "value"> => ({
  state: row.state,
  itemStatus: row.state === "commissioned" ? (row.item_status ?? "available") : undefined,
  attributes: ofBits(row.attributes),
  item: { owner: row.owner, codeType: row.code_type, code: row.code },
  company: row.company,
  location: row.location ?? undefined,
  lot: lotOf(row),
  parent: row.parent ?? undefined
})

/** The statements of this client. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Columns of `StandingRow` of rows `s`, and where they come from. */
  const columns = sql`s.state, s.item_status, s.attributes, owner.name AS owner, i.code_type, i.code,
    company.name AS company, location.name AS location, l.lot, l.expiry, l.expires::text, l.extended_to::text,
    l.manufactured, inp.prefix || ins.serial AS parent`
  const references = sql`
    JOIN items i ON i.id = s.item_id JOIN names owner ON owner.id = i.owner
    JOIN names company ON company.id = s.company_id LEFT JOIN names location ON location.id = s.location_id
    LEFT JOIN lots l ON l.id = s.lot_id
    LEFT JOIN serials ins ON ins.id = s.parent_id LEFT JOIN prefixes inp ON inp.id = ins.prefix_id`

  /** The number of this prefix and serial. */
  const one = (prefix: string, serial: string) =>
    sql<StandingRow>`
      SELECT ${columns} FROM prefixes p JOIN serials s ON s.serial = ${serial} AND s.prefix_id = p.id ${references}
      WHERE p.prefix = ${prefix}`.pipe(
      Effect.map(([row]): LookUp | undefined =>
        row === undefined ? undefined : { value: prefix + serial, ...standing(row) }
      )
    )

  /** What is known of the numbers of a chunk; most of them stand alike. */
  const known = (chunk: Chunk, ids: ReadonlyMap<string, number>) =>
    sql<KnownRow>`
      SELECT s.places, ${columns} FROM (
        SELECT s.state, s.item_status, s.attributes, s.company_id, s.location_id, s.item_id, s.lot_id, s.parent_id,
          array_agg(u.position::int4 - 1) AS places
        FROM unnest(${chunk.serials}::text[], ${chunk.prefixes.map((prefix) => ids.get(prefix) ?? noId)}::int4[])
          WITH ORDINALITY AS u(serial, prefix_id, position)
        JOIN serials s ON s.serial = u.serial AND s.prefix_id = u.prefix_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
      ) s ${references}`

  return { columns, references, one, known }
})

export type LookUps = Effect.Success<typeof make>
