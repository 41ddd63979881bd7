/**
 * The HTTP channel with a partner who does what partners do: keeps what it has to send until it was taken, sends it again
 * under the same idempotency key when it hears nothing good, and fetches what is for it or has it posted to a server of
 * its own.
 */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import * as net from "node:net"
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import { HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import * as ApiKeys from "../../src/api/ApiKeys.ts"
import * as Routes from "../../src/api/Routes.ts"
import * as Server from "../../src/api/Server.ts"
import * as Http from "../../src/channels/Http.ts"
import type { Webhook } from "../../src/channels/HttpWebhook.ts"
import * as ProductInformation from "../../src/cli/ProductInformation.ts"
import * as Verifying from "../../src/cli/Verifying.ts"
import type { Channel, OutgoingFile } from "../../src/engine/Channel.ts"
import * as Journal from "../../src/engine/Journal.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import { companies, type Harness } from "../contracts/ChannelContract.ts"
import * as Database from "../Database.ts"

const portOf = (server: net.Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

/** A port that nothing listens on. */
export const freePort = Effect.callback<number>((resume) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const port = portOf(server)
    server.close(() => resume(Effect.succeed(port)))
  })
})

/** A document as a partner's server got it. */
export interface Posted {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: Uint8Array
}

/**
 * A partner's server: keeps what it is posted and answers with the status of the moment. `streams` is a text that it says
 * without end, `trickles` an answer of which now and then a byte comes.
 */
export const partnerServer = Effect.gen(function* () {
  const partner = {
    url: "",
    status: 200,
    posted: [] as Posted[],
    streams: "",
    trickles: false,
    streaming: 0,
    streamed: 0
  }
  const stream = (response: ServerResponse) => {
    partner.streaming++
    const chunk = partner.streams.repeat(4096)
    const more = () => {
      do partner.streamed += chunk.length
      while (!response.destroyed && response.write(chunk))
    }
    response.on("drain", more)
    response.on("close", () => {
      partner.streaming--
    })
    more()
  }
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { url: path = "", headers } = request
      partner.posted.push({ path, headers, bytes: new Uint8Array(Buffer.concat(chunks)) })
      response.writeHead(partner.status, { location: "http://127.0.0.1:1/" })
      if (partner.streams !== "") return stream(response)
      if (partner.trickles) {
        const timer = setInterval(() => response.write("."), 200)
        return void response.on("close", () => clearInterval(timer))
      }
      response.end("what the partner says")
    })
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )
  partner.url = `http://127.0.0.1:${portOf(server)}/in`
  return partner
})

/** Puts documents into the journal that a delivery is about; in life they are there before there is a delivery. */
const journaled = (channel: Channel, context: Context.Context<SqlClient.SqlClient>): Channel => ({
  ...channel,
  deliver: (file: OutgoingFile) =>
    Effect.andThen(
      SqlClient.SqlClient.use((sql) =>
        Effect.gen(function* () {
          yield* sql`DELETE FROM message_chunks WHERE message_id = ${file.messageId}`
          yield* sql`
            INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status)
            VALUES (${file.messageId}, 'out', ${file.company}, 'http', '', ${file.type}, ${file.fileName}, ${file.bytes.length},
              sha256(${file.bytes}), now(), 'processed') ON CONFLICT DO NOTHING`
          yield* sql`INSERT INTO message_chunks (message_id, chunk, bytes) VALUES (${file.messageId}, 0, ${file.bytes})`
        })
      ).pipe(Effect.provide(context), Effect.orDie),
      channel.deliver(file)
    )
})

const nameIn = (headers: IncomingHttpHeaders | Headers): string => {
  const disposition = headers instanceof Headers ? headers.get("content-disposition") : headers["content-disposition"]
  return decodeURIComponent(/filename\*=UTF-8''([^;]+)/u.exec(disposition ?? "")?.[1] ?? "")
}

/** `posts`: documents are posted to servers of the partners; else they fetch them. */
export const harness = (options: { readonly posts: boolean }) =>
  Effect.gen(function* () {
    const stored = yield* Layer.build(
      Layer.mergeAll(Journal.layer, ApiKeys.layer, Http.HttpOutbox.layer, Partners.layer, Configuration.layer).pipe(
        Layer.provideMerge(Database.layer)
      )
    )
    const servers = yield* Effect.forEach(companies, () => partnerServer)
    const webhooks = new Map<string, Webhook>(
      options.posts ? companies.map((company, at) => [company, { url: servers[at]?.url ?? "" }]) : []
    )
    const plain = yield* Effect.provide(Http.make({ companies: Effect.succeed(companies), webhooks }), stored)
    const channel = options.posts ? plain : journaled(plain, stored)

    const keys = yield* Effect.forEach(companies, (company) =>
      Effect.map(
        Context.get(stored, ApiKeys.ApiKeys).add({ company, scopes: ["send", "fetch"], note: "", actor: "test" }),
        ({ key }) => [company, Redacted.value(key)] as const
      )
    )
    const headers = (company: string) => ({
      authorization: `Bearer ${keys.find(([of]) => of === company)?.[1] ?? ""}`
    })

    const port = yield* freePort
    const receive = Effect.contextWith((context: Context.Context<Journal.Journal>) =>
      Layer.launch(
        Server.layer(Layer.provide(Routes.routes, [Verifying.layer, ProductInformation.layer, SerialsLive]), {
          host: "127.0.0.1",
          port
        }).pipe(
          Layer.provide(Layer.succeed(Journal.Journal, Context.get(context, Journal.Journal))),
          Layer.provide(Layer.succeedContext(stored))
        )
      )
    ).pipe(Effect.orDie)

    interface Waiting {
      readonly company: string
      readonly type: string
      readonly name: string
      readonly bytes: Uint8Array
    }
    const waiting: Array<Waiting> = []
    const send = async ({ company, type, name, bytes }: Waiting): Promise<boolean> => {
      const url = `http://127.0.0.1:${port}/v1/messages/${type}?fileName=${encodeURIComponent(name)}`
      const response = await fetch(url, {
        method: "POST",
        body: new Uint8Array(bytes),
        headers: { ...headers(company), "idempotency-key": encodeURIComponent(name) }
      })
      await response.text()
      return response.status === 202
    }
    yield* Effect.gen(function* () {
      const [first] = waiting
      const isTaken = first !== undefined && (yield* Effect.promise(() => send(first).catch(() => false)))
      if (isTaken) waiting.shift()
      else yield* Effect.sleep("20 millis")
    }).pipe(Effect.forever, Effect.forkScoped)

    /** What lies in the outbox of a company, fetched by a server that is always there. */
    const fetching = yield* Layer.build(
      Server.layer(Layer.provide(Routes.routes, [Verifying.layer, ProductInformation.layer, SerialsLive]), {
        host: "127.0.0.1",
        port: 0
      }).pipe(Layer.provide(Layer.succeedContext(stored)))
    )
    const base = HttpServer.formatAddress(Context.get(fetching, HttpServer.HttpServer).address)
    const fetched = async (company: string, type: string) => {
      const list = await fetch(`${base}/v1/outbox?type=${type}`, { headers: headers(company) })
      const items = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ id: Schema.Int })))(await list.json())
      return Promise.all(
        items.map(async ({ id }) => {
          const document = await fetch(`${base}/v1/outbox/${id}`, { headers: headers(company) })
          const bytes = new Uint8Array(await document.arrayBuffer())
          if (document.status !== 200) throw new Error(`${document.status} ${new TextDecoder().decode(bytes)}`)
          return { name: nameIn(document.headers), bytes }
        })
      )
    }

    const made: Harness = {
      channel,
      receive,
      partner: {
        put: (company, type, name, bytes) => Effect.sync(() => void waiting.push({ company, type, name, bytes })),
        unacknowledged: (company, type) =>
          Effect.sync(() =>
            waiting.filter((one) => one.company === company && one.type === type).map(({ name }) => name)
          ),
        delivered: (company, type) =>
          options.posts
            ? Effect.sync(() =>
                (servers[companies.findIndex((one) => one === company)]?.posted ?? [])
                  .filter(({ headers }) => headers["throughline-message-type"] === type)
                  .map(({ headers, bytes }) => ({ name: nameIn(headers), bytes }))
              )
            : Effect.promise(() => fetched(company, type))
      }
    }
    return made
  })
