/**
 * The envelopes of an interchange: ISA to IEA, GS to GE, ST to SE, with every check of their control numbers and counts.
 * It knows nothing of what is inside a set; a set that lost its trailer ends where the next header begins.
 */
import { faultsOf } from "./X12Check.ts"
import * as Segments from "./X12EnvelopeSegments.ts"
import type { Issues } from "./X12Issue.ts"
import * as Path from "./X12Path.ts"
import type { RuleId } from "./X12Rules.ts"
import type { Segment } from "./X12Segment.ts"
import type { Token, Tokens } from "./X12Tokens.ts"

export interface SetSpan {
  readonly path: string
  /** ST01 and ST02. */
  readonly id: string
  readonly controlNumber: string
  /** Segments from ST to SE, as far as they are there. */
  readonly tokens: ReadonlyArray<Token>
  readonly complete: boolean
}

export interface GroupSpan {
  readonly path: string
  readonly functional: string
  readonly sender: string
  readonly receiver: string
  readonly date: string
  readonly time: string
  readonly controlNumber: string
  readonly version: string
  readonly sets: ReadonlyArray<SetSpan>
  /** GE01 as written; undefined without GE. */
  readonly declared: string | undefined
}

/** A side of an interchange: ISA05 and ISA06, or ISA07 and ISA08, without their padding. */
export interface Side {
  readonly qualifier: string
  readonly id: string
}

/** Who sends to whom under which number. */
export interface EnvelopeSides {
  readonly sender: Side
  readonly receiver: Side
  readonly controlNumber: string
}

/** What an interchange states of itself, as every message does: ISA06, ISA08 and ISA13. */
export const envelopeOf = ({ sender, receiver, controlNumber }: EnvelopeSides) => ({
  sender: sender.id,
  receiver: receiver.id,
  controlNumber
})

export interface EnvelopeSpan extends EnvelopeSides {
  /** YYMMDD and HHMM. */
  readonly date: string
  readonly time: string
  readonly version: string
  /** ISA15: `P` production, `T` test, `I` information. */
  readonly usage: string
  readonly groups: ReadonlyArray<GroupSpan>
}

const identifier = /^[A-Z][A-Z0-9]{1,2}$/u

/** True for text that can be a segment identifier. */
export const isIdentifier = (id: string): boolean => identifier.test(id)

/** A segment's identifier, or the text instead of one, shortened for the report. */
export const named = (id: string): string => (isIdentifier(id) ? id : id.slice(0, 20) || "(nothing)")

const at = (token: Token, position: number): string => (token.elements[position - 1] ?? "").trim()

/** ISA11 and ISA16 are delimiters, control characters perhaps; they were judged when the file was cut. */
const delimiterElements = new Set([11, 16])

/** ISA16 holds the component separator itself, which no element of an envelope may be searched for. */
const noSeparators = { component: "\u0000", repetition: undefined }

const supported = /^00[4-9]\d{3}/u

interface OpenSet {
  readonly number: number
  readonly path: string
  readonly tokens: Array<Token>
}

interface OpenGroup {
  readonly header: Token
  readonly path: string
  readonly number: number
  readonly sets: Array<SetSpan>
  /** Control numbers of its sets so far. */
  readonly seen: Set<string>
}

class Walk {
  readonly groups: Array<GroupSpan> = []
  #group: OpenGroup | undefined
  #set: OpenSet | undefined
  #closed = false
  /** What follows the end was told; it is of the interchange that it began. */
  #followed = false
  readonly #seen = new Set<string>()
  readonly #tokens: Tokens
  readonly #issues: Issues

  constructor(tokens: Tokens, issues: Issues) {
    this.#tokens = tokens
    this.#issues = issues
  }

  #add(
    rule: RuleId,
    token: Token,
    path: string,
    filled: Readonly<Record<string, string | number>> = {},
    position?: number
  ): void {
    this.#issues.add(rule, filled, {
      path,
      value: position === undefined ? undefined : token.elements[position - 1],
      position: () => this.#tokens.position(token, position)
    })
  }

  /** Elements of an envelope segment; they share one rule, for a 997 has no codes for them. */
  #elements(rule: RuleId, segment: Segment, token: Token, path: string): void {
    const version = "004010"
    for (const { position, rule: cause, filled } of faultsOf(segment, token.elements, version, noSeparators)) {
      if (segment.id === "ISA" && delimiterElements.has(position)) continue
      const element = Path.element(segment.id, position)
      const reason = cause.slice("x12/element-".length).replace("-", " ")
      this.#add(rule, token, `${path}/${element}`, { ...filled, element, reason: reasons[reason] ?? reason }, position)
    }
  }

  #openGroup(token: Token): void {
    this.#closeGroup(token, undefined)
    const number = this.groups.length + 1
    const path = Path.group(number)
    this.#elements("x12/group-element", Segments.GS, token, path)
    const version = at(token, 8)
    if (version !== "" && !supported.test(version)) {
      this.#add("x12/group-version", token, `${path}/GS08`, { version, group: at(token, 6) }, 8)
    }
    const controlNumber = at(token, 6)
    if (controlNumber !== "" && this.#seen.size === this.#seen.add(controlNumber).size)
      this.#add("x12/group-repeated", token, `${path}/GS06`, { group: controlNumber }, 6)
    this.#group = { header: token, path, number, sets: [], seen: new Set() }
  }

  #closeGroup(next: Token, trailer: Token | undefined): void {
    const group = this.#group
    if (group === undefined) return
    this.#closeSet(next, undefined)
    const { header, path, sets } = group
    const controlNumber = at(header, 6)
    if (trailer === undefined) this.#add("x12/group-trailer-missing", next, `${path}/GE`, { group: controlNumber })
    else {
      this.#elements("x12/group-element", Segments.GE, trailer, `${path}/GE`)
      if (at(trailer, 2) !== "" && at(trailer, 2) !== controlNumber) {
        const filled = { trailer: at(trailer, 2), header: controlNumber }
        this.#add("x12/group-control-number", trailer, `${path}/GE/GE02`, filled, 2)
      }
      if (differs(at(trailer, 1), sets.length)) {
        const filled = { declared: at(trailer, 1), actual: sets.length }
        this.#add("x12/group-count", trailer, `${path}/GE/GE01`, filled, 1)
      }
    }
    if (sets.length === 0) this.#add("x12/set-missing", header, path, { group: controlNumber })
    this.groups.push({
      path,
      functional: at(header, 1),
      sender: at(header, 2),
      receiver: at(header, 3),
      date: at(header, 4),
      time: at(header, 5),
      controlNumber,
      version: at(header, 8),
      sets,
      declared: trailer === undefined ? undefined : at(trailer, 1)
    })
    this.#group = undefined
  }

  #openSet(token: Token, group: OpenGroup): void {
    this.#closeSet(token, undefined)
    const number = group.sets.length + 1
    this.#set = { number, path: Path.set(group.number, number), tokens: [token] }
  }

  #closeSet(next: Token, trailer: Token | undefined): void {
    const set = this.#set
    const group = this.#group
    const [header] = set?.tokens ?? []
    if (set === undefined || group === undefined || header === undefined) return
    const { path, tokens } = set
    const controlNumber = at(header, 2)
    if (trailer === undefined) {
      this.#add("x12/set-trailer-missing", next, Path.below(path, "SE", tokens.length + 1), { set: controlNumber })
    } else {
      tokens.push(trailer)
      const place = (position: number) => Path.below(path, "SE", tokens.length, position)
      if (at(trailer, 2) !== controlNumber) {
        const filled = { trailer: at(trailer, 2), header: controlNumber }
        this.#add("x12/set-control-number", trailer, place(2), filled, 2)
      }
      if (differs(at(trailer, 1), tokens.length)) {
        const filled = { declared: at(trailer, 1), actual: tokens.length }
        this.#add("x12/set-count", trailer, place(1), filled, 1)
      }
    }
    if (group.seen.has(controlNumber)) {
      const filled = { set: controlNumber, group: at(group.header, 6) }
      this.#add("x12/set-repeated", header, Path.below(path, "ST", 1, 2), filled, 2)
    }
    group.seen.add(controlNumber)
    group.sets.push({ path, id: at(header, 1), controlNumber, tokens, complete: trailer !== undefined })
    this.#set = undefined
  }

  #close(trailer: Token, header: Token): void {
    this.#closeGroup(trailer, undefined)
    this.#closed = true
    this.#elements("x12/interchange-element", Segments.IEA, trailer, "/IEA")
    if (at(trailer, 2) !== "" && at(trailer, 2) !== at(header, 13)) {
      const filled = { trailer: at(trailer, 2), header: at(header, 13) }
      this.#add("x12/interchange-control-number", trailer, "/IEA/IEA02", filled, 2)
    }
    if (differs(at(trailer, 1), this.groups.length)) {
      const filled = { declared: at(trailer, 1), actual: this.groups.length }
      this.#add("x12/interchange-count", trailer, "/IEA/IEA01", filled, 1)
    }
  }

  #step(token: Token, header: Token): void {
    const { id } = token
    if (this.#closed || id === "ISA") {
      if (!this.#closed) this.#missingEnd(token)
      this.#closed = true
      if (id === "ISA" || !this.#followed) this.#add("x12/interchange-follows", token, "/IEA", { segment: named(id) })
      this.#followed = true
    } else if (id === "IEA") this.#close(token, header)
    else if (id === "GS") this.#openGroup(token)
    else if (id === "GE" && this.#group !== undefined) this.#closeGroup(token, token)
    else if (id === "ST" && this.#group !== undefined) this.#openSet(token, this.#group)
    else if (id === "SE" && this.#set !== undefined) this.#closeSet(token, token)
    else if (this.#set !== undefined) this.#set.tokens.push(token)
    // TA1 acknowledges interchanges and stands between ISA and GS; nothing here waits for one.
    else if (id !== "TA1" || this.#group !== undefined) {
      this.#add("x12/outside", token, this.#group?.path ?? "/ISA", { segment: named(id) })
    }
  }

  #missingEnd(next: Token): void {
    this.#closeGroup(next, undefined)
    this.#add("x12/interchange-trailer-missing", next, "/IEA")
  }

  run(header: Token): void {
    this.#elements("x12/interchange-element", Segments.ISA, header, "/ISA")
    for (const token of this.#tokens.tokens.slice(1)) this.#step(token, header)
    const last = this.#tokens.tokens.at(-1) ?? header
    // Behind the last character of the file: that is where the trailer should be.
    const end: Token = { id: "", elements: [], start: last.end + 1, end: last.end + 1 }
    if (!this.#closed) this.#missingEnd(end)
    if (this.groups.length === 0) this.#add("x12/group-missing", header, "/GS[1]")
  }
}

const reasons: Readonly<Record<string, string>> = {
  missing: "it is missing",
  many: "there are more elements than defined",
  short: "it is too short",
  long: "it is too long",
  character: "it has characters that do not belong there",
  code: "the code is not known",
  date: "it is no date",
  time: "it is no time"
}

/** Counts may be written with leading zeros. */
const differs = (text: string, count: number): boolean => /^\d+$/u.test(text) && Number(text) !== count

/** The envelopes of what was cut; findings go to `issues`. */
export const spansOf = (tokens: Tokens, header: Token, issues: Issues): EnvelopeSpan => {
  const walk = new Walk(tokens, issues)
  walk.run(header)
  return {
    sender: { qualifier: at(header, 5), id: at(header, 6) },
    receiver: { qualifier: at(header, 7), id: at(header, 8) },
    date: at(header, 9),
    time: at(header, 10),
    version: at(header, 12),
    controlNumber: at(header, 13),
    usage: at(header, 15),
    groups: walk.groups
  }
}
