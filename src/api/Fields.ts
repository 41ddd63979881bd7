/**
 * Fields that the groups of the API share, so that a moment or an id is the same everywhere. Declarations only.
 */
import { Schema } from "effect"
import { HttpApiSchema, OpenApi } from "effect/http-api"

export const Moment = Schema.String.annotate({ format: "date-time", description: "ISO 8601, UTC" })
export const Id = Schema.Int.check(Schema.isGreaterThan(0))
export const IdInPath = Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThan(0))
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

/** Entries of a list, unless the caller says otherwise, are fewer than these. */
export const Limit = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1000 }))

export const Bytes = Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/octet-stream" }))

export const about = (summary: string, description: string) => OpenApi.annotations({ summary, description })
