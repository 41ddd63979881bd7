/**
 * X12 interchanges in and out. Import the module as a namespace: `import * as X12 from ".../formats/X12.ts"`. `X12.read`
 * gives the value of an interchange of one kind of set with everything that is wrong with it, `X12.compose` makes one from
 * a value, `X12.set944` and its like are the grammars both are driven by.
 *
 * A bad document is a reading with issues, never a failure; reading does not throw, whatever the bytes. `X12Error` is a
 * value that cannot be written.
 */

export { set997 } from "./x12/X12Acknowledgment.ts"
export type { Delimiters } from "./x12/X12Delimiters.ts"
export {
  type EnvelopeSides,
  type EnvelopeSpan,
  envelopeOf,
  type GroupSpan,
  type SetSpan,
  type Side
} from "./x12/X12Envelope.ts"
export { X12Error } from "./x12/X12Error.ts"
export type { Issue } from "./x12/X12Issue.ts"
export * as Path from "./x12/X12Path.ts"
export {
  claims,
  type GroupReading,
  type Interchange,
  locate,
  outline,
  type Reading,
  type ReadOptions,
  read,
  type SetReading,
  type Sniffed,
  sniff
} from "./x12/X12Read.ts"
export { type AckCodes, ackCodes, type RuleId, type X12Rule, x12Rules } from "./x12/X12Rules.ts"
export {
  type Fields,
  type Read,
  type ReadFields,
  segmentOf,
  type TransactionSet,
  type Write,
  type WriteFields
} from "./x12/X12Set.ts"
export { set856 } from "./x12/X12ShipNotice.ts"
export type { Position } from "./x12/X12Tokens.ts"
export type { Tolerance } from "./x12/X12Tree.ts"
export { lineReferences, longListLoop, set940, set943, set944, set945 } from "./x12/X12WarehouseSets.ts"
export {
  type Composed,
  compose,
  interchangeNumber,
  type Outgoing,
  textOf,
  type WriteOptions
} from "./x12/X12Write.ts"
