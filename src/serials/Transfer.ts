/**
 * The transfer of serial numbers: decides whether a request may be carried out, moves the numbers to the new location
 * and makes the response that brings them there. Class 2; runs inside the commit transaction.
 *
 * Everything that can be found wrong is found at once: parties, recipient, packaging code and the numbers themselves
 * are looked at even when one of the others is refused already. A request without a recipient, and otherwise right, is
 * parked until an operator names one.
 */
import { Duration, Effect } from "effect"
import { type Applied, type Refused, type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import type { Directory } from "../partners/Directory.ts"
import { Partners } from "../partners/Partners.ts"
import type { Documents, Item } from "./SerialModel.ts"
import { Serials } from "./Serials.ts"
import { eventLocationUnknown } from "./SnxApply.ts"
import type { Obstacles } from "./SnxLists.ts"
import { fileMoment, filled, type Known, type SerialList, type SnxHeader } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Waiting from "./SnxWaiting.ts"
import * as ByDocument from "./TransferByDocument.ts"
import * as ByList from "./TransferByList.ts"
import * as Parties from "./TransferParties.ts"
import * as Refusals from "./TransferRefusals.ts"
import type { TransferRequest } from "./TransferRequest.ts"
import type { TransferResponse } from "./TransferResponse.ts"

type Found = Extract<Parties.Recipient, { readonly _tag: "Found" }>

/** What speaks against a transfer, and what it would wait for. */
interface Objections {
  readonly violations: Iterable<Violation>
  readonly waitFor: ReadonlyArray<string>
}

const at = Places.transferRequest
const none: Objections = { violations: [], waitFor: [] }

const concat = function* (...parts: ReadonlyArray<Iterable<Violation>>): Generator<Violation, void, undefined> {
  for (const part of parts) yield* part
}

/** An iterable that may be asked again: the engine counts it, we peek into it. */
const lazily = (make: () => Iterable<Violation>): Iterable<Violation> => ({
  [Symbol.iterator]: () => make()[Symbol.iterator]()
})

const onlyWaiting = (violations: Iterable<Violation>): boolean => {
  for (const { rule } of violations) if (!rule.mayWait) return false
  return true
}

const obstructed = (list: SerialList, obstacles: Obstacles, header: SnxHeader): Objections => ({
  violations: lazily(() => ByList.violations(obstacles, list.values.length, header)),
  waitFor: Waiting.awaited({ values: obstacles.missing.map(({ value }) => value), formats: undefined })
})

/** Ends with these objections; a recipient that is only not named yet makes the transfer wait for a person. */
const refused = (objections: Objections, recipient: Parties.Recipient, directory: Directory): Refused => {
  const { violations, waitFor } = objections
  if (recipient._tag !== "Pending" || !onlyWaiting(violations)) return refuse(violations, { waitFor })
  const until = Duration.days(directory.settings.pendingTransferDays)
  return refuse(
    lazily(() => concat([Refusals.recipientMissing.raise({ path: at.root })], violations)),
    {
      waitFor,
      park: { reason: "pending transfer: the message does not say where the numbers go; name the recipient", until }
    }
  )
}

/** What moved, for the record and the response. */
interface Moved {
  readonly changeId: number
  readonly values: ReadonlyArray<string>
  readonly item: Item | undefined
  readonly documents: Documents | undefined
  readonly response: Pick<TransferResponse, "numberEncoding" | "objectIdentifier">
}

const answer = (
  request: Known<TransferRequest>,
  context: RunContext,
  { values, response }: Moved
): Known<TransferResponse> => ({
  // As in the documented example: the numbers of the request are not swapped.
  header: { ...request.header, controlNumber: context.controlNumber(0), ...fileMoment(context.clock) },
  requestId: undefined,
  referenceDocuments: undefined,
  ...response,
  quantity: `${values.length}`,
  serials: { values, formats: undefined },
  settings: request.settings
})

const destination = ({ place }: Found) => ({ company: place.company.id, location: place.location?.id })

/** By packaging code and reference documents. */
const byDocument = Effect.fnUntraced(function* (
  request: TransferRequest,
  directory: Directory,
  from: Parties.Senders,
  recipient: Parties.Recipient,
  wrong: ReadonlyArray<Violation>,
  context: RunContext
) {
  const what = ByDocument.named(request, directory, from)
  const paths = { code: at.body("cmn:PackagingItemCode"), recipient: at.body("cmn:SNTransferToLocation") }
  if (!("item" in what)) {
    const code = ByDocument.codeOf(request, directory)
    const receiving =
      code === undefined || recipient._tag !== "Found"
        ? undefined
        : Parties.mayReceive(directory, from.owner.id, recipient, code, paths)
    // That a profile lacks the code of no pool says nothing new; that there is no profile does.
    const noProfile = receiving?.rule.id === Refusals.recipientLacksProfile.id ? [receiving] : []
    const violations = [...wrong, ...noProfile, ...what]
    return yield* Effect.fail(refused({ ...none, violations }, recipient, directory))
  }
  const receiving =
    recipient._tag === "Found" ? Parties.mayReceive(directory, from.owner.id, recipient, what.item, paths) : undefined
  const numbers = yield* ByDocument.judge(from, what)
  const violations = [...wrong, receiving, numbers].filter((violation) => violation !== undefined)
  if (violations.length > 0 || recipient._tag !== "Found") {
    const waitFor = Waiting.documentWords(what.item, what.documents)
    return yield* Effect.fail(refused({ violations, waitFor }, recipient, directory))
  }
  const { changeId, values } = yield* ByDocument.move(request, from, what, destination(recipient), context)
  const { item, documents, pool } = what
  const response = { numberEncoding: pool.encoding, objectIdentifier: ByDocument.identifierOf(what) }
  const moved: Moved = { changeId, values, item, documents, response }
  return { moved, recipient }
})

/** By explicit list. */
const byList = Effect.fnUntraced(function* (
  request: TransferRequest,
  list: SerialList,
  directory: Directory,
  from: Parties.Senders,
  recipient: Parties.Recipient,
  wrong: ReadonlyArray<Violation>,
  context: RunContext
) {
  const end = (objections: Objections) => Effect.fail(refused(objections, recipient, directory))
  if (!list.values.some(filled)) {
    const violation = Refusals.noSerials.raise({ path: at.body("snx:SerialNumbers") })
    return yield* end({ ...none, violations: [...wrong, violation] })
  }
  const receiving = recipient._tag === "Found" ? yield* ByList.mayAllReceive(list, directory, from, recipient) : []
  const before = [...wrong, ...receiving]
  if (before.length > 0 || recipient._tag !== "Found") {
    const { violations, waitFor } = obstructed(list, yield* ByList.judge(list, from), request.header)
    return yield* end({ violations: lazily(() => concat(before, violations)), waitFor })
  }
  const { changeId } = yield* ByList.move(request, list, from, destination(recipient), context).pipe(
    Effect.catchTag("Obstructed", ({ obstacles }) => end(obstructed(list, obstacles, request.header)))
  )
  const moved: Moved = {
    changeId,
    values: list.values,
    item: undefined,
    documents: undefined,
    response: { numberEncoding: undefined, objectIdentifier: undefined }
  }
  return { moved, recipient }
})

/** Carries out a transfer request. */
export const apply = Effect.fn("Transfer.apply")(function* (request: Known<TransferRequest>, context: RunContext) {
  const directory = yield* Partners.use(({ current }) => current)
  const from = Parties.senders(directory, request.header)
  const recipient = Parties.recipient(directory, request.transferTo, context.given["transferTo"])
  const wrong = recipient._tag === "Wrong" ? [recipient.violation] : []
  if (!("owner" in from)) return yield* Effect.fail(refuse([from, ...wrong]))

  const { moved, recipient: to } =
    request.serials === undefined
      ? yield* byDocument(request, directory, from, recipient, wrong, context)
      : yield* byList(request, request.serials, directory, from, recipient, wrong, context)

  const { company, location } = destination(to)
  const serials = yield* Serials
  yield* serials.recordTransfer({
    messageId: context.messageId,
    runId: context.runId,
    changeId: moved.changeId,
    fromCompany: from.sender.id,
    toCompany: company,
    toLocation: location ?? "",
    item: moved.item,
    documents: moved.documents,
    quantity: moved.values.length,
    controlNumber: request.header.controlNumber,
    at: context.clock
  })
  const value = answer(request, context, moved)
  const applied: Applied<Known<TransferResponse>> = {
    answers: [{ to: company, controlNumber: value.header.controlNumber, value }],
    warnings: eventLocationUnknown.look(directory, request.eventLocation, at),
    touched: [
      ...(moved.item === undefined ? [] : Waiting.documentWords(moved.item, moved.documents ?? {})),
      ...Waiting.touched({ values: moved.values, formats: undefined })
    ]
  }
  return applied
})
