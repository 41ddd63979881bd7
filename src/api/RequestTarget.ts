/**
 * Refuses requests whose address holds what no text of ours can: a NUL, or bytes that are not UTF-8. The database would
 * refuse to compare it with anything, and the caller would be told to come again. One check for all routes, whatever
 * parameters they take, in path and query.
 */
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"

/** What is wrong with an address as it was sent; undefined where nothing is. */
export const wrongWith = (target: string): string | undefined => {
  try {
    return decodeURIComponent(target).includes("\0") ? "holds the character NUL (%00)" : undefined
  } catch {
    return "is not percent-encoded UTF-8"
  }
}

const refusal = (message: string) =>
  HttpServerResponse.jsonUnsafe(
    {
      type: "urn:throughline:problem:invalid",
      title: "Bad Request",
      status: 400,
      detail: `The address ${message}.`,
      errors: [{ element: "path", message }]
    },
    { status: 400, contentType: "application/problem+json" }
  )

/** For all routes of a server. */
export const check = HttpRouter.middleware(
  (answer) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ url }) => {
      const wrong = wrongWith(url)
      return wrong === undefined ? answer : Effect.succeed(refusal(wrong))
    }),
  { global: true }
)
