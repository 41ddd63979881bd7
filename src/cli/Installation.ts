/**
 * An installation put together: configuration, partners, repository, pipelines and engine over whatever database it is
 * given. `layer` is the one the commands use, over the database of the surroundings; `over` goes over any other, such as
 * the throw-away ones of replay and tests.
 *
 * Building it starts no work: no channel, no worker. Parser threads start with the first document.
 */
import { Config, Duration, Effect, Layer } from "effect"
import * as ConfiguredOptions from "../channels/ConfiguredOptions.ts"
import { Destinations } from "../engine/Channel.ts"
import * as Desk from "../engine/Desk.ts"
import * as Flow from "../engine/Flow.ts"
import * as Journal from "../engine/Journal.ts"
import * as Limits from "../engine/Limits.ts"
import * as Operator from "../engine/Operator.ts"
import * as Registry from "../engine/Registry.ts"
import * as Xml from "../formats/Xml.ts"
import { Acknowledgments } from "../orders/Acknowledgments.ts"
import { Orders } from "../orders/Orders.ts"
import { Configuration } from "../partners/Configuration.ts"
import { PartiesLive } from "../partners/Parties.ts"
import { Partners } from "../partners/Partners.ts"
import { SerialsLive } from "../serials/SerialsLive.ts"
import * as Database from "../store/Database.ts"
import * as Throwaway from "../store/Throwaway.ts"
import * as Catalogue from "./Catalogue.ts"
import * as ConfigFile from "./ConfigFile.ts"

const megabyte = 1024 * 1024

/** The engine's numbers that somebody may have to change, by environment variables. */
const settings = Config.all({
  concurrency: Config.Int("THROUGHLINE_CONCURRENCY").pipe(Config.withDefault(Limits.defaults.concurrency)),
  maxMegabytes: Config.Int("THROUGHLINE_MAX_MEGABYTES").pipe(Config.withDefault(Limits.defaults.maxBytes / megabyte)),
  deliverHours: Config.Int("THROUGHLINE_DELIVER_HOURS").pipe(
    Config.withDefault(Duration.toHours(Limits.defaults.deliverWithin))
  )
})

/** The limits this process works under. */
export const limits = Layer.effect(
  Limits.Limits,
  Effect.map(settings, ({ concurrency, maxMegabytes, deliverHours }) => ({
    ...Limits.defaults,
    concurrency,
    maxBytes: maxMegabytes * megabyte,
    deliverWithin: Duration.hours(deliverHours)
  }))
)

/** Parser threads; one pool serves any number of installations in a process. */
export const xml = Layer.unwrap(Effect.map(Limits.Limits, ({ maxBytes }) => Xml.Xml.layer({ maxBytes })))

const partners = Layer.mergeAll(PartiesLive, Configuration.layer).pipe(Layer.provideMerge(Partners.layer))

const domain = Layer.mergeAll(SerialsLive, Orders.layer, Acknowledgments.layer).pipe(Layer.provideMerge(partners))

const engine = Layer.mergeAll(Flow.layer, Operator.layer, Desk.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(Registry.layer(Catalogue.declared), Journal.layer))
)

/** Over the SQL client and the parser threads of the context. */
export const over = engine.pipe(Layer.provideMerge(domain))

const throwaway = Throwaway.Throwaway.layer.pipe(Layer.provide(Database.layerServerApart))

/** Temporary databases on a server of their own, with limits and parser threads: for replay. */
export const apart = Layer.mergeAll(throwaway, xml).pipe(Layer.provideMerge(limits))

/** Where documents go, and how work is spread over machines, as the configuration file says. */
const configured = Layer.unwrap(
  Effect.gen(function* () {
    const { channels } = yield* ConfigFile.Current
    const destinations = Layer.succeed(Destinations, ConfiguredOptions.destination(channels))
    const { amqp } = channels.channels
    if (amqp?.wakeups !== true) return destinations
    const Wakeups = yield* Effect.promise(() => import("../channels/Wakeups.ts"))
    return Layer.merge(destinations, Wakeups.layer(amqp))
  })
)

/** Over the database that the environment names, with limits and parser threads of its own. */
export const layer = over.pipe(
  Layer.provideMerge(Layer.mergeAll(xml, Database.layer, configured)),
  Layer.provideMerge(limits)
)

/** The same, with temporary databases beside it. */
export const withApart = Layer.mergeAll(over, throwaway).pipe(
  Layer.provideMerge(Layer.mergeAll(xml, Database.layer)),
  Layer.provideMerge(limits)
)
