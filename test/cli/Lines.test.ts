/**
 * An installation of two processes as an operator sets it up: `throughline serve` and `throughline worker` as they are,
 * with one configuration file that names a partner's SFTP server and a RabbitMQ broker, both real. A file goes in on one
 * side and the answer comes out on the other. Skipped where sshd or RabbitMQ is missing, which CI does not allow.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { drain, partnerOf, publish, TestBroker } from "../channels/AmqpBroker.ts"
import { freePort } from "../channels/HttpHarness.ts"
import { sshd, visible } from "../channels/SftpHarness.ts"
import { eventually } from "../contracts/ChannelContract.ts"
import * as Lines from "../faults/Lines.ts"
import * as CommandLine from "./CommandLine.ts"

const { run, json, Surroundings } = CommandLine

const root = fileURLToPath(new URL("../..", import.meta.url))
const samples = join(root, "samples", "demo")
const sample = (name: string) => readFileSync(join(samples, "birch-printing", "inbox", "SNX_TRANSFER", name))

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "throughline-lines-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

const surroundings = Layer.effectDiscard(run("import", join(samples, "world.yaml"))).pipe(
  Layer.provideMerge(Surroundings.layer)
)

const patiently = (what: string, look: Effect.Effect<boolean>) =>
  eventually(what, look).pipe(Effect.retry({ times: 5 }))

/** A process of the installation, and what it says. */
const started = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { databaseUrl } = yield* Surroundings
    let said = ""
    const child: ChildProcess = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [join(root, "src", "main.ts"), ...args], {
          cwd: tmpdir(),
          env: {
            PATH: process.env["PATH"],
            DATABASE_URL: databaseUrl,
            BROKER_PASSWORD: process.env["BROKER_PASSWORD"]
          },
          stdio: ["ignore", "ignore", "pipe"]
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    child.stderr?.on("data", (chunk) => {
      said += String(chunk)
    })
    const says = (text: string) =>
      patiently(
        text,
        Effect.sync(() => said.includes(text))
      ).pipe(Effect.mapError((error) => `${error}: ${said}`))
    const stop = Effect.promise(
      () =>
        new Promise<number | null>((resolve) => {
          child.on("exit", resolve)
          child.kill("SIGTERM")
        })
    )
    return { says, stop }
  })

describe.skipIf(Lines.isSkipped)(Lines.title("serve and worker by a configuration file"), () => {
  const broker = new TestBroker("lines")

  layer(surroundings, { excludeTestServices: true })((it) => {
    it.effect(
      "exchange documents over SFTP and RabbitMQ, and spread the work",
      () =>
        Effect.gen(function* () {
          const own = yield* folder
          const server = yield* sshd()
          for (const name of ["inbox/SNX_TRANSFER", "outbox"]) server.folder(`birch/${name}`)
          writeFileSync(join(own, "login"), server.key)
          const url = new URL(broker.url)
          process.env["BROKER_PASSWORD"] = url.password
          const path = join(own, "any-name.yaml")
          writeFileSync(
            path,
            `
exchange: ./exchange
http: { port: ${yield* freePort} }
channels:
  sftp:
    - company: birch-printing
      host: ${server.host}
      port: ${server.port}
      username: ${server.user}
      privateKey: { file: login }
      hostKey: ${server.hostKey()}
      folder: birch
  amqp:
    url: amqp://127.0.0.1:${url.port}
    username: ${url.username}
    password: { env: BROKER_PASSWORD }
    wakeups: true
    consumes:
      - { queue: from-birch, company: birch-printing, type: SNX_TRANSFER }
    delivers:
      - { company: cedar-packaging, with: alder-pharma, queue: to-cedar }
deliver:
  birch-printing: sftp
`
          )
          const tried = yield* json("channels", "test", "--config", path)
          assert.deepStrictEqual(
            tried.map(({ channel, ok, problem }) => [channel, ok, problem]),
            [
              ["sftp:birch-printing", true, undefined],
              ["amqp", true, undefined],
              ["amqp:from-birch", true, undefined],
              ["amqp:cedar-packaging/alder-pharma", true, undefined]
            ]
          )

          const serve = yield* started("serve", "--config", path)
          const worker = yield* started("worker", "--config", path)
          yield* serve.says("serving")
          yield* worker.says("working")
          // Both hear of work through the broker.
          yield* patiently(
            "two consumers",
            Effect.map(broker.control("list_queues", "name", "consumers"), (text) =>
              /throughline\.work\s+2/u.test(text)
            )
          )

          // In by SFTP, out by RabbitMQ, on the link with Alder.
          const inbox = join(server.data, "birch", "inbox", "SNX_TRANSFER")
          writeFileSync(join(inbox, "1.xml.part"), sample("2-by-list.xml"))
          renameSync(join(inbox, "1.xml.part"), join(inbox, "1.xml"))
          const partner = yield* partnerOf(broker.url)
          const got: Array<{ readonly id: unknown; readonly key: string; readonly text: string }> = []
          const arrived = (count: number) =>
            Effect.promise(async () => {
              for (const { content, fields, properties } of await drain(partner, "to-cedar")) {
                got.push({ id: properties.messageId, key: fields.routingKey, text: content.toString() })
              }
              return got.length >= count
            })
          yield* patiently("the answer", arrived(1))
          assert.strictEqual(got[0]?.key, "cedar-packaging.alder-pharma.SNX_TRANSFER")
          assert.include(got[0]?.text, "SNXSerialNumberTransfer")
          const archive = join(server.data, "birch", "archive", "SNX_TRANSFER")
          yield* patiently(
            "the archive",
            Effect.promise(async () => /^\d+_1\.xml$/u.test((await visible(archive)).join()))
          )
          assert.deepStrictEqual(readdirSync(inbox), [])

          // In by RabbitMQ, its report out by SFTP.
          yield* publish(partner, "from-birch", sample("4-with-mistakes.xml"), { messageId: "m-1" })
          const reports = join(server.data, "birch", "outbox", "IE_PROCESSING_RESPONSE")
          yield* patiently(
            "the report",
            Effect.promise(async () => (await visible(reports)).length === 3)
          )
          const [xml = ""] = (yield* Effect.promise(() => visible(reports))).filter((name) => name.endsWith(".xml"))
          assert.include(readFileSync(join(reports, xml), "utf8"), "IEProcessing")

          // The worker alone goes on delivering, by the same file.
          assert.strictEqual(yield* serve.stop, 0)
          const [transfer] = yield* json("messages", "--type", "SNX_TRANSFER", "--status", "processed")
          yield* json("redeliver", String(transfer?.["id"]), "--why", "once more", "--config", path)
          yield* patiently("the same again", arrived(2))
          assert.deepStrictEqual(got[1], got[0])
          assert.strictEqual(yield* worker.stop, 0)
        }),
      120_000
    )
  })
})
