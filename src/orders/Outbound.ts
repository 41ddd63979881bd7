/**
 * What leaves for warehouses and sales channels, as values: mappings write them as X12, JSON or a shop's own shape. The
 * lines hold only what may pass to that channel; what was left out is already told.
 */
import type { Envelope } from "../engine/Pipeline.ts"
import type { PartnerChannel } from "../partners/WorldOrders.ts"
import type { LotSource, TradeLine } from "./TradeLine.ts"

/** A line of an outbound document: the canonical line with the text a receiver may know the product by. */
export interface OutboundLine extends TradeLine {
  readonly productName?: string | undefined
  /** Lines of a shipment: the sales order's line the units were sold under, bundles put together again. */
  readonly soldAs?: { readonly lineRef: string; readonly sku?: string | undefined } | undefined
}

/** A party or place as documents name it. */
export interface NamedParty {
  readonly name: string
  /** GLN where there is one, else whatever it goes by. */
  readonly number?: string | undefined
  readonly numberType?: string | undefined
}

interface OutboundDocument {
  readonly header: Envelope
  /** The channel it leaves by, with its profile and limits. */
  readonly channel: PartnerChannel
  /** The run's clock. */
  readonly at: Date
  /** Number of the document: purchase order, sales order, shipment. */
  readonly number: string
  readonly date?: string | undefined
  readonly owner: NamedParty
  readonly warehouse?: NamedParty | undefined
  readonly notes?: string | undefined
  readonly lines: ReadonlyArray<OutboundLine>
}

/** An order on its way to the warehouse: its release, or the cancellation of one that the warehouse has. */
interface OutboundOrder extends OutboundDocument {
  readonly status: "released" | "cancelled"
}

/** A purchase order on its way to the warehouse (X12 943, receiver create). */
export interface StockTransferAdvice extends OutboundOrder {
  readonly _tag: "StockTransferAdvice"
  readonly vendor?: NamedParty | undefined
  readonly expectedOn?: string | undefined
}

/** A sales order on its way to the warehouse (X12 940). */
export interface ShippingOrder extends OutboundOrder {
  readonly _tag: "ShippingOrder"
  readonly customer?: NamedParty | undefined
  readonly customerOrder?: string | undefined
}

/** A line of a shipment that an earlier notice told. */
export interface Told {
  readonly shipment: string
  readonly trackingNumber?: string | undefined
  readonly line: OutboundLine
}

/** What was shipped, on its way to the customer or shop (X12 856, JSON webhook). */
export interface ShipNotice extends OutboundDocument {
  readonly _tag: "ShipNotice"
  readonly salesOrder: string
  readonly customerOrder?: string | undefined
  readonly customer?: NamedParty | undefined
  readonly carrier?: string | undefined
  readonly trackingNumber?: string | undefined
  readonly lotSource?: LotSource | undefined
  /** What notices of the order told before this one, for channels where a notice takes the place of the one before. */
  readonly before?: ReadonlyArray<Told> | undefined
}

export type Outbound = StockTransferAdvice | ShippingOrder | ShipNotice
