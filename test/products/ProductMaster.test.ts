/**
 * Product master data through the engine: what cannot be shown by a case. A configuration that was changed past its checks
 * refuses products as class 2 instead of breaking; pools and numbers keep working under a product that was sent again;
 * another company's product is left alone.
 */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Store from "../../src/store/Database.ts"
import { json, process, run, Surroundings } from "../cli/CommandLine.ts"

const samples = new URL("../../samples/product-master/", import.meta.url)
const file = (name: string) => readFileSync(new URL(name, samples))
const type = "MDX_PRODUCT_MASTER"

const database = Effect.gen(function* () {
  const { databaseUrl } = yield* Surroundings
  return Store.layerFrom.pipe(Layer.provide(Store.layerServerAt(Redacted.make(databaseUrl), 1)))
})

const statement = (text: string) =>
  Effect.gen(function* () {
    const layer = yield* database
    return yield* Effect.provide(
      SqlClient.SqlClient.use((sql) => sql.unsafe(text)),
      layer,
      { local: true }
    )
  })

const withWorld = run("import", new URL("world.yaml", samples).pathname)

describe("product master data", () => {
  it.live("is refused, not broken, by a configuration that was changed past its checks", () =>
    Effect.gen(function* () {
      yield* withWorld
      yield* statement(
        `INSERT INTO configuration (kind, key, value, actor, at) VALUES ('link', 'lost',
          '{"id": "lost", "owner": "maple-pharma", "partner": "nobody"}', 'hand', now())`
      )
      const [id] = yield* process("maple-pharma", type, [["products.xml", file("products/message.xml")]])
      const [message] = yield* json("message", `${id}`)
      assert.strictEqual(message?.["status"], "processing_failed")
      const text = (yield* run("message", `${id}`)).out.join("\n")
      assert.include(text, "product-master/refused")
      assert.include(text, "links[lost].partner: there is no company nobody")
    }).pipe(Effect.provide(Surroundings.layer))
  )

  it.live("can be checked against the running database, changing nothing", () =>
    Effect.gen(function* () {
      yield* withWorld
      const before = yield* json("export")
      const [line] = yield* json("check", new URL("products/message.xml", samples).pathname)
      assert.strictEqual(line?.["status"], "processed")
      assert.deepStrictEqual(yield* json("export"), before)
    }).pipe(Effect.provide(Surroundings.layer))
  )

  it.live("gives the same when its run is repeated from the journal", () =>
    Effect.gen(function* () {
      yield* withWorld
      const ids = yield* process("maple-pharma", type, [
        ["first.xml", file("sent-again/first.xml")],
        ["second.xml", file("sent-again/second.xml")]
      ])
      const replayed = yield* run("replay", "--message", `${ids[1]}`)
      assert.strictEqual(replayed.code, 0, [...replayed.out, ...replayed.err].join("\n"))
    }).pipe(Effect.provide(Surroundings.layer))
  )

  it.live("changes products of its sender only, and finds them again by their codes", () =>
    Effect.gen(function* () {
      yield* withWorld
      const ids = yield* process("maple-pharma", type, [
        ["first.xml", file("sent-again/first.xml")],
        ["second.xml", file("sent-again/second.xml")]
      ])
      assert.lengthOf(ids, 2)
      const products = yield* json("products", "list", "--owner", "maple-pharma")
      assert.deepStrictEqual(
        products.map((product) => [
          product["productCode"],
          product["packagingLevel"],
          product["dataStatus"],
          product["directory"]
        ]),
        [
          ["OAK-10", "EA", "ACTIVE", ["00300123100107"]],
          ["OAK-10", "CA", "INACTIVE", []],
          ["OAK-5-OLD", "EA", undefined, ["00300123100909"]]
        ]
      )
    }).pipe(Effect.provide(Surroundings.layer))
  )
})
