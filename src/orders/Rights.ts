/**
 * What a partner may send for a company: a warehouse says what came, left and moved, a shop what was sold and may come
 * back. The company itself may send everything. A channel that says `maySend` says it instead of these defaults. What came,
 * left or moved did so in a warehouse the partner runs; what is ordered may name any.
 *
 * Pure. Intake asks for every document, whatever format and way in it came by; who may not send it is told beside
 * everything else that is wrong with it.
 */
import type { PartnerChannel, SendableKind, Warehouse } from "../partners/WorldOrders.ts"
import type { TradeDocument } from "./TradeDocument.ts"

/** What each kind of channel may send where it does not say. */
const usual: Readonly<Record<PartnerChannel["kind"], ReadonlyArray<SendableKind>>> = {
  warehouse: ["receipt", "shipment", "return", "stock_movement"],
  sales: ["sales_order", "return_authorization"]
}

const texts: Readonly<Record<SendableKind, string>> = {
  purchase_order: "purchase orders",
  receipt: "receipts",
  sales_order: "sales orders",
  shipment: "shipments",
  return_authorization: "return authorizations",
  return: "returns received",
  stock_movement: "stock movements",
  serial_correction: "serial corrections"
}

/** What a document is in these words: whoever may announce goods that come back may not say that they came. */
const kindOf = (document: TradeDocument): SendableKind =>
  document.kind === "return" && document.status !== "received" ? "return_authorization" : document.kind

const sendable = (channel: PartnerChannel): ReadonlyArray<SendableKind> => channel.maySend ?? usual[channel.kind]

/** The channels by which the document may come. */
export const channelsFor = (
  channels: ReadonlyArray<PartnerChannel>,
  document: TradeDocument
): ReadonlyArray<PartnerChannel> => channels.filter((channel) => sendable(channel).includes(kindOf(document)))

/** Documents that say what shall be; all others say what happened, and to goods in one place. */
const announcing: ReadonlySet<SendableKind> = new Set(["purchase_order", "sales_order", "return_authorization"])

/** Whether a partner whose channels let it send the document may have it happen in a warehouse. */
export const mayHappenIn = (
  channels: ReadonlyArray<PartnerChannel>,
  document: TradeDocument,
  { id }: Pick<Warehouse, "id">
): boolean => announcing.has(kindOf(document)) || channels.some(({ warehouses }) => warehouses.includes(id))

/** As people say it: what the document is, and what its sender may send by these channels. */
export const named = (channels: ReadonlyArray<PartnerChannel>, document: TradeDocument) => {
  const allowed = new Set(channels.flatMap((channel) => sendable(channel).map((kind) => texts[kind])))
  return { kind: texts[kindOf(document)], allowed: allowed.size === 0 ? "nothing" : [...allowed].join(", ") }
}
