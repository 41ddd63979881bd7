/**
 * Who takes part in a transfer: whose numbers they are, who sends them and where they go, with the Serial Number
 * Exchange profiles that let them. Looked up in the directory of the transaction; what is missing comes back as class 2
 * violations beside what was found.
 */
import type { Violation } from "../engine/Rule.ts"
import type { Directory, Place } from "../partners/Directory.ts"
import type { Company, Profile } from "../partners/World.ts"
import type { SnxHeader, Typed } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Refusals from "./TransferRefusals.ts"

/** The two companies of the header. The receiver is the owner (publisher) of the numbers, the sender works with them. */
export interface Senders {
  readonly sender: Company
  readonly owner: Company
  /** None when the owner itself is the sender: it needs none. */
  readonly profile: Profile | undefined
}

const at = Places.transferRequest

/** Finds sender and owner; a violation where a number is of no company or the sender has no profile. */
export const senders = (directory: Directory, header: SnxHeader): Senders | Violation => {
  const { sender, receiver: owner } = directory.parties(header.sender, header.receiver)
  const notFound = (number: string, element: string) =>
    Refusals.profileNotFound.raise(
      { "service ID": directory.settings.serviceId, "Partner company ID": number },
      { path: at.header(element), value: number }
    )
  if (owner === undefined) return notFound(header.receiver, "cmn:FileReceiverNumber")
  if (sender === undefined) return notFound(header.sender, "cmn:FileSenderNumber")
  const profile = directory.profile(owner.id, sender.id)
  if (profile === undefined && sender.id !== owner.id) return notFound(header.sender, "cmn:FileSenderNumber")
  return { sender, owner, profile }
}

/** Where a transfer goes. */
export type Recipient =
  | { readonly _tag: "Found"; readonly place: Place; readonly identifier: string }
  /** The message does not say; an operator may. */
  | { readonly _tag: "Pending" }
  | { readonly _tag: "Wrong"; readonly violation: Violation }

/** What an operator gave by hand, `GLN:8779891024769` or a bare identifier. */
const byHand = (given: string): Typed => {
  const colon = given.indexOf(":")
  return colon < 0
    ? { value: given, type: undefined, occurrences: 1 }
    : { value: given.slice(colon + 1), type: given.slice(0, colon), occurrences: 1 }
}

/** Finds the recipient; what an operator gave comes before what the message says. */
export const recipient = (
  directory: Directory,
  transferTo: Typed | undefined,
  given: string | undefined
): Recipient => {
  const named = given === undefined ? transferTo : byHand(given)
  const path = at.body("cmn:SNTransferToLocation")
  if (named === undefined) return { _tag: "Pending" }
  if (named.value === "") return { _tag: "Wrong", violation: Refusals.recipientMissing.raise({ path }) }
  const place = directory.location(named.type, named.value)
  return place === undefined
    ? {
        _tag: "Wrong",
        violation: Refusals.recipientUnknown.raise(
          { "recipient location identifier": named.value },
          { path, value: named.value }
        )
      }
    : { _tag: "Found", place, identifier: named.value }
}

/** A packaging code that is to move. */
export interface Code {
  readonly codeType: string
  readonly code: string
}

/** Says why the recipient may not have numbers of this code; undefined when it may. The owner always may. */
export const mayReceive = (
  directory: Directory,
  owner: string,
  to: { readonly place: Place; readonly identifier: string },
  { codeType, code }: Code,
  paths: { readonly code: string; readonly recipient: string }
): Violation | undefined => {
  const { company } = to.place
  if (company.id === owner) return undefined
  const profile = directory.profile(owner, company.id)
  const filled = { "packaging code type": codeType, "packaging code value": code }
  if (profile === undefined)
    return Refusals.recipientLacksProfile.raise(
      { ...filled, "message recipient": to.identifier },
      { path: paths.recipient, value: to.identifier }
    )
  return directory.profileCode(profile, codeType, code) === undefined
    ? Refusals.recipientLacksCode.raise(
        { ...filled, "transfer to location": to.identifier },
        { path: paths.code, value: code }
      )
    : undefined
}
