/**
 * An installation that verifies: a database of its own, a world in it, and the endpoints of GS1 lightweight messaging on a
 * real socket. Its producer is alder-pharma, whose one product is for the US; elm-wholesale buys from it.
 */
import { Context, Effect, Layer, Logger, Redacted, Result } from "effect"
import { HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import * as ApiKeys from "../../src/api/ApiKeys.ts"
import * as Authentication from "../../src/api/Authentication.ts"
import * as LightweightMessaging from "../../src/api/LightweightMessaging.ts"
import * as Server from "../../src/api/Server.ts"
import type { VerificationOptions } from "../../src/channels/VerificationOptions.ts"
import * as ConfigFile from "../../src/cli/ConfigFile.ts"
import * as Verifying from "../../src/cli/Verifying.ts"
import * as WorldImport from "../../src/cli/WorldImport.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import * as World from "../../src/partners/World.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Database from "../Database.ts"

export const gtin = "00388888020205"
export const ours = { gtin, lot: "L1", serial: "S1", expiry: "301130" } as const
/** Of the producer, the wholesaler, and of nobody that this installation knows. */
export const glns = { alder: "0388888000009", elm: "0377777000008", stranger: "0399999000000" } as const

/** Serial numbers that are hard to put into an address: all of character set 82 that means something there. */
export const awkward = ['A/B%C&D"E?F+G.H', "%2F", "a_b'(c)*", "!;:=<>,"] as const

/** A batch of numbers of lot L1. */
export const batch = (serials: ReadonlyArray<string>, more: object = {}) => ({
  owner: "alder-pharma",
  packagingCode: { type: "GTIN-14", value: gtin },
  state: "commissioned",
  lot: "L1",
  expiry: "301130",
  itemStatus: "shipped",
  serials,
  ...more
})

const product = (id: string, code: string, countries: ReadonlyArray<string>, owner = "alder-pharma") => ({
  id,
  owner,
  name: id,
  description: id,
  productCode: id,
  genericName: id,
  strength: "5 mg",
  dosageForm: "TABLET",
  containerSize: "30",
  companyPrefix: "0388888",
  packagingLevel: "EA",
  dataStatus: "ACTIVE",
  codes: [{ type: "GTIN-14", value: code }],
  markets: countries.map((country) => ({ country }))
})

/** For Europe, where nobody has to verify. */
export const europeGtin = "00388888020212"
/** Of which no directory has a record. */
export const unknownGtin = "00388888020229"

export const companies = [
  {
    id: "alder-pharma",
    name: "Alder Pharma",
    role: "producer",
    identifiers: [{ type: "GLN", value: glns.alder }],
    companyPrefixes: ["0388888"],
    modules: { masterDataShare: "producer", productVerification: "producer" }
  },
  {
    id: "elm-wholesale",
    name: "Elm Wholesale",
    role: "consumer",
    identifiers: [{ type: "GLN", value: glns.elm }],
    modules: { masterDataShare: "consumer", productVerification: "consumer" }
  }
] as const

/** The world of every test; `more` adds to it or replaces parts. */
export const world = (more: object = {}) => ({
  companies,
  products: [product("alderol", gtin, ["US"]), product("alderol-eu", europeGtin, ["DE", "FR"])],
  dataRules: [
    {
      id: "alder-pharma",
      company: "alder-pharma",
      masterData: [{ market: "ALL" }],
      verification: [{ market: "US", itemStatuses: ["all"] }]
    }
  ],
  serials: [
    batch(["S1", ...awkward]),
    batch(["R1"], { attributes: ["recalled"] }),
    batch(["X1"], { attributes: ["suspect"] }),
    batch(["K1"], { state: "decommissioned", itemStatus: undefined }),
    batch(["P1"], { state: "reserved", lot: undefined, expiry: undefined, itemStatus: undefined })
  ],
  ...more
})

const plain = (value: object): unknown => JSON.parse(JSON.stringify(value))

/** Imports a world as an operator would. */
export const put = (more: object, options: { readonly replace?: boolean } = {}) =>
  Effect.flatMap(Effect.fromResult(World.decode(plain(more))), (decoded) =>
    WorldImport.run(decoded, { actor: "test", why: "test", clock: new Date(), ...options })
  )

export interface Options {
  readonly world?: object
  readonly verification?: VerificationOptions
  readonly tls?: Server.Tls
  /** Certificates that speak for companies. */
  readonly trusted?: ReadonlyArray<Authentication.TrustedCertificate>
}

const partners = Layer.mergeAll(Configuration.layer, SerialsLive).pipe(Layer.provideMerge(Partners.layer))

/** Starts it. */
export const started = Effect.fnUntraced(function* (options: Options = {}) {
  const { verification = {}, tls, trusted = [] } = options
  const configuration = ConfigFile.layer({ ...ConfigFile.none, verification })
  const stored = Layer.mergeAll(partners, ApiKeys.layer).pipe(Layer.provideMerge(Layer.fresh(Database.layer)))
  const routes = LightweightMessaging.routes.pipe(
    Layer.provide([
      Authentication.identities,
      Verifying.admitted,
      Layer.succeed(Authentication.TrustedCertificates, trusted)
    ])
  )
  const context = yield* Layer.build(
    Server.layer(routes, { host: "127.0.0.1", port: 0, tls }).pipe(
      Layer.provideMerge(Verifying.layer),
      Layer.provide(configuration),
      Layer.provideMerge(stored),
      Layer.provideMerge(Logger.layer([]))
    )
  )
  yield* Effect.provideContext(put(world(options.world)), context)
  const base = HttpServer.formatAddress(Context.get(context, HttpServer.HttpServer).address)
  const keys = Context.get(context, ApiKeys.ApiKeys)
  const keyOf = (company: string, scopes: ReadonlyArray<string> = ["verify"]) =>
    Effect.map(keys.add({ company, scopes, note: "", actor: "test" }), ({ key }) => Redacted.value(key))
  return { base, context, keyOf, sql: Context.get(context, SqlClient.SqlClient) }
})
export type Site = Effect.Success<ReturnType<typeof started>>

/** The target of a request about a unit. */
export const target = (
  unit: { readonly gtin: string; readonly lot: string; readonly serial: string; readonly expiry: string },
  query: Readonly<Record<string, string>> = {}
): string => {
  const all = { exp: unit.expiry, linkType: "verificationService", context: "dscsaSaleableReturn", reqGLN: glns.elm }
  const pairs = Object.entries({ ...all, ...query }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const [code, lot, serial] = [unit.gtin, unit.lot, unit.serial].map(encodeURIComponent)
  return `/verify/gtin/${code}/lot/${lot}/ser/${serial}?${pairs.join("&")}`
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

/** One request over plain HTTP. */
export const ask = (base: string, path: string, init: RequestInit = {}) =>
  Effect.promise(async (): Promise<Answer> => {
    const response = await fetch(base + path, init)
    const text = await response.text()
    const json = Result.getOrUndefined(Result.try((): unknown => JSON.parse(text)))
    return { status: response.status, headers: response.headers, text, json }
  })
