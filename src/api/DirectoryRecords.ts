/**
 * `GET /ld/records?since=CURSOR&limit=N`: what changed of our product directory, for other providers. A plain route: a
 * provider is known by its client certificate, as in verification; a company's API key with the scope `read` may read
 * too.
 *
 * 200 is a page of records as JSON; 400 a wrong parameter, 401 a stranger, 410 a cursor that we never gave, 503 try again.
 */
import { Clock, Effect, Layer, Redacted, Result, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerRespondable, HttpServerResponse } from "effect/http"
import { DirectorySync, type DirectorySyncError } from "../products/DirectorySync.ts"
import { ApiKeys } from "./ApiKeys.ts"
import * as ClientCertificate from "./ClientCertificate.ts"
import { TrustedProviders } from "./LightweightMessaging.ts"
import { Gone, type Invalid, Unauthorized, Unavailable } from "./Problems.ts"
import { RecordsQuery } from "./ProviderApi.ts"
import * as RequestFaults from "./RequestFaults.ts"

const scope = "read"

const headers = { "cache-control": "private, no-cache" }

const decode = Schema.decodeUnknownResult(RecordsQuery, { errors: "all", onExcessProperty: "error" })

const problemOf = ({ reason, detail }: DirectorySyncError): Gone | Invalid | Unavailable => {
  if (reason._tag === "CursorUnknown") return new Gone({ detail })
  return reason._tag === "Malformed"
    ? RequestFaults.refused([RequestFaults.inQuery("since", detail)])
    : new Unavailable({ detail })
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

  const page = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const known = yield* Effect.mapError(
      isKnown(request),
      () => new Unavailable({ detail: "Your key cannot be looked up at the moment. Ask again." })
    )
    if (!known) return yield* new Unauthorized({ detail: "Show a client certificate or an API key that is known." })
    const searched = yield* HttpServerRequest.ParsedSearchParams
    const { since, limit } = yield* Effect.fromResult(
      Result.mapError(decode(searched), (error) =>
        RequestFaults.refused(RequestFaults.ofParameters("query", error, searched))
      )
    )
    return HttpServerResponse.jsonUnsafe(yield* Effect.mapError(sync.page(since, limit), problemOf), { headers })
  })

  const told = Effect.catch(page, (problem) =>
    Effect.map(HttpServerRespondable.toResponse(problem), (response) =>
      HttpServerResponse.setHeaders(
        response,
        problem._tag === "Unauthorized" ? { ...headers, "www-authenticate": 'Bearer realm="throughline"' } : headers
      )
    )
  )

  return HttpRouter.add("GET", "/ld/records", told)
})

/** The route; add it to the server's. */
export const routes = Layer.unwrap(make)
