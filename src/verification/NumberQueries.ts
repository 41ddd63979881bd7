/**
 * The point look-up of verification: numbers with their status, lot, expiry and owner, and the version of the configuration
 * that goes with them, all as of one snapshot. One statement serves a whole group of requests, two index look-ups each.
 * Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { ofBits } from "../serials/SerialStatus.ts"
import type { Numbered, Past } from "./Rightful.ts"

/** Which number is meant: the prefix of its AI text (`01` + GTIN + `21`) and its serial. */
export interface Wanted {
  readonly prefix: string
  readonly serial: string
}

export interface Found {
  /** Newest version of the configuration in this snapshot. */
  readonly version: number
  readonly known: Numbered | undefined
}

interface Row {
  readonly version: bigint | number
  readonly place: bigint
  readonly state: string | null
  readonly item_status: string | null
  readonly attributes: number | null
  readonly lot: string | null
  readonly expiry: string | null
  readonly extended: string | null
  readonly owner: string | null
  readonly bound: boolean | null
}

interface PastRow extends Pick<Row, "lot" | "expiry" | "extended" | "owner"> {
  readonly lotOwner: string | null
}

const filled = (text: string | null): string | undefined => (text === null || text === "" ? undefined : text)

const foundOf = ({ version, state, item_status, attributes, lot, expiry, extended, ...row }: Row): Found => ({
  version: Number(version),
  known:
    state === null
      ? undefined
      : {
          state,
          itemStatus: item_status ?? undefined,
          attributes: ofBits(attributes ?? 0),
          lot: filled(lot),
          expiry: filled(expiry),
          extendedTo: filled(extended),
          owner: row.owner ?? "",
          isBound: row.bound ?? true
        }
})

const pastOf = ({ owner, lotOwner, lot, expiry, extended }: PastRow): Past => ({
  owner: owner ?? undefined,
  lot:
    lotOwner === null
      ? undefined
      : { owner: lotOwner, lot: filled(lot), expiry: filled(expiry), extendedTo: filled(extended) }
})

/** The statement, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** What is known of each, in their order. */
  const look = (wanted: ReadonlyArray<Wanted>) =>
    Effect.map(
      sql<Row>`
        SELECT (SELECT coalesce(max(id), 0) FROM configuration) AS version, u.place, s.state, s.item_status, s.attributes,
          l.lot, l.expiry, l.extended, owner.name AS owner, l.item_id = s.item_id AS bound
        FROM unnest(${wanted.map(({ prefix }) => prefix)}::text[], ${wanted.map(({ serial }) => serial)}::text[])
          WITH ORDINALITY AS u(prefix, serial, place)
        LEFT JOIN prefixes p ON p.prefix = u.prefix
        LEFT JOIN serials s ON s.serial = u.serial AND s.prefix_id = p.id
        LEFT JOIN lots l ON l.id = s.lot_id
        LEFT JOIN items i ON i.id = s.item_id LEFT JOIN names owner ON owner.id = i.owner
        ORDER BY u.place`,
      (rows) => rows.map(foundOf)
    )

  /** Whose a number was and which lots it was bound to, the first change first. */
  const past = ({ prefix, serial }: Wanted) =>
    Effect.map(
      sql<PastRow>`
        SELECT owner.name AS owner, l.lot, l.expiry, l.extended, binder.name AS "lotOwner"
        FROM prefixes p JOIN serials s ON s.serial = ${serial} AND s.prefix_id = p.id
        JOIN serial_history h ON h.serial_id = s.id JOIN serial_changes c ON c.id = h.change_id
        LEFT JOIN items i ON i.id = c.item_id LEFT JOIN names owner ON owner.id = i.owner
        LEFT JOIN lots l ON l.id = c.lot_id
        LEFT JOIN items li ON li.id = l.item_id LEFT JOIN names binder ON binder.id = li.owner
        WHERE p.prefix = ${prefix} AND (c.item_id IS NOT NULL OR c.lot_id IS NOT NULL) ORDER BY h.change_id`,
      (rows) => rows.map(pastOf)
    )
  return { look, past }
})
