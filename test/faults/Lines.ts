/**
 * Everything a storm goes over besides folders: a real sshd, a real RabbitMQ, and partners that come over HTTP, each for
 * one printer; the packager gets its answers through the broker, its own way round. All of it may be killed, and is
 * started again by who watches it. It ends with its scope.
 */
import { createServer } from "node:net"
import { Effect, Layer, Random, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import * as RabbitMq from "../../scripts/rabbitmq.ts"
import * as Sshd from "../../scripts/sshd.ts"
import * as ApiKeys from "../../src/api/ApiKeys.ts"
import * as AmqpCourier from "./AmqpCourier.ts"
import { byFolders, type Courier } from "./Courier.ts"
import * as Harm from "./Harm.ts"
import * as HttpCourier from "./HttpCourier.ts"
import type { LineOrders } from "./MemberChannels.ts"
import { owner, packager, printer } from "./Post.ts"
import type { Site } from "./Site.ts"
import * as Storm from "./Storm.ts"

/** One printer for each way: folder, SFTP, RabbitMQ, HTTP. */
export const printers = 4

/** What is killed besides processes of ours; each comes back by itself. */
export const victims = ["broker", "sshd", "backend"] as const
export type Victim = (typeof victims)[number]

export interface Lines {
  readonly orders: LineOrders
  readonly couriers: ReadonlyArray<Courier>
  readonly kill: (victim: Victim) => Effect.Effect<void, string>
}

/** Why it cannot be had here; undefined when it can. */
export const missing = (): string | undefined => {
  if (RabbitMq.find() === undefined) return "RabbitMQ is not installed: as root, node scripts/rabbitmq.ts install"
  if (Sshd.find() === undefined) return "sshd is not installed: as root, node scripts/sshd.ts install"
  return undefined
}

const isCi = !["", "0", "false"].includes(process.env["CI"] ?? "")

/** Tests are skipped where something is missing, and say so, except that under CI they fail. */
export const isSkipped = missing() !== undefined && !isCi
export const title = (name: string): string => (isSkipped ? `${name} (skipped: ${missing()})` : name)

const freePort = Effect.promise(
  () =>
    new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address()
        server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0))
      })
    })
)

const key = (site: Site, company: string) =>
  ApiKeys.ApiKeys.use((keys) => keys.add({ company, scopes: ["send", "fetch"], note: "", actor: "test" })).pipe(
    Effect.map(({ key }) => Redacted.value(key)),
    Effect.provide(ApiKeys.layer.pipe(Layer.provide(Layer.succeed(SqlClient.SqlClient, site.sql))))
  )

/** Starts servers and couriers for a site of so many printers. */
export const make = (site: Site): Effect.Effect<Lines, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const [byFolder, bySftp, byAmqp, byHttp] = [printer(0), printer(1), printer(2), printer(3)]
    const sshd = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const server = await Sshd.make({ name: `storm-${process.pid}` })
        await server.start()
        return server
      }),
      (server) => Effect.promise(server.remove)
    )
    for (const folder of ["inbox/SNX_TRANSFER", "inbox/SNX_DISPOSITION_UPDATED", "outbox"]) {
      sshd.folder(`${bySftp}/${folder}`)
    }
    const broker = yield* Effect.acquireRelease(
      Effect.promise(() => RabbitMq.start("storm")),
      (broker) => Effect.promise(broker.stop)
    )
    const port = yield* freePort
    const apiKey = yield* key(site, byHttp)
    const amqp = yield* Effect.acquireRelease(
      Effect.sync(() => AmqpCourier.make(broker.url, [byAmqp, packager])),
      ({ close }) => Effect.sync(close)
    )
    const http = yield* Effect.acquireRelease(
      Effect.sync(() => HttpCourier.make(`http://127.0.0.1:${port}`, [byHttp], () => apiKey)),
      ({ close }) => Effect.sync(close)
    )
    const kill = {
      broker: Effect.promise(async () => {
        await broker.kill()
        await broker.resume()
      }),
      sshd: Effect.promise(async () => {
        await sshd.kill()
        await sshd.start()
      }),
      backend: Harm.backend(site)
    }
    return {
      orders: {
        sftp: {
          host: sshd.host,
          port: sshd.port,
          username: sshd.user,
          privateKey: sshd.key,
          companies: [bySftp]
        },
        amqp: {
          url: broker.url,
          consumes: [byAmqp, packager].map((company) => ({ queue: AmqpCourier.inboxOf(company), company })),
          delivers: [byAmqp, packager].map((company) => ({ company }))
        },
        http: { port, companies: [byHttp] }
      },
      couriers: [
        byFolders({ root: site.exchange, companies: [owner, byFolder], fetching: [] }),
        byFolders({ root: sshd.data, companies: [bySftp], fetching: [bySftp] }),
        amqp.courier,
        http.courier
      ],
      kill: (victim) => kill[victim]
    }
  })

/** A storm over all of them: one process takes documents, one may relieve it, one only works. */
export const weather = ({ orders, couriers }: Lines) => ({
  ...Storm.usual,
  printers,
  crew: [
    { role: "serve", lines: orders },
    { role: "relieve", lines: orders },
    { role: "work", lines: orders }
  ] as const,
  couriers
})

/** What a storm does besides killing processes of ours: one of the others, chosen by chance; counts them. */
export const havoc = (lines: Lines) => {
  const killed: Record<Victim, number> = { broker: 0, sshd: 0, backend: 0 }
  const strike = Effect.gen(function* () {
    const victim = victims[yield* Random.nextIntBetween(0, victims.length - 1)] ?? "backend"
    yield* lines.kill(victim)
    killed[victim] += 1
  })
  return { killed, strike }
}
