/**
 * Finds out who asks: by the API key of the request, or by the certificate of its TLS connection. A certificate speaks for
 * a company when the configuration names its fingerprint, or its common name and the authority that signed it is one of
 * those the server trusts. A request with a key is judged by the key alone. Requests of the console come with a session.
 *
 * What is wrong with a key or certificate is not said to whoever shows it; the log has it at debug level.
 */
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { HttpEffect, HttpServerRequest, HttpServerResponse } from "effect/http"
import * as Database from "../store/Database.ts"
import * as ApiKeys from "./ApiKeys.ts"
import { Authenticated, Caller, type Scope, scopes } from "./Caller.ts"
import * as ClientCertificate from "./ClientCertificate.ts"
import { Forbidden, Unauthorized, Unavailable } from "./Problems.ts"
import * as Sessions from "./Sessions.ts"

/** A certificate that speaks for a company. */
export type TrustedCertificate = { readonly company: string } & ClientCertificate.CertificateName

/** Certificates that the configuration gives to companies; none unless provided. */
export const TrustedCertificates = Context.Reference<ReadonlyArray<TrustedCertificate>>(
  "throughline/api/TrustedCertificates",
  { defaultValue: () => [] }
)

const isScope = (text: string): text is Scope => scopes.some((scope) => scope === text)

const away = () => new Unavailable({ detail: "Your key cannot be looked up at the moment. Ask again." })

const callerOf = ({ id, company, scopes }: Pick<ApiKeys.KeyRow, "id" | "company" | "scopes">) =>
  Caller.of({ company, scopes: scopes.filter(isScope), by: `key ${id}` })

const make = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const trusted = yield* TrustedCertificates
  const sessions = yield* Sessions.Sessions

  const byCertificate = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
    const shown = ClientCertificate.of(request)
    if (shown === undefined) return undefined
    const { fingerprint, isSigned } = shown
    const isValid = ClientCertificate.isValid(shown, yield* Clock.currentTimeMillis)
    const match = trusted.find((one) => ClientCertificate.isMeant(shown, one))
    if (match === undefined || !isValid) {
      yield* Effect.logDebug("a certificate was not accepted", { fingerprint, isValid, isSigned })
      return undefined
    }
    return Caller.of({ company: match.company, scopes, by: `certificate ${fingerprint.slice(0, 8)}` })
  })

  const byKey = Effect.fnUntraced(function* (credential: Redacted.Redacted) {
    const found = yield* Effect.mapError(keys.find(credential), away)
    return found === undefined ? undefined : callerOf(found)
  })

  const bySession = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
    const token = Sessions.tokenOf(request)
    const found = token === undefined ? undefined : yield* Effect.mapError(sessions.find(token), away)
    return found === undefined ? undefined : callerOf(found)
  })

  return Authenticated.of({
    key: Effect.fnUntraced(function* (handler, { credential }) {
      const request = yield* HttpServerRequest.HttpServerRequest
      const withoutKey = Redacted.value(credential) === ""
      const caller = withoutKey
        ? ((yield* bySession(request)) ?? (yield* byCertificate(request)))
        : yield* byKey(credential)
      if (caller === undefined) {
        yield* HttpEffect.appendPreResponseHandler((_, response) =>
          Effect.succeed(HttpServerResponse.setHeader(response, "www-authenticate", 'Bearer realm="throughline"'))
        )
        return yield* new Unauthorized({
          detail: "Show an API key (Authorization: Bearer tl_...) or a certificate that is known."
        })
      }
      return yield* Effect.provideService(handler, Caller, caller).pipe(
        Effect.annotateLogs({ company: caller.company, by: caller.by })
      )
    })
  })
})

export const layer = Layer.effect(Authenticated, make)

/** Keys and sessions over reserved connections: who asks is found out even while reports hold all others. */
export const identities = Layer.fresh(Sessions.layer.pipe(Layer.provideMerge(ApiKeys.layer))).pipe(
  Layer.provide(Database.layerReserved)
)

/** The caller, when it may do this. */
export const allowed = (scope: Scope): Effect.Effect<Caller["Service"], Forbidden, Caller> =>
  Effect.filterOrFail(
    Caller,
    ({ scopes }) => scopes.includes(scope),
    () => new Forbidden({ detail: `This key does not have the scope "${scope}".` })
  )
