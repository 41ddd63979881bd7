/**
 * The statements that write order documents: a version, its lines in one go, its serials a chunk a statement. They run
 * inside the caller's transaction and fail with `SqlError`, whose reason says whether another try may help: two messages
 * that write about the same document or order at once end so, and the later one is run again.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { NewLine, NewVersion, OverrideRecord, Passage, Recorded, StockEntry } from "./OrdersModel.ts"

/** Serials a statement writes. */
const chunkSize = 10_000

const chunks = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / chunkSize) }, (_, index) =>
    all.slice(index * chunkSize, (index + 1) * chunkSize)
  )

/** A line as `json_to_recordset` takes it. */
const lineRow = (line: NewLine) => ({
  position: line.position,
  line_ref: line.sourceLineRef,
  parent_ref: line.parentLineRef,
  order_line_id: line.orderLineId,
  product: line.product,
  sku: line.sku,
  gtin: line.gtin,
  quantity: line.quantity,
  uom: line.uom,
  lot: line.lotNumber,
  supplier_lot: line.supplierLotNumber,
  warehouse_lot: line.warehouseLotNumber,
  expiration: line.expirationDate,
  best_before: line.bestBeforeDate,
  production: line.productionDate,
  sscc: line.sscc,
  price: line.price,
  notes: line.notes,
  lot_source: line.lotSource,
  serials: line.values.length,
  before: line.before
})

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /**
   * The document's row, new or touched. The order it is about is touched too: what a message read of the two would not
   * hold if another one wrote about them at once, so of such messages the later begins again and sees the earlier.
   */
  const documentId = Effect.fnUntraced(function* ({ key: { company, kind, number }, order }: NewVersion) {
    const [row] = yield* sql<{ readonly id: bigint }>`
      INSERT INTO trade_documents (company, kind, number) VALUES (${company}, ${kind}, ${number})
      ON CONFLICT (company, kind, number) DO UPDATE SET number = excluded.number RETURNING id`
    if (order !== undefined) yield* sql`UPDATE trade_documents SET number = number WHERE id = ${order}::int8`
    return row === undefined ? yield* Effect.die("a document was inserted and cannot be read") : Number(row.id)
  })

  const insertLines = Effect.fnUntraced(function* (
    documentId: number,
    versionId: number,
    lines: ReadonlyArray<NewLine>
  ) {
    const rows = yield* sql<{ readonly id: bigint; readonly position: number }>`
      INSERT INTO trade_lines (document_id, version_id, position, line_ref, parent_ref, order_line_id, product, sku, gtin,
        quantity, uom, lot, supplier_lot, warehouse_lot, expiration, best_before, production, sscc, price, notes,
        lot_source, serials, before)
      SELECT ${documentId}::int8, ${versionId}::int8, l.* FROM json_to_recordset(${JSON.stringify(lines.map(lineRow))}::text::json)
        AS l(position int4, line_ref text, parent_ref text, order_line_id int8, product text, sku text, gtin text,
          quantity numeric, uom text, lot text, supplier_lot text, warehouse_lot text, expiration text,
          best_before text, production text, sscc text, price numeric, notes text, lot_source jsonb, serials int4,
          before numeric)
      ORDER BY l.position
      RETURNING id, position`
    const ids = new Map(rows.map((row) => [row.position, Number(row.id)]))
    return lines.map(({ position }) => ids.get(position) ?? 0)
  })

  const insertSerials = Effect.fnUntraced(function* (lines: ReadonlyArray<NewLine>, ids: ReadonlyArray<number>) {
    const all = lines.flatMap(({ values }, index) =>
      values.map((value, position) => ({ line: ids[index] ?? 0, position, value }))
    )
    for (const chunk of chunks(all)) {
      yield* sql`
        INSERT INTO serial_texts (line_id, position, value)
        SELECT * FROM unnest(${chunk.map(({ line }) => `${line}`)}::text[]::int8[], ${chunk.map(({ position }) => position)}::int4[],
          ${chunk.map(({ value }) => value)}::text[])`
    }
  })

  /** Writes down what a message makes of a document. */
  const record = Effect.fn("OrderQueries.record")(function* (version: NewVersion) {
    const { lines, context } = version
    const id = yield* documentId(version)
    const kept =
      lines === undefined
        ? sql`(SELECT lines_of FROM trade_versions WHERE document_id = ${id}::int8 ORDER BY id DESC LIMIT 1)`
        : sql`NULL`
    const rows = yield* sql<{ readonly id: bigint }>`
      INSERT INTO trade_versions (document_id, status, effective, lines_of, order_id, partner, warehouse, tool, head,
        document_date, message_id, run_id, sender, recorded_at)
      VALUES (${id}::int8, ${version.status}, ${version.effective}, ${kept}, ${version.order ?? null}::int8,
        ${version.partner ?? null}::text, ${version.warehouse ?? null}::text, ${version.tool},
        ${JSON.stringify(version.head)}::text::jsonb, ${version.date ?? null}::timestamptz, ${context.messageId}::int8,
        ${context.runId}::int8, ${version.sender}, ${context.clock}::timestamptz)
      RETURNING id`
    const versionId = Number(rows[0]?.id ?? 0)
    if (lines !== undefined)
      yield* sql`UPDATE trade_versions SET lines_of = ${versionId}::int8 WHERE id = ${versionId}::int8`
    const lineIds = lines === undefined || lines.length === 0 ? [] : yield* insertLines(id, versionId, lines)
    if (lines !== undefined) yield* insertSerials(lines, lineIds)
    const recorded: Recorded = { documentId: id, versionId, lineIds }
    return recorded
  })

  /** Takes serials off lines. */
  const remove = (versionId: number, removals: ReadonlyArray<{ readonly lineId: number; readonly value: string }>) =>
    Effect.forEach(
      chunks(removals),
      (chunk) => sql`
        INSERT INTO serial_removals (line_id, value, version_id)
        SELECT r.line, r.value, ${versionId}::int8
        FROM unnest(${chunk.map(({ lineId }) => `${lineId}`)}::text[]::int8[], ${chunk.map(({ value }) => value)}::text[]) AS r(line, value)
        ON CONFLICT DO NOTHING`,
      { discard: true }
    )

  const passages = (versionId: number, all: ReadonlyArray<Passage>) =>
    Effect.forEach(
      chunks(all),
      (chunk) => sql`
        INSERT INTO pass_throughs (version_id, channel, stage, what, line_ref, reason, quantity)
        SELECT ${versionId}::int8, p.* FROM json_to_recordset(${JSON.stringify(
          chunk.map(({ channel, stage, what, lineRef, reason, quantity }) => ({
            channel,
            stage,
            what,
            line_ref: lineRef,
            reason,
            quantity
          }))
        )}::text::json) AS p(channel text, stage text, what text, line_ref text, reason text, quantity int4)`,
      { discard: true }
    )

  const overrides = (versionId: number, all: ReadonlyArray<OverrideRecord>, clock: Date) =>
    Effect.forEach(
      all,
      ({ rule, findings, actor, reason }) => sql`
        INSERT INTO desk_overrides (version_id, rule, findings, actor, reason, recorded_at)
        VALUES (${versionId}::int8, ${rule}, ${findings}::int4, ${actor}, ${reason}, ${clock}::timestamptz)`,
      { discard: true }
    )

  const enter = (entries: ReadonlyArray<StockEntry>) => {
    const rows = entries.map(({ lineId, ...entry }) => ({ ...entry, line_id: lineId }))
    return sql`
      INSERT INTO stock_entries (company, warehouse, bin, product, quantity, line_id)
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
        AS e(company text, warehouse text, bin text, product text, quantity numeric, line_id int8)`
  }

  return { record, remove, passages, overrides, enter }
})
