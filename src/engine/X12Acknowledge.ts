/**
 * The 997 for a received interchange, made from what class 1 found: one for every group, accepted or rejected. A message
 * is taken as a whole, so with one error anywhere every set of the interchange is rejected; the sets that are at fault say
 * why, by segment and element position.
 *
 * A file without a readable envelope gets none, because it cannot be told whose it is; groups of acknowledgments are never
 * acknowledged.
 */
import { Effect } from "effect"
import * as X12 from "../formats/X12.ts"
import { type Acknowledgment, type Answer, acknowledges, type Told } from "./Pipeline.ts"
import type { Violation } from "./Rule.ts"
import * as X12Message from "./X12Message.ts"

type Sets997 = X12.Write<typeof X12.set997>
type SegmentNote = NonNullable<NonNullable<Sets997["sets"]>[number]["segments"]>[number]

/** An acknowledgment to be written: the envelope it answers, and a set for each of its groups. */
interface Acknowledging {
  readonly controlNumber: string
  readonly at: Date
  readonly envelope: X12.EnvelopeSpan
  readonly delimiters: X12.Delimiters
  readonly sets: ReadonlyArray<Sets997>
}

/** A finding with its place taken apart and the codes a 997 has for it. */
interface Noted {
  readonly parts: X12.Path.Parts
  readonly codes: X12.AckCodes
  readonly value: string | undefined
}

/** What a 997 calls a bad element of GS or GE, where it has a word for it. */
const groupCodes: Readonly<Record<string, string>> = { GS1: "1", GS6: "6", GS8: "2", GE1: "5", GE2: "6" }

/** What it calls a bad element of ST or SE; of any other segment it says that there is an error. */
const setCodes: Readonly<Record<string, string>> = { ST1: "6", ST2: "7", SE1: "4", SE2: "7" }

/** Rules that are not the format's still have a place: a wrong value, or a segment that should not be there. */
const codesOf = (id: string, { element, segment = "" }: X12.Path.Parts, value: string | undefined): X12.AckCodes => {
  const group = id === "x12/group-element" ? groupCodes[`${segment}${element}`] : undefined
  if (group !== undefined) return { group }
  // An identifier of another length than those of sets is none.
  if (id === "x12/set-unknown" && value?.length !== 3) return { set: "6" }
  const codes =
    X12.ackCodes(id) ?? (element === undefined ? { segment: "2", set: "5" } : { segment: "8", element: "7", set: "5" })
  return codes.set === "5" ? { ...codes, set: setCodes[`${segment}${element}`] ?? codes.set } : codes
}

const noted = ({ rule, path, value }: Violation): ReadonlyArray<Noted> => {
  const parts = path === undefined ? undefined : X12.Path.parse(path)
  return parts === undefined ? [] : [{ parts, codes: codesOf(rule.id, parts, value), value }]
}

/** Copies of bad data are repeated where they can be: without delimiters, and whole or not at all. */
const copy = (value: string | undefined, { element, component, segment, repetition = element }: X12.Delimiters) =>
  value === undefined ||
  value.length > 99 ||
  [element, component, segment, repetition].some((mark) => value.includes(mark))
    ? undefined
    : /^[ -~]+$/u.test(value)
      ? value
      : undefined

const dataElement = (set: X12.TransactionSet, segment: string, position: number): string | undefined => {
  const number = X12.segmentOf(set, segment)?.ordered[position - 1]?.[1].number ?? 0
  return number === 0 ? undefined : `${number}`
}

/** The AK3 and AK4 of a set, in the order of its segments. */
const segmentsOf = (
  notes: ReadonlyArray<Noted>,
  set: X12.TransactionSet,
  delimiters: X12.Delimiters
): ReadonlyArray<SegmentNote> => {
  const placed = notes
    .filter(({ parts, codes }) => codes.segment !== undefined && parts.at !== undefined)
    .sort((a, b) => (a.parts.at ?? 0) - (b.parts.at ?? 0) || (a.parts.element ?? 0) - (b.parts.element ?? 0))
  const bySegment = Map.groupBy(placed, ({ parts, codes }) => JSON.stringify([parts.at, parts.segment, codes.segment]))
  return [...bySegment.values()].map((group): SegmentNote => {
    const [first] = group
    const segment = first?.parts.segment ?? X12.Path.unrecognized
    return {
      segment: { segment, position: `${first?.parts.at ?? 1}`, code: first?.codes.segment },
      elements: group
        .filter(({ codes }) => codes.element !== undefined)
        .slice(0, 99)
        .map(({ parts, codes, value }) => ({
          position: `${parts.element ?? 1}`,
          number: dataElement(set, segment, parts.element ?? 1),
          code: codes.element ?? "7",
          value: copy(value, delimiters)
        }))
    }
  })
}

const distinct = (codes: ReadonlyArray<string | undefined>): ReadonlyArray<string> =>
  [...new Set(codes.filter((code) => code !== undefined))].slice(0, 5)

/** Codes as elements `code`, `code2` to `code5`. */
const spread = ([code, code2, code3, code4, code5]: ReadonlyArray<string>) => ({ code, code2, code3, code4, code5 })

/** A control number as it came; one that cannot be repeated is `0`. */
const repeated = (controlNumber: string): string => (/^[ -~]{1,9}$/u.test(controlNumber) ? controlNumber : "0")

/** An identifier as it came; in place of one that cannot be repeated, that of the sets this one was read as. */
const identified = (id: string, length: number, readAs: string): string =>
  id.length === length && /^[!-~]+$/u.test(id) ? id : readAs

/** Sets that a group may tell of, and counts it has digits for. */
const mostSets = 999_999

const ofGroup = (
  group: X12.GroupSpan,
  number: number,
  notes: ReadonlyArray<Noted>,
  accepted: boolean,
  delimiters: X12.Delimiters,
  grammar: X12.TransactionSet
): Sets997 => {
  const mine = notes.filter(({ parts }) => parts.group === number)
  const bySet = Map.groupBy(mine, ({ parts }) => parts.set)
  const count = `${Math.min(group.sets.length, mostSets)}`
  const included = group.declared !== undefined && /^\d{1,6}$/u.test(group.declared) ? group.declared : count
  return {
    group: {
      functional: identified(group.functional, 2, grammar.functional),
      controlNumber: repeated(group.controlNumber)
    },
    sets: group.sets.slice(0, mostSets).map(({ id, controlNumber }, index) => {
      const ofSet = bySet.get(index + 1) ?? []
      return {
        set: { set: identified(id, 3, grammar.id), controlNumber: repeated(controlNumber) },
        segments: segmentsOf(ofSet, grammar, delimiters),
        result: { status: accepted ? "A" : "R", ...spread(distinct(ofSet.map(({ codes }) => codes.set))) }
      }
    }),
    result: {
      status: accepted ? "A" : "R",
      included,
      received: count,
      accepted: accepted ? count : "0",
      ...spread(distinct((bySet.get(undefined) ?? []).map(({ codes }) => codes.group)))
    }
  }
}

const about = (told: Told<unknown>, grammar: X12.TransactionSet): ReadonlyArray<Answer<Acknowledging>> => {
  const { bytes, findings, context, firstIndex } = told
  const { envelope, delimiters } = X12.outline(bytes)
  if (envelope === undefined || delimiters === undefined) return []
  const notes = findings.errors.flatMap(noted)
  const accepted = findings.errors.length === 0
  const groups = envelope.groups.flatMap((group, index) =>
    group.functional === X12.set997.functional ? [] : [ofGroup(group, index + 1, notes, accepted, delimiters, grammar)]
  )
  if (groups.length === 0) return []
  const controlNumber = context.controlNumber(firstIndex)
  const value = { controlNumber, at: context.clock, envelope, delimiters, sets: groups }
  return [{ to: context.company, controlNumber, value }]
}

const sends = X12Message.sends<(typeof X12.set997)["fields"], Acknowledging>({
  set: X12.set997,
  map: "X12_004010_997",
  file: import.meta.filename,
  written: ({ controlNumber, at, envelope, delimiters, sets }) => ({
    interchange: {
      // What was sent to us is answered by whoever it was sent to.
      sender: envelope.receiver,
      receiver: envelope.sender,
      at,
      controlNumber: X12.interchangeNumber(controlNumber),
      usage: envelope.usage === "T" ? "T" : "P",
      sets
    },
    // The partner has just shown which delimiters its software can read.
    options: { version: "004010", delimiters: { ...delimiters, repetition: undefined } }
  })
})

/** Acknowledges interchanges of this set. */
export const acknowledged = <C>(set: X12.TransactionSet): Acknowledgment<C, X12.X12Error> =>
  acknowledges<C, Acknowledging, X12.X12Error, never>(sends, (told) => Effect.sync(() => about(told, set)))
