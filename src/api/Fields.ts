/**
 * Fields that the groups of the API share, so that a moment or an id is the same everywhere. Declarations only.
 */
import { Schema, SchemaTransformation } from "effect"
import { HttpApiSchema, OpenApi } from "effect/http-api"

export const Moment = Schema.String.annotate({ format: "date-time", description: "ISO 8601, UTC" })
export const Id = Schema.Int.check(Schema.isGreaterThan(0))
export const optional = Schema.optionalKey

/** A text of a request: of so many characters, and none that the database cannot hold (NUL, half a surrogate pair). */
export const text = (most: number, least = 0) =>
  Schema.String.check(
    Schema.makeFilter(
      (value) => (!value.includes("\0") && value.isWellFormed()) || "has a character that no text can have"
    ),
    // Last, so that what is said of the text stands beside it in the OpenAPI document.
    least === 0 ? Schema.isMaxLength(most) : Schema.isBetweenLength(least, most)
  )

export const Why = text(1000).annotate({ description: "The reason, for the audit trail" })

/** A number in a path or query; what is said of it stands at the text that is sent, which the OpenAPI document shows. */
export const numeric = (number: typeof Schema.Finite, said: Schema.Annotations.Bottom<string, readonly []>) =>
  Schema.String.annotate(said).pipe(Schema.decodeTo(number, SchemaTransformation.numberFromString))

export const IdInPath = numeric(Schema.Int.check(Schema.isGreaterThan(0)), { description: "Its id" })

/** How many entries a list has at most. */
export const Limit = numeric(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 })), {
  description: "Entries at most: 1 to 1000, 100 unless given"
})

export const Bytes = Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/octet-stream" }))

export const about = (summary: string, description: string) => OpenApi.annotations({ summary, description })
