/**
 * The documents of the order life cycle as canonical values: purchase orders, receipts, sales orders, shipments,
 * returns, stock movements, corrections of serials. JSON, CSV and X12 mappings make them, the pipelines run them; what
 * format a document came in leaves no trace in them but `places`.
 *
 * The company whose documents these are is the receiver of the header; the sender is that company itself or a partner of
 * one of its partner channels. Plain values; nothing here fails.
 */
import type { Envelope } from "../engine/Pipeline.ts"
import type { Tool } from "../partners/WorldOrders.ts"
import type { TradeLine, TradePlaces } from "./TradeLine.ts"

/** Kinds of document that are kept, each numbered by itself within a company. */
export const documentKinds = [
  "purchase_order",
  "receipt",
  "sales_order",
  "shipment",
  "return",
  "credit_memo",
  "stock_movement",
  "serial_correction"
] as const
export type DocumentKind = (typeof documentKinds)[number]

/** Somebody lets serials pass that a rule of the serial desk refuses. */
export interface Override {
  readonly by: string
  readonly reason: string
}

/** A field of the head that says what it cannot mean; for formats whose structure does not tell by itself. */
export interface Misfit {
  readonly field: string
  readonly value: string
  readonly allowed: string
  readonly path: string
}

interface Document {
  readonly header: Envelope
  readonly number: string
  /** When it was made or happened, by the document: a moment or a date in ISO 8601. */
  readonly date?: string | undefined
  /** Key of a warehouse of the world, or an identifier of its location. */
  readonly warehouse?: string | undefined
  /** Where it says it was entered; settings of the serial desk differ by tool. Intake decides what holds. */
  readonly tool?: Tool | undefined
  readonly notes?: string | undefined
  readonly override?: Override | undefined
  readonly lines: ReadonlyArray<TradeLine>
  readonly places: TradePlaces
  readonly misfits?: ReadonlyArray<Misfit> | undefined
}

export const purchaseOrderStatuses = ["draft", "released", "cancelled"] as const
export interface PurchaseOrder extends Document {
  readonly kind: "purchase_order"
  readonly status: (typeof purchaseOrderStatuses)[number]
  /** Key of a company of the world, or a name. */
  readonly vendor?: string | undefined
  readonly expectedOn?: string | undefined
}

/** Serials are entered against a session: when, by whom. */
export interface ReceivingSession {
  readonly id: string
  readonly receivedOn?: string | undefined
  readonly receivedBy?: string | undefined
}

/** Only what is confirmed counts; earlier states are noted and change nothing. */
export const receiptStatuses = ["open", "confirmed"] as const
export interface Receipt extends Document {
  readonly kind: "receipt"
  readonly status: (typeof receiptStatuses)[number]
  /** What it receives: a purchase order, or goods that come back against a credit memo. */
  readonly against: { readonly kind: "purchase_order" | "credit_memo"; readonly number: string }
  readonly session?: ReceivingSession | undefined
  readonly vendorInvoice?: string | undefined
}

export const salesOrderStatuses = ["draft", "released", "cancelled"] as const
export interface SalesOrder extends Document {
  readonly kind: "sales_order"
  readonly status: (typeof salesOrderStatuses)[number]
  /** Key of a company of the world, or a name. */
  readonly customer?: string | undefined
  /** Key of the partner channel it was sold through. */
  readonly salesChannel?: string | undefined
  /** The customer's own order number. */
  readonly customerOrder?: string | undefined
}

/** `closed` means shipped and closed: only then it counts. */
export const shipmentStatuses = ["open", "picked", "shipped", "closed"] as const
export interface Shipment extends Document {
  readonly kind: "shipment"
  readonly status: (typeof shipmentStatuses)[number]
  readonly salesOrder: string
  readonly carrier?: string | undefined
  readonly trackingNumber?: string | undefined
}

export const returnStatuses = ["authorized", "received", "cancelled"] as const
export interface Return extends Document {
  readonly kind: "return"
  readonly status: (typeof returnStatuses)[number]
  readonly salesOrder?: string | undefined
  readonly customer?: string | undefined
  /** Number of the credit memo that is made with it. */
  readonly creditMemo?: string | undefined
  readonly reason?: string | undefined
}

/** The operations that "Validate Serial Globally" speaks of; a warehouse transfer is picked and received. */
export const movementOperations = [
  "bin_transfer",
  "adjustment",
  "warehouse_transfer_pick",
  "warehouse_transfer_receive",
  "sku_transfer",
  "kit_assembly",
  "cycle_count",
  "credit_memo_pick",
  "fba_pick",
  "fba_box_content",
  "put_away",
  "one_way_transfer"
] as const
export type MovementOperation = (typeof movementOperations)[number]

export interface Bin {
  readonly warehouse?: string | undefined
  readonly bin?: string | undefined
}

export interface StockMovement extends Document {
  readonly kind: "stock_movement"
  readonly operation: MovementOperation
  readonly from?: Bin | undefined
  readonly to?: Bin | undefined
  /** What units become by a SKU-to-SKU transfer or the assembly of a kit. */
  readonly toProduct?: { readonly gtin?: string | undefined; readonly sku?: string | undefined } | undefined
  /** Adjustments: whether units come in or go out. */
  readonly direction?: "in" | "out" | undefined
  /** Number of the warehouse transfer, FBA shipment, kit order or credit memo it belongs to. */
  readonly reference?: string | undefined
  /** FBA box. */
  readonly box?: string | undefined
  readonly reason?: string | undefined
}

/** Where somebody corrects serials by hand: the product's page, the purchase order's, the order's. */
export const correctionPages = ["product", "purchase_order", "sales_order"] as const

/** Serials typed wrongly, taken away or added by hand; lines list them. */
export interface SerialCorrection extends Document {
  readonly kind: "serial_correction"
  readonly page: (typeof correctionPages)[number]
  readonly action: "add" | "remove"
  /** The purchase order or sales order of the page. */
  readonly order?: string | undefined
}

export type TradeDocument = PurchaseOrder | Receipt | SalesOrder | Shipment | Return | StockMovement | SerialCorrection
