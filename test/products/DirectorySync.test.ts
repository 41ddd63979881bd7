/**
 * Two directories with databases of their own in step: over mutual TLS as in the field, page by page, with withdrawals,
 * wrong certificates, records that make no sense, and a provider whose directory was set back.
 */
import * as https from "node:https"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Redacted } from "effect"
import { HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import * as ApiKeys from "../../src/api/ApiKeys.ts"
import * as DirectoryRecords from "../../src/api/DirectoryRecords.ts"
import * as LightweightMessaging from "../../src/api/LightweightMessaging.ts"
import * as Server from "../../src/api/Server.ts"
import * as DirectoryHttp from "../../src/channels/DirectoryHttp.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { DirectoryDesk } from "../../src/products/DirectoryDesk.ts"
import * as DirectoryQueries from "../../src/products/DirectoryQueries.ts"
import { DirectoryPeers, DirectorySync, DirectorySyncError, pageOf } from "../../src/products/DirectorySync.ts"
import { maker } from "../api/Certificates.ts"
import * as Database from "../Database.ts"
import { worldOf } from "../partners/worlds.ts"

const gtin = (number: number): string => {
  const payload = `0030012${String(number).padStart(6, "0")}`
  const sum = [...payload].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0)
  return `${payload}${(10 - (sum % 10)) % 10}`
}

const product = (number: number) => ({
  id: `p-${number}`,
  owner: "maple",
  name: `Product ${number}`,
  packagingLevel: "EA",
  codes: [{ type: "GTIN-14", value: gtin(number) }],
  markets: [{ country: "US" }]
})

const world = (products: ReadonlyArray<number>) =>
  worldOf({
    companies: [
      {
        id: "maple",
        name: "Maple",
        role: "producer",
        identifiers: [{ type: "GLN", value: "9521234000105" }],
        companyPrefixes: ["030012"],
        modules: { masterDataShare: "producer", productVerification: "producer" }
      }
    ],
    products: products.map(product),
    dataRules: [{ id: "maple", company: "maple", masterData: [{ market: "US" }] }]
  })

const by = { actor: "test", replace: true }

const base = Layer.mergeAll(Configuration.layer, Partners.layer).pipe(
  (made) => Layer.provideMerge(DirectoryDesk.layer, made),
  Layer.provideMerge(Layer.fresh(Database.layer))
)

/** An installation; `peers` are those it reads. */
const installation = <E, R>(peers: Layer.Layer<DirectoryPeers, E, R>) =>
  Layer.build(Layer.fresh(DirectorySync.layer.pipe(Layer.provide(peers), Layer.provideMerge(base))))

const isolated = <E, R>(peers: Layer.Layer<DirectoryPeers, E, R>) =>
  Effect.map(installation(peers), (context) => ({
    context,
    sync: Context.get(context, DirectorySync),
    desk: Context.get(context, DirectoryDesk),
    configuration: Context.get(context, Configuration),
    sql: Context.get(context, SqlClient.SqlClient)
  }))

/** Reads another installation of this process, with what is sent in between. */
const beside = (
  other: { readonly page: DirectorySync["Service"]["page"] },
  change: (body: unknown) => unknown = (body) => body
) =>
  Layer.succeed(DirectoryPeers, {
    keys: ["maples"],
    page: (provider, since, limit) =>
      Effect.flatMap(other.page(since, limit), (page) => pageOf(provider, change(JSON.parse(JSON.stringify(page)))))
  })

const get = (url: string, ca: string, key: string | undefined, method: string) =>
  Effect.callback<{ readonly status: number; readonly text: string }, Error>((resume) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
    const request = https.request(url, { ca, headers, method, agent: false }, (response) => {
      let text = ""
      response.on("data", (chunk) => {
        text += String(chunk)
      })
      response.on("end", () => resume(Effect.succeed({ status: response.statusCode ?? 0, text })))
    })
    request.on("error", (error) => resume(Effect.fail(error)))
    request.end()
  })

describe("directories of two providers", () => {
  it.live(
    "are in step over mutual TLS, and strangers read nothing",
    () =>
      Effect.gen(function* () {
        const { alone, signed } = yield* maker
        const authority = yield* alone("authority", "Providers")
        const server = yield* signed("server", "localhost", "authority")
        const link = yield* signed("link", "birch-to-maple", "authority")
        const wrong = yield* signed("wrong", "somebody", "authority")
        const maples = yield* isolated(DirectoryPeers.none)
        yield* maples.configuration.import(world([1, 2, 3]), by)

        const routes = DirectoryRecords.routes.pipe(
          Layer.provide(ApiKeys.layer),
          Layer.provide(
            Layer.succeed(LightweightMessaging.TrustedProviders, [{ provider: "birch", commonName: "birch-to-maple" }])
          ),
          Layer.provide(Layer.succeedContext(maples.context))
        )
        const running = yield* Layer.build(
          Server.layer(routes, {
            port: 0,
            host: "127.0.0.1",
            tls: { certificate: server.certificate, key: server.key, clientAuthorities: [authority.certificate] }
          }).pipe(Layer.provide(Logger.layer([])))
        )
        const { address } = Context.get(running, HttpServer.HttpServer)
        const url = HttpServer.formatAddress(address)
          .replace(/^http:/u, "https:")
          .replace("127.0.0.1", "localhost")
        const reading = (as: typeof link) =>
          isolated(
            DirectoryHttp.layer({
              providers: {
                maples: {
                  url,
                  certificate: as.certificate,
                  key: Redacted.make(as.key),
                  authorities: [authority.certificate]
                }
              }
            })
          )
        const birch = yield* reading(link)
        assert.deepStrictEqual(yield* birch.sync.sync("maples"), {
          provider: "maples",
          taken: 3,
          withdrawn: 0,
          pages: 1,
          anew: false,
          unread: [],
          contested: []
        })
        const found = yield* birch.desk.find(gtin(2), "2027-01-31")
        assert.deepStrictEqual(found._tag === "Provider" ? [found.record.provider, found.record.responder] : found, [
          "maples",
          "9521234000105"
        ])
        // A company's own system reads with a key; one for something else, none, or a wrong method is told so.
        const keys = Context.get(
          yield* Layer.build(ApiKeys.layer.pipe(Layer.provide(Layer.succeedContext(maples.context)))),
          ApiKeys.ApiKeys
        )
        const keyFor = (scope: string) =>
          Effect.map(keys.add({ company: "maple", scopes: [scope], note: "", actor: "test" }), ({ key }) =>
            Redacted.value(key)
          )
        const [reader, sender] = [yield* keyFor("read"), yield* keyFor("send")]
        const ask = (path: string, key?: string, method = "GET") =>
          get(`${url}${path}`, authority.certificate, key, method)
        const first = yield* ask("/ld/records?limit=2", reader)
        const page = JSON.parse(first.text)
        assert.deepStrictEqual([first.status, page.records.length, page.more], [200, 2, true])
        const second = JSON.parse((yield* ask(`/ld/records?since=${page.cursor}`, reader)).text)
        assert.deepStrictEqual([second.records.length, second.more], [1, false])
        const statuses = yield* Effect.forEach(
          [
            ask("/ld/records", sender),
            ask("/ld/records"),
            ask("/ld/records", "tl_nobody"),
            ask("/ld/records?since=x", reader),
            ask("/ld/records?limit=0", reader),
            ask("/ld/records?limit=many", reader),
            ask("/ld/records?since=999999", reader),
            ask("/ld/records", reader, "POST")
          ],
          (asked) => Effect.map(asked, ({ status }) => status)
        )
        assert.deepStrictEqual(statuses, [401, 401, 401, 400, 400, 400, 410, 405])

        const stranger = yield* reading(wrong)
        const refused = yield* Effect.flip(stranger.sync.sync("maples"))
        assert.deepStrictEqual(
          [refused.reason._tag, refused.message],
          ["PeerRefused", "maples does not let us read its directory: it answered 401."]
        )
      }).pipe(Effect.scoped),
    60_000
  )

  it.live("follow changes and withdrawals by the cursor, and take nothing twice", () =>
    Effect.gen(function* () {
      const maples = yield* isolated(DirectoryPeers.none)
      yield* maples.configuration.import(world([1, 2]), by)
      const birch = yield* isolated(beside(maples.sync))
      const synced = Effect.map(birch.sync.sync("maples"), ({ taken, withdrawn }) => [taken, withdrawn])
      assert.deepStrictEqual(yield* synced, [2, 0])
      assert.deepStrictEqual(yield* synced, [0, 0])
      const [told] = yield* birch.sync.told
      assert.deepStrictEqual([told?.provider, told?.records, told?.syncedAt === undefined], ["maples", 2, false])
      // One goes, one comes, one stays; what is not about the directory is not told.
      yield* maples.configuration.import(world([2, 3]), by)
      assert.deepStrictEqual(yield* synced, [2, 1])
      const tags = yield* Effect.forEach([1, 2, 3], (number) =>
        Effect.map(birch.desk.find(gtin(number), undefined), ({ _tag }) => _tag)
      )
      assert.deepStrictEqual(tags, ["Unknown", "Provider", "Provider"])
      // It comes back, and is told again under the same record.
      yield* maples.configuration.import(world([1, 2, 3]), by)
      assert.deepStrictEqual(yield* synced, [1, 0])
      assert.strictEqual((yield* birch.desk.find(gtin(1), undefined))._tag, "Provider")
    }).pipe(Effect.scoped)
  )

  it.live("are read page by page, and a reader that died goes on where it ended", () =>
    Effect.gen(function* () {
      const maples = yield* isolated(DirectoryPeers.none)
      yield* maples.configuration.import(world(Array.from({ length: 2500 }, (_, at) => at)), by)
      let pages = 0
      const dying = Layer.succeed(DirectoryPeers, {
        keys: ["maples"],
        page: (provider: string, since: string | undefined, limit: number) =>
          ++pages === 2
            ? Effect.fail(
                new DirectorySyncError({
                  reason: { _tag: "PeerDown", isRetryable: true, whoActs: "nobody" },
                  detail: "gone"
                })
              )
            : Effect.flatMap(maples.sync.page(since, limit), (page) => pageOf(provider, page))
      })
      const birch = yield* isolated(dying)
      assert.strictEqual((yield* Effect.flip(birch.sync.sync("maples"))).message, "gone")
      const { taken, pages: more } = yield* birch.sync.sync("maples")
      assert.deepStrictEqual([taken, more], [1500, 2])
      const [row] = yield* birch.sql<{ readonly n: number }>`SELECT count(*)::int4 AS n FROM directory_records`
      assert.strictEqual(row?.n, 2500)
    }).pipe(Effect.scoped)
  )

  it.live("leave out records that make no sense, tell them, and take the others", () =>
    Effect.gen(function* () {
      const maples = yield* isolated(DirectoryPeers.none)
      yield* maples.configuration.import(world([1, 2]), by)
      const spoilt = (body: unknown): unknown =>
        JSON.parse(JSON.stringify(body).replace(`"gtin":"${gtin(1)}"`, '"gtin":"12"'))
      const birch = yield* isolated(beside(maples.sync, spoilt))
      const { taken, unread } = yield* birch.sync.sync("maples")
      assert.strictEqual(taken, 1)
      assert.deepStrictEqual(unread, [{ id: `${gtin(1)}-maple`, message: "gtin must be 14 digits" }])
      const nonsense = yield* isolated(beside(maples.sync, () => ({ hello: "world" })))
      assert.strictEqual((yield* Effect.flip(nonsense.sync.sync("maples"))).reason._tag, "PeerWrong")
      assert.strictEqual(
        (yield* Effect.flip(birch.sync.sync("oaks"))).message,
        "There is no provider oaks in the configuration."
      )
    }).pipe(Effect.scoped)
  )

  it.live("tell of GTINs that we claim too, and ours go first", () =>
    Effect.gen(function* () {
      const maples = yield* isolated(DirectoryPeers.none)
      yield* maples.configuration.import(world([1, 2]), by)
      const birch = yield* isolated(beside(maples.sync))
      yield* birch.configuration.import(world([2, 3]), by)
      assert.deepStrictEqual((yield* birch.sync.sync("maples")).contested, [gtin(2)])
      const found = yield* birch.desk.find(gtin(2), "2027-01-31")
      assert.deepStrictEqual(found._tag === "Own" ? [found.record.owner, found.contenders] : found, [
        "maple",
        ["maples"]
      ])
      const listed = yield* birch.desk.list({ contested: true, limit: 9 })
      assert.deepStrictEqual(
        listed.map((one) => [one.gtin, one.owner ?? one.provider]),
        [
          [gtin(2), "maple"],
          [gtin(2), "maples"]
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.live("are read anew where the other was set back, and nothing of before stays", () =>
    Effect.gen(function* () {
      const before = yield* isolated(DirectoryPeers.none)
      yield* before.configuration.import(world([1, 2, 3, 4]), by)
      const restored = yield* isolated(DirectoryPeers.none)
      yield* restored.configuration.import(world([1]), by)
      let other = before
      const birch = yield* isolated(
        Layer.succeed(DirectoryPeers, {
          keys: ["maples"],
          page: (provider: string, since: string | undefined, limit: number) =>
            Effect.flatMap(other.sync.page(since, limit), (page) => pageOf(provider, page))
        })
      )
      yield* birch.sync.sync("maples")
      other = restored
      const { anew, taken } = yield* birch.sync.sync("maples")
      assert.deepStrictEqual([anew, taken], [true, 1])
      const queries = yield* Effect.provideContext(DirectoryQueries.make, birch.context)
      assert.deepStrictEqual(
        (yield* queries.list({}, 10)).map((record) => record.gtin),
        [gtin(1)]
      )
    }).pipe(Effect.scoped)
  )

  it.live("are read anew where a restored backup gave its numbers again, even past the cursor", () =>
    Effect.gen(function* () {
      const maples = yield* isolated(DirectoryPeers.none)
      yield* maples.configuration.import(world([1, 2]), by)
      const birch = yield* isolated(beside(maples.sync))
      yield* birch.sync.sync("maples")
      const newest = Effect.map(
        maples.sql<{ readonly id: number }>`SELECT max(id)::int4 AS id FROM configuration`,
        ([row]) => row?.id ?? 0
      )
      const backup = yield* newest
      // Who saw nothing that the backup lacks goes on; who did is told so, though its number was given again.
      yield* maples.configuration.import(world([1, 2, 3]), by)
      const late = yield* isolated(beside(maples.sync))
      yield* late.sync.sync("maples")
      yield* maples.sql`DELETE FROM configuration WHERE id > ${backup}::int8`
      yield* maples.sql`SELECT setval(pg_get_serial_sequence('configuration', 'id'), ${backup}::int8)`
      yield* maples.configuration.import(world([1, 4, 5, 6]), by)
      const [seen] = yield* late.sql<{ readonly id: number }>`SELECT max(version)::int4 AS id FROM directory_records`
      assert.isAbove(yield* newest, seen?.id ?? 0)
      assert.strictEqual((yield* birch.sync.sync("maples")).anew, false)
      assert.strictEqual((yield* late.sync.sync("maples")).anew, true)
      for (const { context } of [birch, late]) {
        const queries = yield* Effect.provideContext(DirectoryQueries.make, context)
        assert.deepStrictEqual(
          (yield* queries.list({}, 10)).map((record) => record.gtin).sort(),
          [1, 4, 5, 6].map(gtin).sort()
        )
      }
    }).pipe(Effect.scoped)
  )

  it.live("stay known while they are read anew, and a reader that dies in the middle goes on there", () =>
    Effect.gen(function* () {
      const record = (number: number, version: number) => ({
        id: `${number}`,
        version,
        gtin: gtin(number),
        responderGLN: "9521234000105",
        updatedAt: "2026-01-01T00:00:00Z",
        deleted: false
      })
      const all = [1, 2, 3].map((number) => record(number, 100))
      let isBack = false
      let isDown = false
      const birch = yield* isolated(
        Layer.succeed(DirectoryPeers, {
          keys: ["maples"],
          page: (provider: string, since: string | undefined) => {
            const fail = (reason: DirectorySyncError["reason"]) =>
              Effect.fail(new DirectorySyncError({ reason, detail: reason._tag }))
            if (!isBack) return pageOf(provider, { records: all, cursor: "before", more: false })
            if (since === "before") return fail({ _tag: "CursorUnknown", isRetryable: false, whoActs: "sender" })
            if (since === undefined) return pageOf(provider, { records: [record(1, 7)], cursor: "a", more: true })
            return isDown
              ? fail({ _tag: "PeerDown", isRetryable: true, whoActs: "nobody" })
              : pageOf(provider, { records: [record(3, 8)], cursor: "b", more: false })
          }
        })
      )
      const queries = yield* Effect.provideContext(DirectoryQueries.make, birch.context)
      const known = Effect.map(queries.list({}, 10), (records) => records.map(({ gtin, version }) => [gtin, version]))
      yield* birch.sync.sync("maples")
      isBack = true
      isDown = true
      assert.strictEqual((yield* Effect.flip(birch.sync.sync("maples"))).reason._tag, "PeerDown")
      assert.deepStrictEqual(yield* known, [
        [gtin(1), 7],
        [gtin(2), 100],
        [gtin(3), 100]
      ])
      isDown = false
      const { anew, taken, pages } = yield* birch.sync.sync("maples")
      assert.deepStrictEqual([anew, taken, pages], [true, 1, 1])
      assert.deepStrictEqual(yield* known, [
        [gtin(1), 7],
        [gtin(3), 8]
      ])
      assert.strictEqual((yield* birch.sync.sync("maples")).anew, false)
    }).pipe(Effect.scoped)
  )

  it.live("take no older version that comes late, and keep tombstones", () =>
    Effect.gen(function* () {
      const { context } = yield* isolated(DirectoryPeers.none)
      const queries = yield* Effect.provideContext(DirectoryQueries.make, context)
      const told = (
        version: number,
        more: Partial<DirectoryQueries.ForeignRecord> = {}
      ): DirectoryQueries.ForeignRecord => ({
        provider: "maples",
        record: "1",
        version,
        gtin: gtin(1),
        responder: "9521234000105",
        companyPrefix: null,
        description: `version ${version}`,
        verifyUrl: null,
        checkUrl: null,
        validFrom: null,
        validTo: null,
        deleted: false,
        updatedAt: new Date("2026-01-01T00:00:00Z"),
        receivedAt: new Date("2026-01-01T00:00:00Z"),
        ...more
      })
      const took = (record: DirectoryQueries.ForeignRecord) =>
        Effect.map(queries.take([record]), ({ taken, withdrawn }) => [taken, withdrawn])
      assert.deepStrictEqual(yield* took(told(5)), [1, 0])
      assert.deepStrictEqual(yield* took(told(5, { description: "other" })), [0, 0])
      assert.deepStrictEqual(yield* took(told(4)), [0, 0])
      assert.deepStrictEqual(yield* took(told(7, { deleted: true })), [1, 1])
      assert.deepStrictEqual(yield* took(told(6)), [0, 0])
      assert.deepStrictEqual(yield* queries.holding([gtin(1)]), [])
      const back = told(8, { receivedAt: new Date("2026-06-01T00:00:00Z") })
      assert.deepStrictEqual(yield* took(back), [1, 0])
      // When it was told first decides between providers, so it is not moved by a newer version.
      const [held] = yield* queries.holding([gtin(1)])
      assert.deepStrictEqual([held?.version, held?.receivedAt.toISOString()], [8, "2026-01-01T00:00:00.000Z"])
    }).pipe(Effect.scoped)
  )

  it.live("answer wrong parameters with what is wrong", () =>
    Effect.gen(function* () {
      const { sync } = yield* isolated(DirectoryPeers.none)
      for (const [since, limit] of [
        ["x", 10],
        ["-1", 10],
        [undefined, 0],
        ["1e3", 10]
      ] as const) {
        assert.strictEqual((yield* Effect.flip(sync.page(since, limit))).reason._tag, "Malformed")
      }
      assert.strictEqual((yield* Effect.flip(sync.page("5", 10))).reason._tag, "CursorUnknown")
      assert.deepStrictEqual(yield* sync.page(undefined, undefined), { records: [], cursor: "0", more: false })
    }).pipe(Effect.scoped)
  )
})
