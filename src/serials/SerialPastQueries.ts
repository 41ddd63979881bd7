/**
 * The statements that carry the repository, as a snapshot saw it, from one database into an empty other one: chunk by
 * chunk, each as columns, so that it costs no more memory for a large repository than for a small one. Ids are kept.
 * Fails with `SqlError` of either database.
 *
 * A change belongs to the snapshot when `pg_visible_in_snapshot` says so of the transaction that wrote it, and a number
 * when any change of it does. Its state is what its changes set, folded in the order of their ids: a REPEATABLE READ
 * transaction that changes a number began after the one before it had committed, so its change has a higher id.
 */
import { Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { chunkSize } from "./SerialList.ts"

/** Rows of one table as a JSON array, which the one database writes and the other reads. */
interface Page {
  readonly rows: string | null
  /** Key of the last row; null when there is none. */
  readonly last: bigint | number | null
}

/** A table that is carried over by id: small ones whole, the others as far as the snapshot saw them. */
interface Copied {
  readonly table: string
  readonly key: string
  readonly columns: Readonly<Record<string, string>>
  readonly seen: boolean
}

const copied: ReadonlyArray<Copied> = [
  { table: "names", key: "id", seen: false, columns: { id: "int4", name: "text" } },
  { table: "prefixes", key: "id", seen: false, columns: { id: "int4", prefix: "text" } },
  { table: "items", key: "id", seen: false, columns: { id: "int4", owner: "int4", code_type: "text", code: "text" } },
  {
    table: "lots",
    key: "id",
    seen: false,
    columns: {
      id: "int4",
      item_id: "int4",
      lot: "text",
      expiry: "text",
      manufactured: "text",
      extended: "text",
      expires: "date",
      extended_to: "date"
    }
  },
  {
    table: "documents",
    key: "id",
    seen: false,
    columns: { id: "int8", po_number: "text", po_line: "text", work_order_number: "text", reference_identifier: "text" }
  },
  {
    table: "serial_changes",
    key: "id",
    seen: true,
    columns: {
      id: "int8",
      kind: "text",
      message_id: "int8",
      run_id: "int8",
      actor: "text",
      state: "serial_state",
      company_id: "int4",
      location_id: "int4",
      document_id: "int8",
      item_id: "int4",
      lot_id: "int4",
      prefix_id: "int4",
      item_status: "item_status",
      set_attributes: "int4",
      clear_attributes: "int4",
      line_id: "int8",
      document: "text",
      quantity: "int4",
      attributes: "jsonb",
      event_at: "timestamptz",
      recorded_at: "timestamptz"
    }
  },
  {
    table: "transfers",
    key: "id",
    seen: true,
    columns: {
      id: "int8",
      message_id: "int8",
      run_id: "int8",
      change_id: "int8",
      from_company: "text",
      to_company: "text",
      to_location: "text",
      item_id: "int4",
      document_id: "int8",
      quantity: "int4",
      control_number: "text",
      at: "timestamptz"
    }
  },
  {
    table: "pool_draws",
    key: "change_id",
    seen: true,
    columns: { pool: "text", first: "int8", quantity: "int4", request_id: "text", change_id: "int8" }
  }
]

const serialColumns = {
  id: "int8",
  document_id: "int8",
  parent_id: "int8",
  prefix_id: "int4",
  item_id: "int4",
  company_id: "int4",
  location_id: "int4",
  state: "serial_state",
  lot_id: "int4",
  item_status: "item_status",
  attributes: "int4",
  serial: "text"
}
const historyColumns = { serial_id: "int8", change_id: "int8", parent_id: "int8", event_at: "timestamptz" }

/** Tables whose ids the other database goes on counting from. */
const counted = ["names", "prefixes", "items", "lots", "documents", "serial_changes", "transfers", "serials"]

/** Reads from the client of the context. */
export const source = Effect.fnUntraced(function* (snapshot: string) {
  const sql = yield* SqlClient.SqlClient
  const visible = sql`pg_visible_in_snapshot(xid, ${snapshot}::text::pg_snapshot)`

  /** Pages of a statement that takes the key to start after, until one is empty. */
  const pages = <E>(page: (after: number) => Effect.Effect<ReadonlyArray<Page>, E>) =>
    Stream.unfold(0, (after) =>
      Effect.map(page(after), ([row]) =>
        row === undefined || row.rows === null || row.last === null
          ? undefined
          : ([{ rows: row.rows, after, last: Number(row.last) }, Number(row.last)] as const)
      )
    )

  const table = ({ table, key, columns, seen }: Copied) =>
    pages(
      (after) => sql<Page>`
        SELECT json_agg(r)::text AS rows, max(r.${sql(key)}) AS last
        FROM (SELECT ${sql.literal(Object.keys(columns).join(", "))} FROM ${sql(table)}
          WHERE ${sql(key)} > ${after}::int8 AND ${seen ? visible : sql`true`} ORDER BY ${sql(key)} LIMIT ${chunkSize}) r`
    )

  /** What the last visible change that said something of it said. */
  const last = (column: string, says = `c.${column} IS NOT NULL`) =>
    sql.literal(`(array_agg(c.${column} ORDER BY c.id DESC) FILTER (WHERE ${says}))[1] AS ${column}`)

  /** Of each attribute, what the last visible change that touched it made of it. */
  const attributes = sql`
    CASE WHEN bool_or(c.set_attributes IS NOT NULL OR c.clear_attributes IS NOT NULL) THEN (
      SELECT coalesce(bit_or(1 << bit), 0) FROM generate_series(0, 30) AS bit WHERE (
        SELECT (coalesce(a.clear_attributes, 0) >> bit) & 1 = 0
        FROM serial_history ah JOIN serial_changes a ON a.id = ah.change_id
        WHERE ah.serial_id = h.serial_id AND pg_visible_in_snapshot(a.xid, ${snapshot}::text::pg_snapshot)
          AND ((coalesce(a.set_attributes, 0) | coalesce(a.clear_attributes, 0)) >> bit) & 1 = 1
        ORDER BY a.id DESC LIMIT 1)
    ) ELSE 0 END AS attributes`

  /** Numbers with the values their visible changes left, in the order of their ids. */
  const serials = pages(
    (after) => sql<Page>`
      SELECT json_agg(r)::text AS rows, max(r.id) AS last FROM (
      SELECT s.id, f.document_id, f.parent_id, coalesce(f.prefix_id, s.prefix_id) AS prefix_id, f.item_id, f.company_id,
        f.location_id, f.state, f.lot_id, f.item_status, f.attributes, s.serial
      FROM (
        SELECT h.serial_id, ${last("state")}, ${last("company_id")},
          ${last("location_id", "c.company_id IS NOT NULL OR c.location_id IS NOT NULL")}, ${last("document_id")},
          ${last("item_id")}, ${last("lot_id")}, ${last("prefix_id")}, ${last("item_status")}, ${attributes},
          nullif((array_agg(h.parent_id ORDER BY c.id DESC) FILTER (WHERE h.parent_id IS NOT NULL))[1], 0) AS parent_id
        FROM serial_history h JOIN serial_changes c ON c.id = h.change_id
        WHERE h.serial_id IN (
            SELECT v.id FROM serials v WHERE v.id > ${after}::int8 AND EXISTS (
              SELECT 1 FROM serial_history vh JOIN serial_changes vc ON vc.id = vh.change_id
              WHERE vh.serial_id = v.id AND pg_visible_in_snapshot(vc.xid, ${snapshot}::text::pg_snapshot))
            ORDER BY v.id LIMIT ${chunkSize})
          AND pg_visible_in_snapshot(c.xid, ${snapshot}::text::pg_snapshot)
        GROUP BY h.serial_id
      ) f JOIN serials s ON s.id = f.serial_id ORDER BY s.id) r`
  )

  /** Which of those changes the numbers after one id, up to another, went through. */
  const histories = (after: number, last: number) =>
    sql<Page>`
      SELECT json_agg(r)::text AS rows, max(r.serial_id) AS last FROM (
        SELECT h.serial_id, h.change_id, h.parent_id, h.event_at FROM serial_history h JOIN serial_changes c ON c.id = h.change_id
        WHERE h.serial_id > ${after}::int8 AND h.serial_id <= ${last}::int8 AND ${visible}
        ORDER BY h.serial_id, h.change_id) r`

  return { table, serials, histories }
})

export type Source = Effect.Success<ReturnType<typeof source>>

/** Copies everything into the database of the context, which must have no serials yet. */
export const copy = Effect.fnUntraced(function* (from: Source) {
  const sql = yield* SqlClient.SqlClient

  const insert = (table: string, columns: Readonly<Record<string, string>>, rows: string | null) => {
    const names = sql.literal(Object.keys(columns).join(", "))
    const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
    return sql`
      INSERT INTO ${sql(table)} (${names})
      SELECT ${names} FROM json_to_recordset(${rows ?? "[]"}::text::json) AS u(${sql.literal(typed.join(", "))})`
  }

  for (const one of copied) {
    yield* Stream.runForEach(from.table(one), ({ rows }) => insert(one.table, one.columns, rows))
  }
  yield* Stream.runForEach(
    from.serials,
    Effect.fnUntraced(function* ({ rows, after, last }) {
      yield* insert("serials", serialColumns, rows)
      for (const page of yield* from.histories(after, last)) {
        yield* insert("serial_history", historyColumns, page.rows)
      }
    })
  )
  for (const table of counted) {
    yield* sql`
      SELECT setval(pg_get_serial_sequence(${table}, 'id'), (SELECT coalesce(max(id), 0) + 1 FROM ${sql(table)}), false)`
  }
})
