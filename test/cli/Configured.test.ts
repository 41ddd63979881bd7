/**
 * An installation with a configuration file, as its operator and its partners meet it: keys, trying channels, and a
 * process that serves companies over HTTPS and tells people by e-mail.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import * as https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import * as SftpHostKeys from "../../src/channels/SftpHostKeys.ts"
import * as Store from "../../src/store/Database.ts"
import { maker } from "../api/Certificates.ts"
import { freePort, partnerServer } from "../channels/HttpHarness.ts"
import * as MailCatcher from "../channels/MailCatcher.ts"
import { eventually } from "../contracts/ChannelContract.ts"
import * as CommandLine from "./CommandLine.ts"

const { run, json, Surroundings } = CommandLine

const root = fileURLToPath(new URL("../..", import.meta.url))
const samples = join(root, "samples", "demo")
const inbox = join(samples, "birch-printing", "inbox", "SNX_TRANSFER")

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "throughline-configured-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

const surroundings = Layer.effectDiscard(run("import", join(samples, "world.yaml"))).pipe(
  Layer.provideMerge(Surroundings.layer)
)

layer(surroundings, { excludeTestServices: true })("throughline with a configuration", (it) => {
  describe("keys", () => {
    it.effect("are made for companies there are, shown once, listed without themselves, and revoked", () =>
      Effect.gen(function* () {
        const stranger = yield* run("keys", "add", "nobody")
        assert.strictEqual(stranger.code, 2)
        assert.include(stranger.err.join("\n"), "birch-printing")
        const [made] = yield* json("keys", "add", "birch-printing", "--note", "line 3", "--scopes", "send,read")
        assert.match(String(made?.["key"]), /^tl_[a-z2-9]{8}_[\w-]{43}$/u)
        const [listed, ...others] = yield* json("keys", "list", "--company", "birch-printing")
        assert.deepStrictEqual(others, [])
        assert.deepInclude(listed, { id: made?.["id"], note: "line 3", scopes: ["send", "read"] })
        assert.notInclude(JSON.stringify(listed), String(made?.["key"]))
        assert.strictEqual((yield* run("keys", "revoke", String(made?.["key"]))).code, 0)
        const [revoked] = yield* json("keys", "list")
        assert.isString(revoked?.["revokedAt"])
        assert.strictEqual((yield* run("keys", "revoke", "nothing")).code, 2)
        assert.strictEqual((yield* run("keys", "add", "birch-printing", "--scopes", "rule")).code, 2)
      })
    )
  })

  describe("channels test", () => {
    it.effect("connects to each and says what is wrong and what to do", () =>
      Effect.gen(function* () {
        const partner = yield* partnerServer
        const mail = yield* MailCatcher.make()
        const closed = yield* freePort
        const path = join(yield* folder, "throughline.yaml")
        writeFileSync(
          path,
          `
channels:
  http:
    - { company: birch-printing, url: "${partner.url}" }
    - { company: cedar-packaging, url: "http://127.0.0.1:${closed}/" }
    - { company: nobody }
  amqp: { url: "amqp://127.0.0.1:${closed}", connectTimeout: 2 }
  email: { host: 127.0.0.1, port: ${mail.port}, security: none, from: desk@example.com }
`
        )
        const { code, out } = yield* run("channels", "test", "--json", "--config", path)
        assert.strictEqual(code, 1)
        const outcomes = out.filter((line) => line !== "").map((line) => JSON.parse(line))
        assert.deepStrictEqual(
          outcomes.map(({ channel, ok }) => [channel, ok]),
          [
            ["http:birch-printing", true],
            ["http:cedar-packaging", false],
            ["amqp", false],
            ["email", true],
            ["nobody", false]
          ]
        )
        assert.include(outcomes[1].problem, "ECONNREFUSED")
        assert.isString(outcomes[1].next)
        assert.deepStrictEqual(
          partner.posted.map(({ bytes }) => bytes.length),
          [0]
        )
        const without = yield* run("channels", "test", "--config", "")
        assert.deepStrictEqual([without.code, without.out[0]?.slice(0, 32)], [0, "There is no configuration file: "])
      })
    )

    it.effect("shows what SFTP servers are known by, and forgets one for a reason that is kept", () =>
      Effect.gen(function* () {
        const { databaseUrl } = yield* Surroundings
        const database = Store.layerFrom.pipe(Layer.provide(Store.layerServerAt(Redacted.make(databaseUrl))))
        const key = Buffer.from("\0\0\0\u000bssh-ed25519key", "latin1")
        yield* Effect.provide(
          Effect.flatMap(SftpHostKeys.make, ({ keys }) => Effect.promise(() => keys.pin("SFTP.example", 2222, key))),
          database
        )
        const [shown] = yield* json("channels", "host-keys")
        assert.deepInclude(shown, { server: "[sftp.example]:2222", fingerprint: SftpHostKeys.fingerprint(key) })
        const stranger = yield* run("channels", "forget-host-key", "sftp.example", "--why", "x")
        assert.strictEqual(stranger.code, 2)
        const { code } = yield* run("channels", "forget-host-key", "[sftp.example]:2222", "--why", "confirmed by phone")
        assert.strictEqual(code, 0)
        assert.deepStrictEqual(yield* json("channels", "host-keys"), [])
        const entry = (yield* json("audit")).find(({ act }) => act === "host-key.forgotten")
        assert.deepInclude(entry, {
          act: "host-key.forgotten",
          subject: "[sftp.example]:2222",
          why: "confirmed by phone"
        })
      })
    )

    it.effect("is refused, as every command, when the file is wrong; lint tells it too", () =>
      Effect.gen(function* () {
        const path = join(yield* folder, "other.yaml")
        writeFileSync(path, "http: { port: x }\nlimits: { concurency: 4 }\n")
        for (const command of [["messages"], ["channels", "test"], ["keys", "list"]]) {
          const { code, err } = yield* run(...command, "--config", path)
          assert.strictEqual(code, 2)
          assert.include(err.join("\n"), "limits.concurency: there is no such field")
        }
        const { code, out } = yield* run("lint", "--config", path)
        assert.strictEqual(code, 2)
        assert.include(out.join("\n"), "other.yaml http.port")
        assert.strictEqual((yield* run("rules", "--config", path)).code, 0)
        writeFileSync(path, "deliver: { acme: { types: { IE_PROCESING_RESPONSE: folder } } }")
        const misspelt = yield* run("lint", "--config", path)
        assert.strictEqual(misspelt.code, 2)
        assert.include(misspelt.out.join("\n"), "other.yaml deliver.acme.types.IE_PROCESING_RESPONSE")
        writeFileSync(path, "{}")
        assert.include((yield* run("lint", "--config", path)).out.join("\n"), path)
      })
    )
  })

  describe("serve", () => {
    it.effect(
      "takes documents over HTTPS, hands answers out the way that is configured, and tells people",
      () =>
        Effect.gen(function* () {
          const own = yield* folder
          const mail = yield* MailCatcher.make()
          const { alone, signed } = yield* maker
          const authority = yield* alone("authority", "Throughline")
          const certificate = yield* signed("server", "localhost", "authority")
          const port = yield* freePort
          const path = join(own, "throughline.yaml")
          writeFileSync(
            path,
            `
exchange: ./exchange
http:
  port: ${port}
  tls: { certificate: { file: "${certificate.certificateFile}" }, key: { file: "${certificate.keyFile}" } }
channels:
  http: [{ company: cedar-packaging }]
  email: { host: 127.0.0.1, port: ${mail.port}, security: none, from: desk@example.com, to: [ops@example.com], everyMinutes: 0 }
`
          )
          const keyOf = (company: string) => Effect.map(json("keys", "add", company), ([made]) => String(made?.["key"]))
          const birch = yield* keyOf("birch-printing")
          const cedar = yield* keyOf("cedar-packaging")
          const { databaseUrl } = yield* Surroundings

          const child = yield* Effect.acquireRelease(
            Effect.sync(() =>
              spawn(process.execPath, [join(root, "src", "main.ts"), "serve"], {
                cwd: own,
                env: { PATH: process.env["PATH"], DATABASE_URL: databaseUrl },
                stdio: ["ignore", "ignore", "pipe"]
              })
            ),
            (child) => Effect.sync(() => child.kill("SIGKILL"))
          )
          let said = ""
          child.stderr.on("data", (chunk) => {
            said += String(chunk)
          })
          yield* eventually(
            "serving",
            Effect.sync(() => said.includes(`https://127.0.0.1:${port}`))
          )

          const ask = (path: string, key: string, body?: Uint8Array) =>
            Effect.promise(
              () =>
                new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
                  const request = https.request(
                    {
                      host: "127.0.0.1",
                      port,
                      path,
                      method: body === undefined ? "GET" : "POST",
                      ca: authority.certificate,
                      headers: { authorization: `Bearer ${key}` }
                    },
                    (response) => {
                      let text = ""
                      response.on("data", (chunk) => {
                        text += String(chunk)
                      })
                      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }))
                    }
                  )
                  request.on("error", reject)
                  request.end(body)
                })
            )

          const outcomes: Array<unknown> = []
          for (const name of readdirSync(inbox).sort()) {
            const sent = yield* ask(
              `/v1/messages/SNX_TRANSFER?wait=20&fileName=${name}`,
              birch,
              readFileSync(join(inbox, name))
            )
            outcomes.push(JSON.parse(sent.text).status)
          }
          assert.deepStrictEqual(outcomes, ["processed", "processed", "processing_failed", "map_in_failed"])
          const outbox = Effect.map(ask("/v1/outbox", cedar), ({ text }) => JSON.parse(text))
          yield* eventually(
            "answers",
            Effect.map(outbox, (items) => items.length === 2)
          )
          const [first] = yield* outbox
          assert.strictEqual(first.type, "SNX_TRANSFER")
          assert.include((yield* ask(`/v1/outbox/${first.id}`, cedar)).text, "SNXSerialNumberTransfer")
          // Birch has no other way: its reports lie in its folder.
          yield* eventually(
            "reports",
            Effect.sync(
              () => readdirSync(join(own, "exchange", "birch-printing", "outbox", "IE_PROCESSING_RESPONSE")).length >= 6
            )
          )
          yield* eventually(
            "alerts",
            Effect.sync(() =>
              mail.mails
                .map(({ text }) => text)
                .join("")
                .includes("4-with-mistakes.xml")
            )
          ).pipe(Effect.retry({ times: 1 }))
          assert.deepStrictEqual(mail.mails[0]?.to, ["ops@example.com"])

          const ended = yield* Effect.promise(
            () =>
              new Promise<number | null>((resolve) => {
                child.on("exit", resolve)
                child.kill("SIGTERM")
              })
          )
          assert.strictEqual(ended, 0)
        }),
      60_000
    )
  })
})
