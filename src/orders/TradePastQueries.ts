/**
 * The statements that carry order documents, as a snapshot saw them, from one database into an empty other one: page by
 * page, so that a large journal costs no more memory than a small one. Ids are kept. Fails with `SqlError` of either
 * database.
 */
import { Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"

const pageSize = 10_000

interface Page {
  readonly rows: string | null
  readonly last: bigint | number | null
}

interface Copied {
  readonly table: string
  readonly columns: Readonly<Record<string, string>>
}

/** Tables that are carried over by id, as far as the snapshot saw them. */
const copied: ReadonlyArray<Copied> = [
  { table: "trade_documents", columns: { id: "int8", company: "text", kind: "text", number: "text" } },
  {
    table: "trade_versions",
    columns: {
      id: "int8",
      document_id: "int8",
      status: "text",
      effective: "bool",
      lines_of: "int8",
      order_id: "int8",
      partner: "text",
      warehouse: "text",
      tool: "text",
      head: "jsonb",
      document_date: "timestamptz",
      message_id: "int8",
      run_id: "int8",
      sender: "text",
      recorded_at: "timestamptz"
    }
  },
  {
    table: "trade_lines",
    columns: {
      id: "int8",
      document_id: "int8",
      version_id: "int8",
      position: "int4",
      line_ref: "text",
      parent_ref: "text",
      order_line_id: "int8",
      product: "text",
      sku: "text",
      gtin: "text",
      quantity: "numeric",
      uom: "text",
      lot: "text",
      supplier_lot: "text",
      warehouse_lot: "text",
      expiration: "text",
      best_before: "text",
      production: "text",
      sscc: "text",
      price: "numeric",
      notes: "text",
      lot_source: "jsonb",
      serials: "int4",
      before: "numeric"
    }
  },
  {
    table: "stock_entries",
    columns: {
      id: "int8",
      company: "text",
      warehouse: "text",
      bin: "text",
      product: "text",
      quantity: "numeric",
      line_id: "int8"
    }
  },
  {
    table: "pass_throughs",
    columns: {
      id: "int8",
      version_id: "int8",
      channel: "text",
      stage: "text",
      what: "text",
      line_ref: "text",
      reason: "text",
      quantity: "int4"
    }
  },
  {
    table: "desk_overrides",
    columns: {
      id: "int8",
      version_id: "int8",
      rule: "text",
      findings: "int4",
      actor: "text",
      reason: "text",
      recorded_at: "timestamptz"
    }
  }
]

const textColumns = { line_id: "int8", position: "int4", value: "text" }
const removalColumns = { line_id: "int8", value: "text", version_id: "int8" }

/** Reads from the client of the context. */
export const source = Effect.fnUntraced(function* (snapshot: string) {
  const sql = yield* SqlClient.SqlClient
  const visible = sql`pg_visible_in_snapshot(xid, ${snapshot}::text::pg_snapshot)`

  const pages = ({ table, columns }: Copied) =>
    Stream.unfold(0, (after) =>
      Effect.map(
        sql<Page>`
          SELECT json_agg(r)::text AS rows, max(r.id) AS last
          FROM (SELECT ${sql.literal(Object.keys(columns).join(", "))} FROM ${sql(table)}
            WHERE id > ${after}::int8 AND ${visible} ORDER BY id LIMIT ${pageSize}) r`,
        ([row]) =>
          row === undefined || row.rows === null || row.last === null
            ? undefined
            : ([{ rows: row.rows, after, last: Number(row.last) }, Number(row.last)] as const)
      )
    )

  /** Serials of the lines after one id, up to another. */
  const texts = (after: number, last: number) => sql<Page>`
    SELECT json_agg(r)::text AS rows, max(r.line_id) AS last FROM (
      SELECT t.line_id, t.position, t.value FROM serial_texts t JOIN trade_lines l ON l.id = t.line_id
      WHERE t.line_id > ${after}::int8 AND t.line_id <= ${last}::int8 AND ${visible}
      ORDER BY t.line_id, t.position) r`

  const removals = (after: number, last: number) => sql<Page>`
    SELECT json_agg(r)::text AS rows, max(r.version_id) AS last FROM (
      SELECT line_id, value, version_id FROM serial_removals
      WHERE version_id > ${after}::int8 AND version_id <= ${last}::int8 AND ${visible}
      ORDER BY version_id, line_id, value) r`

  return { pages, texts, removals }
})

export type Source = Effect.Success<ReturnType<typeof source>>

/** Copies everything into the database of the context, which must have no order documents yet. */
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
    yield* Stream.runForEach(
      from.pages(one),
      Effect.fnUntraced(function* ({ rows, after, last }) {
        yield* insert(one.table, one.columns, rows)
        if (one.table === "trade_lines")
          for (const page of yield* from.texts(after, last)) yield* insert("serial_texts", textColumns, page.rows)
        if (one.table === "trade_versions")
          for (const page of yield* from.removals(after, last))
            yield* insert("serial_removals", removalColumns, page.rows)
      })
    )
    yield* sql`
      SELECT setval(pg_get_serial_sequence(${one.table}, 'id'),
        (SELECT coalesce(max(id), 0) + 1 FROM ${sql(one.table)}), false)`
  }
})
