/**
 * `GET /ld/records?since=CURSOR&limit=N`: what changed of our product directory, for other providers. A plain route: a
 * provider is known by its client certificate, as in verification; a company's API key with the scope `read` may read
 * too.
 *
 * 200 is a page of records as JSON; 400 a wrong parameter, 401 a stranger, 410 a cursor that we never gave, 503 try again.
 */
import { Clock, Effect, Layer, Redacted } from "effect"
import { HttpRouter, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { DirectorySync, type DirectorySyncError } from "../products/DirectorySync.ts"
import { ApiKeys } from "./ApiKeys.ts"
import * as ClientCertificate from "./ClientCertificate.ts"
import { TrustedProviders } from "./LightweightMessaging.ts"

const scope = "read"

const statuses: Readonly<Record<DirectorySyncError["reason"]["_tag"], number>> = {
  Malformed: 400,
  CursorUnknown: 410,
  Unavailable: 503,
  NoPeer: 500,
  PeerDown: 500,
  PeerWrong: 500,
  PeerRefused: 500
}

const said = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(`${text}\n`, { status, headers: { "cache-control": "private, no-cache", ...headers } })

const parameters = (url: string) => {
  const at = url.indexOf("?")
  const query = new URLSearchParams(at < 0 ? "" : url.slice(at + 1))
  const limit = query.get("limit")
  return {
    since: query.get("since") ?? undefined,
    // What is no number is a limit that is refused.
    limit: limit === null ? undefined : /^\d{1,6}$/u.test(limit) ? Number(limit) : 0
  }
}

const make = Effect.gen(function* () {
  const sync = yield* DirectorySync
  const keys = yield* ApiKeys
  const providers = yield* TrustedProviders

  const isKnown = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
    const header = /^Bearer\s+(\S+)$/iu.exec(request.headers["authorization"] ?? "")?.[1]
    if (header !== undefined) {
      const found = yield* keys.find(Redacted.make(header))
      return found?.scopes.includes(scope) === true
    }
    const shown = ClientCertificate.of(request)
    if (shown === undefined || !ClientCertificate.isValid(shown, yield* Clock.currentTimeMillis)) return false
    return providers.some((one) => ClientCertificate.isMeant(shown, one))
  })

  const handle = Effect.fnUntraced(
    function* (request: HttpServerRequest.HttpServerRequest) {
      if (request.method !== "GET") return said(405, "Only GET is understood here.", { allow: "GET" })
      if (!(yield* isKnown(request))) {
        return said(401, "Show a client certificate or an API key that is known.", {
          "www-authenticate": 'Bearer realm="throughline"'
        })
      }
      const { since, limit } = parameters(request.url)
      const page = yield* sync.page(since, limit)
      return HttpServerResponse.text(JSON.stringify(page), {
        contentType: "application/json",
        headers: { "cache-control": "private, no-cache" }
      })
    },
    Effect.catch((error) =>
      Effect.succeed(
        error._tag === "ApiKeysError"
          ? said(503, "Your key cannot be looked up at the moment. Ask again.")
          : said(statuses[error.reason._tag], error.detail)
      )
    )
  )

  return HttpRouter.add("*", "/ld/records", handle)
})

/** The route; add it to the server's. */
export const routes = Layer.unwrap(make)
