/**
 * The console's routes: its page and its files; add them to the server's. People sign in at the API (`/v1/session`), which
 * answers everything the page asks; nothing here knows who is looking.
 */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerRespondable, HttpServerResponse } from "effect/http"
import { NotFound } from "../api/Problems.ts"
import * as Assets from "./Assets.ts"
import * as Page from "./Page.ts"

/** What holds for the page and its files. */
const headers = {
  "content-security-policy": Page.policy,
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  // Looked for with every visit, fetched only when it changed.
  "cache-control": "no-cache"
}

const respond = (body: string, contentType: string, etag?: string) =>
  HttpServerResponse.text(body, {
    contentType,
    headers: { ...headers, ...(etag === undefined ? {} : { etag }) }
  })

const notFound = HttpServerRespondable.toResponse(new NotFound({ detail: "There is no such file." })).pipe(
  Effect.map((response) => HttpServerResponse.setHeaders(response, headers))
)

export const routes = Layer.unwrap(
  Effect.map(Assets.load, (assets) => {
    const page = respond(Page.html(assets.values()), "text/html; charset=utf-8")
    const files = [...assets.values()].map(({ name, body, type, etag }) =>
      HttpRouter.add("GET", `${Page.folder}/${name}`, (request) =>
        Effect.succeed(
          request.headers["if-none-match"] === etag
            ? HttpServerResponse.empty({ status: 304, headers: { ...headers, etag } })
            : respond(body, type, etag)
        )
      )
    )
    return Layer.mergeAll(
      HttpRouter.add("GET", "/", HttpServerResponse.redirect("/console", { status: 302 })),
      HttpRouter.add("GET", "/console", page),
      HttpRouter.add("GET", `${Page.folder}/*`, notFound),
      ...files
    )
  })
)
