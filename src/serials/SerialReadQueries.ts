/**
 * What is read of the repository: counts by reference document, single numbers with their history, pages of numbers. Everything comes in a stated order. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { documentsOf, fold } from "./SerialHistory.ts"
import * as SerialHistoryQueries from "./SerialHistoryQueries.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import { type LookUps, type StandingRow, standing } from "./SerialLookUpQueries.ts"
import type { Filters, Found, ItemSelector, Listed, Selection } from "./SerialModel.ts"
import { ofPrefix } from "./SerialNumber.ts"
import type { SerialChanges } from "./SerialQueries.ts"
import { type SerialState, serialStates } from "./SerialState.ts"

/** Matches shown of one text; a bare serial may belong to many packaging codes. */
const maxMatches = 100

/** Stands for every prefix; none is like it. */
const any = "*"

interface ListedRow extends StandingRow {
  readonly id: bigint
  readonly prefix: string
  readonly serial: string
  readonly po_number: string | null
  readonly po_line: string | null
  readonly work_order_number: string | null
  readonly reference_identifier: string | null
}

const listed = (row: ListedRow): Listed => ({
  value: row.prefix + row.serial,
  encoding: ofPrefix(row.prefix).encoding,
  serial: row.serial,
  ...standing(row),
  documents: documentsOf(row)
})

/** A number to be found: with a prefix exactly that one, without any that ends so. */
export interface Candidate {
  readonly prefix: string | undefined
  readonly serial: string
}

/** The statements of this client. */
export const make = Effect.fnUntraced(function* (keys: SerialKeys, changes: SerialChanges, lookUps: LookUps) {
  const sql = yield* SqlClient.SqlClient
  const histories = yield* SerialHistoryQueries.make

  /** Rows `s` with all they refer to. */
  const full = sql`
    SELECT s.id, p.prefix, s.serial, ${lookUps.columns}, d.po_number, d.po_line, d.work_order_number,
      d.reference_identifier
    FROM serials s JOIN prefixes p ON p.id = s.prefix_id ${lookUps.references}
    LEFT JOIN documents d ON d.id = s.document_id`

  const countByState = Effect.fnUntraced(function* ({ item, documents, holder }: Selection) {
    const items = yield* keys.knownItems(item)
    const sets = yield* keys.knownDocuments(documents)
    const where = yield* changes.condition(serialStates, holder)
    const rows = yield* sql<{ readonly state: SerialState; readonly count: number }>`
      SELECT s.state, count(*)::int4 AS count FROM serials s
      WHERE s.item_id = ANY(${items}::int4[]) AND s.document_id = ANY(${sets}::int8[]) AND ${changes.may(where)}
      GROUP BY s.state`
    const count = (state: SerialState) => rows.find((row) => row.state === state)?.count ?? 0
    return {
      unreserved: count("unreserved"),
      reserved: count("reserved"),
      encoded: count("encoded"),
      commissioned: count("commissioned"),
      decommissioned: count("decommissioned"),
      destroyed: count("destroyed"),
      deactivated: count("deactivated")
    }
  })

  const knownDocument = Effect.fnUntraced(function* (
    selection: Omit<Selection, "holder"> & { readonly kinds?: ReadonlyArray<string> | undefined }
  ) {
    const items = yield* keys.knownItems(selection.item)
    const sets = yield* keys.knownDocuments(selection.documents)
    const kinds = selection.kinds === undefined ? sql`true` : sql`kind = ANY(${selection.kinds}::text[])`
    const rows = yield* sql<{ readonly known: boolean }>`
      SELECT EXISTS (SELECT 1 FROM serial_changes WHERE item_id = ANY(${items}::int4[])
        AND document_id = ANY(${sets}::int8[]) AND ${kinds}) AS known`
    return rows[0]?.known === true
  })

  /** How many numbers are packed in each of these, now. */
  const childrenOf = Effect.fnUntraced(function* (ids: ReadonlyArray<bigint>) {
    const rows = yield* sql<{ readonly parent_id: bigint; readonly children: number }>`
      SELECT c.parent_id, count(DISTINCT c.id)::int4 AS children
      FROM serial_history p JOIN serials c ON c.id = p.serial_id AND c.parent_id = p.parent_id
      WHERE p.parent_id = ANY(${ids}::int8[]) GROUP BY 1`
    return new Map(rows.map(({ parent_id, children }) => [parent_id, children]))
  })

  /** Every number that one of the candidates means, with its history. */
  const find = Effect.fnUntraced(function* (candidates: ReadonlyArray<Candidate>) {
    const rows = yield* sql<ListedRow>`${full}
      JOIN unnest(${candidates.map(({ serial }) => serial)}::text[], ${candidates.map(({ prefix }) => prefix ?? any)}::text[])
        AS u(serial, prefix) ON s.serial = u.serial AND (u.prefix = ${any} OR p.prefix = u.prefix)
      ORDER BY p.prefix, s.serial, s.id LIMIT ${maxMatches}`
    const distinct = rows.filter((row, index) => rows.findIndex(({ id }) => id === row.id) === index)
    const ids = distinct.map(({ id }) => id)
    const changesOf = yield* histories.of(ids)
    const children = yield* childrenOf(ids)
    return distinct.map(
      (row): Found => ({
        ...listed(row),
        children: children.get(row.id) ?? 0,
        history: fold(changesOf.get(row.id) ?? [])
      })
    )
  })

  const filter = Effect.fnUntraced(function* ({ item = {}, states, company, location, documents }: Filters) {
    const { owner, codeType, code } = item satisfies Partial<ItemSelector>
    const conditions = [
      owner === undefined ? [] : [sql`owner.name = ${owner}`],
      codeType === undefined ? [] : [sql`i.code_type = ${codeType.toUpperCase()}`],
      code === undefined ? [] : [sql`i.code = ${code}`],
      states === undefined ? [] : [sql`s.state = ANY(${states}::serial_state[])`],
      company === undefined ? [] : [sql`s.company_id = ${yield* keys.knownName(company)}::int4`],
      location === undefined ? [] : [sql`s.location_id = ${yield* keys.knownName(location)}::int4`],
      documents === undefined ? [] : [sql`s.document_id = ANY(${yield* keys.knownDocuments(documents)}::int8[])`]
    ]
    return sql.and([sql`true`, ...conditions.flat()])
  })

  /** Numbers after one, in the order they were created. */
  const list = Effect.fnUntraced(function* (filters: Filters, limit: number, after = 0) {
    const rows = yield* sql<ListedRow>`${full}
      WHERE s.id > ${after}::int8 AND ${yield* filter(filters)} ORDER BY s.id LIMIT ${limit + 1}::int8`
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return { rows: page.map(listed), after: rows.length > limit && last !== undefined ? Number(last.id) : undefined }
  })

  return { countByState, knownDocument, find, list }
})
