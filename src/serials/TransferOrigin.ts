/**
 * Where the numbers of a received transfer response come from and who they are for. The documented header is that of
 * the request, so its receiver is the owner and the new location is not in the document; this finds it all the same
 * where the configuration leaves only one answer.
 */
import { Effect } from "effect"
import type { Violation } from "../engine/Rule.ts"
import type { Directory, Parties, Place } from "../partners/Directory.ts"
import type { Profile } from "../partners/World.ts"
import type { Item, Transfer } from "./SerialModel.ts"
import { Serials } from "./Serials.ts"
import * as Identifier from "./SnxIdentifier.ts"
import { filled, parsedOf, type SerialList } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import { mayReceive, recipient as recipientByHand } from "./TransferParties.ts"
import * as Rules from "./TransferReceiptRules.ts"
import * as Refusals from "./TransferRefusals.ts"
import type { TransferResponse } from "./TransferResponse.ts"

const at = Places.transferResponse

export interface Origin {
  readonly _tag: "Found"
  readonly owner: string
  readonly sender: string
  readonly senderNumber: string
  readonly recipient: { readonly company: string; readonly location: string | undefined }
  /** What the object identifier names. */
  readonly item: Item | undefined
  /** The transfer that the response answers, where it says so and it was made here. */
  readonly transfer: Transfer | undefined
  /** What was found wrong on the way. */
  readonly violations: ReadonlyArray<Violation>
}

export type Found =
  | Origin
  | { readonly _tag: "Pending" }
  | { readonly _tag: "Refused"; readonly violations: ReadonlyArray<Violation> }

const refused = (...violations: ReadonlyArray<Violation>): Found => ({ _tag: "Refused", violations })

/** The packaging code of the response in a profile: that of its key, a China subtype by its product. */
const codeIn = (directory: Directory, owner: string, profile: Profile | undefined, response: TransferResponse) => {
  const [key] = Identifier.keysOf(response.objectIdentifier ?? Identifier.noKeys, directory.settings)
  if (key === undefined) return undefined
  if (key.codeType !== undefined) return { codeType: key.codeType, code: key.value }
  const own = profile?.packagingCodes.find(
    ({ type, value }) => directory.product(owner, type, value)?.cnSubtype === key.value
  )
  return own === undefined ? undefined : { codeType: own.type, code: own.value }
}

/** True when the profile has what the list is of, as far as the numbers themselves tell. */
const covers = (directory: Directory, profile: Profile, list: SerialList): boolean => {
  const { companyPrefixType } = directory.settings
  const has = (type: string, code: string) => directory.profileCode(profile, type, code) !== undefined
  const ofType = (type: string) =>
    profile.packagingCodes.filter((code) => code.type.toUpperCase() === type.toUpperCase()).map(({ value }) => value)
  return parsedOf(list).groups.every(({ encoding, code, serials }) => {
    if (encoding === "AI(01)+AI(21)") return has("GTIN-14", code) || has("NTIN", code)
    if (encoding === "CN-EDMC") return ofType("CN-RESCODE").length > 0
    const prefixes = ofType(companyPrefixType)
    return serials.every((serial) => prefixes.some((prefix) => serial.startsWith(prefix, 1)))
  })
}

/** The only subscriber of the owner who may have these numbers. */
const onlySubscriber = (
  directory: Directory,
  owner: string,
  sender: string | undefined,
  response: TransferResponse
) => {
  const candidates = directory.companies.filter(({ id }) => {
    const profile = id === sender ? undefined : directory.profile(owner, id)
    if (profile === undefined) return false
    const code = codeIn(directory, owner, profile, response)
    if (code !== undefined) return directory.profileCode(profile, code.codeType, code.code) !== undefined
    return (
      response.objectIdentifier === undefined &&
      covers(directory, profile, response.serials ?? { values: [], formats: undefined })
    )
  })
  const [only] = candidates
  return candidates.length === 1 && only !== undefined ? { company: only, location: only.locations[0] } : undefined
}

const levelViolation = (directory: Directory, item: Item | undefined, response: TransferResponse) => {
  const level = response.objectIdentifier?.codeLevel
  if (!filled(level)) return []
  const known = item === undefined ? undefined : directory.product(item.owner, item.codeType, item.code)?.codeLevel
  return /^[1-9]$/u.test(level) && (known === undefined || known === level)
    ? []
    : [
        Refusals.codeLevelInvalid.raise({
          path: at.body("cmn:ObjectIdentifier/cmn:CNSubtypeObjectKey/@codeLevel"),
          value: level
        })
      ]
}

/**
 * The transfer a response names; a violation when there is none. Control numbers are each sender's own, so only a
 * transfer that the response's sender asked for counts, or one to the receiver where the owner answers.
 */
const named = Effect.fnUntraced(function* (response: TransferResponse, { sender, receiver }: Parties) {
  const { requestId } = response
  if (!filled(requestId)) return undefined
  const serials = yield* Serials
  const transfers = yield* serials.transfersOf(requestId)
  const own = transfers.filter(({ fromCompany, toCompany }) => fromCompany === sender?.id || toCompany === receiver?.id)
  const place = { path: at.body("cmn:RequestId"), value: requestId }
  return own.at(-1) ?? Rules.originalNotFound.raise({ "request ID": requestId }, place)
})

/** Finds where the numbers come from and who they are for. `channel` is the company on whose channel it came. */
export const find = Effect.fn("TransferOrigin.find")(function* (
  directory: Directory,
  response: TransferResponse,
  given: string | undefined,
  channel: string
) {
  const { header } = response
  const parties = directory.parties(header.sender, header.receiver)
  const { sender, receiver } = parties
  const transfer = yield* named(response, parties)
  if (transfer !== undefined && "rule" in transfer) return refused(transfer)
  if (receiver === undefined) {
    const place = { path: at.header("cmn:FileReceiverNumber"), value: header.receiver }
    return refused(Refusals.recipientUnknown.raise({ "recipient location identifier": header.receiver }, place))
  }
  // The sender is the owner when the receiver subscribes to it; otherwise the header is that of the request.
  const direct = sender !== undefined && directory.profile(sender.id, receiver.id) !== undefined
  const owner = direct ? sender.id : receiver.id
  // As for a request: only who works with the owner's numbers, or the owner's own channel, may say where they are.
  const mayTell = [sender?.id, channel].some(
    (company) => company !== undefined && (company === owner || directory.profile(owner, company) !== undefined)
  )
  if (!mayTell) {
    const filledIn = { "service ID": directory.settings.serviceId, "Partner company ID": header.sender }
    const place = { path: at.header("cmn:FileSenderNumber"), value: header.sender }
    return refused(Refusals.profileNotFound.raise(filledIn, place))
  }

  const placeOf = (): Place | Found | undefined => {
    if (given !== undefined) {
      const byHand = recipientByHand(directory, undefined, given)
      if (byHand._tag === "Found") return byHand.place
      if (byHand._tag === "Wrong") return refused(byHand.violation)
    }
    const location = transfer === undefined ? undefined : directory.locationByKey(transfer.toLocation)
    const company = transfer === undefined ? undefined : directory.company(transfer.toCompany)
    if (company !== undefined) return { company, location: location?.location }
    if (direct)
      return directory.location(undefined, header.receiver) ?? { company: receiver, location: receiver.locations[0] }
    return onlySubscriber(directory, owner, sender?.id, response)
  }
  const place = placeOf()
  if (place === undefined) return { _tag: "Pending" } satisfies Found
  if ("_tag" in place) return place

  const profile = directory.profile(owner, place.company.id)
  const code = codeIn(directory, owner, profile, response)
  const item = code === undefined ? undefined : { owner, ...code }
  const identifier = directory.numberOf(place.company.id) ?? place.company.id
  const paths = { code: at.body("cmn:ObjectIdentifier"), recipient: at.header("cmn:FileReceiverNumber") }
  const receiving = code === undefined ? undefined : mayReceive(directory, owner, { place, identifier }, code, paths)
  const origin: Origin = {
    _tag: "Found",
    owner,
    sender: sender?.id ?? owner,
    senderNumber: header.sender,
    recipient: { company: place.company.id, location: place.location?.id },
    item,
    transfer,
    violations: [...(receiving === undefined ? [] : [receiving]), ...levelViolation(directory, item, response)]
  }
  return origin
})
