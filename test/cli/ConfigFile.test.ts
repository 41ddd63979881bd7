/** The configuration file: what it may say, and everything that can be wrong with it said at once and in its own words. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import * as ConfiguredOptions from "../../src/channels/ConfiguredOptions.ts"
import * as ConfigFile from "../../src/cli/ConfigFile.ts"
import { maker } from "../api/Certificates.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-config-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const write = (folder: string, name: string, text: string) =>
  Effect.as(
    Effect.promise(() => writeFile(join(folder, name), text)),
    join(folder, name)
  )

const faults = Effect.fnUntraced(function* (text: string, environment = {}) {
  const path = yield* write(yield* folder, "throughline.yaml", text)
  const error = yield* Effect.flip(ConfigFile.read(path, environment))
  return error.reason._tag === "Invalid"
    ? error.reason.faults.map(({ path, message }) => `${path}: ${message}`)
    : [error.message]
})

const full = `
database:
  url: { env: DB }
  connections: 20
exchange: ./exchange
http:
  host: 0.0.0.0
  port: 8443
  tls:
    certificate: { file: server.pem }
    key: { file: server.key }
    clientAuthorities: [{ file: server.pem }]
limits: { concurrency: 4, deliverHours: 24, rememberDays: 7 }
channels:
  sftp:
    - company: acme-printing
      host: sftp.acme.example
      username: throughline
      password: { env: SFTP }
  amqp:
    url: amqps://broker.example/vhost
    username: throughline
    password: { file: broker }
    consumes:
      - { queue: erp, company: borealis-pharma }
    delivers:
      - { company: borealis-pharma }
  http:
    - company: borealis-pharma
      url: https://borealis.example/in
      token: { env: TOKEN }
    - company: cedar-logistics
      certificates:
        - commonName: cedar.example
  email:
    host: mail.example
    from: Desk <desk@example.com>
deliver:
  borealis-pharma: { channel: amqp, types: { IE_PROCESSING_RESPONSE: http } }
`

const environment = { DB: "postgres://user:secret@db/throughline", SFTP: "sftp-secret", TOKEN: "token-secret" }

describe("a configuration file", () => {
  it.effect("says everything, with secrets where they are", () =>
    Effect.gen(function* () {
      const own = yield* folder
      const path = yield* write(own, "throughline.yaml", full)
      const { alone } = yield* maker
      const { certificate, key } = yield* alone("server", "localhost")
      yield* write(own, "server.pem", certificate)
      yield* write(own, "server.key", key)
      yield* write(own, "broker", "broker-secret\n")
      const configuration = yield* ConfigFile.read(path, environment)
      assert.deepStrictEqual(configuration.variables, {
        DATABASE_URL: environment.DB,
        DATABASE_CONNECTIONS: "20",
        THROUGHLINE_EXCHANGE: join(own, "exchange"),
        THROUGHLINE_HOST: "0.0.0.0",
        THROUGHLINE_PORT: "8443",
        THROUGHLINE_CONCURRENCY: "4",
        THROUGHLINE_DELIVER_HOURS: "24",
        THROUGHLINE_REMEMBER_DAYS: "7"
      })
      assert.deepStrictEqual(configuration.tls, {
        certificate: certificate.trimEnd(),
        key: key.trimEnd(),
        clientAuthorities: [certificate.trimEnd()]
      })
      const { channels } = configuration.channels
      const secrets = [channels.sftp?.[0]?.password, channels.amqp?.password, channels.http?.[0]?.token]
      assert.deepStrictEqual(
        secrets.map((secret) => (secret === undefined ? "" : Redacted.value(secret))),
        ["sftp-secret", "broker-secret", "token-secret"]
      )
      assert.notMatch(JSON.stringify(channels), /secret/u)
      const to = ConfiguredOptions.destination(configuration.channels)
      assert.deepStrictEqual(
        [
          to("acme-printing", "SNX_TRANSFER"),
          to("borealis-pharma", "SNX_TRANSFER"),
          to("borealis-pharma", "IE_PROCESSING_RESPONSE"),
          to("cedar-logistics", "SNX_TRANSFER"),
          to("somebody", "SNX_TRANSFER")
        ],
        [
          "sftp:acme-printing",
          "amqp:borealis-pharma",
          "http:borealis-pharma",
          "http:cedar-logistics",
          "folder:somebody"
        ]
      )
      assert.deepStrictEqual(ConfiguredOptions.certificates(configuration.channels), [
        { company: "cedar-logistics", commonName: "cedar.example" }
      ])
    })
  )

  it.effect("may be TypeScript", () =>
    Effect.gen(function* () {
      const path = yield* write(
        yield* folder,
        "throughline.config.ts",
        "export const configuration = { http: { port: 8000 + 81 } }\n"
      )
      const { variables } = yield* ConfigFile.read(path, {})
      assert.deepStrictEqual(variables, { THROUGHLINE_PORT: "8081" })
    })
  )

  it.effect("is told all that is wrong with it, each with its place and never with a secret", () =>
    Effect.gen(function* () {
      const said = yield* faults(
        `
http: { port: 99999, hots: x }
database: { url: "postgres://me:hunter2@db/x" }
channels:
  sftp:
    - { company: acme, host: a.example, username: u, password: hunter2 }
    - { company: Not A Key, host: b.example, username: u, password: { env: GONE } }
    - { company: cedar, host: "sftp://c.example:22", username: u, password: { env: GONE } }
    - { company: dover, host: "d.example:22", username: u, password: { env: GONE } }
    - { company: elm, host: "2001:db8::7", username: u, password: { env: GONE } }
  http:
    - { company: borealis, url: "ftp://x", token: { file: nowhere } }
  email: { host: smtps://mail.example, from: nobody }
deliver: { acme: pigeon }
`
      )
      const text = said.join("\n")
      for (const expected of [
        "http.port: ",
        "http.hots: there is no such field",
        "database.url: must not stand in the file",
        "channels.sftp[acme].password: must not stand in the file: write { env: NAME } or { file: path }",
        "channels.sftp[Not A Key].password: the environment variable GONE is not set",
        "channels.sftp[Not A Key].company: ",
        "channels.sftp[cedar].host: must be a host name or an address alone",
        "channels.sftp[dover].host: must be a host name or an address alone",
        "channels.email.host: must be a host name or an address alone",
        "channels.http[borealis].url: must be an address",
        "channels.http[borealis].token: the file",
        "channels.email.from: must be an e-mail address",
        "deliver.acme: "
      ]) {
        assert.include(text, expected)
      }
      assert.notInclude(text, "hunter2")
      assert.notInclude(text, "channels.sftp[elm].host")
    })
  )

  it.effect("has to fit together", () =>
    Effect.gen(function* () {
      const secret = "password: { env: S }"
      const said = yield* faults(
        `
channels:
  sftp:
    - { company: acme, host: a.example, username: u, ${secret} }
    - { company: acme, host: b.example, username: u, ${secret} }
    - { company: both, host: c.example, username: u, ${secret} }
  http:
    - { company: both }
deliver:
  acme: { channel: sftp, types: { SNX_TRANSFER: amqp } }
  nobody: http
`,
        { S: "x" }
      )
      assert.deepStrictEqual(said, [
        'channels.sftp: "acme" stands there twice',
        'deliver.acme.types.SNX_TRANSFER: there is no way to "acme" over amqp: describe it under channels.amqp.delivers',
        'deliver.nobody: there is no way to "nobody" over http: describe it under channels.http',
        "deliver.both: is missing: documents can go over sftp or http"
      ])
    })
  )

  it.live("has certificates and keys that are some, and is told what does not fit beside what is wrong elsewhere", () =>
    Effect.gen(function* () {
      const { alone } = yield* maker
      const [one, other] = [yield* alone("one", "localhost"), yield* alone("other", "localhost")]
      const environment = { ONE: one.certificate, KEY: one.key, OTHER: other.key, NONE: "garbage" }
      const text = (certificate: string, key: string) => `
http: { tls: { certificate: { env: ${certificate} }, key: { env: ${key} } } }
limits: { concurency: 4 }
channels:
  sftp:
    - { company: acme, host: a.example, username: u, privateKey: { env: NONE }, hostKey: nonsense }
  http:
    - { company: both, url: "https://both.example" }
  amqp: { url: "amqps://b.example", tls: { ca: { env: NONE } }, delivers: [{ company: both }] }
`
      const said = (yield* faults(text("NONE", "KEY"), environment)).join("\n")
      for (const expected of [
        "limits.concurency: there is no such field",
        "channels.sftp[acme].hostKey: must be a host key: SHA256:",
        "http.tls.certificate: is no certificate (PEM)",
        "channels.amqp.tls.ca: is no certificate (PEM)",
        "deliver.both: is missing: documents can go over amqp or http"
      ]) {
        assert.include(said, expected)
      }
      assert.include((yield* faults(text("ONE", "OTHER"), environment)).join("\n"), "http.tls.key: is not the key of")
      const key = yield* faults(
        "channels: { sftp: [{ company: acme, host: a.example, username: u, privateKey: { env: NONE } }] }",
        environment
      )
      assert.include(key.join(), "channels.sftp[acme].privateKey: cannot be used: ")
      assert.notInclude(key.join(), "garbage")
    })
  )

  it.effect("lets a certificate speak for one company", () =>
    Effect.gen(function* () {
      const fingerprint = "AB".repeat(32)
      const apart = "ab:".repeat(31).concat("ab")
      assert.deepStrictEqual(
        yield* faults(`
channels:
  http:
    - { company: acme, certificates: [{ fingerprint: ${fingerprint} }] }
    - { company: acme, with: elm, url: "https://a.example", certificates: [{ fingerprint: ${fingerprint} }] }
    - { company: cedar, certificates: [{ fingerprint: ${"CD".repeat(32)} }, { fingerprint: "${apart}" }] }
`),
        ['channels.http[cedar].certificates[1]: this certificate speaks for "acme" already']
      )
    })
  )

  it.effect("never has two take the same files", () =>
    Effect.gen(function* () {
      const secret = "host: a.example, username: u, password: { env: S }"
      const other = secret.replace("a.example", "A.example")
      assert.deepStrictEqual(
        yield* faults(
          `
channels:
  sftp:
    - { company: acme, ${secret}, folder: /x }
    - { company: acme, with: borealis, ${other}, port: 22, folder: /x/, outbox: other }
    - { company: cedar, ${secret}, folder: /x, outbox: cedar }
    - { company: dover, ${secret}, folder: /d, inbox: i, outbox: i }
    - { company: elm, ${secret}, folder: /d, inbox: archive }
    - { company: fir, ${secret}, folder: /x, receive: false }
    - { company: gorse, ${secret.replace("u,", "gorse,")}, folder: /x }
  amqp:
    url: amqp://broker.example
    consumes:
      - { queue: in, company: acme }
      - { queue: in, company: cedar }
`,
          { S: "x" }
        ),
        [
          'channels.sftp[acme with borealis]: takes from the inbox that "acme" takes from (sftp://u@a.example:22/x/inbox): files would be taken twice; say `receive: false` in one of the two',
          'channels.sftp[cedar]: takes from the inbox that "acme" takes from (sftp://u@a.example:22/x/inbox): files would be taken twice; say `receive: false` in one of the two',
          'channels.sftp[cedar]: takes from the inbox that "acme" with "borealis" takes from (sftp://u@a.example:22/x/inbox): files would be taken twice; say `receive: false` in one of the two',
          "channels.sftp[dover]: its inbox is its outbox too (sftp://u@a.example:22/d/i): what lies there would be taken again and again",
          'channels.sftp[elm]: takes from the archive of "dover" (sftp://u@a.example:22/d/archive): what lies there is not for us',
          "channels.sftp[elm]: its inbox is its archive too (sftp://u@a.example:22/d/archive): what lies there would be taken again and again",
          'channels.amqp.consumes[cedar]: the queue "in" is consumed for "acme" already'
        ]
      )
    })
  )

  it.effect("sends documents another way by the link they are about", () =>
    Effect.gen(function* () {
      const path = yield* write(
        yield* folder,
        "throughline.yaml",
        `
channels:
  sftp:
    - { company: acme, host: a.example, username: u, password: { env: S } }
    - { company: acme, with: borealis, host: b.example, username: u, password: { env: S } }
  amqp:
    url: amqp://broker.example
    delivers:
      - { company: acme }
      - { company: cedar, with: borealis }
  http:
    - { company: cedar, with: acme, url: "https://cedar.example/acme" }
deliver:
  acme:
    channel: sftp
    types: { IE_PROCESSING_RESPONSE: folder }
    with:
      dover: amqp
      birch: { channel: sftp, types: { SNX_TRANSFER: folder } }
`
      )
      const { channels } = yield* ConfigFile.read(path, { S: "x" })
      const to = ConfiguredOptions.destination(channels)
      assert.deepStrictEqual(
        [
          to("acme", "SNX_TRANSFER"),
          to("acme", "IE_PROCESSING_RESPONSE"),
          to("acme", "SNX_TRANSFER", "somebody"),
          to("acme", "IE_PROCESSING_RESPONSE", "borealis"),
          to("acme", "SNX_TRANSFER", "dover"),
          to("acme", "SNX_TRANSFER", "birch"),
          to("acme", "SNX_REQUEST", "birch"),
          to("cedar", "SNX_TRANSFER", "borealis"),
          to("cedar", "SNX_TRANSFER", "acme"),
          to("cedar", "SNX_TRANSFER", "dover"),
          to("cedar", "SNX_TRANSFER")
        ],
        [
          "sftp:acme",
          "folder:acme",
          "sftp:acme",
          "sftp:acme/borealis",
          "amqp:acme",
          "folder:acme",
          "sftp:acme",
          "amqp:cedar/borealis",
          "http:cedar/acme",
          "folder:cedar",
          "folder:cedar"
        ]
      )
      assert.deepStrictEqual([...ConfiguredOptions.companies(channels)].sort(), [
        "acme",
        "birch",
        "borealis",
        "cedar",
        "dover"
      ])
      assert.deepStrictEqual(
        yield* faults(
          `
channels:
  sftp:
    - { company: acme, with: borealis, host: b.example, username: u, password: { env: S } }
    - { company: acme, with: borealis, host: c.example, username: u, password: { env: S } }
  http:
    - { company: acme, with: borealis, url: "https://acme.example" }
    - { company: dover }
deliver:
  acme: sftp
  dover: { with: { acme: { channel: http, types: { SNX_TRANSFER: sftp } } } }
`,
          { S: "x" }
        ),
        [
          'channels.sftp: "acme" with "borealis" stands there twice',
          'deliver.acme: there is no way to "acme" over sftp: describe it under channels.sftp',
          'deliver.dover.with.acme.types.SNX_TRANSFER: there is no way to "dover" over sftp: describe it under channels.sftp',
          "deliver.acme.with.borealis: is missing: documents can go over sftp or http"
        ]
      )
      const needed = yield* faults("channels: { http: [{ company: acme, with: borealis }] }")
      assert.include(needed.join(), "documents of one link need a url")
    })
  )

  it.effect("is found where one works, or where one says, and need not be there", () =>
    Effect.gen(function* () {
      const own = yield* folder
      assert.deepStrictEqual(yield* ConfigFile.load(undefined, own), ConfigFile.none)
      const missing = yield* Effect.flip(ConfigFile.load("other.yaml", own))
      assert.include(missing.message, "other.yaml cannot be read")
      yield* write(own, "throughline.yaml", "http: { port: 1 }")
      assert.deepStrictEqual((yield* ConfigFile.load(undefined, own)).variables, { THROUGHLINE_PORT: "1" })
      yield* write(own, "other.yaml", "")
      assert.deepStrictEqual((yield* ConfigFile.load("other.yaml", own)).variables, {})
      yield* write(own, "broken.yaml", "a: [")
      const broken = yield* Effect.flip(ConfigFile.load("broken.yaml", own))
      assert.include(broken.message, "broken.yaml cannot be read")
    })
  )
})
