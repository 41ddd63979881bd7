/**
 * A transfer response that comes in: the location it was made for has its numbers from now on. Numbers that are not
 * known are loaded, those that the sender holds here are moved, those that are there already stay.
 *
 * The response does not say where it goes. It is the recipient of the transfer it names (ours), else the receiver, else,
 * where the receiver is the owner as in the documented example, the one subscriber of the owner with these packaging
 * codes; failing that an operator says it. Class 2; runs inside the commit transaction.
 */
import { Duration, Effect } from "effect"
import { type Applied, type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import { Partners } from "../partners/Partners.ts"
import { Serials } from "./Serials.ts"
import { encodingsOf, filled, givenDocuments, type Known, printDocuments, type SerialList } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Waiting from "./SnxWaiting.ts"
import * as Origin from "./TransferOrigin.ts"
import * as Rules from "./TransferReceiptRules.ts"
import * as Refusals from "./TransferRefusals.ts"
import type { TransferResponse } from "./TransferResponse.ts"

const at = Places.transferResponse

/** The part of a list at these positions. */
const part = ({ values, formats }: SerialList, positions: ReadonlyArray<number>): SerialList => ({
  values: positions.map((position) => values[position] ?? ""),
  formats: formats === undefined ? undefined : positions.map((position) => formats[position])
})

/**
 * Sorts the numbers of a response by what is known of them. What the owner still holds moves only when the owner itself
 * says so, by its sender number or on its channel.
 */
const sort = Effect.fnUntraced(function* (list: SerialList, origin: Origin.Origin, receiver: string, channel: string) {
  const holders = channel === origin.owner ? [origin.sender, origin.owner] : [origin.sender]
  const serials = yield* Serials
  const known = yield* serials.explain(list.values, encodingsOf(list))
  const load: Array<number> = []
  const move: Array<number> = []
  const stay: Array<number> = []
  const violations: Array<Violation> = []
  for (const [position, value] of list.values.entries()) {
    const state = known.states[position]
    const company = known.companies[position]
    const place = { path: at.serial(position), value }
    if (state === undefined || company === undefined) load.push(position)
    else if (state !== "reserved" && state !== "encoded")
      violations.push(
        Refusals.wrongState.raise(
          {
            "serial number": value,
            "invalid serial number state": state,
            "reserved or encoded": "reserved or encoded"
          },
          place
        )
      )
    else if (company === origin.recipient.company) stay.push(position)
    else if (holders.includes(company)) move.push(position)
    else
      violations.push(Refusals.notHeld.raise({ "serial number": value, sender: origin.senderNumber, receiver }, place))
  }
  return { load, move, stay, violations }
})

/** What the response says that can be held against earlier messages. */
const history = Effect.fnUntraced(function* (response: TransferResponse, list: SerialList, origin: Origin.Origin) {
  const { transfer, item } = origin
  const documents = givenDocuments(response.referenceDocuments)
  if (transfer !== undefined)
    return transfer.quantity <= list.values.length
      ? []
      : [
          Refusals.expectedButFound.raise(
            {
              "expected quantity of serial numbers": `${transfer.quantity}`,
              "actual quantity of serial numbers": `${list.values.length}`
            },
            { path: at.body("cmn:Quantity"), value: response.quantity }
          )
        ]
  if (documents === undefined || item === undefined) return []
  const serials = yield* Serials
  if (yield* serials.knownDocument({ item, documents })) return []
  const filledIn = { value: item.code, type: item.codeType, "reference ID": printDocuments(documents) }
  return [Rules.noMessages.raise(filledIn, { path: at.body("cmn:ObjectIdentifier"), value: item.code })]
})

/** Takes the numbers of a response in; nothing is answered. */
export const apply = Effect.fn("TransferReceipt.apply")(function* (
  response: Known<TransferResponse>,
  context: RunContext
) {
  const directory = yield* Partners.use(({ current }) => current)
  const { serials: list } = response
  if (list === undefined) return yield* Effect.die("a response without a list, which class 1 refuses")
  const origin = yield* Origin.find(directory, response, context.given["transferTo"], context.company)
  if (origin._tag === "Refused") return yield* Effect.fail(refuse(origin.violations))
  if (origin._tag === "Pending") {
    const until = Duration.days(directory.settings.pendingTransferDays)
    const reason = "pending transfer: the response does not say which location it is for; name the recipient"
    const violation = Rules.recipientMissing.raise({ path: at.header("cmn:FileReceiverNumber") })
    return yield* Effect.fail(refuse([violation], { park: { reason, until } }))
  }

  const before = [...origin.violations, ...(yield* history(response, list, origin))]
  const { load, move, stay, violations } = yield* sort(list, origin, response.header.receiver, context.company)
  if (before.length + violations.length > 0) {
    const documents = givenDocuments(response.referenceDocuments) ?? {}
    const waitFor = origin.item === undefined ? [] : Waiting.documentWords(origin.item, documents)
    return yield* Effect.fail(refuse([...before, ...violations], { waitFor }))
  }

  const serials = yield* Serials
  const { company, location } = origin.recipient
  const attributes = { sender: origin.senderNumber, controlNumber: response.header.controlNumber }
  const documents = givenDocuments(response.referenceDocuments)
  if (load.length > 0) {
    const added = part(list, load)
    yield* serials.load({
      owner: origin.owner,
      item: origin.item,
      values: added.values,
      formats: encodingsOf(added),
      // A response with an object identifier carries encoded numbers; of a bare list only the least is known.
      state: filled(response.numberEncoding) ? "encoded" : "reserved",
      company,
      location,
      documents,
      kind: "receive",
      attributes,
      context
    })
  }
  if (move.length > 0) {
    const moved = part(list, move)
    yield* serials.changeListed({
      operation: "transfer",
      kind: "receive",
      holder: "any",
      values: moved.values,
      formats: encodingsOf(moved),
      to: { company, location },
      attributes,
      context
    })
  }
  const applied: Applied<never> = {
    answers: [],
    warnings:
      stay.length === 0
        ? []
        : [Rules.alreadyHeld.raise({ count: `${stay.length}` }, { path: at.serial(stay[0] ?? 0) })],
    touched: Waiting.touched(list)
  }
  return applied
})
