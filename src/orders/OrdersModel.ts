/**
 * The words that stored order documents are written and read in. Companies, products, warehouses and channels are keys
 * of the world; serials are the texts of `SerialText.identity`. Plain types; `Orders` says what happens to them.
 */
import type { Stage, Tool } from "../partners/WorldOrders.ts"
import type { SkipReason, Thing } from "./PassThrough.ts"
import type { DocumentKind } from "./TradeDocument.ts"
import type { LotSource, TradeLine } from "./TradeLine.ts"

/** Which document: a number of its kind within a company. */
export interface DocumentKey {
  readonly company: string
  readonly kind: DocumentKind
  readonly number: string
}

/** The rest of a document's head: session, invoice, carrier, reason, and who let what pass. */
export type Head = Readonly<Record<string, string | undefined>>

/** A line to be stored, with what was found out about it. */
export interface NewLine extends Omit<TradeLine, "serialNumbers" | "gtin" | "statedQuantity"> {
  readonly position: number
  readonly gtin: string | undefined
  readonly product: string | undefined
  readonly orderLineId: number | undefined
  /** Identities of its serials. */
  readonly values: ReadonlyArray<string>
  /** In stock before it counted. */
  readonly before?: number | undefined
}

/** What a message makes of a document. */
export interface NewVersion {
  readonly key: DocumentKey
  readonly status: string
  readonly effective: boolean
  readonly order: number | undefined
  readonly partner: string | undefined
  readonly warehouse: string | undefined
  readonly tool: Tool
  readonly head: Head
  readonly date: Date | undefined
  readonly sender: string
  /** Lines it brings; undefined when the lines of an earlier version go on holding. */
  readonly lines: ReadonlyArray<NewLine> | undefined
  readonly context: { readonly messageId: number; readonly runId: number; readonly clock: Date }
}

export interface Recorded {
  readonly documentId: number
  readonly versionId: number
  /** Ids of the lines, in the order given. */
  readonly lineIds: ReadonlyArray<number>
}

/** A line as it is kept. */
export interface StoredLine {
  readonly id: number
  readonly documentId: number
  readonly versionId: number
  readonly position: number
  readonly lineRef: string
  readonly parentRef: string | undefined
  readonly orderLineId: number | undefined
  readonly product: string | undefined
  readonly sku: string | undefined
  readonly gtin: string | undefined
  readonly quantity: number
  readonly uom: string
  readonly lot: string | undefined
  readonly supplierLot: string | undefined
  readonly warehouseLot: string | undefined
  readonly expiration: string | undefined
  readonly bestBefore: string | undefined
  readonly production: string | undefined
  readonly sscc: string | undefined
  readonly price: string | undefined
  readonly notes: string | undefined
  readonly lotSource: LotSource | undefined
  /** Serials it lists, removed ones not counted. */
  readonly serials: number
  readonly before: number | undefined
}

/** A document as it stands, without its lines. */
export interface StoredHead extends DocumentKey {
  readonly id: number
  readonly versionId: number
  readonly status: string
  readonly effective: boolean
  readonly order: (Omit<DocumentKey, "company"> & { readonly id: number }) | undefined
  readonly partner: string | undefined
  readonly warehouse: string | undefined
  readonly tool: string
  readonly head: Head
  readonly date: Date | undefined
  /** Who sent its last version, and who its first. */
  readonly sender: string
  readonly madeBy: string
  readonly messageId: number | undefined
  readonly recordedAt: Date
}

export interface StoredDocument extends StoredHead {
  readonly lines: ReadonlyArray<StoredLine>
}

/** A serial on a line of a document, wherever it is listed. */
export interface Listing {
  readonly value: string
  readonly kind: DocumentKind
  readonly number: string
  readonly documentId: number
  readonly status: string
  readonly effective: boolean
  readonly lineId: number
  readonly orderId: number | undefined
  readonly orderKind: DocumentKind | undefined
  readonly product: string | undefined
  /** Stock movements: the operation. */
  readonly operation: string | undefined
  readonly removed: boolean
}

/** A serial taken off a line again by hand. */
export interface TakenOff {
  readonly line: number
  readonly value: string
  /** It counts as a unit that did not come. */
  readonly unit: boolean
}

/** A line of a lot, with whoever is at its other end: the vendor it came from, the customer it went to. */
export interface LotListing {
  readonly kind: DocumentKind
  readonly number: string
  readonly status: string
  readonly effective: boolean
  readonly partner: string | undefined
  readonly warehouse: string | undefined
  readonly date: Date | undefined
  readonly order: string | undefined
  readonly product: string | undefined
  readonly lot: string
  readonly expiration: string | undefined
  readonly quantity: number
  readonly serials: number
}

/** What passed a leg or did not. */
export interface Passage {
  readonly channel: string
  readonly stage: Stage
  readonly what: Thing | "document"
  readonly lineRef: string | undefined
  /** Undefined: it passed. */
  readonly reason: SkipReason | undefined
  readonly quantity: number
}

/** Findings of one rule that somebody let pass. */
export interface OverrideRecord {
  readonly rule: string
  readonly findings: number
  readonly actor: string
  readonly reason: string
}

/** Units that came into a warehouse (positive) or left it. */
export interface StockEntry {
  readonly company: string
  readonly warehouse: string
  readonly bin: string | undefined
  readonly product: string
  readonly quantity: number
  readonly lineId: number
}

export interface StoredFilters {
  readonly company?: string | undefined
  readonly kinds?: ReadonlyArray<DocumentKind> | undefined
  readonly status?: string | undefined
  readonly partner?: string | undefined
  readonly number?: string | undefined
}

/** A version of a document, for its history. */
export interface StoredVersion {
  readonly versionId: number
  readonly status: string
  readonly effective: boolean
  readonly messageId: number | undefined
  readonly sender: string
  readonly recordedAt: Date
}

export interface StoredPassage extends Passage {
  readonly versionId: number
}
