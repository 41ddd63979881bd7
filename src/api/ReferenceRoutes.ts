/**
 * The routes of the OpenAPI document and the reference page made from it, open to everybody; add them to the server's. Made once, when
 * the server starts.
 */
import { readFile } from "node:fs/promises"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { openApi } from "./Published.ts"
import * as Reference from "./Reference.ts"

const headers = {
  "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
}

const respond = (text: string, contentType: string) => HttpServerResponse.text(text, { contentType, headers })

export const routes = Layer.unwrap(
  Effect.promise(async () => {
    const style = await readFile(new URL("reference.css", import.meta.url), "utf8")
    return Layer.mergeAll(
      HttpRouter.add("GET", "/openapi.json", respond(openApi(), "application/json")),
      HttpRouter.add("GET", "/docs", respond(Reference.html(), "text/html; charset=utf-8")),
      HttpRouter.add("GET", Reference.stylePath, respond(style, "text/css; charset=utf-8"))
    )
  })
)
