/**
 * What happened to a serial in the order life cycle, out of its history: parts of statements over `serials s`, `prefixes
 * p` and `items i`. `events` begins a statement and gives the newest change of each kind that a line of the company's
 * documents caused, lines it was taken off again left out; `received`, `shipped` and so on tell what such a line says.
 */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { movements } from "../orders/Movements.ts"
import { type MovementOperation, movementOperations } from "../orders/TradeDocument.ts"
import type { Scope } from "./Scope.ts"

type Sql = SqlClient.SqlClient

/** Item statuses of what is in the house, whether it may be sold or not. */
const inHouse = ["available", "received", "picked", "blocked", "under_investigation"] as const

/** States of numbers that stand on a unit, or stood on one. The others were only given out. */
const units = ["commissioned", "decommissioned", "destroyed"] as const

/** Movements that are numbered as warehouse transfers and as FBA shipments, and those after which a unit lies elsewhere. */
const transfers: ReadonlyArray<MovementOperation> = [
  "warehouse_transfer_pick",
  "warehouse_transfer_receive",
  "one_way_transfer"
]
const fba: ReadonlyArray<MovementOperation> = ["fba_pick", "fba_box_content"]
/** The movement that puts units into kits. */
export const kitting: MovementOperation = "kit_assembly"
const arriving = movementOperations.filter((operation) => movements[operation].arrives)

/** What a change of a serial may be in the order life cycle. */
const kinds = ["received", "returned", "shipped", "transferred", "fba", "kitted"] as const

/** Ids of the numbers of products and serials, whatever happened to them. */
const bySerial = (sql: Sql, { codeTypes, codes, serials, prefixes }: Scope): Fragment =>
  sql`SELECT s.id FROM serials s WHERE ${sql.and([
    sql`s.item_id IN (SELECT known.id FROM items known
      JOIN unnest(${codeTypes}::text[], ${codes}::text[]) AS u(type, code) ON known.code_type = u.type AND known.code = u.code)`,
    sql`s.state = ANY(${units}::serial_state[])`,
    ...(serials === undefined
      ? []
      : [
          sql`s.serial = ANY(${serials}::text[])`,
          sql`EXISTS (SELECT 1 FROM unnest(${serials}::text[], ${prefixes}::text[]) AS u(serial, prefix)
            JOIN prefixes p ON p.id = s.prefix_id WHERE u.serial = s.serial AND (u.prefix = '' OR u.prefix = p.prefix))`
        ])
  ])}`

/** The newest change of a number by a line it is still on. */
const newest = (sql: Sql, which: Fragment): Fragment => sql`
  max(t.change_id) FILTER (WHERE t.change_id IN (SELECT id FROM facts WHERE ${which})
    AND (t.serial_id, t.change_id) NOT IN (SELECT serial_id, id FROM removed))`

/**
 * Begins a statement: `e` holds, for each number meant, ids of its newest changes by kind: received, returned, shipped,
 * transferred, fba, kitted, and placed somewhere. What a change means is found out once a change: there are few for many serials.
 *
 * Nothing is joined that has no index: the parts are looked up as hashed lists, so that a database without statistics,
 * whose planner takes a million rows for one, needs more time and not the square of it.
 */
export const events = (sql: Sql, scope: Scope): Fragment => sql`WITH ${eventsOf(sql, scope, bySerial(sql, scope))}`

/** The same of the numbers of these ids, to stand behind WITH. */
export const eventsOf = (sql: Sql, scope: Scope, ids: Fragment): Fragment => sql`
  meant AS MATERIALIZED (
    ${ids}
  ), touched AS MATERIALIZED (
    SELECT meant.id AS serial_id, h.change_id FROM meant LEFT JOIN serial_history h ON h.serial_id = meant.id
  ), facts AS MATERIALIZED (
    SELECT c.id, l.id AS line_id,
      CASE WHEN d.kind = 'return' OR (d.kind = 'receipt' AND o.kind = 'credit_memo') THEN 'returned'
        WHEN d.kind = 'receipt' THEN 'received' WHEN d.kind = 'shipment' THEN 'shipped'
        WHEN v.head ->> 'action' = 'add' THEN CASE WHEN o.kind = 'sales_order' THEN 'shipped' ELSE 'received' END
        WHEN v.head ->> 'operation' = ANY(${transfers}::text[]) THEN 'transferred'
        WHEN v.head ->> 'operation' = ANY(${fba}::text[]) THEN 'fba'
        WHEN v.head ->> 'operation' = ${kitting} THEN 'kitted' END AS event,
      v.warehouse IS NOT NULL AND (d.kind IN ('receipt', 'return')
        OR (d.kind = 'serial_correction' AND v.head ->> 'action' = 'add' AND o.kind IS DISTINCT FROM 'sales_order')
        OR (v.head ->> 'operation' = ANY(${arriving}::text[]) AND v.head ->> 'direction' IS DISTINCT FROM 'out')) AS places
    FROM (SELECT DISTINCT change_id FROM touched) k JOIN serial_changes c ON c.id = k.change_id
    JOIN trade_lines l ON l.id = c.line_id JOIN trade_documents d ON d.id = l.document_id
    JOIN trade_versions v ON v.id = l.version_id LEFT JOIN trade_documents o ON o.id = v.order_id
    WHERE d.company = ${scope.company}
  ), removed AS MATERIALIZED (
    SELECT f.id, s.id AS serial_id FROM facts f JOIN serial_removals x ON x.line_id = f.line_id
    JOIN prefixes p ON starts_with(x.value, p.prefix)
    JOIN serials s ON s.prefix_id = p.id AND s.serial = substr(x.value, length(p.prefix) + 1)
  ), e AS (
    SELECT t.serial_id, ${sql.csv(
      kinds.map((kind) => sql`${newest(sql, sql`event = ${kind}`)} AS ${sql(kind)}`)
    )}, ${newest(sql, sql`places`)} AS placed,
      count(*) FILTER (WHERE t.change_id IN (SELECT id FROM facts)) > 0 AS concerned
    FROM touched t GROUP BY t.serial_id
  )`

/** `r`: the purchase order it was received against. `kept` is the price that was kept with it then. */
export const received = (sql: Sql): Fragment => sql`
  LEFT JOIN LATERAL (
    SELECT o.number AS po, coalesce(w.partner, v.partner) AS vendor, v.warehouse, l.expiration, w.document_date AS ordered,
      coalesce(l.price, ol.price)::text AS price, l.price AS kept
    FROM serial_changes c JOIN trade_lines l ON l.id = c.line_id JOIN trade_versions v ON v.id = l.version_id
    LEFT JOIN trade_documents o ON o.id = v.order_id LEFT JOIN trade_lines ol ON ol.id = l.order_line_id
    LEFT JOIN LATERAL (SELECT n.document_date, n.partner FROM trade_versions n WHERE n.document_id = o.id
      ORDER BY n.id DESC LIMIT 1) w ON true
    WHERE c.id = e.received
  ) r ON true`

/** `x`: the sales order it was shipped for. The price of a bundle is not that of a unit in it. */
export const shipped = (sql: Sql): Fragment => sql`
  LEFT JOIN LATERAL (
    SELECT o.number AS sales_order, coalesce(ol.line_ref, l.line_ref) AS item, d.number AS shipment,
      coalesce(v.document_date, v.recorded_at) AS happened, v.warehouse, w.document_date AS ordered,
      coalesce(l.price, CASE WHEN l.parent_ref IS NULL THEN ol.price END) AS price, coalesce(w.partner, v.partner) AS customer
    FROM serial_changes c JOIN trade_lines l ON l.id = c.line_id JOIN trade_versions v ON v.id = l.version_id
    JOIN trade_documents d ON d.id = l.document_id
    LEFT JOIN trade_documents o ON o.id = v.order_id LEFT JOIN trade_lines ol ON ol.id = l.order_line_id
    LEFT JOIN LATERAL (SELECT n.document_date, n.partner FROM trade_versions n WHERE n.document_id = o.id
      ORDER BY n.id DESC LIMIT 1) w ON true
    WHERE c.id = e.shipped
  ) x ON true`

/** `m`: the credit memo it came back with, and why. */
export const returned = (sql: Sql): Fragment => sql`
  LEFT JOIN LATERAL (
    SELECT CASE WHEN d.kind = 'receipt' THEN o.number ELSE v.head ->> 'creditMemo' END AS memo,
      coalesce(v.head ->> 'reason', w.reason) AS reason
    FROM serial_changes c JOIN trade_lines l ON l.id = c.line_id JOIN trade_documents d ON d.id = l.document_id
    JOIN trade_versions v ON v.id = l.version_id LEFT JOIN trade_documents o ON o.id = v.order_id
    LEFT JOIN LATERAL (SELECT n.head ->> 'reason' AS reason FROM trade_versions n WHERE n.document_id = o.id
      ORDER BY n.id DESC LIMIT 1) w ON true
    WHERE c.id = e.returned
  ) m ON true`

/** Of a kit assembly in version `v`: the product of the kits. */
export const kitOf = (sql: Sql): Fragment => sql`v.head ->> 'toProduct'`

/** `q`: the assembly of the kit it is in; it left the kit with whatever happened to it by itself since. */
export const kitted = (sql: Sql): Fragment => sql`
  LEFT JOIN LATERAL (
    SELECT d.id AS assembly, d.number, ${kitOf(sql)} AS kit, coalesce(v.document_date, v.recorded_at) AS assembled
    FROM serial_changes c JOIN trade_lines l ON l.id = c.line_id JOIN trade_documents d ON d.id = l.document_id
    JOIN trade_versions v ON v.id = l.version_id
    WHERE c.id = e.kitted AND e.kitted > coalesce(greatest(e.received, e.returned, e.shipped, e.placed), 0)
  ) q ON true`

/** `t` and `b`: the warehouse transfer and the FBA shipment it went with. */
export const moved = (sql: Sql): Fragment => sql`
  LEFT JOIN LATERAL (
    SELECT coalesce(v.head ->> 'reference', d.number) AS number
    FROM serial_changes c JOIN trade_lines l ON l.id = c.line_id JOIN trade_documents d ON d.id = l.document_id
    JOIN trade_versions v ON v.id = l.version_id WHERE c.id = e.transferred
  ) t ON true
  LEFT JOIN LATERAL (
    SELECT coalesce(v.head ->> 'reference', d.number) AS number
    FROM serial_changes c JOIN trade_lines l ON l.id = c.line_id JOIN trade_documents d ON d.id = l.document_id
    JOIN trade_versions v ON v.id = l.version_id WHERE c.id = e.fba
  ) b ON true`

/** Where version `v` of a document puts its units: a movement to where it leads, else where it was. */
export const warehouseOf = (sql: Sql): Fragment =>
  sql`coalesce(v.head ->> 'toWarehouse', v.head ->> 'fromWarehouse', v.warehouse)`
export const binOf = (sql: Sql): Fragment =>
  sql`CASE WHEN v.head ->> 'toWarehouse' IS NULL THEN v.head ->> 'fromBin' ELSE v.head ->> 'toBin' END`

/** `k`: the warehouse and bin it was last put into. */
export const placed = (sql: Sql): Fragment => sql`
  LEFT JOIN LATERAL (
    SELECT ${warehouseOf(sql)} AS warehouse, ${binOf(sql)} AS bin FROM serial_changes c
    JOIN trade_lines l ON l.id = c.line_id JOIN trade_versions v ON v.id = l.version_id WHERE c.id = e.placed
  ) k ON true`

/** Whether a number lies in the company's stock; one that nobody gave a status is available. */
export const isInStock = (sql: Sql): Fragment => sql`
  (s.state = 'commissioned' AND s.company_id = me.id AND coalesce(s.item_status::text, 'available') = ANY(${inHouse}::text[]))`

/** The numbers meant, with what they are of and what happened to them. */
export const numbers = (sql: Sql, { company }: Scope): Fragment => sql`
  FROM e JOIN serials s ON s.id = e.serial_id JOIN prefixes p ON p.id = s.prefix_id JOIN items i ON i.id = s.item_id
  JOIN names me ON me.name = ${company}`

/** It owns or holds the number: it may know how it stands. Of others it knows what its own documents say. */
const isOwnOrHeld = (sql: Sql): Fragment => sql`me.id IN (i.owner, s.company_id)`

/** The state of a number, or where it is commissioned its item status; of one that is gone, how it went. */
export const statusOf = (sql: Sql): Fragment => sql`
  CASE WHEN NOT ${isOwnOrHeld(sql)} THEN CASE WHEN e.shipped IS NULL THEN 'handed over' ELSE 'shipped' END
    WHEN s.state = 'commissioned' THEN coalesce(s.item_status::text, 'available') ELSE s.state::text END`

/** Who has it, `holder` being the name of who does. */
export const holderOf = (sql: Sql): Fragment => sql`CASE WHEN ${isOwnOrHeld(sql)} THEN holder.name END`

/** Those of the company: it owns, holds, received or shipped them; in stock, where only those are wanted. */
export const ofCompany = (sql: Sql, { inStock }: Scope): Fragment => sql`
  (${isOwnOrHeld(sql)} OR e.concerned) AND ${inStock ? isInStock(sql) : sql`true`}`
