/**
 * A transfer of an explicit list: each number has to be reserved or encoded, and owned by or located at the sender. All
 * of the list moves or nothing does; then every number that stands in the way is named.
 */
import { Effect } from "effect"
import type { RunContext } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import type { Directory } from "../partners/Directory.ts"
import { Serials } from "./Serials.ts"
import { changeAll, type Obstacles, standing } from "./SnxLists.ts"
import { encodingsOf, eventTime, parsedOf, type SerialList, type SnxHeader } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import { type Code, mayReceive, type Recipient, type Senders } from "./TransferParties.ts"
import * as Refusals from "./TransferRefusals.ts"
import type { TransferRequest } from "./TransferRequest.ts"

const at = Places.transferRequest

/** The texts for what stands in the way; lazily, for a list may have 100,000. */
export const violations = function* (
  obstacles: Obstacles,
  listed: number,
  { sender, receiver }: SnxHeader
): Generator<Violation, void, undefined> {
  const [first] = obstacles.missing
  if (first !== undefined) {
    const found = listed - obstacles.missing.length
    yield Refusals.expectedButFound.raise(
      {
        "expected quantity of serial numbers": `${listed}`,
        "actual quantity of serial numbers": `${found}`
      },
      { path: at.serial(first.position), value: first.value }
    )
  }
  for (const { position, value, state } of obstacles.wrongState) {
    yield Refusals.wrongState.raise(
      { "serial number": value, "invalid serial number state": state, "reserved or encoded": "reserved or encoded" },
      { path: at.serial(position), value }
    )
  }
  for (const { position, value } of obstacles.notHeld) {
    yield Refusals.notHeld.raise({ "serial number": value, sender, receiver }, { path: at.serial(position), value })
  }
}

const holderOf = ({ sender, owner }: Senders) => ({ company: sender.id, orOwner: true, of: owner.id })

/** Says what stands in the way, changing nothing. */
export const judge = (list: SerialList, from: Senders) => standing(list, "transfer", holderOf(from))

/** Moves the list; fails with `Obstructed`, having moved nothing. */
export const move = (
  request: TransferRequest,
  list: SerialList,
  from: Senders,
  to: { readonly company: string; readonly location: string | undefined },
  context: RunContext
) =>
  changeAll(list, {
    operation: "transfer",
    holder: holderOf(from),
    to,
    eventAt: eventTime(request.eventDateTime),
    attributes: { eventLocation: request.eventLocation },
    context
  })

/** Positions of numbers whose code, read from the number itself, is not in the recipient's profile. */
const doubtful = (list: SerialList, directory: Directory, owner: string, company: string): ReadonlyArray<number> => {
  const profile = directory.profile(owner, company)
  if (profile === undefined) return [...list.values.keys()]
  const { companyPrefixType } = directory.settings
  const prefixes = profile.packagingCodes
    .filter(({ type }) => type.toUpperCase() === companyPrefixType.toUpperCase())
    .map(({ value }) => value)
  return parsedOf(list).groups.flatMap(({ encoding, code, positions, serials }) => {
    if (encoding === "AI(01)+AI(21)") {
      const known = ["GTIN-14", "NTIN"].some((type) => directory.profileCode(profile, type, code) !== undefined)
      return known ? [] : positions
    }
    // An SSCC is an extension digit, the company prefix, and the rest; a China code says nothing readable.
    const own = (serial: string) => prefixes.some((prefix) => serial.startsWith(prefix, 1))
    return encoding === "AI(00)" ? positions.filter((_, index) => !own(serials[index] ?? "")) : positions
  })
}

/**
 * Says which codes of the list the recipient has no profile for. Most lists are of one code that the numbers tell;
 * the repository is only asked where they do not.
 */
export const mayAllReceive = Effect.fnUntraced(function* (
  list: SerialList,
  directory: Directory,
  from: Senders,
  to: Extract<Recipient, { readonly _tag: "Found" }>
) {
  const { company } = to.place
  if (company.id === from.owner.id) return []
  const positions = doubtful(list, directory, from.owner.id, company.id)
  if (positions.length === 0) return []
  const serials = yield* Serials
  const encodings = encodingsOf(list)
  const { codeTypes, codes } = yield* serials.explain(
    positions.map((position) => list.values[position] ?? ""),
    encodings === undefined ? undefined : positions.map((position) => encodings[position])
  )
  const found = new Map<string, { readonly code: Code; readonly position: number }>()
  for (const [index, position] of positions.entries()) {
    const codeType = codeTypes[index]
    const code = codes[index]
    if (codeType === undefined || code === undefined) continue
    const key = `${codeType} ${code}`
    if (!found.has(key)) found.set(key, { code: { codeType, code }, position })
  }
  return [...found.values()].flatMap(({ code, position }) => {
    const paths = { code: at.serial(position), recipient: at.body("cmn:SNTransferToLocation") }
    return mayReceive(directory, from.owner.id, to, code, paths) ?? []
  })
})
