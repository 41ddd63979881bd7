/**
 * Judges the body of a request that has to be JSON: its media type, that it is UTF-8 and JSON, no name twice in one
 * object, no nesting beyond the limit, no text that the database cannot hold, and what its schema says of it, unknown
 * fields included. All faults at once, with line and column. Pure.
 */
import { Result, type Schema } from "effect"
import * as Json from "../formats/Json.ts"
import { type Fault, UnsupportedMediaType } from "./Problems.ts"
import * as RequestFaults from "./RequestFaults.ts"

/** What is taken. */
export const mediaType = "application/json"

/** As formats count levels; `detail` bounds the answer to a request that is nothing but faults. */
const limits = { called: "body", maxDepth: 32, detail: 200 }

/** A media type without its parameters. */
const essence = (contentType: string): string => (contentType.split(";", 1)[0] ?? "").trim().toLowerCase()

/** Refuses a body that says it is something else; one that says nothing is taken for JSON. */
export const judgeType = (contentType: string | undefined): Result.Result<void, UnsupportedMediaType> => {
  if (contentType === undefined || essence(contentType) === mediaType) return Result.void
  const message = `The body has to be ${mediaType}.`
  return Result.fail(
    new UnsupportedMediaType({
      detail: message,
      errors: [{ in: "header", element: "content-type", value: contentType.slice(0, 100).toWellFormed(), message }]
    })
  )
}

export interface Parsed {
  /** What it says, where it is JSON; with names that stand twice, the last of each. */
  readonly value: unknown
  readonly text: string
  readonly faults: ReadonlyArray<Fault>
}

/** A body before any schema has looked at it; `said` has texts of its own for what is wrong with it. */
export const parse = (bytes: Uint8Array, said = ({ message }: Json.Issue): string => message): Parsed => {
  const { value, text = "", issues } = Json.parse(bytes, limits)
  return { value, text, faults: RequestFaults.ofJson(issues.map((issue) => ({ ...issue, message: said(issue) }))) }
}

/** Everything that is wrong with a body of this schema. */
export const faultsOf = (bytes: Uint8Array, schema: Schema.Codec<unknown, unknown>): ReadonlyArray<Fault> =>
  RequestFaults.ofJson(Json.read(bytes, schema, limits).issues)
