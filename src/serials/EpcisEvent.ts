/**
 * Changes of the repository as EPCIS 2.0 events in JSON-LD: which kind of event a change is, its business step and
 * disposition, and how numbers, places and parties are written. Pure.
 *
 * Keys are GS1 Digital Link URIs, which need no knowledge of company prefixes; numbers, companies and places that have no
 * GS1 key get URNs of ours. The conflict between CBV, where a decommissioned number ends, and the SNX life cycle, where it
 * may be commissioned again, is left standing: both events are told. Source: EPCIS and CBV 2.0; GS1 Digital Link.
 */
import type { ChangeRow, NumbersRow } from "./EpcisQueries.ts"
import { parse } from "./SerialNumber.ts"
import { type ItemAttribute, ofBits } from "./SerialStatus.ts"

/** What an event of this kind says. */
interface Meaning {
  readonly action: "ADD" | "OBSERVE" | "DELETE"
  readonly bizStep: string
  readonly disposition?: string
}

/** Kinds of changes that are no events: how things stood at an import, and marks beside an event. */
const silent = new Set(["world", "create", "partial", "full"])

const meanings: Readonly<Record<string, Meaning>> = {
  provision: { action: "ADD", bizStep: "reserving", disposition: "reserved" },
  transfer: { action: "OBSERVE", bizStep: "reserving", disposition: "reserved" },
  encode: { action: "OBSERVE", bizStep: "encoding", disposition: "encoded" },
  commission: { action: "ADD", bizStep: "commissioning", disposition: "active" },
  pack: { action: "ADD", bizStep: "packing", disposition: "in_progress" },
  unpack: { action: "DELETE", bizStep: "unpacking", disposition: "in_progress" },
  ship: { action: "OBSERVE", bizStep: "shipping", disposition: "in_transit" },
  receive: { action: "OBSERVE", bizStep: "receiving", disposition: "in_progress" },
  return: { action: "OBSERVE", bizStep: "receiving", disposition: "returned" },
  pick: { action: "OBSERVE", bizStep: "picking", disposition: "in_progress" },
  move: { action: "OBSERVE", bizStep: "storing", disposition: "in_progress" },
  adjust: { action: "OBSERVE", bizStep: "cycle_counting" },
  "change-item": { action: "OBSERVE", bizStep: "other" },
  decommission: { action: "DELETE", bizStep: "decommissioning", disposition: "inactive" },
  deactivate: { action: "DELETE", bizStep: "decommissioning", disposition: "inactive" },
  destroy: { action: "DELETE", bizStep: "destroying", disposition: "destroyed" }
}

/** What an attribute makes of a number, the gravest first. */
const byAttribute: ReadonlyArray<readonly [ItemAttribute, Meaning]> = [
  ["stolen", { action: "OBSERVE", bizStep: "holding", disposition: "stolen" }],
  ["dispensed", { action: "OBSERVE", bizStep: "dispensing", disposition: "dispensed" }],
  ["recalled", { action: "OBSERVE", bizStep: "holding", disposition: "recalled" }],
  ["withdrawn", { action: "OBSERVE", bizStep: "holding", disposition: "recalled" }],
  ["expired", { action: "OBSERVE", bizStep: "holding", disposition: "expired" }],
  ["damaged", { action: "OBSERVE", bizStep: "inspecting", disposition: "damaged" }],
  ["sampled", { action: "OBSERVE", bizStep: "sampling" }]
]

const blocked: Meaning = { action: "OBSERVE", bizStep: "holding", disposition: "non_sellable_other" }

/** By what the change set, for kinds that are others' words. */
const bySetting = (change: ChangeRow): Meaning => {
  const attributes = ofBits(change.set_attributes ?? 0)
  const [, marked] = byAttribute.find(([attribute]) => attributes.includes(attribute)) ?? []
  if (marked !== undefined) return marked
  switch (change.item_status) {
    case "shipped":
      return { action: "OBSERVE", bizStep: "shipping", disposition: "in_transit" }
    case "received":
      return { action: "OBSERVE", bizStep: "receiving", disposition: "in_progress" }
    case "picked":
      return { action: "OBSERVE", bizStep: "picking", disposition: "in_progress" }
    case "blocked":
    case "under_investigation":
      return blocked
    case "available":
      return { action: "OBSERVE", bizStep: "inspecting", disposition: "sellable_accessible" }
    default:
      return change.location === null
        ? { action: "OBSERVE", bizStep: "other" }
        : { action: "OBSERVE", bizStep: "storing", disposition: "in_progress" }
  }
}

/** What a change means; undefined when it is no event. */
export const meaningOf = (change: ChangeRow): Meaning | undefined =>
  silent.has(change.kind) ? undefined : (meanings[change.kind] ?? bySetting(change))

const resolver = "https://id.gs1.org"

/** A number as a URI. */
export const epc = (value: string): string => {
  const number = parse(value)
  if (number._tag === "Failure") return `urn:throughline:number:${encodeURIComponent(value)}`
  const { encoding, serial } = number.success
  if (encoding === "AI(00)") return `${resolver}/00/${serial}`
  if (encoding === "AI(01)+AI(21)") return `${resolver}/01/${number.success.code}/21/${encodeURIComponent(serial)}`
  return encoding === "SKU"
    ? `urn:throughline:${number.success.code.includes(":") ? "sku:" : ""}${number.success.code}:${encodeURIComponent(serial)}`
    : `urn:throughline:cn-edmc:${serial}`
}

/** GLNs of companies and locations by their keys; undefined for those that have none. */
export interface Glns {
  readonly company: (key: string) => string | undefined
  readonly location: (key: string) => string | undefined
  /** Key of the location that a warehouse is. */
  readonly warehouse: (key: string) => string | undefined
}

/** A party as a URI. */
export const party = (key: string, glns: Glns): string => {
  const gln = glns.company(key)
  return gln === undefined ? `urn:throughline:company:${key}` : `${resolver}/417/${gln}`
}

/** A place as a URI: an SGLN as messages write it, or a location's key. */
const placeOf = (key: string, glns: Glns): string => {
  const gln = glns.location(key)
  return gln === undefined ? `urn:throughline:location:${key}` : `${resolver}/414/${gln}`
}
const readPoint = (text: string): string =>
  /^\d{6,12}\.\d{0,6}\.[^\s.]+$/u.test(text)
    ? `urn:epc:id:sgln:${text}`
    : `urn:throughline:place:${encodeURIComponent(text)}`

/** What CBV calls our documents; it has no word for the others, which go without a type. */
const documentTypes: Readonly<Record<string, string>> = {
  purchase_order: "po",
  shipment: "desadv",
  receipt: "recadv",
  return: "rma"
}

/** A document as a URI: its number beside the GLN of the company that gave it (CBV 2.0, 8.5). */
const transactionOf = (type: string | undefined, by: string | null, number: string, glns: Glns) => {
  const gln = by === null ? undefined : glns.company(by)
  const text = encodeURIComponent(number)
  const ours = `urn:throughline:document:${by === null ? "" : `${by}:`}${text}`
  const bizTransaction = gln === undefined ? ours : `urn:epcglobal:cbv:bt:${gln}:${text}`
  return { ...(type === undefined ? {} : { type }), bizTransaction }
}

/**
 * The documents of a change, each once. Numbers of a trade document and its order are the trading company's, reference
 * documents that of the owner of the numbers: whoever has the numbers from then on gave neither.
 */
const transactions = (change: ChangeRow, glns: Glns) => {
  const { document_of, document_kind, document, order_kind, order, owner, po_number, work_order_number } = change
  const said = [
    { type: "po", by: document_of ?? owner, number: po_number },
    { type: "prodorder", by: document_of ?? owner, number: work_order_number },
    { type: documentTypes[order_kind ?? ""], by: document_of, number: order },
    { type: documentTypes[document_kind ?? ""], by: document_of, number: document }
  ]
  const all = said.flatMap(({ type, by, number }) =>
    number === null || number === "" ? [] : [transactionOf(type, by, number, glns)]
  )
  return all.filter(
    (one, at) => all.findIndex((each) => each.type === one.type && each.bizTransaction === one.bizTransaction) === at
  )
}

/** Lot and expiry of what was commissioned. */
const masterData = ({ lot, expires }: ChangeRow) =>
  lot === null
    ? {}
    : { ilmd: { "cbvmda:lotNumber": lot, ...(expires === null ? {} : { "cbvmda:itemExpirationDate": expires }) } }

const offset = (change: ChangeRow): string => {
  const said = change.attributes?.["eventTimeZoneOffset"] ?? ""
  return /^[+-](?:0\d|1[0-3]):[0-5]\d$|^[+-]14:00$/u.test(said) ? said : "+00:00"
}

/** Numbers are on their way to the company and place the change names, and not there yet. */
const isUnderWay = (change: ChangeRow): boolean => ["shipping", "reserving"].includes(meaningOf(change)?.bizStep ?? "")

/** Where goods of a document came in or went out, unless the message says where they were read. */
const readAt = (change: ChangeRow, glns: Glns): string | undefined => {
  const said = change.attributes?.["eventLocation"]
  if (said !== undefined && said !== "") return readPoint(said)
  const isAtDock = ["ship", "receive", "return"].includes(change.kind)
  const location = isAtDock && change.warehouse !== null ? glns.warehouse(change.warehouse) : undefined
  return location === undefined ? undefined : placeOf(location, glns)
}

/** Where it was read, and where the numbers are from then on. */
const places = (change: ChangeRow, glns: Glns) => {
  const read = readAt(change, glns)
  return {
    ...(read === undefined ? {} : { readPoint: { id: read } }),
    ...(change.location === null || isUnderWay(change) ? {} : { bizLocation: { id: placeOf(change.location, glns) } })
  }
}

/** From whom to whom: whose document a shipment is, and the company and place it is for. */
const ends = (change: ChangeRow, glns: Glns) => {
  if (change.company === null || !isUnderWay(change)) return {}
  const { company, location, document_of } = change
  return {
    ...(document_of === null ? {} : { sourceList: [{ type: "possessing_party", source: party(document_of, glns) }] }),
    destinationList: [
      { type: "possessing_party", destination: party(company, glns) },
      ...(location === null ? [] : [{ type: "location", destination: placeOf(location, glns) }])
    ]
  }
}

/** One event of a change, as a JSON value; undefined when the change is no event, or these numbers no part of it. */
export const event = (change: ChangeRow, numbers: NumbersRow, nth: number, glns: Glns): object | undefined => {
  const meaning = meaningOf(change)
  if (meaning === undefined) return undefined
  const isPacking = change.kind === "pack" || change.kind === "unpack"
  const parent = change.kind === "pack" ? numbers.parent : numbers.former
  // Parents have the change in their history too; they are no children of it.
  if (isPacking && parent === null) return undefined
  const bizTransactionList = transactions(change, glns)
  const isTransaction = meaning.bizStep === "encoding" && bizTransactionList.length > 0
  const epcs = numbers.values.map(epc)
  const listed = isPacking ? { parentID: epc(parent ?? ""), childEPCs: epcs } : { epcList: epcs }
  return {
    type: isPacking ? "AggregationEvent" : isTransaction ? "TransactionEvent" : "ObjectEvent",
    eventID: `urn:throughline:event:${change.id}.${nth}`,
    eventTime: numbers.at.toISOString(),
    eventTimeZoneOffset: offset(change),
    recordTime: change.recorded_at.toISOString(),
    ...listed,
    action: isTransaction ? "ADD" : meaning.action,
    bizStep: meaning.bizStep,
    ...(meaning.disposition === undefined ? {} : { disposition: meaning.disposition }),
    ...places(change, glns),
    ...(bizTransactionList.length === 0 ? {} : { bizTransactionList }),
    ...ends(change, glns),
    ...(meaning.bizStep === "commissioning" && !isPacking ? masterData(change) : {}),
    ...(change.message_id === null ? {} : { "throughline:message": String(change.message_id) }),
    ...(change.file === null ? {} : { "throughline:file": change.file })
  }
}

/** The document around the events, as text before and after them. */
export const document = (created: Date): { readonly before: string; readonly after: string } => {
  const head = {
    "@context": [
      "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
      { cbvmda: "urn:epcglobal:cbv:mda:", throughline: "urn:throughline:ns:" }
    ],
    type: "EPCISDocument",
    schemaVersion: "2.0",
    creationDate: created.toISOString(),
    epcisBody: { eventList: [] }
  }
  const [before = "", after = ""] = JSON.stringify(head).split('"eventList":[')
  return { before: `${before}"eventList":[\n`, after: `\n${after}\n` }
}
