/** The API and the console on a real socket over a database of its own, with the text pipeline behind it and keys for two companies. */
import { Context, Effect, Layer, Logger, Redacted } from "effect"
import { HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import * as ApiKeys from "../../src/api/ApiKeys.ts"
import * as Health from "../../src/api/Health.ts"
import * as LightweightMessaging from "../../src/api/LightweightMessaging.ts"
import * as Metrics from "../../src/api/Metrics.ts"
import * as Routes from "../../src/api/Routes.ts"
import * as Server from "../../src/api/Server.ts"
import * as Channels from "../../src/channels/Channels.ts"
import * as Http from "../../src/channels/Http.ts"
import * as ProductInformation from "../../src/cli/ProductInformation.ts"
import * as Verifying from "../../src/cli/Verifying.ts"
import * as Console from "../../src/console/Console.ts"
import { Destinations, Channels as EngineChannels } from "../../src/engine/Channel.ts"
import * as Delivery from "../../src/engine/Delivery.ts"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import { defaults, Limits } from "../../src/engine/Limits.ts"
import * as Worker from "../../src/engine/Worker.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Database from "../Database.ts"
import { parties, registry } from "../engine/TextPipeline.ts"

export const maxBytes = 3_000_000

/** Two companies of the text pipeline. */
export const companies = ["acme", "other"] as const

const channels = Layer.effect(
  EngineChannels,
  Effect.map(Http.make({ companies: Effect.succeed(companies) }), (http) => Channels.make([http]))
).pipe(Layer.provide(Http.HttpOutbox.layer))

const limits = Layer.mergeAll(
  Layer.succeed(Limits, { ...defaults, maxBytes }),
  Layer.succeed(Destinations, (company: string) => `http:${company}`),
  Logger.layer([])
)

/** Verification and product information without other providers, over the database of the context. */
export const services = Layer.provideMerge(
  Layer.mergeAll(Verifying.layer, ProductInformation.layer, SerialsLive),
  Layer.mergeAll(Partners.layer, Configuration.layer)
)

const stored = services.pipe(
  Layer.provideMerge(Layer.mergeAll(Journal.layer, ApiKeys.layer)),
  Layer.provideMerge(Database.layer)
)

const working = Worker.layer.pipe(
  Layer.provide([Flow.layer, Delivery.layer]),
  Layer.provide([channels, registry, parties])
)

/** All that a process serves. */
const routes = Layer.mergeAll(
  Routes.routes,
  Console.routes,
  LightweightMessaging.routes,
  ProductInformation.routes,
  Layer.unwrap(Effect.map(SqlClient.SqlClient, (sql) => Health.routes([{ name: "database", check: sql`SELECT 1` }]))),
  Metrics.routes
)

/** One answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: () => Record<string, unknown>
}

export const read = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
}

/** Starts it; `works` runs pipelines and deliveries too. The database is the context's, so that tests may look into it. */
export const started = Effect.fnUntraced(function* (options: { readonly works: boolean }) {
  const context = yield* Layer.build(
    Layer.mergeAll(Server.layer(routes, { host: "127.0.0.1", port: 0 }), options.works ? working : Layer.empty).pipe(
      Layer.provideMerge(stored),
      Layer.provideMerge(limits)
    )
  )
  const server = Context.get(context, HttpServer.HttpServer)
  const base = HttpServer.formatAddress(server.address)
  const keys = Context.get(context, ApiKeys.ApiKeys)
  const keyFor = (company: string, scopes: ReadonlyArray<string> = ["send", "read", "fetch"]) =>
    Effect.map(keys.add({ company, scopes, note: "test", actor: "test" }), ({ key }) => Redacted.value(key))

  const ask = (path: string, init: RequestInit & { readonly key?: string } = {}) =>
    Effect.promise(async () => {
      const { key, ...rest } = init
      const headers = new Headers(rest.headers)
      if (key !== undefined) headers.set("authorization", `Bearer ${key}`)
      return read(await fetch(base + path, { ...rest, headers }))
    })
  return { base, context, keys, keyFor, ask }
})
