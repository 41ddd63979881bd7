/**
 * GS1 lightweight messaging over HTTP: `GET /verify/gtin/../lot/../ser/..` and `GET /checkConnectivity`, for other
 * providers and for our companies' own systems. Answered on the bare server: the standard says every byte of them, and they
 * are asked most.
 *
 * A provider is known by its client certificate; a company by a certificate or an API key with the scope `verify`. Only a
 * 200 carries JSON; every other status a line of text for whoever reads the log of the asking side.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import * as Messaging from "../verification/Messaging.ts"
import { type Asker, Verification } from "../verification/Verification.ts"
import { type Fault, forbidden, type VerificationError } from "../verification/VerificationError.ts"
import { ApiKeys } from "./ApiKeys.ts"
import { TrustedCertificates } from "./Authentication.ts"
import * as ClientCertificate from "./ClientCertificate.ts"
import { DirectRoutes } from "./DirectRoutes.ts"

/** The certificate a provider shows when it asks. */
export type TrustedProvider = { readonly provider: string } & ClientCertificate.CertificateName

/** Providers that may ask; none unless provided. */
export const TrustedProviders = Context.Reference<ReadonlyArray<TrustedProvider>>(
  "throughline/api/LightweightMessaging/TrustedProviders",
  { defaultValue: () => [] }
)

/** Said to everybody who asks, where this installation is closed for maintenance. */
export const Maintenance = Context.Reference<boolean>("throughline/api/LightweightMessaging/Maintenance", {
  defaultValue: () => false
})

const scope = "verify"

/** HTTP statuses of GS1 lightweight messaging. */
const statuses: Readonly<Record<VerificationError["reason"]["_tag"], number>> = {
  Malformed: 400,
  Forbidden: 403,
  CredentialRefused: 403,
  NotFound: 404,
  TooSlow: 408,
  Internal: 500,
  Unavailable: 503
}

/** What it means for the one who asked us that we could not ask. */
const notAskedStatuses = {
  GtinUnknown: 404,
  RecordExpired: 404,
  ProviderUnknown: 502,
  ProviderDown: 502,
  InvalidAnswer: 502,
  ProviderRefused: 502,
  ProviderTimeout: 504
} as const

/** A response as it is written. */
interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const common = { "cache-control": "private, no-cache" }

const said = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Said => ({
  status,
  headers: { ...common, "content-type": "text/plain; charset=utf-8", ...headers },
  body: `${text}\n`
})

const answerHeaders = { ...common, "content-type": "application/json" }
const answerHeaders13 = { ...answerHeaders, "gs1us-version": "1.3.0" }

const json = (body: string, version: Messaging.Version): Said => ({
  status: 200,
  headers: version === "1.3.0" ? answerHeaders13 : answerHeaders,
  body
})

const write = (response: ServerResponse, { status, headers, body }: Said): void => {
  // Nobody is there any more.
  if (response.destroyed) return
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) })
  response.end(body)
}

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name]
  return typeof value === "string" ? value : undefined
}

const unknownVersion: Fault = {
  field: "GS1US-Version",
  message: `must be one of ${Messaging.versions.join(", ")}`
}

/** The version a request is made in, and that it names none that is known among what is wrong with it. */
const inVersion = <A extends { readonly faults: ReadonlyArray<Fault> }>(request: IncomingMessage, asked: A) => {
  const version = Messaging.versionOf(headerOf(request, "gs1us-version"))
  return version === undefined
    ? { version: Messaging.unnamedVersion, asked: { ...asked, faults: [unknownVersion, ...asked.faults] } }
    : { version, asked }
}

const make = Effect.gen(function* () {
  const direct = yield* DirectRoutes
  const verification = yield* Verification
  const keys = yield* ApiKeys
  const providers = yield* TrustedProviders
  const companies = yield* TrustedCertificates
  const isClosed = yield* Maintenance

  /** Who asks: undefined for strangers; a key that is good for other things only is not enough. */
  const askerOf = Effect.fnUntraced(function* (request: IncomingMessage) {
    const header = /^Bearer\s+(\S+)$/iu.exec(request.headers.authorization ?? "")?.[1]
    if (header !== undefined) {
      const found = yield* keys.find(Redacted.make(header))
      if (found === undefined) return undefined
      if (!found.scopes.includes(scope)) return yield* forbidden(`This key does not have the scope "${scope}".`)
      return { _tag: "Company", company: found.company } satisfies Asker
    }
    const shown = ClientCertificate.ofSocket(request.socket)
    if (shown === undefined || !ClientCertificate.isValid(shown, yield* Clock.currentTimeMillis)) return undefined
    const provider = providers.find((one) => ClientCertificate.isMeant(shown, one))
    if (provider !== undefined) return { _tag: "Provider", provider: provider.provider } satisfies Asker
    const company = companies.find((one) => ClientCertificate.isMeant(shown, one))
    return company === undefined ? undefined : ({ _tag: "Company", company: company.company } satisfies Asker)
  })

  /** A handler for those who may ask; everything else that can be said without it. */
  const answering = (handle: (request: IncomingMessage, asker: Asker) => Effect.Effect<Said, VerificationError>) =>
    Effect.fnUntraced(
      function* (request: IncomingMessage) {
        if (request.method !== "GET") return said(405, "Only GET is understood here.", { allow: "GET" })
        if (isClosed) return said(503, "Closed for maintenance.")
        const asker = yield* askerOf(request)
        if (asker === undefined) {
          return said(401, "Show a client certificate or an API key that is known.", {
            "www-authenticate": 'Bearer realm="throughline"'
          })
        }
        return yield* handle(request, asker)
      },
      Effect.tapError((error) =>
        error._tag === "VerificationError" && error.reason._tag === "Internal"
          ? Effect.logError("a verification request failed", error.cause)
          : Effect.void
      ),
      Effect.catch((error) =>
        Effect.succeed(
          error._tag === "ApiKeysError"
            ? said(503, "Your key cannot be looked up at the moment. Ask again.")
            : said(statuses[error.reason._tag], error.detail)
        )
      ),
      // What nobody foresaw is our fault, and is said in the standard's words.
      Effect.catchDefect((defect) =>
        Effect.as(Effect.logError("a verification request failed", defect), said(500, "Internal error."))
      )
    )

  const verify = answering(
    Effect.fnUntraced(function* (request, asker) {
      const { version, asked } = inVersion(request, Messaging.read(request.url ?? ""))
      const presentation = headerOf(request, "atp-authorization")
      const outcome = yield* verification.verify({ ...asked, asker, presentation })
      switch (outcome._tag) {
        case "Answered":
          return json(Messaging.bodyOf(outcome, version), version)
        case "NotAsked":
          return said(notAskedStatuses[outcome.reason], outcome.detail)
        case "NoImpact":
          return said(404, `${asked.gtin} is for ${outcome.markets.join(", ")}, where nobody has to verify it.`)
      }
    })
  )

  const connect = answering(
    Effect.fnUntraced(function* (request, asker) {
      const { version, asked } = inVersion(request, Messaging.readConnectivity(request.url ?? ""))
      const { responderGln } = yield* verification.connect({ ...asked, asker })
      return json(JSON.stringify({ responderGLN: responderGln }), version)
    })
  )

  const run = Effect.runForkWith(yield* Effect.context<never>())
  const handler =
    (answer: (request: IncomingMessage) => Effect.Effect<Said>) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      run(Effect.map(answer(request), (told) => write(response, told)))
    }
  yield* direct.add("/verify/", handler(verify))
  yield* direct.add("/checkConnectivity", handler(connect))
})

/** The endpoints, on the server that they are provided with. */
export const routes = Layer.effectDiscard(make)
