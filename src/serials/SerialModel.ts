/**
 * The words the serial repository is spoken to and answers in: changes, selections, loads, and what is read back.
 * Companies and locations are keys of the world. Plain types; `Serials` says what happens to them.
 */
import type { Pool } from "../partners/World.ts"
import type { Encoding } from "./SerialNumber.ts"
import type { Operation, SerialState } from "./SerialState.ts"
import type { ItemAttribute, ItemStatus } from "./SerialStatus.ts"

/** What a change is written down with. An engine `RunContext` is one. Recorded time is `clock`. */
export interface ChangeContext {
  readonly messageId?: number | undefined
  readonly runId?: number | undefined
  readonly actor?: string | undefined
  readonly clock: Date
}

/** Reference documents. To select, what is given must be equal; to set, what is not given is empty. */
export interface Documents {
  readonly poNumber?: string | undefined
  readonly poLine?: string | undefined
  readonly workOrderNumber?: string | undefined
  readonly referenceIdentifier?: string | undefined
}

/** A packaging code numbers are provisioned and encoded under; of any company when no owner is given. Types compare case-insensitively. */
export interface ItemSelector {
  readonly owner?: string | undefined
  readonly codeType: string
  readonly code: string
}

/** A packaging code of a company (key of the world). */
export interface Item extends ItemSelector {
  readonly owner: string
}

/** A lot of a packaging code, as a message binds numbers to it. */
export interface Lot {
  readonly item: Item
  readonly lot: string
  /** As printed: YYMMDD, day 00 for the end of the month; or YYYY-MM-DD. */
  readonly expiry?: string | undefined
  /** Until when the producer extended it; what is printed stays `expiry`. */
  readonly extendedTo?: string | undefined
  /** YYYY-MM-DD. */
  readonly manufactured?: string | undefined
}

/** A lot as it is read back. */
export interface KnownLot {
  readonly lot: string
  /** YYMMDD as printed; undefined where none was said. */
  readonly expiry: string | undefined
  /** The day it stands for, YYYY-MM-DD. */
  readonly expires: string | undefined
  readonly extendedTo: string | undefined
  readonly manufactured: string | undefined
}

/** How many numbers of a packaging code a lot has in a state. */
export interface LotCount {
  readonly codeType: string
  readonly code: string
  readonly state: SerialState
  readonly count: number
}

/** Who must hold a number for it to be touched: the company, at the location when one is given. */
export interface Holder {
  readonly company: string
  readonly location?: string | undefined
  /** Numbers of the company's own packaging codes count too, wherever they are. */
  readonly orOwner?: boolean | undefined
  /** Only numbers of this company's packaging codes. */
  readonly of?: string | undefined
}

/** What a change asks of numbers and makes of them. */
export interface Change {
  /** Decides the states it may start from and the state it sets (`SerialState.transitions`). */
  readonly operation: Operation
  /** The word history keeps; the operation unless said otherwise. */
  readonly kind?: string | undefined
  /** Narrows the states the operation may start from. */
  readonly states?: ReadonlyArray<SerialState> | undefined
  /** Narrows the item statuses the operation may start from. */
  readonly statuses?: ReadonlyArray<ItemStatus> | undefined
  readonly holder: Holder | "any"
  /** New values; what is not given stays. A new company without a location has none. */
  readonly to?: {
    readonly company?: string | undefined
    readonly location?: string | undefined
    readonly documents?: Documents | undefined
    /** The packaging code the message names them under, which may not be the one they read as. */
    readonly item?: Item | undefined
    readonly lot?: Lot | undefined
    /** Where it is not the one the operation sets. */
    readonly itemStatus?: ItemStatus | undefined
    /** Attributes the numbers have from now on, and those they lose. */
    readonly set?: ReadonlyArray<ItemAttribute> | undefined
    readonly clear?: ReadonlyArray<ItemAttribute> | undefined
  }
  /** The line of a trade document behind it (an id of whoever keeps those), and the document's number as people say it. */
  readonly line?: number | undefined
  readonly document?: string | undefined
  /** When it happened, by the message. */
  readonly eventAt?: Date | undefined
  /** Reason codes, item attributes, lot: what the message said besides. */
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly context: ChangeContext
}

export interface ListedChange extends Change {
  /** Numbers as messages write them, in any order; one listed twice counts once. */
  readonly values: ReadonlyArray<string>
  readonly formats?: ReadonlyArray<Encoding | undefined> | undefined
  /** When it happened to each, where that is not `eventAt`. */
  readonly eventsAt?: ReadonlyArray<Date | undefined> | undefined
}

export interface SelectedChange extends Change {
  readonly item: ItemSelector
  readonly documents: Documents
}

/** `changed` is short of `listed` (distinct numbers asked for) when some are missing, in a wrong state or held by others. */
export interface Changed {
  readonly changeId: number
  readonly changed: number
  readonly listed: number
}

export interface Selected {
  readonly changeId: number
  readonly changed: number
  /** The numbers that changed, ordered by their text. */
  readonly values: ReadonlyArray<string>
}

/** What is known of listed numbers, as columns parallel to the list; undefined everywhere where a number is not known. */
export interface Explained {
  readonly states: ReadonlyArray<SerialState | undefined>
  readonly companies: ReadonlyArray<string | undefined>
  readonly locations: ReadonlyArray<string | undefined>
  /** Whose packaging code it is. */
  readonly owners: ReadonlyArray<string | undefined>
  readonly codeTypes: ReadonlyArray<string | undefined>
  readonly codes: ReadonlyArray<string | undefined>
}

export interface Selection {
  readonly item: ItemSelector
  readonly documents: Documents
  readonly holder?: Holder | undefined
}

export interface Provision {
  readonly pool: Pool
  readonly quantity: number
  readonly company: string
  readonly location?: string | undefined
  readonly documents?: Documents | undefined
  readonly requestId?: string | undefined
  readonly eventAt?: Date | undefined
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly context: ChangeContext
}

export interface Provisioned {
  readonly changeId: number
  readonly encoding: Encoding
  /** In the order the pool made them. */
  readonly values: ReadonlyArray<string>
}

/** Numbers that come from outside: a transfer response, an import. */
export interface Load {
  readonly owner: string
  /** Packaging code they belong to; without one, each belongs to the code it reads as. */
  readonly item?: Omit<ItemSelector, "owner"> | undefined
  readonly values: ReadonlyArray<string>
  readonly formats?: ReadonlyArray<Encoding | undefined> | undefined
  readonly state: SerialState
  /** Item status, lot and attributes of numbers that are in use. */
  readonly itemStatus?: ItemStatus | undefined
  readonly lot?: Lot | undefined
  readonly set?: ReadonlyArray<ItemAttribute> | undefined
  readonly company: string
  readonly location?: string | undefined
  readonly documents?: Documents | undefined
  readonly kind: string
  readonly line?: number | undefined
  readonly document?: string | undefined
  readonly eventAt?: Date | undefined
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly context: ChangeContext
}

export interface Loaded {
  /** One for each packaging code. Empty when nothing was new. */
  readonly changeIds: ReadonlyArray<number>
  readonly loaded: number
  /** Positions of numbers that were there already and stay as they are; repetitions in the list among them. */
  readonly existing: ReadonlyArray<number>
  /** Positions of texts that are no serial numbers. */
  readonly unreadable: ReadonlyArray<number>
}

/** A transfer that moved numbers; a response refers to it by the control number of its request. */
export interface Transfer {
  readonly messageId: number
  readonly runId: number
  readonly changeId: number
  readonly fromCompany: string
  readonly toCompany: string
  readonly toLocation: string
  readonly item?: ItemSelector | undefined
  readonly documents?: Documents | undefined
  readonly quantity: number
  readonly controlNumber: string
  readonly at: Date
}

/** The values a change touches. */
export interface Standing {
  readonly state?: SerialState | undefined
  readonly company?: string | undefined
  readonly location?: string | undefined
  readonly documents?: Documents | undefined
  readonly item?: Item | undefined
  readonly itemStatus?: ItemStatus | undefined
  readonly lot?: KnownLot | undefined
  readonly attributes?: ReadonlyArray<ItemAttribute> | undefined
  /** The number it is packed in, as messages write it; the empty text where it was taken out. */
  readonly parent?: string | undefined
}

/** One change of one number, with what it was before and after where that differs. */
export interface HistoryEntry {
  readonly changeId: number
  readonly kind: string
  readonly eventAt: Date | undefined
  readonly recordedAt: Date
  readonly messageId: number | undefined
  readonly runId: number | undefined
  readonly actor: string | undefined
  /** The file of its message. */
  readonly file: string | undefined
  readonly attributes: Readonly<Record<string, string>>
  readonly line: number | undefined
  readonly document: string | undefined
  /** The company whose document that is. */
  readonly by: string | undefined
  readonly from: Standing
  readonly to: Standing
}

/** A number as it stands. */
export interface Listed {
  /** As messages write it. */
  readonly value: string
  readonly encoding: Encoding
  readonly serial: string
  readonly item: Item
  readonly state: SerialState
  /** Of commissioned numbers. */
  readonly itemStatus: ItemStatus | undefined
  readonly attributes: ReadonlyArray<ItemAttribute>
  readonly lot: KnownLot | undefined
  readonly company: string
  readonly location: string | undefined
  readonly documents: Documents
  /** The number it is packed in. */
  readonly parent: string | undefined
}

export interface Found extends Listed {
  /** Numbers packed in it directly. */
  readonly children: number
  readonly history: ReadonlyArray<HistoryEntry>
}

export interface Filters {
  readonly item?: Partial<ItemSelector> | undefined
  readonly states?: ReadonlyArray<SerialState> | undefined
  readonly company?: string | undefined
  readonly location?: string | undefined
  readonly documents?: Documents | undefined
}

export interface Page {
  readonly rows: ReadonlyArray<Listed>
  /** Where the next page starts; undefined on the last one. */
  readonly after: number | undefined
}

/** What became of a world's serials. */
export interface Imported {
  readonly loaded: number
  readonly existing: number
}
