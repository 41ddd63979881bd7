/**
 * A partner's names for the columns of CSV order documents, as part of its channel in a world: the schema, and `faults`,
 * which tells every name that means nothing or more than one thing. Pure.
 */
import { Schema } from "effect"
import { type Columns, sameName } from "../formats/Csv.ts"
import * as CsvColumns from "./CsvColumns.ts"
import { Text } from "./WorldFields.ts"

/** Its names of columns by our fields, and what parts its cells; what has no name there keeps ours. */
export const CsvProfile = Schema.Struct({
  /** `lotNumber: Batch` */
  columns: Schema.optionalKey(Schema.Record(Schema.String, Text)),
  delimiter: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[^"\r\n]$/u, { message: "must be one character, and no quote or line end" }))
  )
})
export type CsvProfile = typeof CsvProfile.Type

/** The profile is found by these columns, so they are everybody's. */
const envelope = ["Sender", "Receiver", "Control Number"].map(sameName)

/** Fields that stand in files beside this one. */
const beside = (field: string): Columns => {
  const kinds = CsvColumns.kinds.filter((columns) => field in CsvColumns.shared || Object.hasOwn(columns, field))
  return Object.assign({}, CsvColumns.shared, ...kinds)
}

/** Everything wrong with a profile that stands at a path of the world. */
export const faults = (
  at: string,
  { columns = {} }: CsvProfile
): ReadonlyArray<{ readonly path: string; readonly message: string }> => {
  const known = Object.keys(Object.assign({}, CsvColumns.shared, ...CsvColumns.kinds))
  const named = Object.entries(columns)
  return named.flatMap(([field, name], index) => {
    const told = (message: string) => ({ path: `${at}.columns.${field}`, message })
    if (!known.includes(field)) return [told(`there is no column for ${field} here; there are ${known.join(", ")}`)]
    const same = (other: string) => sameName(other) === sameName(name)
    const twice = named.slice(0, index).filter(([, other]) => same(other))
    const ours = Object.entries(beside(field)).filter(
      ([other, { names }]) => other !== field && columns[other] === undefined && names.some(same)
    )
    return [
      ...twice.map(([other]) => told(`${name} is taken: it is the name of ${other}`)),
      ...ours.map(([other]) => told(`${name} is taken: it is the name of ${other}, which has no other here`)),
      ...(envelope.includes(sameName(name)) ? [told(`${name} is taken: the envelope stands there`)] : [])
    ]
  })
}
