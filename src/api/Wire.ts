/**
 * Values of ours as answers of the API: fields that say nothing are left out, moments are text, and the answer's schema
 * holds it to what is documented. A value that does not fit is our fault, and dies.
 */
import { Effect, Schema } from "effect"

/** A row as JSON has it: without the fields that are null or undefined, moments as text. */
export const plain = (row: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]: readonly [string, unknown]) =>
      value === null || value === undefined ? [] : [[name, value instanceof Date ? value.toISOString() : value]]
    )
  )

/** The answer of these fields. */
export const as = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (row: object): Effect.Effect<S["Type"]> => Effect.orDie(decode(plain(row)))
}
