/**
 * An order life cycle of any size by a few bulk statements: purchase orders received in full, a quarter of the units
 * transferred to another warehouse, half of them sold and shipped, one in a hundred returned. For measurements and tests
 * of reports; what messages would do to the same tables takes minutes at this size.
 */
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { World } from "../src/partners/World.ts"

export const gtin = "00371571112226"

/** Who trades what: a shop, its vendor and its customer; two products, two warehouses. */
export const world: World = Schema.decodeSync(World)({
  companies: [
    { id: "cedar-shop", name: "Cedar Shop", role: "both" },
    { id: "alder-pharma", name: "Alder Pharma", role: "producer", companyPrefixes: ["0371571"] },
    { id: "elm-clinic", name: "Elm Clinic", role: "consumer" }
  ],
  products: [
    {
      id: "amoxil",
      owner: "cedar-shop",
      name: "Amoxil 500 mg",
      packagingLevel: "EA",
      codes: [
        { type: "GTIN-14", value: gtin },
        { type: "SKU", value: "AMX-500" }
      ]
    },
    {
      id: "kit",
      owner: "cedar-shop",
      name: "Travel kit",
      packagingLevel: "EA",
      codes: [{ type: "SKU", value: "KIT-1" }]
    }
  ],
  warehouses: [
    { id: "main", owner: "cedar-shop", name: "Back Store Room" },
    { id: "front", owner: "cedar-shop", name: "Front Shop" }
  ],
  deskSettings: [
    { id: "profitandlossbyserial", setting: "profitAndLossBySerial", owner: "cedar-shop" },
    { id: "requireserialscan", setting: "requireSerialScan", owner: "cedar-shop" }
  ]
})

/** The nth serial, from 1. */
export const serial = (n: number): string => `${100_000_000_000 + n}`

const day = 86_400_000
const start = Date.UTC(2026, 9, 1)
const at = (days: number) => new Date(start + days * day)

/** First ids of each kind of document; lines, versions and changes bear the same. */
const ids = {
  po: 1_000_000,
  receipt: 2_000_000,
  transfer: 3_000_000,
  order: 4_000_000,
  shipment: 5_000_000,
  rma: 6_000_000
}

export interface Size {
  readonly serials: number
  readonly perPurchaseOrder: number
  /** Units a sales order takes; every second unit is sold. */
  readonly perOrder: number
}

/** Fills an empty database with a world already imported. */
export const fill = Effect.fn("ReportData.fill")(function* ({ serials, perPurchaseOrder, perOrder }: Size) {
  const sql = yield* SqlClient.SqlClient
  const purchases = Math.ceil(serials / perPurchaseOrder)
  const orders = Math.ceil(serials / 2 / perOrder)

  yield* sql`INSERT INTO names (name) SELECT unnest(ARRAY['cedar-shop', 'alder-pharma', 'elm-clinic']) ON CONFLICT DO NOTHING`
  yield* sql`INSERT INTO items (id, owner, code_type, code) SELECT 1, id, 'GTIN-14', ${gtin} FROM names WHERE name = 'cedar-shop'`
  yield* sql`INSERT INTO prefixes (id, prefix) VALUES (1, ${`01${gtin}21`})`
  yield* sql`INSERT INTO lots (id, item_id, lot, expiry, manufactured, extended, expires)
    VALUES (1, 1, 'A1', '271130', '', '', '2027-11-30')`

  /** A document of each number with one version and one line, and the change that its line caused. */
  const documents = Effect.fnUntraced(function* (options: {
    readonly kind: string
    readonly first: number
    readonly count: number
    readonly prefix: string
    readonly status: string
    readonly quantity: number
    readonly days: number
    readonly order?: { readonly first: number; readonly ratio?: number }
    readonly partner?: string
    readonly warehouse?: string
    readonly head?: Readonly<Record<string, string>>
    readonly price?: string
    readonly change?: string
    readonly stock?: { readonly warehouse: string; readonly bin: string | null; readonly sign: number }
  }) {
    const { kind, first, count, prefix, status, quantity, days, order, head = {} } = options
    const series = sql`generate_series(1, ${count}::int4) AS g(n)`
    yield* sql`INSERT INTO trade_documents (id, company, kind, number)
      SELECT ${first}::int8 + n, 'cedar-shop', ${kind}, ${prefix} || n FROM ${series}`
    yield* sql`INSERT INTO trade_versions (id, document_id, status, effective, lines_of, order_id, partner, warehouse, tool,
        head, document_date, sender, recorded_at)
      SELECT ${first}::int8 + n, ${first}::int8 + n, ${status}, true, ${first}::int8 + n,
        ${order === undefined ? null : order.first}::int8 + n, ${options.partner ?? null}::text,
        ${options.warehouse ?? null}::text, 'client', ${JSON.stringify(head)}::text::jsonb, ${at(days)}::timestamptz,
        'cedar-shop', ${at(days)}::timestamptz FROM ${series}`
    yield* sql`INSERT INTO trade_lines (id, document_id, version_id, position, line_ref, order_line_id, product, sku, gtin,
        quantity, uom, lot, expiration, price, before, serials)
      SELECT ${first}::int8 + n, ${first}::int8 + n, ${first}::int8 + n, 0, '1',
        ${order === undefined ? null : order.first}::int8 + n, 'amoxil', 'AMX-500', ${gtin}, ${quantity}::numeric, 'EA',
        'A1', '2027-11-30', ${options.price ?? null}::text::numeric, 0, ${quantity}::int4 FROM ${series}`
    if (options.change !== undefined)
      yield* sql`INSERT INTO serial_changes (id, kind, lot_id, line_id, document, quantity, recorded_at, event_at)
        SELECT ${first}::int8 + n, ${options.change}, ${options.change === "receive" ? 1 : null}::int4, ${first}::int8 + n, ${prefix} || n, ${quantity}::int4,
          ${at(days)}::timestamptz, ${at(days)}::timestamptz FROM ${series}`
    if (options.stock !== undefined)
      yield* sql`INSERT INTO stock_entries (company, warehouse, bin, product, quantity, line_id)
        SELECT 'cedar-shop', ${options.stock.warehouse}, ${options.stock.bin}::text, 'amoxil',
          ${quantity * options.stock.sign}::numeric, ${first}::int8 + n FROM ${series}`
  })

  yield* documents({
    kind: "purchase_order",
    first: ids.po,
    count: purchases,
    prefix: "PO-",
    status: "released",
    quantity: perPurchaseOrder,
    days: 0,
    partner: "alder-pharma",
    price: "4.25"
  })
  yield* documents({
    kind: "receipt",
    first: ids.receipt,
    count: purchases,
    prefix: "R-",
    status: "confirmed",
    quantity: perPurchaseOrder,
    days: 5,
    order: { first: ids.po },
    partner: "alder-pharma",
    warehouse: "main",
    price: "4.25",
    head: { session: "14640", receivedOn: "2026-10-06T11:05:00Z", receivedBy: "pat", vendorInvoice: "INV-7" },
    change: "receive",
    stock: { warehouse: "main", bin: null, sign: 1 }
  })
  yield* documents({
    kind: "stock_movement",
    first: ids.transfer,
    count: purchases,
    prefix: "T-",
    status: "done",
    quantity: Math.floor(perPurchaseOrder / 4),
    days: 10,
    warehouse: "front",
    head: { operation: "warehouse_transfer_receive", reference: "WT-9", toWarehouse: "front", toBin: "F-02" },
    change: "move",
    stock: { warehouse: "front", bin: "F-02", sign: 1 }
  })
  yield* documents({
    kind: "sales_order",
    first: ids.order,
    count: orders,
    prefix: "SO-",
    status: "released",
    quantity: perOrder,
    days: 15,
    partner: "elm-clinic",
    price: "9.5"
  })
  yield* documents({
    kind: "shipment",
    first: ids.shipment,
    count: orders,
    prefix: "S-",
    status: "closed",
    quantity: perOrder,
    days: 16,
    order: { first: ids.order },
    partner: "elm-clinic",
    warehouse: "main",
    change: "ship",
    stock: { warehouse: "main", bin: null, sign: -1 }
  })
  yield* documents({
    kind: "return",
    first: ids.rma,
    count: orders,
    prefix: "RMA-",
    status: "received",
    quantity: 1,
    days: 20,
    order: { first: ids.order },
    warehouse: "main",
    head: { creditMemo: "CM-3", reason: "damaged box" },
    change: "return",
    stock: { warehouse: "main", bin: null, sign: 1 }
  })

  const each = sql`generate_series(1, ${serials}::int4) AS g(n)`
  const shipped = sql`n % 2 = 0`
  const back = sql`n % 100 = 0`
  yield* sql`INSERT INTO serials (id, prefix_id, item_id, company_id, state, lot_id, item_status, serial)
    SELECT n, 1, 1, me.id, 'commissioned', 1, CASE WHEN ${shipped} AND NOT ${back} THEN 'shipped'::item_status ELSE 'received' END,
      (${100_000_000_000n}::int8 + n)::text FROM ${each}, names me WHERE me.name = 'cedar-shop'`
  const purchase = sql`(n - 1) / ${perPurchaseOrder}::int4 + 1`
  const order = sql`(n / 2 - 1) / ${perOrder}::int4 + 1`
  const touched = [
    { first: ids.receipt, of: purchase, where: sql`true` },
    { first: ids.transfer, of: purchase, where: sql`n % 4 = 0` },
    { first: ids.shipment, of: order, where: shipped },
    { first: ids.rma, of: order, where: back }
  ]
  for (const { first, of, where } of touched) {
    yield* sql`INSERT INTO serial_history (serial_id, change_id) SELECT n, ${first}::int8 + ${of} FROM ${each} WHERE ${where}`
    yield* sql`INSERT INTO serial_texts (line_id, position, value)
      SELECT ${first}::int8 + ${of}, n, ${`01${gtin}21`} || (${100_000_000_000n}::int8 + n) FROM ${each} WHERE ${where}`
  }
  yield* sql`ANALYZE`
})
