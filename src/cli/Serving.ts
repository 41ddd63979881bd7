/**
 * What runs for as long as a process serves: channels, pipelines and deliveries, alerts, and the HTTP server with the
 * API, health and metrics. `serve` runs all of it, `worker` all but the receiving.
 *
 * Stopping gives running messages back and lets requests under way end; nothing is lost when the process is killed
 * instead.
 */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Config, Duration, Effect, Layer, Option, References, Schema } from "effect"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import { HttpServer } from "effect/http"
import * as Authentication from "../api/Authentication.ts"
import * as Health from "../api/Health.ts"
import * as LightweightMessaging from "../api/LightweightMessaging.ts"
import * as Logging from "../api/Logging.ts"
import * as Metrics from "../api/Metrics.ts"
import * as Routes from "../api/Routes.ts"
import * as Server from "../api/Server.ts"
import * as Tracing from "../api/Tracing.ts"
import * as AllChannels from "../channels/Channels.ts"
import * as Configured from "../channels/Configured.ts"
import * as ConfiguredOptions from "../channels/ConfiguredOptions.ts"
import * as EmailAlerts from "../channels/EmailAlerts.ts"
import * as Folder from "../channels/Folder.ts"
import { HttpOutbox } from "../channels/Http.ts"
import * as ProviderCertificates from "../channels/ProviderCertificates.ts"
import * as SftpHostKeys from "../channels/SftpHostKeys.ts"
import * as Console from "../console/Console.ts"
import { Channels } from "../engine/Channel.ts"
import * as Delivery from "../engine/Delivery.ts"
import { Desk } from "../engine/Desk.ts"
import * as Leadership from "../engine/Leadership.ts"
import { Limits } from "../engine/Limits.ts"
import { Registry } from "../engine/Registry.ts"
import { reportType } from "../engine/Report.ts"
import * as Worker from "../engine/Worker.ts"
import * as AcknowledgmentPatience from "../orders/AcknowledgmentPatience.ts"
import * as AlertAddresses from "../partners/AlertAddresses.ts"
import { Partners } from "../partners/Partners.ts"
import * as ConfigFile from "./ConfigFile.ts"
import * as Problem from "./Problem.ts"
import * as ProductInformation from "./ProductInformation.ts"
import * as Retention from "./Retention.ts"
import * as Verifying from "./Verifying.ts"

/** Of this checkout, whatever the working directory; beside the embedded database. */
const defaultExchange = fileURLToPath(new URL("../../.throughline/exchange", import.meta.url))

export const defaultPort = 8080

export const exchange = Flag.String("exchange").pipe(
  Flag.withDescription(
    "Folder of the partners' inboxes and outboxes; .throughline/exchange of this checkout, or THROUGHLINE_EXCHANGE"
  ),
  Flag.withMetavar("FOLDER"),
  Flag.withFallbackConfig(Config.String("THROUGHLINE_EXCHANGE").pipe(Config.withDefault(defaultExchange)))
)

export const host = Flag.String("host").pipe(
  Flag.withDescription("Address to listen on; 127.0.0.1 unless given, 0.0.0.0 for everybody, or THROUGHLINE_HOST"),
  Flag.withFallbackConfig(Config.String("THROUGHLINE_HOST").pipe(Config.withDefault("127.0.0.1")))
)

const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))

/** What the environment says, where the command line says nothing. */
export const configuredPort = Config.schema(Port, "THROUGHLINE_PORT").pipe(Config.withDefault(defaultPort))

/** A port; 0 means any that is free. */
export const port = Flag.Int("port").pipe(
  Flag.withDescription(
    `For the API, health and metrics; ${defaultPort} unless given, 0 for any free one, or THROUGHLINE_PORT`
  ),
  Flag.filter(Schema.is(Port), () => "a port from 0 to 65535")
)

/** Messages whose file may have to move within its folders, looked for this far back. */
const lookBack = Duration.minutes(2)

/** The folder channel of an installation: a folder for each of its companies, below `root`. */
const folder = (root: string) =>
  Layer.effect(
    Folder.Folder,
    Effect.gen(function* () {
      const partners = yield* Partners
      const registry = yield* Registry
      const desk = yield* Desk
      const { maxBytes } = yield* Limits
      const sent = registry.pipelines.flatMap(({ pipeline }) => pipeline.sends.map(({ type }) => type))
      return Folder.make({
        root,
        companies: Effect.map(partners.current, ({ companies }) => companies.map(({ id }) => id)),
        types: { in: registry.types, out: [...new Set([...sent, reportType])] },
        ended: desk.endedWithin("folder", lookBack),
        sizeLimit: maxBytes
      })
    })
  )

/** Keys of the companies that there are at the moment. */
const companies = Effect.map(Partners, ({ current }) => Effect.map(current, (all) => all.companies.map(({ id }) => id)))

/** All channels of an installation: its folders, and what the configuration file describes. */
export const configured = (root: string) =>
  Layer.effect(
    Configured.Configured,
    Effect.gen(function* () {
      const { channels } = yield* ConfigFile.Current
      const { maxBytes } = yield* Limits
      return yield* Configured.make(channels, {
        folder: yield* Folder.Folder,
        companies: yield* companies,
        hostKeys: (yield* SftpHostKeys.make).keys,
        sizeLimit: maxBytes
      })
    })
  ).pipe(Layer.provide([folder(root), HttpOutbox.layer]))

const channels = Layer.effect(
  Channels,
  Effect.map(Configured.Configured, ({ channels }) => AllChannels.make(channels))
)

/** Alerts by e-mail, where a mail server is configured. */
const alerts = Layer.unwrap(
  Effect.gen(function* () {
    const { mailer } = yield* Configured.Configured
    const { channels, verification } = yield* ConfigFile.Current
    const { email } = channels.channels
    const partners = yield* Partners
    if (mailer === undefined || email === undefined) return Layer.empty
    return EmailAlerts.layer({
      mailer,
      addresses: (event) =>
        Effect.map(partners.current, (directory) => [
          ...new Set([...(email.to ?? []), ...AlertAddresses.of(directory, event)])
        ]),
      patience: Effect.map(partners.current, AcknowledgmentPatience.of),
      certificates: { held: (now) => ProviderCertificates.list(verification, now), to: email.to ?? [] },
      every: email.everyMinutes === undefined ? undefined : Duration.minutes(email.everyMinutes)
    })
  })
)

/** Pipelines, deliveries and alerts, over an installation; gives the channels for who receives by them. */
export const working = (root: string) =>
  Layer.mergeAll(Worker.layer, alerts).pipe(
    Layer.provide(Delivery.layer),
    Layer.provide(channels),
    Layer.provideMerge(configured(root)),
    Layer.provide(Tracing.layer)
  )

/** Takes documents in by every channel for as long as it runs, and forgets what is old. */
export const receiving = Effect.gen(function* () {
  const { receive } = yield* Configured.Configured
  return yield* Effect.raceFirst(receive, Retention.run)
}).pipe(Effect.provide(Leadership.layer))

/** What companies, people and other providers ask of this process. */
const surfaces = Layer.mergeAll(
  Routes.routes,
  Console.routes,
  Layer.mergeAll(LightweightMessaging.routes, ProductInformation.routes).pipe(
    Layer.provide([Authentication.identities, Verifying.admitted])
  ),
  Verifying.watching,
  ProductInformation.working
).pipe(Layer.provide([Verifying.layer, ProductInformation.layer]))

/** The API, where it is wanted, health and metrics; gives the address it got. */
export const http = (options: Server.Options & { readonly api: boolean }) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const desk = yield* Desk
      const { tls, channels } = yield* ConfigFile.Current
      const trusted = Layer.succeed(Authentication.TrustedCertificates, ConfiguredOptions.certificates(channels))
      const routes = Layer.mergeAll(
        Health.routes([{ name: "database", check: desk.newestRun }]),
        Metrics.routes,
        options.api ? Layer.provide(surfaces, trusted) : Layer.empty
      )
      return Server.layer(routes, { ...options, tls })
    })
  ).pipe(
    Layer.catchTag("ServerError", (error) =>
      Layer.effectContext(
        Effect.fail(
          Problem.configuration(
            `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`,
            "`--port 0` takes any free port; THROUGHLINE_PORT sets one for good."
          )
        )
      )
    )
  )

/** Where the server can be reached. */
export const address = Effect.gen(function* () {
  const { tls } = yield* ConfigFile.Current
  const text = HttpServer.formatAddress((yield* HttpServer.HttpServer).address)
  return tls === undefined ? text : text.replace(/^http:/u, "https:")
})

/** Log lines of a process that serves: from `usual` on, unless the command line or the environment says otherwise. */
export const logged = <A, E, R>(effect: Effect.Effect<A, E, R>, usual: "Info" | "Warn") =>
  Effect.gen(function* () {
    const flag = yield* GlobalFlag.LogLevel
    const variable = yield* Config.String("THROUGHLINE_LOG_LEVEL").pipe(Config.withDefault(""))
    const level = Option.getOrElse(flag, () => Logging.levelOf(variable) ?? usual)
    return yield* Effect.provideService(effect, References.MinimumLogLevel, level)
  })

/** A company's folder of one message type. */
export const inbox = (root: string, company: string, type: string): string => join(root, company, "inbox", type)
export const outbox = (root: string, company: string, type: string): string => join(root, company, "outbox", type)
