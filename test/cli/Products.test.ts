/** The commands of product information over a real database: what they print, what they refuse, and with which exit code. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { json, run, Surroundings } from "./CommandLine.ts"

const world = new URL("../../samples/product-master/world.yaml", import.meta.url).pathname
const old = "00300123100909"
const free = "00300123100107"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-products-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

const site = Effect.gen(function* () {
  const imported = yield* run("import", world)
  assert.strictEqual(imported.code, 0, imported.err.join("\n"))
  return yield* folder
})

describe("the commands of product information", () => {
  it.live("set data rules, and say why not", () =>
    Effect.gen(function* () {
      yield* site
      const said = (...args: ReadonlyArray<string>) =>
        Effect.map(run("data-rules", ...args), ({ code, out, err }) => [code, [...out, ...err].join("\n").trim()])
      assert.deepStrictEqual(yield* said("set", "maple-pharma", "PR", "Shipped", "Pending Receipt"), [
        0,
        "Rule of maple-pharma: PR created."
      ])
      const [code, why] = yield* said("set", "maple-pharma", "ALL", "All")
      assert.strictEqual(code, 2)
      assert.include(
        `${why}`,
        "Multiple sync rules cannot apply to the same target market: ALL cannot be set while there are rules for US, PR"
      )
      const consumer = yield* said("share", "nettle-wholesale", "US")
      assert.include(`${consumer[1]}`, "Only Producers can set these data rules: nettle-wholesale is a consumer.")
      assert.deepStrictEqual(yield* said("remove", "maple-pharma", "PR", "--of", "numbers"), [
        0,
        "maple-pharma shares no numbers by PR any more."
      ])
      const [rules] = yield* json("data-rules", "list")
      assert.deepStrictEqual(rules?.["verification"], [{ market: "US", itemStatuses: ["all"] }])
    }).pipe(Effect.provide(Surroundings.layer), Effect.scoped)
  )

  it.live("find, add, upload and hand over directory records", () =>
    Effect.gen(function* () {
      const path = yield* site
      const said = (...args: ReadonlyArray<string>) =>
        Effect.map(
          run("directory", ...args),
          ({ code, out, err }) => [code, [...out, ...err].join("\n").trim()] as const
        )
      assert.deepStrictEqual(yield* said("find", old), [0, "maple-pharma answers here, as 9521234000105."])
      assert.deepStrictEqual(yield* said("find", free), [0, "Nobody answers for it: no directory has a record."])
      assert.strictEqual((yield* said("find", free, "--expiry", "2027-02-30"))[0], 2)
      assert.deepStrictEqual(yield* said("add", "maple-pharma", free, "--from", "2026-01-01"), [
        0,
        `Record ${free}-maple-pharma is added.`
      ])
      assert.include((yield* said("add", "maple-pharma", free))[1], `${free} already exists in LD`)
      assert.deepStrictEqual(yield* said("find", free, "--expiry", "2025-12-31"), [
        0,
        "There are records of it, but none for this date."
      ])
      const csv = join(path, "upload.csv")
      yield* Effect.promise(() => writeFile(csv, `gtin,description\n${old},is there\n00300123100206,Elmitol\n`))
      const upload = yield* said("upload", "maple-pharma", csv)
      assert.strictEqual(upload[0], 1)
      assert.include(upload[1], `${old} already exists in LD`)
      assert.include(upload[1], "Partial: 1 of 2 records added")
      assert.strictEqual((yield* json("directory", "list", "--owner", "maple-pharma")).length, 3)
      const transfer = yield* said("transfer", "maple-pharma", old, "--to", "nettle-wholesale", "--from", "2027-01-01")
      assert.include(transfer[1], "nettle-wholesale is a consumer")
      assert.strictEqual((yield* said("transfer", "maple-pharma", old))[0], 2)
      assert.include((yield* said("sync"))[1], "No other provider is configured.")
    }).pipe(Effect.provide(Surroundings.layer), Effect.scoped)
  )

  it.live("are in a world file that gives the same back", () =>
    Effect.gen(function* () {
      const path = yield* site
      yield* run("directory", "add", "maple-pharma", free, "--description", "by hand: yes", "--to", "2030-01-31")
      yield* run("data-rules", "share", "maple-pharma", "PR", "--no-download")
      const out = join(path, "world.yaml")
      assert.strictEqual((yield* run("export", "--out", out)).code, 0)
      const [again] = yield* json("import", out, "--replace")
      assert.deepInclude(again?.["configuration"], { added: 0, changed: 0, removed: 0 })
    }).pipe(Effect.provide(Surroundings.layer), Effect.scoped)
  )

  it.live("list products, take a file of them in, and write what a consumer may see", () =>
    Effect.gen(function* () {
      const path = yield* site
      const file = new URL("../../samples/product-master-csv/products/message.csv", import.meta.url).pathname
      const [sent] = yield* json("products", "send", "maple-pharma", file)
      assert.strictEqual(sent?.["status"], "received")
      assert.strictEqual((yield* run("products", "send", "nobody", file)).code, 2)
      const [listed] = yield* json("products", "list", "--visible-to", "nettle-wholesale")
      assert.deepStrictEqual(
        [listed?.["productCode"], listed?.["directory"], listed?.["download"]],
        ["OAK-5-OLD", [old], true]
      )
      const out = join(path, "products.json")
      const download = yield* run("products", "download", "nettle-wholesale", "--format", "json", "--out", out)
      assert.strictEqual(download.code, 0, download.err.join("\n"))
      const { products } = JSON.parse(yield* Effect.promise(() => readFile(out, "utf8")))
      assert.strictEqual(products[0].productCode, "OAK-5-OLD")
      const refused = yield* run("products", "download", "maple-pharma")
      assert.strictEqual(refused.code, 2)
      assert.include(refused.err.join("\n"), "Only Consumers can download product master data")
      assert.strictEqual((yield* json("products", "jobs", "nettle-wholesale")).length, 1)
      const coverage = yield* run("verification", "coverage")
      assert.deepStrictEqual(
        [coverage.code, coverage.err.join("").trim()],
        [0, "No numbers of products that are shared or in the directory."]
      )
    }).pipe(Effect.provide(Surroundings.layer), Effect.scoped)
  )
})
