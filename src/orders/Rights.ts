/**
 * What a partner may send for a company: a warehouse says what came, left and moved, a shop what was sold and may come
 * back. The company itself may send everything. A channel that says `maySend` says it instead of these defaults.
 *
 * Pure. Intake asks for every document, whatever format and way in it came by; who may not send it is told beside
 * everything else that is wrong with it.
 */
import type { PartnerChannel, SendableKind } from "../partners/WorldOrders.ts"
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

/** As people say it: what the document is, and what its sender may send by these channels. */
export const named = (channels: ReadonlyArray<PartnerChannel>, document: TradeDocument) => {
  const allowed = new Set(channels.flatMap((channel) => sendable(channel).map((kind) => texts[kind])))
  return { kind: texts[kindOf(document)], allowed: allowed.size === 0 ? "nothing" : [...allowed].join(", ") }
}
