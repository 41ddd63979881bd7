/**
 * The channels of a process of fault tests: what `throughline serve` has by its configuration file, with shorter times.
 * Folders are always there; SFTP, RabbitMQ and HTTP where the process is told of them.
 */
import { Duration, Effect, Layer, Redacted } from "effect"
import * as Routes from "../../src/api/Routes.ts"
import * as Server from "../../src/api/Server.ts"
import * as Amqp from "../../src/channels/Amqp.ts"
import * as AllChannels from "../../src/channels/Channels.ts"
import * as Folder from "../../src/channels/Folder.ts"
import * as Http from "../../src/channels/Http.ts"
import * as Sftp from "../../src/channels/Sftp.ts"
import * as SftpHostKeys from "../../src/channels/SftpHostKeys.ts"
import * as Wakeups from "../../src/channels/Wakeups.ts"
import * as ProductInformation from "../../src/cli/ProductInformation.ts"
import * as Verifying from "../../src/cli/Verifying.ts"
import { Channels, Destinations } from "../../src/engine/Channel.ts"
import { Desk } from "../../src/engine/Desk.ts"
import * as Leadership from "../../src/engine/Leadership.ts"
import { Registry } from "../../src/engine/Registry.ts"
import { Partners } from "../../src/partners/Partners.ts"

/** What a process is told of the world outside its folders; it goes through JSON. */
export interface LineOrders {
  readonly sftp: {
    readonly host: string
    readonly port: number
    readonly username: string
    readonly privateKey: string
    readonly companies: ReadonlyArray<string>
  }
  readonly amqp: {
    readonly url: string
    readonly consumes: ReadonlyArray<{ readonly queue: string; readonly company: string }>
    readonly delivers: ReadonlyArray<{ readonly company: string }>
  }
  readonly http: { readonly port: number; readonly companies: ReadonlyArray<string> }
}

const folder = (exchange: string) =>
  Layer.effect(
    Folder.Folder,
    Effect.gen(function* () {
      const partners = yield* Partners
      const registry = yield* Registry
      const desk = yield* Desk
      return Folder.make({
        root: exchange,
        companies: Effect.map(partners.current, ({ companies }) => companies.map(({ id }) => id)),
        types: { in: registry.types, out: [] },
        ended: desk.endedWithin("folder", Duration.minutes(2)),
        endedEvery: Duration.seconds(1),
        every: Duration.millis(50),
        retryAfter: Duration.seconds(1)
      })
    })
  )

const sftpOptions = ({ companies, privateKey, ...server }: LineOrders["sftp"]): Omit<Sftp.Options, "hostKeys"> => ({
  servers: companies.map((company) => ({
    ...server,
    company,
    folder: company,
    privateKey: Redacted.make(privateKey)
  })),
  every: Duration.millis(100),
  retryAfter: Duration.seconds(1),
  patience: { connectMs: 5_000, requestMs: 5_000, keepaliveMs: 1_000 }
})

/** Times of a broker that comes back soon. */
const brisk = { heartbeat: 5, connectTimeout: 5, confirmTimeout: 5 } as const

const makeSftp = (lines: LineOrders) =>
  Effect.flatMap(SftpHostKeys.make, ({ keys }) => Sftp.make({ ...sftpOptions(lines.sftp), hostKeys: keys }))

const sftp = (lines: LineOrders) => Layer.effect(Sftp.Sftp, makeSftp(lines))

/** One connection for what is delivered and one for what is received, as a process with a configuration file has them. */
const amqp = (lines: LineOrders) => Amqp.make({ ...lines.amqp, ...brisk })

const http = Effect.gen(function* () {
  const partners = yield* Partners
  return yield* Http.make({ companies: Effect.map(partners.current, ({ companies }) => companies.map(({ id }) => id)) })
})

/** Where documents go, and how work is spread: to be provided to the installation. */
export const surroundings = (lines: LineOrders | undefined): Layer.Layer<never> => {
  if (lines === undefined) return Layer.empty
  const ways: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ["sftp", lines.sftp.companies],
    ["amqp", lines.amqp.delivers.map(({ company }) => company)],
    ["http", lines.http.companies]
  ]
  const wayOf = (company: string) => ways.find(([, companies]) => companies.includes(company))?.[0] ?? "folder"
  return Layer.merge(
    Layer.succeed(Destinations, (company: string) => `${wayOf(company)}:${company}`),
    Wakeups.layer({ url: lines.amqp.url, heartbeat: brisk.heartbeat, connectTimeout: brisk.connectTimeout })
  )
}

/** What documents go out by. */
export const delivering = (exchange: string, lines: LineOrders | undefined) =>
  Layer.effect(
    Channels,
    Effect.gen(function* () {
      const channel = yield* Folder.Folder
      if (lines === undefined) return AllChannels.make([channel])
      return AllChannels.make([channel, yield* makeSftp(lines), yield* amqp(lines), yield* http])
    })
  ).pipe(Layer.provide([folder(exchange), Http.HttpOutbox.layer]))

/** Takes files from folders. */
export const byFolders = (exchange: string) =>
  Layer.effectDiscard(Effect.flatMap(Folder.Folder, ({ receive }) => Effect.forkScoped(receive))).pipe(
    Layer.provide(folder(exchange))
  )

/** Takes documents from servers and queues; of several processes one looks at a server. */
export const byLines = (lines: LineOrders | undefined) => {
  if (lines === undefined) return Layer.empty
  const receiving = Effect.gen(function* () {
    const { receive } = yield* Sftp.Sftp
    const broker = yield* amqp(lines)
    yield* Effect.forkScoped(receive)
    yield* Effect.forkScoped(broker.receive)
  })
  return Layer.effectDiscard(receiving).pipe(Layer.provide([sftp(lines), Leadership.layer]))
}

/** Takes documents that are posted. */
export const byHttp = (lines: LineOrders | undefined) =>
  lines === undefined
    ? Layer.empty
    : Layer.effectDiscard(Effect.void).pipe(
        Layer.provide(
          Server.layer(Layer.provide(Routes.routes, [Verifying.layer, ProductInformation.layer]), {
            host: "127.0.0.1",
            port: lines.http.port
          })
        )
      )
