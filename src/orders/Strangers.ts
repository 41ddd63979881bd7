/**
 * Nobody takes another company's serials by a document of their own: a number that the repository has with somebody else
 * than those the document is between is told with its place, and no setting or override lets it pass. A number that
 * nobody knows may come from anywhere. Stock movements need no look: their events are of the company's own numbers. Who
 * else trades in a number is not told: only a company that the document is of or between, or names, is called by its key.
 *
 * Looks over what was read before; nothing here reads or fails.
 */
import type { LookUp } from "../serials/Serials.ts"
import * as Desk from "./Desk.ts"
import { type KnownLine, settingOf, type Taken } from "./Intake.ts"
import type { StoredDocument } from "./Orders.ts"
import type { SerialCorrection, TradeDocument } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

type Any = Taken<TradeDocument>

/** A number that is known, on its line. */
interface Known {
  readonly line: KnownLine
  readonly value: string
  readonly standing: LookUp
}

const partyOf = ({ index }: Any, text: string | undefined): string | undefined =>
  text === undefined ? undefined : index.party(text)?.id

/** With whom a number is, as the sender may know it. `partner` is the vendor or customer of the document. */
export const withWhom = (taken: Any, company: string, partner?: string): string =>
  [taken.owner.id, taken.sender.id, partyOf(taken, partner)].includes(company)
    ? `it is with ${company}`
    : "it is with another company"

/** Tells every number that is with somebody it cannot come from. */
const tell = (
  taken: Any,
  knowledge: Desk.Knowledge,
  { verb, partner }: { readonly verb: string; readonly partner: string | undefined },
  isTheirs: (known: Known) => boolean
): void => {
  for (const { line, value, serial, path } of Desk.serials(taken)) {
    const standing = knowledge.standing.get(value)
    if (standing === undefined || isTheirs({ line, value, standing })) continue
    const filled = { serial, product: line.name, verb, why: withWhom(taken, standing.company, partner) }
    taken.judgement.add(Rules.serialObstacle.raise(filled, { path, value: serial }))
  }
}

/** Whose numbers are at hand: the company's, and what its warehouse has by itself; by hand only the company's. */
const houseOf = ({ document, owner, sender }: Any): ReadonlySet<string> =>
  new Set(document.kind === "serial_correction" ? [owner.id] : [owner.id, sender.id])

/** Of what comes on a purchase order: its vendor has it, or made it, wherever it lies. */
export const received = (taken: Any, knowledge: Desk.Knowledge, order: StoredDocument, verb = "received"): void => {
  const house = houseOf(taken)
  const vendor = partyOf(taken, order.partner)
  tell(
    taken,
    knowledge,
    { verb, partner: order.partner },
    ({ standing: { company, item } }) =>
      house.has(company) || (vendor !== undefined && (company === vendor || item.owner === vendor))
  )
}

/** Of what leaves: it is at hand, or on its way out already and the desk says so by itself. */
export const shipped = (
  taken: Any,
  knowledge: Desk.Knowledge,
  order: StoredDocument | undefined,
  verb = "shipped"
): void => {
  const house = houseOf(taken)
  tell(
    taken,
    knowledge,
    { verb, partner: order?.partner },
    ({ line, standing: { company, itemStatus } }) =>
      house.has(company) ||
      (itemStatus === "shipped" && settingOf(taken, "requireSerialsToMatchOrder", line)?.on === true)
  )
}

/**
 * Of what comes back: the company shipped it, and it is on its way or with the customer who returns it; or it is on its
 * way from whomever and was the company's from the first.
 */
export const returned = (taken: Any, knowledge: Desk.Knowledge, customer: string | undefined, verb: string): void => {
  const house = houseOf(taken)
  const from = partyOf(taken, customer)
  const wasSold = (value: string) =>
    (knowledge.listings.get(value) ?? []).some(({ kind, effective }) => kind === "shipment" && effective)
  tell(taken, knowledge, { verb, partner: customer }, ({ value, standing: { company, itemStatus, item } }) => {
    if (house.has(company)) return true
    if (itemStatus !== "shipped" && company !== from) return false
    return wasSold(value) || (itemStatus === "shipped" && item.owner === taken.owner.id)
  })
}

/** Of what is corrected by hand: added as it would be received or shipped; taken off only while nobody else has it. */
export const corrected = (
  taken: Taken<SerialCorrection>,
  knowledge: Desk.Knowledge,
  order: StoredDocument | undefined
): void => {
  if (taken.document.action === "remove") {
    // What a sales order shipped is with the customer, and is taken off it before it comes back.
    const isSale = order?.kind === "sales_order"
    tell(
      taken,
      knowledge,
      { verb: "taken off", partner: order?.partner },
      ({ standing: { company, itemStatus } }) => company === taken.owner.id || (isSale && itemStatus === "shipped")
    )
  } else if (order?.kind === "purchase_order") received(taken, knowledge, order, "added")
  else shipped(taken, knowledge, order, "added")
}
