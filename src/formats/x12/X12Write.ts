/**
 * Writes values of a grammar as an interchange. Lengths are those of the version that is written; nothing is ever cut
 * off: what is too long, holds a delimiter or breaks the grammar comes back as a problem, all of them at once.
 */
import { Effect } from "effect"
import { type Fault, faultsOf } from "./X12Check.ts"
import { type Delimiters, usual } from "./X12Delimiters.ts"
import type { Side } from "./X12Envelope.ts"
import { type Unwritable, X12Error } from "./X12Error.ts"
import * as Path from "./X12Path.ts"
import type { RuleId } from "./X12Rules.ts"
import type { Segment } from "./X12Segment.ts"
import type { Fields, Place, TransactionSet, WriteFields } from "./X12Set.ts"

/**
 * Nine digits for ISA13 and GS06 of a control number of the engine (clock, message, output index), so that a run repeated
 * gives the same. They begin again after ten million messages, as control numbers do.
 */
export const interchangeNumber = (controlNumber: string): string => {
  const [, message = controlNumber.replace(/\D/gu, ""), index = "0"] =
    /^\d{14}(\d+)(?:-(\d+))?$/u.exec(controlNumber) ?? []
  return `${(Number(message.slice(-7)) * 100 + (Number(index) % 100)) % 1_000_000_000}`.padStart(9, "0")
}

export interface WriteOptions {
  /** GS08, e.g. `004010`; ISA12 is its first five characters. */
  readonly version: string
  readonly delimiters?: Partial<Delimiters>
  /** Behind every terminator, for people; nothing unless given. */
  readonly lineEnd?: string
}

/** An interchange of one group. */
export interface Outgoing<F extends Fields> {
  readonly sender: Side
  readonly receiver: Side
  /** Made at; GMT. */
  readonly at: Date
  /** Nine digits at most, for ISA13 and GS06. */
  readonly controlNumber: string
  readonly usage?: "P" | "T" | undefined
  readonly sets: ReadonlyArray<WriteFields<F>>
}

/** Delimiters of a partner over the usual ones; from 00402 on ISA11 says how elements repeat. */
const delimitersFor = ({ version, delimiters }: WriteOptions): Delimiters => {
  const repetition = version >= "004020" ? "^" : undefined
  return { ...usual, repetition, ...delimiters }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null
const itemsOf = (value: unknown): ReadonlyArray<unknown> =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]

const elementsOf = ({ ordered }: Segment, value: unknown): ReadonlyArray<string> => {
  const elements = ordered.map(([name]) => {
    const text = isRecord(value) ? value[name] : undefined
    return typeof text === "string" ? text : ""
  })
  let length = elements.length
  while (length > 0 && elements[length - 1] === "") length -= 1
  return elements.slice(0, length)
}

const details: Readonly<Partial<Record<RuleId, string>>> = {
  "x12/element-missing": "there is no value",
  "x12/element-short": "it is shorter than [min]",
  "x12/element-long": "it is longer than the [max] characters of version [version]",
  "x12/element-character": "it has a character that cannot be written there",
  "x12/element-code": "the element does not know the code",
  "x12/element-date": "it is no date",
  "x12/element-time": "it is no time",
  "x12/element-condition": "what stands beside it requires it",
  "x12/element-exclusion": "it may not stand beside another"
}

const detailOf = ({ rule, filled }: Fault): string =>
  (details[rule] ?? "it breaks the grammar").replace(/\[(\w+)\]/gu, (whole, name: string) => `${filled[name] ?? whole}`)

/** Segments of one set as text, with everything that is wrong with them. */
class SetWriter {
  readonly lines: Array<string> = []
  readonly problems: Array<Unwritable> = []
  readonly #delimiters: Delimiters
  readonly #version: string
  readonly #path: string

  constructor(options: WriteOptions, path: string) {
    this.#delimiters = delimitersFor(options)
    this.#version = options.version
    this.#path = path
  }

  #problem(rule: RuleId, element: string, path: string, value: string | undefined, detail: string): void {
    this.problems.push({ rule, element, path, value, detail })
  }

  segment(segment: Segment, value: unknown): void {
    const elements = elementsOf(segment, value)
    // ST, which the caller writes, is the first.
    const at = this.lines.length + 2
    const { component, element: separator, segment: terminator, repetition } = this.#delimiters
    const separators = { component, repetition }
    for (const fault of faultsOf(segment, elements, this.#version, separators)) {
      const { rule, position, value: found } = fault
      const element = Path.element(segment.id, position)
      this.#problem(rule, element, Path.below(this.#path, segment.id, at, position), found, detailOf(fault))
    }
    for (const [index, text] of elements.entries()) {
      if (!text.includes(separator) && !text.includes(terminator)) continue
      const element = Path.element(segment.id, index + 1)
      const path = Path.below(this.#path, segment.id, at, index + 1)
      this.#problem("x12/element-character", element, path, text, "it holds a delimiter of the interchange")
    }
    this.lines.push([segment.id, ...elements].join(separator))
  }

  places(places: ReadonlyArray<Place>, value: unknown): void {
    for (const { key, segment, loop, min, max } of places) {
      const items = itemsOf(isRecord(value) ? value[key] : undefined)
      const path = () => Path.below(this.#path, segment.id, this.lines.length + 2)
      if (items.length < min) {
        this.#problem(
          "x12/segment-missing",
          segment.id,
          path(),
          undefined,
          "the segment is mandatory and there is none"
        )
      }
      if (items.length > max) {
        const rule = loop === undefined ? "x12/segment-repeated" : "x12/loop-repeated"
        const detail = `there are ${items.length}, at most ${max} are allowed`
        this.#problem(rule, segment.id, path(), `${items.length}`, detail)
      }
      for (const item of items) {
        if (loop === undefined) this.segment(segment, item)
        else this.places(loop.places, item)
      }
    }
  }
}

const header = (outgoing: Outgoing<Fields>): ReadonlyArray<Unwritable> => {
  const { controlNumber, sender, receiver } = outgoing
  const problem = (element: string, value: string, detail: string): Unwritable => ({
    rule: "x12/interchange-element",
    path: `/ISA/${element}`,
    element,
    value,
    detail
  })
  return [
    ...(/^\d{1,9}$/u.test(controlNumber) ? [] : [problem("ISA13", controlNumber, "it is not of at most nine digits")]),
    ...[[sender, "ISA06"] as const, [receiver, "ISA08"] as const].flatMap(([side, element]) =>
      side.id.length >= 2 && side.id.length <= 15 && /^[ -~]*$/u.test(side.id)
        ? []
        : [problem(element, side.id, "it is not of 2 to 15 printable characters")]
    )
  ]
}

const pad = (text: string, length: number): string => text.padEnd(length, " ")
const digits = (moment: Date): string => moment.toISOString().replace(/\D/gu, "")

/** An interchange put together: its text, or everything that keeps it from being written. */
export interface Composed {
  readonly problems: ReadonlyArray<Unwritable>
  /** Empty where there are problems. */
  readonly text: string
}

/** Puts an interchange together. */
export const compose = <F extends Fields>(
  set: TransactionSet<F>,
  outgoing: Outgoing<F>,
  options: WriteOptions
): Composed => {
  const writers = outgoing.sets.map((value, index) => {
    const writer = new SetWriter(options, Path.set(1, index + 1))
    writer.places(set.places, value)
    return writer
  })
  const problems = [...header(outgoing), ...writers.flatMap((writer) => writer.problems)]
  if (problems.length > 0) return { problems, text: "" }
  const { version } = options
  const delimiters = delimitersFor(options)
  const { sender, receiver, usage = "P" } = outgoing
  const moment = digits(outgoing.at)
  const date = moment.slice(0, 8)
  const time = moment.slice(8, 12)
  const control = outgoing.controlNumber.padStart(9, "0")
  // GS06 is a number: it has no leading zeros to lose.
  const groupControl = `${Number(outgoing.controlNumber)}`
  const join = (...elements: ReadonlyArray<string>) => elements.join(delimiters.element)
  const lines = [
    join(
      ...["ISA", "00", pad("", 10), "00", pad("", 10), pad(sender.qualifier, 2), pad(sender.id, 15)],
      ...[pad(receiver.qualifier, 2), pad(receiver.id, 15), date.slice(2), time, delimiters.repetition ?? "U"],
      ...[version.slice(0, 5), control, "0", usage, delimiters.component]
    ),
    join("GS", set.functional, sender.id, receiver.id, date, time, groupControl, "X", version),
    ...writers.flatMap(({ lines: segments }, index) => {
      const number = `${index + 1}`.padStart(4, "0")
      return [join("ST", set.id, number), ...segments, join("SE", `${segments.length + 2}`, number)]
    }),
    join("GE", `${writers.length}`, groupControl),
    join("IEA", "1", control)
  ]
  const end = `${delimiters.segment}${options.lineEnd ?? ""}`
  return { problems, text: lines.map((line) => `${line}${end}`).join("") }
}

/** Every problem in one error; the text where there is none. */
export const textOf = ({ problems, text }: Composed): Effect.Effect<string, X12Error> =>
  problems.length === 0
    ? Effect.succeed(text)
    : Effect.fail(new X12Error({ reason: { _tag: "Unwritable", isRetryable: false, whoActs: "operator", problems } }))
