/**
 * What is read of order documents: one as it stands with its lines, lists of them, serials of lines, and where listed
 * serials stand in documents. A list of serials is one statement a chunk. Everything comes in a stated order. Fails with
 * `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import * as Money from "../formats/Money.ts"
import type {
  DocumentKey,
  Head,
  Listing,
  LotListing,
  OverrideRecord,
  StoredDocument,
  StoredFilters,
  StoredHead,
  StoredLine,
  StoredPassage,
  StoredVersion,
  TakenOff
} from "./OrdersModel.ts"
import type { DocumentKind, MovementOperation } from "./TradeDocument.ts"

const chunkSize = 10_000
/** Receipts or shipments of one order that are looked at; nobody sends more. */
const aboutOrder = 10_000

type Nullable<A> = { readonly [K in keyof A]: undefined extends A[K] ? Exclude<A[K], undefined> | null : A[K] }

interface HeadRow {
  readonly id: bigint
  readonly version_id: bigint
  readonly company: string
  readonly kind: DocumentKind
  readonly number: string
  readonly status: string
  readonly effective: boolean
  readonly order_id: bigint | null
  readonly order_kind: DocumentKind | null
  readonly order_number: string | null
  readonly partner: string | null
  readonly warehouse: string | null
  readonly tool: string
  readonly head: Head
  readonly document_date: Date | null
  readonly sender: string
  readonly made_by: string
  readonly message_id: bigint | null
  readonly recorded_at: Date
}

const headOf = (row: HeadRow): StoredHead => ({
  id: Number(row.id),
  versionId: Number(row.version_id),
  company: row.company,
  kind: row.kind,
  number: row.number,
  status: row.status,
  effective: row.effective,
  order:
    row.order_id === null || row.order_kind === null || row.order_number === null
      ? undefined
      : { id: Number(row.order_id), kind: row.order_kind, number: row.order_number },
  partner: row.partner ?? undefined,
  warehouse: row.warehouse ?? undefined,
  tool: row.tool,
  head: row.head,
  date: row.document_date ?? undefined,
  sender: row.sender,
  madeBy: row.made_by,
  messageId: row.message_id === null ? undefined : Number(row.message_id),
  recordedAt: row.recorded_at
})

type LineRow = Nullable<Omit<StoredLine, "id" | "documentId" | "versionId" | "orderLineId" | "quantity" | "before">> & {
  readonly id: bigint
  readonly documentId: bigint
  readonly versionId: bigint
  readonly orderLineId: bigint | null
  readonly quantity: string | number
  readonly before: string | number | null
}

const lineOf = (row: LineRow): StoredLine => ({
  id: Number(row.id),
  documentId: Number(row.documentId),
  versionId: Number(row.versionId),
  position: row.position,
  lineRef: row.lineRef,
  parentRef: row.parentRef ?? undefined,
  orderLineId: row.orderLineId === null ? undefined : Number(row.orderLineId),
  product: row.product ?? undefined,
  sku: row.sku ?? undefined,
  gtin: row.gtin ?? undefined,
  quantity: Number(row.quantity),
  uom: row.uom,
  lot: row.lot ?? undefined,
  supplierLot: row.supplierLot ?? undefined,
  warehouseLot: row.warehouseLot ?? undefined,
  expiration: row.expiration ?? undefined,
  bestBefore: row.bestBefore ?? undefined,
  production: row.production ?? undefined,
  sscc: row.sscc ?? undefined,
  price: row.price === null ? undefined : Money.money(row.price),
  notes: row.notes ?? undefined,
  lotSource: row.lotSource ?? undefined,
  serials: row.serials,
  before: row.before === null ? undefined : Number(row.before)
})

interface ListingRow extends Omit<Nullable<Listing>, "documentId" | "lineId" | "orderId"> {
  readonly documentId: bigint
  readonly lineId: bigint
  readonly orderId: bigint | null
}

const listingOf = (row: ListingRow): Listing => ({
  ...row,
  documentId: Number(row.documentId),
  lineId: Number(row.lineId),
  orderId: row.orderId === null ? undefined : Number(row.orderId),
  orderKind: row.orderKind ?? undefined,
  product: row.product ?? undefined,
  operation: row.operation ?? undefined
})

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const heads = (where: Fragment, limit = 1) =>
    Effect.map(
      sql<HeadRow>`
        SELECT d.id, v.id AS version_id, d.company, d.kind, d.number, v.status, v.effective, v.order_id,
          o.kind AS order_kind, o.number AS order_number, v.partner, v.warehouse, v.tool, v.head, v.document_date,
          v.sender, (SELECT f.sender FROM trade_versions f WHERE f.document_id = d.id ORDER BY f.id LIMIT 1) AS made_by,
          v.message_id, v.recorded_at
        FROM trade_documents d
        JOIN LATERAL (SELECT * FROM trade_versions v WHERE v.document_id = d.id ORDER BY v.id DESC LIMIT 1) v ON true
        LEFT JOIN trade_documents o ON o.id = v.order_id
        WHERE ${where} ORDER BY d.id LIMIT ${limit}`,
      (rows) => rows.map(headOf)
    )

  const lines = (where: Fragment) =>
    Effect.map(
      sql<LineRow>`
        SELECT l.id, l.document_id AS "documentId", l.version_id AS "versionId", l.position, l.line_ref AS "lineRef",
          l.parent_ref AS "parentRef", l.order_line_id AS "orderLineId", l.product, l.sku, l.gtin, l.quantity, l.uom,
          l.lot, l.supplier_lot AS "supplierLot", l.warehouse_lot AS "warehouseLot", l.expiration,
          l.best_before AS "bestBefore", l.production, l.sscc, l.price::text AS price, l.notes, l.lot_source AS "lotSource",
          (l.serials - (SELECT count(*) FROM serial_removals r WHERE r.line_id = l.id))::int4 AS serials, l.before
        FROM trade_lines l WHERE ${where} ORDER BY l.document_id, l.version_id, l.position`,
      (rows) => rows.map(lineOf)
    )

  /** Lines that hold: of orders those of the version that brought them, of all else every one. */
  const linesOf = (documentId: number, kind: DocumentKind, versionId: number) =>
    lines(sql`l.document_id = ${documentId}::int8 AND (${kind !== "purchase_order" && kind !== "sales_order"}::bool
      OR l.version_id = (SELECT lines_of FROM trade_versions WHERE id = ${versionId}::int8))`)

  const withLines = Effect.fnUntraced(function* (head: StoredHead | undefined) {
    if (head === undefined) return undefined
    const document: StoredDocument = { ...head, lines: yield* linesOf(head.id, head.kind, head.versionId) }
    return document
  })

  const find = ({ company, kind, number }: DocumentKey) =>
    Effect.flatMap(heads(sql`d.company = ${company} AND d.kind = ${kind} AND d.number = ${number}`), ([head]) =>
      withLines(head)
    )

  const byId = (id: number) => Effect.flatMap(heads(sql`d.id = ${id}::int8`), ([head]) => withLines(head))

  const list = (
    { company, kinds, status, partner, number }: StoredFilters,
    page: { readonly limit: number; readonly after?: number | undefined }
  ) =>
    heads(
      sql.and([
        sql`d.id > ${page.after ?? 0}::int8`,
        ...(company === undefined ? [] : [sql`d.company = ${company}`]),
        ...(kinds === undefined ? [] : [sql`d.kind = ANY(${kinds}::text[])`]),
        ...(number === undefined ? [] : [sql`d.number = ${number}`]),
        ...(status === undefined ? [] : [sql`v.status = ${status}`]),
        ...(partner === undefined ? [] : [sql`v.partner = ${partner}`])
      ]),
      page.limit
    )

  const withAllLines = Effect.fnUntraced(function* (where: Fragment) {
    const found = yield* heads(where, aboutOrder)
    if (found.length === 0) return []
    const all = yield* lines(sql`l.document_id = ANY(${found.map(({ id }) => `${id}`)}::text[]::int8[])`)
    const byDocument = Map.groupBy(all, ({ documentId }) => documentId)
    return found.map((head): StoredDocument => ({ ...head, lines: byDocument.get(head.id) ?? [] }))
  })

  /** Documents about an order: receipts of a purchase order, shipments and returns of a sales order. */
  const about = (orderId: number) => withAllLines(sql`v.order_id = ${orderId}::int8`)

  /** The returns that made a credit memo: each version of it says which. */
  const returnsOf = ({ id, company }: Pick<StoredHead, "id" | "company">) =>
    withAllLines(sql`d.company = ${company} AND d.kind = 'return' AND d.number IN (
      SELECT m.head ->> 'return' FROM trade_versions m WHERE m.document_id = ${id}::int8)`)

  /** Stock movements of an operation that belong to a transfer, FBA shipment, kit order or credit memo. */
  const movementsOf = (company: string, operation: MovementOperation, reference: string) =>
    withAllLines(sql`d.company = ${company} AND d.kind = 'stock_movement' AND v.head ->> 'operation' = ${operation}
      AND d.id IN (SELECT m.document_id FROM trade_versions m WHERE m.head ->> 'reference' = ${reference})`)

  /** Serials of lines, in the order they were listed; removed ones left out unless wanted. */
  const serialsOf = Effect.fnUntraced(function* (lineIds: ReadonlyArray<number>, withRemoved = false) {
    const rows = yield* sql<{ readonly line: bigint; readonly values: ReadonlyArray<string> }>`
      SELECT t.line_id AS line, array_agg(t.value ORDER BY t.position) AS values
      FROM serial_texts t
      WHERE t.line_id = ANY(${lineIds.map(String)}::text[]::int8[])
        AND (${withRemoved}::bool
          OR NOT EXISTS (SELECT 1 FROM serial_removals r WHERE r.line_id = t.line_id AND r.value = t.value))
      GROUP BY t.line_id ORDER BY t.line_id`
    return new Map(rows.map(({ line, values }) => [Number(line), values]))
  })

  /** Serials taken off lines again by hand, and whether each counts as a unit that did not come. */
  const takenOff = (lineIds: ReadonlyArray<number>) =>
    sql<TakenOff>`
      SELECT r.line_id::float8 AS line, r.value, EXISTS (
        SELECT 1 FROM trade_versions v JOIN trade_lines l ON l.document_id = v.document_id AND l.version_id = v.id
        JOIN serial_texts t ON t.line_id = l.id AND t.value = r.value
        WHERE v.id = r.version_id AND l.quantity < 0) AS unit
      FROM serial_removals r WHERE r.line_id = ANY(${lineIds.map(String)}::text[]::int8[]) ORDER BY r.line_id, r.value`

  const listings = (values: ReadonlyArray<string>, company?: string) =>
    Effect.map(
      sql<ListingRow>`
        SELECT t.value, d.kind, d.number, d.id AS "documentId", v.status, v.effective, l.id AS "lineId",
          v.order_id AS "orderId", o.kind AS "orderKind", l.product, v.head ->> 'operation' AS operation,
          EXISTS (SELECT 1 FROM serial_removals r WHERE r.line_id = t.line_id AND r.value = t.value) AS removed
        FROM unnest(${values}::text[]) AS u(value)
        JOIN serial_texts t ON t.value = u.value
        JOIN trade_lines l ON l.id = t.line_id
        JOIN trade_documents d ON d.id = l.document_id
        JOIN LATERAL (SELECT * FROM trade_versions v WHERE v.document_id = d.id ORDER BY v.id DESC LIMIT 1) v ON true
        LEFT JOIN trade_documents o ON o.id = v.order_id
        WHERE ${company === undefined ? sql`true` : sql`d.company = ${company}`}
          AND (d.kind NOT IN ('purchase_order', 'sales_order') OR l.version_id = v.lines_of)
        ORDER BY l.id, t.position`,
      (rows) => rows.map(listingOf)
    )

  /** Every line that lists one of these serials, oldest first. */
  const listing = Effect.fn("OrderReadQueries.listing")(function* (values: ReadonlyArray<string>, company?: string) {
    const distinct = [...new Set(values)]
    const all: Array<Listing> = []
    for (let start = 0; start < distinct.length; start += chunkSize)
      for (const one of yield* listings(distinct.slice(start, start + chunkSize), company)) all.push(one)
    return all
  })

  /** Whole identities that a serial, or a text that is one, may stand for. */
  const meant = (text: string) =>
    Effect.map(
      sql<{ readonly value: string }>`
        SELECT DISTINCT t.value FROM serial_texts t
        WHERE t.value = ${text} OR (t.value LIKE '01%' AND substr(t.value, 19) = ${text})
          OR (t.value LIKE 'sku:%' AND t.value LIKE ${`%:${text.replaceAll(/[\\%_]/gu, String.raw`\$&`)}`})
        ORDER BY t.value LIMIT 100`,
      (rows) => rows.map(({ value }) => value)
    )

  /** Numbers that SKU-to-SKU transfers made one of these products', of these serials. */
  const transferred = (company: string, products: ReadonlyArray<string>, serials: ReadonlyArray<string>) =>
    sql<{ readonly product: string; readonly value: string }>`
      SELECT l.product, t.value FROM trade_documents d
      JOIN trade_versions v ON v.document_id = d.id
      JOIN trade_lines l ON l.version_id = v.id
      JOIN serial_texts t ON t.line_id = l.id
      WHERE d.company = ${company} AND d.kind = 'stock_movement' AND v.head ->> 'operation' = 'sku_transfer'
        AND l.product = ANY(${products}::text[]) AND l.position >= (v.head ->> 'arriving')::int4
        AND substr(t.value, CASE WHEN t.value LIKE 'sku:%' THEN 6 + length(split_part(t.value, ':', 2))
          + length(split_part(t.value, ':', 3)) ELSE 19 END) = ANY(${serials}::text[])
      ORDER BY l.id, t.position`

  /** Every line of a lot, under any of its three numbers, oldest first. */
  const ofLot = (lot: string, company?: string) =>
    Effect.map(
      sql<Nullable<Omit<LotListing, "quantity">> & { readonly quantity: string | number }>`
        SELECT d.kind, d.number, v.status, v.effective, v.partner, v.warehouse, v.document_date AS date,
          o.number AS order, l.sku AS product, coalesce(l.lot, l.supplier_lot, l.warehouse_lot) AS lot, l.expiration,
          l.quantity, l.serials
        FROM trade_lines l
        JOIN trade_documents d ON d.id = l.document_id
        JOIN LATERAL (SELECT * FROM trade_versions v WHERE v.document_id = d.id ORDER BY v.id DESC LIMIT 1) v ON true
        LEFT JOIN trade_documents o ON o.id = v.order_id
        WHERE (l.lot = ${lot} OR l.supplier_lot = ${lot} OR l.warehouse_lot = ${lot})
          AND ${company === undefined ? sql`true` : sql`d.company = ${company}`}
          AND (d.kind NOT IN ('purchase_order', 'sales_order') OR l.version_id = v.lines_of)
        ORDER BY l.id`,
      (rows) =>
        rows.map(
          (row): LotListing => ({
            ...row,
            partner: row.partner ?? undefined,
            warehouse: row.warehouse ?? undefined,
            date: row.date ?? undefined,
            order: row.order ?? undefined,
            product: row.product ?? undefined,
            expiration: row.expiration ?? undefined,
            quantity: Number(row.quantity)
          })
        )
    )

  const versions = (documentId: number) =>
    Effect.map(
      sql<{
        readonly id: bigint
        readonly status: string
        readonly effective: boolean
        readonly message_id: bigint | null
        readonly sender: string
        readonly recorded_at: Date
      }>`
        SELECT id, status, effective, message_id, sender, recorded_at FROM trade_versions
        WHERE document_id = ${documentId}::int8 ORDER BY id`,
      (rows) =>
        rows.map(
          (row): StoredVersion => ({
            versionId: Number(row.id),
            status: row.status,
            effective: row.effective,
            messageId: row.message_id === null ? undefined : Number(row.message_id),
            sender: row.sender,
            recordedAt: row.recorded_at
          })
        )
    )

  const passages = (documentId: number) =>
    Effect.map(
      sql<
        Nullable<Omit<StoredPassage, "versionId">> & { readonly version_id: bigint; readonly line_ref: string | null }
      >`
        SELECT p.version_id, p.channel, p.stage, p.what, p.line_ref, p.reason, p.quantity
        FROM pass_throughs p JOIN trade_versions v ON v.id = p.version_id
        WHERE v.document_id = ${documentId}::int8 ORDER BY p.id`,
      (rows) =>
        rows.map(
          ({ version_id, line_ref, reason, channel, stage, what, quantity }): StoredPassage => ({
            versionId: Number(version_id),
            channel,
            stage,
            what,
            lineRef: line_ref ?? undefined,
            reason: reason ?? undefined,
            quantity
          })
        )
    )

  const overrides = (documentId: number) => sql<OverrideRecord>`
    SELECT o.rule, o.findings, o.actor, o.reason FROM desk_overrides o JOIN trade_versions v ON v.id = o.version_id
    WHERE v.document_id = ${documentId}::int8 ORDER BY o.id`

  /** What is in stock of products at a warehouse. */
  const stock = (company: string, warehouse: string, products: ReadonlyArray<string>) =>
    Effect.map(
      sql<{ readonly product: string; readonly quantity: string | number }>`
        SELECT product, sum(quantity) AS quantity FROM stock_entries
        WHERE company = ${company} AND warehouse = ${warehouse} AND product = ANY(${products}::text[])
        GROUP BY product ORDER BY product`,
      (rows) => new Map(rows.map(({ product, quantity }) => [product, Number(quantity)]))
    )

  return {
    find,
    byId,
    list,
    about,
    returnsOf,
    movementsOf,
    serialsOf,
    takenOff,
    listing,
    meant,
    transferred,
    ofLot,
    versions,
    passages,
    overrides,
    stock
  }
})
