/**
 * Which channel an order document leaves by, and what of it: the capability registry is asked, what may not pass is left
 * out with its reason, and a document that goes to nobody says why. Pure; it never refuses anything.
 */
import type { Answer } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import type { Company } from "../partners/World.ts"
import type { PartnerChannel, Stage, Warehouse } from "../partners/WorldOrders.ts"
import * as Carried from "./Carried.ts"
import { passagesOf, skippedWarnings } from "./Intake.ts"
import type { Passage } from "./OrdersModel.ts"
import type { NamedParty, Outbound, OutboundLine } from "./Outbound.ts"
import * as PassThrough from "./PassThrough.ts"
import { productName, type TradeIndex } from "./TradeIndex.ts"
import { notRouted } from "./TradeRules.ts"

/** What routing made of a document. */
export interface Routed {
  readonly answers: ReadonlyArray<Answer<Outbound>>
  readonly passages: ReadonlyArray<Passage>
  readonly warnings: ReadonlyArray<Violation>
}

export const nowhere: Routed = { answers: [], passages: [], warnings: [] }

/** A company as documents name it. */
export const partyOf = ({ directory }: TradeIndex, company: Company): NamedParty => ({
  name: company.name,
  number: directory.numberOf(company.id),
  numberType: company.identifiers.find(({ value }) => value === directory.numberOf(company.id))?.type
})

/** Vendor or customer: a company of the world, else a name. */
export const named = (index: TradeIndex, text: string | undefined): NamedParty | undefined => {
  if (text === undefined) return undefined
  const company = index.party(text)
  return company === undefined ? { name: text } : partyOf(index, company)
}

export const warehouseParty = ({ directory }: TradeIndex, warehouse: Warehouse): NamedParty => {
  const identifiers =
    warehouse.location === undefined ? [] : (directory.locationByKey(warehouse.location)?.location?.identifiers ?? [])
  const identifier = identifiers.find(({ type }) => type === "GLN") ?? identifiers[0]
  return { name: warehouse.name, number: identifier?.value ?? warehouse.id, numberType: identifier?.type }
}

/** The name people read beside the code. */
export const productNameOf = (index: TradeIndex, key: string | undefined): string | undefined => {
  const product = key === undefined ? undefined : index.productByKey(key)
  return product === undefined ? undefined : product.name === productName(product) ? undefined : product.name
}

/** Why a channel does not take a document at all, for people and as a code. */
const refusal = (
  channel: PartnerChannel,
  way: Carried.Way,
  cancels: boolean
): readonly [text: string, reason: PassThrough.SkipReason] | undefined => {
  if (channel[way] === "none") return ["takes no such documents", "unsupported_channel"]
  if (!cancels || channel.capabilities.cancellations.some((each) => each === way)) return undefined
  return ["takes no cancellations of them", "cancellations_unsupported"]
}

/** Sends a document by a channel, or says why not. */
export const route = (options: {
  readonly index: TradeIndex
  readonly owner: Company
  readonly kind: string
  readonly number: string
  readonly path: string
  readonly stage: Stage
  readonly channel: PartnerChannel | undefined
  /** Why there is no channel. */
  readonly otherwise: string
  /** Which of its documents it is: the channel says in which format it takes them, or that it takes none. */
  readonly way: Carried.Way
  /** It takes back what went out this way. */
  readonly cancels?: boolean
  readonly lines: ReadonlyArray<OutboundLine>
  readonly controlNumber: string
  readonly value: (channel: PartnerChannel, header: Outbound["header"], lines: ReadonlyArray<OutboundLine>) => Outbound
}): Routed => {
  const { index, owner, kind, number, path, stage, way, cancels = false, channel, lines, controlNumber } = options
  const untold = (why: string): Routed => ({
    ...nowhere,
    warnings: [notRouted.raise({ kind, number, why }, { path, value: number })]
  })
  if (channel === undefined) return untold(options.otherwise)
  const refused = refusal(channel, way, cancels)
  if (refused !== undefined) {
    const [text, reason] = refused
    const told = untold(`channel ${channel.id} ${text} (${reason})`)
    const passage = { channel: channel.id, stage, what: "document" as const, lineRef: undefined, reason, quantity: 1 }
    return { ...told, passages: [passage] }
  }
  const passed = PassThrough.pass(channel, stage, lines, Carried.by(channel, way))
  const outbound = channel.capabilities.prices
    ? passed.lines
    : passed.lines.map((line) => ({ ...line, price: undefined }))
  const passages = passagesOf(channel, stage, passed.passings)
  const warnings = skippedWarnings(passages, path)
  const header = {
    sender: index.directory.numberOf(owner.id) ?? owner.id,
    receiver: index.directory.numberOf(channel.partner) ?? channel.partner,
    controlNumber
  }
  const answer = { to: channel.partner, controlNumber, value: options.value(channel, header, outbound) }
  return { answers: [answer], passages, warnings }
}
