/**
 * Puts numbers to use: commissions each block of an assignment and packs the parents, all of it or nothing, and then names
 * every number that stands in the way. Class 2; runs inside the commit transaction.
 *
 * Numbers that are not there yet make the message wait. Numbers keep their holder and location: the event's location goes
 * into history.
 */
import { Effect } from "effect"
import { type Applied, type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import type { Directory } from "../partners/Directory.ts"
import { Partners } from "../partners/Partners.ts"
import * as Settings from "../partners/Settings.ts"
import type { Aggregation, Commissioning, DispositionAssigned } from "./DispositionAssigned.ts"
import * as at from "./DispositionAssignedPlaces.ts"
import * as Rules from "./DispositionAssignedRules.ts"
import * as Expiry from "./Expiry.ts"
import { type Container, type Obstacle, tell, type Why } from "./SerialEvent.ts"
import type { Holder, Item, Lot } from "./SerialModel.ts"
import { type Operation, sources } from "./SerialState.ts"
import { Serials } from "./Serials.ts"
import { eventLocationUnknown } from "./SnxApply.ts"
import { encodingsOf, eventTime, filled, type Known } from "./SnxMessage.ts"
import * as Waiting from "./SnxWaiting.ts"

type Assigned = Known<DispositionAssigned>

/** What history keeps besides: only what the message says. */
const remarks = (all: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (filled(value) ? [[name, value]] : [])))

/** The item of a block: of the receiver's products, or none where it is a container. */
const itemOf = (
  directory: Directory,
  owner: string,
  block: Commissioning,
  event: number
): Item | Violation | undefined => {
  const { value, type } = block.item?.itemCode ?? { value: "", type: undefined }
  if (!filled(value) || !filled(type)) return undefined
  const codeType = Settings.canonical(directory.settings.packagingCodeTypes, type) ?? type
  if (directory.product(owner, codeType, value) !== undefined) return { owner, codeType, code: value }
  return Rules.codeUnknown.raise(
    { "packaging code type": codeType, "packaging code value": value, owner: directory.company(owner)?.name ?? owner },
    { path: at.itemDetail(event, "cmn:ItemCode"), value }
  )
}

const lotOf = ({ item: detail }: Commissioning, item: Item | undefined): Lot | undefined =>
  item === undefined || !filled(detail?.lotNumber)
    ? undefined
    : { item, lot: detail.lotNumber, expiry: detail.expirationDate, manufactured: detail.manufacturingDate }

/** A reason as its text; undefined for what class 1 refuses before, or no such event can meet. */
const said = (
  why: Why,
  operation: Operation,
  { value, path }: { readonly value: string; readonly path: string },
  { header }: Assigned
): Violation | undefined => {
  const number = { "serial number": value }
  const place = { path, value }
  switch (why._tag) {
    case "unknown":
      return Rules.notProvisioned.raise(number, place)
    case "state":
      return Rules.wrongState.raise(
        { ...number, "invalid serial number state": why.state, "valid states": sources(operation).join(" or ") },
        place
      )
    case "status":
      return Rules.wrongStatus.raise({ ...number, "item status": why.status }, place)
    case "holder":
      return Rules.notHeld.raise({ ...number, sender: header.sender, receiver: header.receiver }, place)
    case "parent":
      return Rules.packedElsewhere.raise({ ...number, parent: why.parent }, place)
    case "cycle":
      return Rules.packedInItself.raise(number, place)
    default:
      return undefined
  }
}

const pathOf = (aggregations: ReadonlyArray<Aggregation>, { container = 0, position }: Obstacle): string => {
  const { event = 0, detail = 0 } = aggregations[container] ?? {}
  return position === undefined
    ? at.aggregation(event, detail, "cmn:ParentSerialNumber")
    : at.child(event, detail, position)
}

const containerOf = ({ parent, children, eventDateTime, packedStatus }: Aggregation): Container => ({
  parent,
  children: children?.values ?? [],
  eventAt: eventTime(eventDateTime),
  isPartial: packedStatus?.toUpperCase() === "PARTIAL"
})

/** Commissions one block; what stands in the way comes back. */
const commission = Effect.fnUntraced(function* (
  block: Commissioning,
  event: number,
  item: Item | undefined,
  holder: Holder,
  assigned: Assigned,
  context: RunContext
) {
  const serials = yield* Serials
  const moments = block.eventDateTimes.map(eventTime)
  const [first] = moments
  const isOne = moments.every((moment) => moment?.getTime() === first?.getTime())
  return yield* serials
    .record({
      operation: "commission",
      holder,
      values: block.serials.values,
      formats: encodingsOf(block.serials),
      to: { item, lot: lotOf(block, item) },
      eventAt: first,
      eventsAt: isOne ? undefined : moments,
      attributes: remarks({
        eventLocation: block.eventLocation,
        eventTimeZoneOffset: block.eventTimeZoneOffsets[0],
        productionLineId: block.productionLineId,
        lineManagerName: block.lineManagerName,
        internalMaterialCode: block.item?.internalMaterialCode,
        countryDrugCode: block.item?.countryDrugCode?.value,
        packagingLevel: block.packagingLevels[0]
      }),
      context
    })
    .pipe(
      Effect.as<ReadonlyArray<Violation>>([]),
      Effect.catchTag("EventRefused", ({ obstacles }) =>
        tell("commission", obstacles, ({ position = 0, value, why }) =>
          said(why, "commission", { value, path: at.detail(event, position, "cmn:SerialNumber") }, assigned)
        )
      )
    )
})

/** Packs all parents; what stands in the way comes back, but for numbers that were not commissioned just now. */
const aggregate = Effect.fnUntraced(function* (
  assigned: Assigned,
  holder: Holder,
  refused: ReadonlySet<string>,
  context: RunContext
) {
  const { aggregations } = assigned
  if (aggregations.length === 0) return []
  const serials = yield* Serials
  const [first] = aggregations
  return yield* serials
    .pack({
      containers: aggregations.map(containerOf),
      holder,
      eventAt: eventTime(first?.eventDateTime ?? ""),
      attributes: remarks({
        eventLocation: first?.eventLocation,
        eventTimeZoneOffset: first?.eventTimeZoneOffset
      }),
      context
    })
    .pipe(
      Effect.as<ReadonlyArray<Violation>>([]),
      Effect.catchTag("EventRefused", ({ obstacles }) =>
        tell(
          "pack",
          obstacles.filter(({ value }) => !refused.has(value)),
          (obstacle) =>
            said(obstacle.why, "pack", { value: obstacle.value, path: pathOf(aggregations, obstacle) }, assigned)
        )
      )
    )
})

/** Lots that were commissioned before with another expiry. */
const otherExpiries = Effect.fnUntraced(function* (
  blocks: ReadonlyArray<Commissioning>,
  found: ReadonlyArray<Item | undefined>,
  clock: Date
) {
  const serials = yield* Serials
  const warnings: Array<Violation> = []
  for (const [event, block] of blocks.entries()) {
    const item = found[event]
    const lot = lotOf(block, item)
    if (lot === undefined || item === undefined) continue
    const said = Expiry.read(lot.expiry ?? "", clock)
    const known = (yield* serials.lotsOf(item, lot.lot)).find(
      ({ expiry }) => expiry !== undefined && said !== undefined && expiry !== said.printed
    )
    if (known === undefined || said === undefined) continue
    warnings.push(
      Rules.expiryDiffers.raise(
        { lot: lot.lot, "packaging code value": item.code, known: known.expires ?? "", said: said.day },
        { path: at.itemDetail(event, "cmn:ExpirationDate"), value: said.day }
      )
    )
  }
  return warnings
})

/** Carries out an assignment; nothing is answered. */
export const apply = Effect.fn("DispositionAssigned.apply")(function* (assigned: Assigned, context: RunContext) {
  const directory = yield* Partners.use(({ current }) => current)
  const { header, commissionings, aggregations } = assigned
  const { sender, receiver: owner } = directory.parties(header.sender, header.receiver)
  const unknown = (number: string, element: string) =>
    Rules.senderUnknown.raise(
      { "service ID": directory.settings.serviceId, "Partner company ID": number },
      { path: at.header(element), value: number }
    )
  if (owner === undefined) return yield* Effect.fail(refuse([unknown(header.receiver, "cmn:FileReceiverNumber")]))
  if (sender === undefined || (sender !== owner && directory.profile(owner.id, sender.id) === undefined))
    return yield* Effect.fail(refuse([unknown(header.sender, "cmn:FileSenderNumber")]))

  const holder: Holder = { company: sender.id, orOwner: true, of: owner.id }
  const items = commissionings.map((block, event) => itemOf(directory, owner.id, block, event))
  const codes = items.map((item) => (item === undefined || "rule" in item ? undefined : item))
  const warnings = yield* otherExpiries(commissionings, codes, context.clock)
  const violations: Array<Violation> = items.flatMap((item) => (item !== undefined && "rule" in item ? [item] : []))
  for (const [event, block] of commissionings.entries())
    for (const one of yield* commission(block, event, codes[event], holder, assigned, context)) violations.push(one)
  const refused = new Set(violations.flatMap(({ value }) => value ?? []))
  for (const one of yield* aggregate(assigned, holder, refused, context)) violations.push(one)

  if (violations.length > 0) {
    const missing = violations.filter(({ rule }) => rule.id === Rules.notProvisioned.id)
    const values = missing.flatMap(({ value }) => value ?? [])
    return yield* Effect.fail(refuse(violations, { waitFor: Waiting.awaited({ values, formats: undefined }) }))
  }
  const locations = new Map([
    ...aggregations.map(
      ({ event, detail, eventLocation }) => [eventLocation, at.aggregation(event, detail, "cmn:EventLocation")] as const
    ),
    ...commissionings.map(
      ({ eventLocation }, event) => [eventLocation, at.commonAttribute(event, "cmn:EventLocation")] as const
    )
  ])
  const applied: Applied<never> = {
    answers: [],
    warnings: [
      ...warnings,
      ...[...locations].flatMap(([location, path]) =>
        eventLocationUnknown.look(directory, location, { body: () => path })
      )
    ],
    touched: commissionings.flatMap(({ serials: list }) => Waiting.touched(list))
  }
  return applied
})
