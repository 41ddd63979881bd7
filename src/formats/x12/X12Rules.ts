/**
 * What can be wrong with an X12 file before any rule of its message looks at it, as data: the engine registers these as
 * class 1 rules, and the 997 takes its codes from them. Nothing here fails.
 */

/** Codes of a 997: data element 716 for a group, 718 for a set, 720 for a segment, 723 for an element. */
export interface AckCodes {
  readonly group?: string
  readonly set?: string
  readonly segment?: string
  readonly element?: string
}

/** One class 1 rule of the format. Shaped so that the engine can take it as it is. */
export interface X12Rule {
  readonly id: RuleId
  readonly class: 1
  readonly severity: "error" | "warning"
  readonly element: string
  readonly text: string
  readonly source: string
  readonly situation: string
  readonly mayWait: false
  readonly example: { readonly case: string } | { readonly test: string }
}

const standard = "ASC X12 004010"
const acknowledgment = "ASC X12 004010, Functional Acknowledgment (997)"
const ours = "Throughline"
const test = { test: "test/formats/X12Hostile.test.ts" } as const

export interface Declared {
  readonly text: string
  readonly situation: string
  readonly source?: string
  readonly element?: string
  readonly severity?: "warning"
  readonly ack?: AckCodes
  /** Case below samples/x12-broken/ unless it says where; a test where there is none. */
  readonly case?: string
}

const segmentError = (code: string): AckCodes => ({ segment: code, set: "5" })
const elementError = (code: string): AckCodes => ({ segment: "8", element: code, set: "5" })

export const declared = {
  "x12/empty": { text: "The file is empty.", situation: "Zero bytes, or nothing but white space." },
  "x12/too-large": {
    text: "The file has [bytes] bytes; at most [limit] are accepted.",
    situation: "The file is larger than the configured limit.",
    source: ours
  },
  "x12/not-x12": {
    text: "The file is not an X12 interchange: [reason].",
    situation: "Anything else than X12 under the message type X12, or X12 in UTF-16 or EBCDIC.",
    case: "not-x12"
  },
  "x12/header": {
    text: "The delimiters cannot be taken from the ISA segment: [reason].",
    situation: "An ISA segment that is cut off, or whose delimiters are letters, digits or not different.",
    element: "ISA",
    case: "broken-header"
  },
  "x12/too-many-segments": {
    text: "The file has more than [limit] segments.",
    situation: "More segments than the limit; only the envelopes were looked at, for the 997 that rejects them.",
    source: ours
  },
  "x12/segment-too-long": {
    text: "Segment [segment] is longer than [limit] bytes.",
    situation: "A segment beyond the configured length, often a missing or foreign segment terminator.",
    source: ours
  },
  "x12/unterminated": {
    text: "The file ends within segment [segment].",
    situation: "The last segment has no terminator: the file was cut off.",
    case: "cut-off"
  },
  "x12/interchange-element": {
    text: "[element] of the interchange envelope is not valid: [reason].",
    situation: "An element of ISA or IEA that is missing, too short, too long or of a wrong kind.",
    element: "[element]",
    case: "broken-isa-element"
  },
  "x12/interchange-trailer-missing": {
    text: "The interchange has no IEA segment.",
    situation: "The file ends, or another interchange begins, before IEA.",
    element: "IEA",
    case: "missing-iea"
  },
  "x12/interchange-control-number": {
    text: "IEA02 says [trailer], ISA13 says [header].",
    situation: "The control numbers of interchange header and trailer differ.",
    element: "IEA02",
    case: "wrong-iea-control-number"
  },
  "x12/interchange-count": {
    text: "IEA01 says [declared] functional groups; the interchange has [actual].",
    situation: "The trailer counts other groups than there are.",
    element: "IEA01",
    case: "wrong-iea-count"
  },
  "x12/interchange-follows": {
    text: "Segment [segment] stands after the end of the interchange; a file has one interchange.",
    situation: "A second interchange in the file, or anything else behind IEA.",
    source: ours,
    case: "second-interchange"
  },
  "x12/outside": {
    text: "Segment [segment] stands outside of any transaction set.",
    situation: "A segment between the envelopes that belongs to none of them.",
    case: "segment-outside"
  },
  "x12/group-missing": {
    text: "The interchange has no functional group.",
    situation: "IEA follows ISA at once.",
    element: "GS",
    case: "no-group"
  },
  "x12/group-element": {
    text: "[element] of the functional group is not valid: [reason].",
    situation: "An element of GS or GE that is missing, too short, too long or of a wrong kind.",
    element: "[element]",
    source: acknowledgment,
    case: "broken-gs-element"
  },
  "x12/group-functional": {
    text: "GS01 says [found]; a group of [sets] says [expected].",
    situation:
      "The functional identifier does not fit the sets of the group; some translators write any. Nothing rests on it.",
    element: "GS01",
    severity: "warning",
    case: "wms-receipt-advice/wrong-gs01"
  },
  "x12/group-version": {
    text: "Version [version] of functional group [group] is not supported.",
    situation: "GS08 is older than 004010 or no version.",
    element: "GS08",
    source: acknowledgment,
    ack: { group: "2" },
    case: "unknown-version"
  },
  "x12/group-trailer-missing": {
    text: "Functional group [group] has no GE segment.",
    situation: "Another group or the end of the interchange comes before GE.",
    element: "GE",
    source: acknowledgment,
    ack: { group: "3" },
    case: "missing-ge"
  },
  "x12/group-control-number": {
    text: "GE02 says [trailer], GS06 says [header].",
    situation: "The control numbers of group header and trailer differ.",
    element: "GE02",
    source: acknowledgment,
    ack: { group: "4" },
    case: "wrong-ge-control-number"
  },
  "x12/group-repeated": {
    text: "Control number [group] stands twice in the interchange.",
    situation: "Two functional groups of an interchange with the same GS06.",
    element: "GS06",
    source: acknowledgment,
    ack: { group: "6" },
    case: "repeated-group"
  },
  "x12/group-count": {
    text: "GE01 says [declared] transaction sets; the group has [actual].",
    situation: "The trailer counts other sets than there are.",
    element: "GE01",
    source: acknowledgment,
    ack: { group: "5" },
    case: "wrong-ge-count"
  },
  "x12/set-missing": {
    text: "Functional group [group] has no transaction set.",
    situation: "GE follows GS at once.",
    element: "ST",
    case: "no-set"
  },
  "x12/set-unknown": {
    text: "Transaction set [set] is not supported here.",
    situation: "ST01 names a set that no pipeline reads.",
    element: "ST01",
    source: acknowledgment,
    ack: { set: "1" },
    case: "unknown-set"
  },
  "x12/set-mixed": {
    text: "Transaction set [set] stands in an interchange of [first]; an interchange is of one kind.",
    situation: "Sets of different kinds in one interchange.",
    element: "ST01",
    source: ours,
    ack: { set: "1" },
    case: "mixed-sets"
  },
  "x12/set-trailer-missing": {
    text: "Transaction set [set] has no SE segment.",
    situation: "Another set or the end of the group comes before SE.",
    element: "SE",
    source: acknowledgment,
    ack: { set: "2" },
    case: "missing-se"
  },
  "x12/set-control-number": {
    text: "SE02 says [trailer], ST02 says [header].",
    situation: "The control numbers of set header and trailer differ.",
    element: "SE02",
    source: acknowledgment,
    ack: { set: "3" },
    case: "wrong-se-control-number"
  },
  "x12/set-count": {
    text: "SE01 says [declared] segments; the set has [actual].",
    situation: "The trailer counts other segments than there are, ST and SE included.",
    element: "SE01",
    source: acknowledgment,
    ack: { set: "4" },
    case: "wrong-se-count"
  },
  "x12/set-repeated": {
    text: "Control number [set] stands twice in functional group [group].",
    situation: "Two sets of a group with the same ST02.",
    element: "ST02",
    source: acknowledgment,
    ack: { set: "23" },
    case: "repeated-set"
  },
  "x12/segment-unknown": {
    text: "Segment [segment] is not in transaction set [set].",
    situation: "A segment that the set does not have, unless the partner's profile lets it pass.",
    element: "[segment]",
    source: acknowledgment,
    ack: segmentError("6"),
    case: "unknown-segment"
  },
  "x12/segment-unrecognized": {
    text: "[segment] is no segment identifier.",
    situation: "Text where a segment has to begin.",
    element: "[segment]",
    source: acknowledgment,
    ack: segmentError("1"),
    case: "no-segment"
  },
  "x12/segment-missing": {
    text: "Mandatory segment [segment] is missing.",
    situation: "The set or loop goes on without a segment it has to have.",
    element: "[segment]",
    source: acknowledgment,
    ack: segmentError("3"),
    case: "missing-segment"
  },
  "x12/loop-repeated": {
    text: "The loop that begins with [segment] occurs over [max] times.",
    situation: "A loop more often than the set allows.",
    element: "[segment]",
    source: acknowledgment,
    ack: segmentError("4"),
    case: "too-many-loops"
  },
  "x12/segment-repeated": {
    text: "Segment [segment] occurs over [max] times.",
    situation: "A segment more often than the set allows at this place, e.g. a 201st N9 below W07.",
    element: "[segment]",
    source: acknowledgment,
    ack: segmentError("5"),
    case: "n9-201"
  },
  "x12/segment-sequence": {
    text: "Segment [segment] is not in its place.",
    situation: "A segment of the set behind one that it has to come before, or in another loop.",
    element: "[segment]",
    source: acknowledgment,
    ack: segmentError("7"),
    case: "wrong-sequence"
  },
  "x12/element-missing": {
    text: "Mandatory element [element] is missing.",
    situation: "A mandatory element is empty.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("1"),
    case: "missing-element"
  },
  "x12/element-condition": {
    text: "Of the elements [elements] of segment [segment], [reason].",
    situation: "A relational condition of the segment that requires an element is not met.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("2"),
    case: "missing-by-condition"
  },
  "x12/element-many": {
    text: "Segment [segment] has [actual] elements; at most [max] are defined.",
    situation: "More elements than the segment has.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("3"),
    case: "too-many-elements"
  },
  "x12/element-short": {
    text: "[element] is shorter than [min].",
    situation: "A value below the minimum length.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("4"),
    case: "short-element"
  },
  "x12/element-long": {
    text: "[element] is longer than [max], the most in version [version].",
    situation: "A value above the maximum length of the version, e.g. N902 over 30 in 004010. Nothing is cut off.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("5"),
    case: "long-element"
  },
  "x12/element-character": {
    text: "[element] has characters that do not belong there.",
    situation: "Letters in a number, control characters, component or repetition separators in a simple element.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("6"),
    case: "wrong-character"
  },
  "x12/element-code": {
    text: "[element] does not know the code [value].",
    situation: "A code that the element's list does not have.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("7"),
    case: "wrong-code"
  },
  "x12/element-date": {
    text: "[element] is no date.",
    situation: "A date that is not CCYYMMDD or not in the calendar.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("8"),
    case: "wrong-date"
  },
  "x12/element-time": {
    text: "[element] is no time.",
    situation: "A time that is not HHMM, HHMMSS or with decimal seconds.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("9"),
    case: "wrong-time"
  },
  "x12/element-exclusion": {
    text: "Of the elements [elements] of segment [segment], only one may stand there.",
    situation: "Elements that exclude each other.",
    element: "[element]",
    source: acknowledgment,
    ack: elementError("10")
  }
} as const satisfies Readonly<Record<string, Declared>>

export type RuleId = keyof typeof declared

const ruleIds = (of: object): ReadonlyArray<string> => Object.keys(of)
const isRule = (id: string): id is RuleId => id in declared

export const infoOf = (id: RuleId): X12Rule => {
  const info: Declared = declared[id]
  return {
    id,
    class: 1,
    severity: info.severity ?? "error",
    element: info.element ?? "N/A",
    text: info.text,
    source: info.source ?? standard,
    situation: info.situation,
    mayWait: false,
    example: info.case === undefined ? test : { case: info.case.includes("/") ? info.case : `x12-broken/${info.case}` }
  }
}

/** Every rule of the format. */
export const x12Rules: ReadonlyArray<X12Rule> = ruleIds(declared).filter(isRule).map(infoOf)

/** What a 997 says of a finding; undefined for a rule that is not the format's. */
export const ackCodes = (id: string): AckCodes | undefined => {
  if (!isRule(id)) return undefined
  const info: Declared = declared[id]
  return info.ack ?? {}
}
