/**
 * Status updates of serial numbers: takes a whole list from one state to the next, or refuses it with every number that
 * stands in the way. Class 2; runs inside the commit transaction.
 *
 * Numbers that are not there yet make the message wait. An update to ENCODED notes the packaging code and the reference
 * documents it names, by which a transfer finds the numbers later.
 */
import { Effect } from "effect"
import { type Applied, type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import type { Directory } from "../partners/Directory.ts"
import { Partners } from "../partners/Partners.ts"
import * as Settings from "../partners/Settings.ts"
import * as Rules from "./DispositionRules.ts"
import { type DispositionUpdate, operationOf } from "./DispositionUpdate.ts"
import type { Item } from "./SerialModel.ts"
import { type Operation, sources } from "./SerialState.ts"
import { attributeOf } from "./SerialStatus.ts"
import { eventLocationUnknown } from "./SnxApply.ts"
import { changeAll, type Obstacles, standing } from "./SnxLists.ts"
import { eventTime, filled, givenDocuments, type Known, type SnxHeader } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Waiting from "./SnxWaiting.ts"

const at = Places.dispositionUpdate

const obstructions = (
  obstacles: Obstacles,
  operation: Operation,
  { sender, receiver }: SnxHeader
): Iterable<Violation> => ({
  *[Symbol.iterator]() {
    for (const { position, value } of obstacles.missing)
      yield Rules.notProvisioned.raise({ "serial number": value }, { path: at.serial(position), value })
    for (const { position, value, state } of obstacles.wrongState)
      yield Rules.wrongState.raise(
        {
          "serial number": value,
          "invalid serial number state": state,
          "valid states": sources(operation).join(" or ")
        },
        { path: at.serial(position), value }
      )
    for (const { position, value } of obstacles.notHeld)
      yield Rules.notHeld.raise({ "serial number": value, sender, receiver }, { path: at.serial(position), value })
  }
})

/** The packaging code as an item of its owner; a violation where no product has it. */
const itemOf = (update: DispositionUpdate, directory: Directory, owner: string): Item | Violation | undefined => {
  const { value, type } = update.packagingItemCode ?? { value: "", type: undefined }
  if (!filled(value) || !filled(type)) return undefined
  const codeType = Settings.canonical(directory.settings.packagingCodeTypes, type) ?? type
  if (directory.product(owner, codeType, value) !== undefined) return { owner, codeType, code: value }
  return Rules.codeUnknown.raise(
    { "packaging code type": codeType, "packaging code value": value, owner: directory.company(owner)?.name ?? owner },
    { path: at.body("cmn:PackagingItemCode"), value }
  )
}

/** What history keeps besides: only what the message says. */
const attributesOf = (update: DispositionUpdate): Readonly<Record<string, string>> => {
  const { eventLocation, lotNumber, internalMaterialCode, productionLineId, lineManagerName, reasonDescription } =
    update
  const itemAttributes = update.itemAttributes.join(", ")
  const all = {
    eventLocation,
    lotNumber,
    internalMaterialCode,
    itemAttributes,
    productionLineId,
    lineManagerName,
    reasonDescription
  }
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (filled(value) ? [[name, value]] : [])))
}

/** Carries out a status update; nothing is answered. */
export const apply = Effect.fn("Disposition.apply")(function* (update: Known<DispositionUpdate>, context: RunContext) {
  const directory = yield* Partners.use(({ current }) => current)
  const { header, serials: list } = update
  const operation = operationOf(update.status)
  if (list === undefined || operation === undefined) return yield* Effect.die("a status update that class 1 refuses")

  const { sender, receiver: owner } = directory.parties(header.sender, header.receiver)
  const unknown = (number: string, element: string) =>
    Rules.senderUnknown.raise(
      { "service ID": directory.settings.serviceId, "Partner company ID": number },
      { path: at.header(element), value: number }
    )
  if (owner === undefined) return yield* Effect.fail(refuse([unknown(header.receiver, "cmn:FileReceiverNumber")]))
  if (sender === undefined || (sender !== owner && directory.profile(owner.id, sender.id) === undefined))
    return yield* Effect.fail(refuse([unknown(header.sender, "cmn:FileSenderNumber")]))

  const holder = { company: sender.id, orOwner: true, of: owner.id }
  const end = (obstacles: Obstacles, before: ReadonlyArray<Violation>) => {
    const found = obstructions(obstacles, operation, header)
    const missing = { values: obstacles.missing.map(({ value }) => value), formats: undefined }
    const violations = {
      *[Symbol.iterator]() {
        yield* before
        yield* found
      }
    }
    return Effect.fail(refuse(violations, { waitFor: Waiting.awaited(missing) }))
  }

  const item = itemOf(update, directory, owner.id)
  if (item !== undefined && "rule" in item) return yield* end(yield* standing(list, operation, holder), [item])
  const documents = givenDocuments(update.referenceDocuments)
  yield* changeAll(list, {
    operation,
    holder,
    // Only what was printed is bound to a packaging code and documents; the other statuses mention them as a remark.
    to: {
      ...(operation === "encode" ? { documents, item } : {}),
      set: update.itemAttributes.flatMap((token) => attributeOf(token) ?? [])
    },
    eventAt: eventTime(update.eventDateTime),
    attributes: attributesOf(update),
    context
  }).pipe(Effect.catchTag("Obstructed", ({ obstacles }) => end(obstacles, [])))

  const applied: Applied<never> = {
    answers: [],
    warnings: eventLocationUnknown.look(directory, update.eventLocation, at),
    touched: [
      ...(item === undefined || documents === undefined ? [] : Waiting.documentWords(item, documents)),
      ...Waiting.touched(list)
    ]
  }
  return applied
})
