/**
 * What a batch of a world's serials may say of its numbers besides their state: lot, expiry, item status, attributes and
 * the number they are packed in. Enumerations stand here once; the serial repository takes them from here.
 *
 * Schemas and lists only; a value that does not fit is a fault with its path.
 */
import { Schema } from "effect"
import { Day, isDay, Text } from "./WorldFields.ts"
import { itemStatuses } from "./WorldProducts.ts"

export { type ItemStatus, itemStatuses } from "./WorldProducts.ts"

/**
 * Attributes and reason codes of a number that is in use (TraceLink SOM SetSerialNumberStatus, and the list
 * `circulationReasonCode` of its code samples); `suspect`, `illegitimate` and `returned` are words of DSCSA and CBV,
 * `partial` is `PackedStatus` PARTIAL. Their order is that of the bits the repository keeps: append only.
 */
export const itemAttributes = [
  "quality_released",
  "sampled",
  "damaged",
  "recalled",
  "expired",
  "misplaced",
  "dispensed",
  "stolen",
  "suspect",
  "illegitimate",
  "withdrawn",
  "defective",
  "disposed",
  "inappropriately_stored",
  "repackaged",
  "returned",
  "spoiled",
  "sampled_archival",
  "sampled_by_authorities",
  "sampled_clinical_study",
  "sampled_customs_control",
  "sampled_federal_inspection",
  "sampled_marketing_demo",
  "sampled_pharma_study",
  "sampled_selective_control",
  "withdrawn_experiment",
  "other",
  "partial"
] as const
export type ItemAttribute = (typeof itemAttributes)[number]

/** An expiry: `YYMMDD` as barcodes print it, where day 00 is the end of the month, or `YYYY-MM-DD`. */
const Expiry = Schema.String.check(
  Schema.makeFilter(
    (text: string) =>
      isDay(text) ||
      /^\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$/u.test(text) ||
      "must be YYMMDD or YYYY-MM-DD, in quotes"
  )
)

/** Fields of a batch of serials. */
export const lotFields = {
  lot: Schema.optionalKey(Text),
  expiry: Schema.optionalKey(Expiry),
  /** Where the producer extended the expiry: until when. */
  expiryExtendedTo: Schema.optionalKey(Expiry),
  manufactured: Schema.optionalKey(Day),
  /** Of commissioned numbers; `available` unless said otherwise. */
  itemStatus: Schema.optionalKey(Schema.Literals(itemStatuses)),
  attributes: Schema.optionalKey(Schema.Array(Schema.Literals(itemAttributes))),
  /** The number they are packed in, as messages write it; in whatever batch that stands. */
  parent: Schema.optionalKey(Text)
}
