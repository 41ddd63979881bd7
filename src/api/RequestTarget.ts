/**
 * Refuses requests whose address holds what no text of ours can: a NUL, or bytes that are not UTF-8. The database would
 * refuse to compare it with anything, and the caller would be told to come again. One check for all routes, whatever
 * parameters they take, in path and query.
 */
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerRespondable } from "effect/http"
import { Invalid } from "./Problems.ts"

/** What is wrong with an address as it was sent; undefined where nothing is. */
export const wrongWith = (target: string): string | undefined => {
  try {
    return decodeURIComponent(target).includes("\0") ? "holds the character NUL (%00)" : undefined
  } catch {
    return "is not percent-encoded UTF-8"
  }
}

/** It stands in the path or behind it; which parameter it belongs to is not asked. */
const refusal = (target: string, message: string) =>
  HttpServerRespondable.toResponse(
    new Invalid({
      detail: `The address ${message}.`,
      errors: [{ in: wrongWith(target.split("?", 1)[0] ?? "") === undefined ? "query" : "path", element: "", message }]
    })
  )

/** For all routes of a server. */
export const check = HttpRouter.middleware(
  (answer) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ url }) => {
      const wrong = wrongWith(url)
      return wrong === undefined ? answer : refusal(url, wrong)
    }),
  { global: true }
)
