/**
 * Downloads of master data and uploads of directory records as jobs over a real database: submitted, done, asked after;
 * only what a consumer may see, every row of an upload with its own result.
 */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { DirectoryDesk } from "../../src/products/DirectoryDesk.ts"
import { ProductJobs } from "../../src/products/ProductJobs.ts"
import * as Database from "../Database.ts"
import { worldOf } from "../partners/worlds.ts"

const product = (id: string, owner: string, gtin: string, markets: ReadonlyArray<string>, more = {}) => ({
  id,
  owner,
  name: `=Name of ${id}`,
  packagingLevel: "EA",
  codes: [
    { type: "GTIN-14", value: gtin },
    { type: "CN-RESCODE", value: `7${gtin.slice(-5)}` }
  ],
  markets: markets.map((country) => ({ country })),
  itemCodes: [{ type: "US_NDC532", value: "30012-310-01" }],
  ...more
})

const world = worldOf({
  companies: [
    {
      id: "maple",
      name: "Maple, Inc.",
      role: "producer",
      identifiers: [{ type: "GLN", value: "9521234000105" }],
      companyPrefixes: ["030012"],
      modules: { masterDataShare: "producer", productVerification: "producer" }
    },
    { id: "oak", name: "Oak", role: "producer", modules: { masterDataShare: "producer" } },
    { id: "nettle", name: "Nettle", role: "consumer", modules: { masterDataShare: "consumer" } },
    { id: "fern", name: "Fern", role: "consumer", modules: { productVerification: "consumer" } }
  ],
  products: [
    product("shared", "maple", "00300123100107", ["US", "PR", "DE"]),
    product("market-not-open", "maple", "00300123100206", ["PR"]),
    product("inactive", "maple", "00300123100909", ["US"], { dataStatus: "INACTIVE" }),
    product("without-rules", "oak", "00882025010338", ["US"])
  ],
  dataRules: [
    {
      id: "maple",
      company: "maple",
      masterData: [
        { market: "US", verification: false },
        { market: "PR", verification: false, download: false }
      ]
    }
  ]
})

const Live = Layer.mergeAll(Configuration.layer, Partners.layer).pipe(
  (base) => Layer.provideMerge(Layer.mergeAll(ProductJobs.layer, DirectoryDesk.layer), base),
  Layer.provideMerge(Database.layer)
)
const fresh = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`TRUNCATE configuration, directory_records, product_jobs`
  yield* Effect.flatMap(Configuration, (configuration) => configuration.import(world, { actor: "test" }))
  return { jobs: yield* ProductJobs, sql }
})
const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (file: { readonly bytes: Uint8Array } | undefined) => new TextDecoder().decode(file?.bytes)

layer(Live, { excludeTestServices: true })("jobs", (it) => {
  it.effect("download what a consumer may see, and nothing else", () =>
    Effect.gen(function* () {
      const { jobs } = yield* fresh
      const id = yield* jobs.submitDownload("nettle", { format: "csv" }, "test")
      assert.strictEqual((yield* jobs.poll("nettle", id))?.status, "Pending")
      assert.isUndefined(yield* jobs.file("nettle", id))
      assert.strictEqual(yield* jobs.work, 1)
      const job = yield* jobs.poll("nettle", id)
      assert.deepStrictEqual([job?.status, job?.detail], ["Success", "1 products"])
      assert.match(job?.fileName ?? "", /^product-master-\d{8}T\d{6}Z\.csv$/u)
      const [header, ...rows] = textOf(yield* jobs.file("nettle", id)).split("\r\n")
      assert.strictEqual(
        header,
        "Owner,Owner GLN,Product Code,Product Name,Description,Generic Name,Strength,Dosage Form,Container Size,Commercial Status,Item Codes,Target Markets,Packaging Level,Company Prefix,Quantity,Code Type,Code"
      )
      // One row a code; PR is not open for download and DE is in no rule; a spreadsheet runs no formula.
      assert.deepStrictEqual(rows, [
        `"Maple, Inc.",9521234000105,,'=Name of shared,,,,,,,US_NDC532:30012-310-01,US,EA,,,GTIN-14,00300123100107`,
        `"Maple, Inc.",9521234000105,,'=Name of shared,,,,,,,US_NDC532:30012-310-01,US,EA,,,CN-RESCODE,700107`,
        ""
      ])
      // Nobody else's job.
      assert.isUndefined(yield* jobs.poll("fern", id))
      assert.isUndefined(yield* jobs.file("fern", id))
    })
  )

  it.effect("download as JSON, by code type, producer and time", () =>
    Effect.gen(function* () {
      const { jobs } = yield* fresh
      const products = (wanted: object) =>
        Effect.gen(function* () {
          const id = yield* jobs.submitDownload("nettle", { format: "json", ...wanted }, "test")
          yield* jobs.work
          const { products } = JSON.parse(textOf(yield* jobs.file("nettle", id)))
          return products
        })
      const [one] = yield* products({ codeType: "gtin-14" })
      assert.deepStrictEqual(one.packagingItemCodes, [{ type: "GTIN-14", value: "00300123100107" }])
      assert.deepStrictEqual(one.productTargetMarkets, [{ country: "US", distributionPartners: [] }])
      assert.deepStrictEqual(yield* products({ owner: "oak" }), [])
      assert.deepStrictEqual(yield* products({ fields: ["packagingUom", "productName"] }), [
        { productName: "=Name of shared", packagingUom: "EA" }
      ])
      const id = yield* jobs.submitDownload("nettle", { format: "csv", fields: ["packagingUom", "ownerName"] }, "test")
      yield* jobs.work
      assert.strictEqual(textOf(yield* jobs.file("nettle", id)), 'Owner,Packaging Level\r\n"Maple, Inc.",EA\r\n')
      assert.strictEqual((yield* products({ since: new Date("2020-01-01T00:00:00Z") })).length, 1)
      assert.deepStrictEqual(yield* products({ since: new Date("2100-01-01T00:00:00Z") }), [])
    })
  )

  it.effect("are for those of the module only", () =>
    Effect.gen(function* () {
      const { jobs } = yield* fresh
      const why = (effect: Effect.Effect<unknown, { readonly message: string }>) =>
        Effect.map(Effect.flip(effect), ({ message }) => message)
      assert.strictEqual(
        yield* why(jobs.submitDownload("fern", { format: "csv" }, "test")),
        "Only Consumers can download product master data: fern is none in the module Master Data Share."
      )
      assert.strictEqual(
        yield* why(jobs.submitUpload("nettle", { bytes: bytes("gtin,description\n") }, "test")),
        "Only Producers can set these data rules: nettle is a consumer."
      )
      assert.strictEqual(yield* why(jobs.submitDownload("elm", { format: "csv" }, "test")), "There is no company elm.")
    })
  )

  it.effect("upload records, each row with its own result in the documented words", () =>
    Effect.gen(function* () {
      const { jobs } = yield* fresh
      const desk = yield* DirectoryDesk
      yield* desk.add("maple", { gtin: "00300123100909" }, { actor: "test" })
      const csv = [
        "\uFEFFgtin,description",
        "00300123100107,Größe 10",
        "0030012310010,too short",
        "00300123100208,wrong check digit",
        "00882025010338,of somebody else",
        "00300123100909,is there"
      ].join("\r\n")
      const upload = { bytes: bytes(csv), validFrom: "2026-01-01", comment: "first batch" }
      const id = yield* jobs.submitUpload("maple", upload, "test")
      const pending = (yield* jobs.poll("maple", id))?.rows ?? []
      assert.deepStrictEqual(
        pending.map(({ status }) => status),
        ["Pending", "Pending", "Pending", "Pending", "Pending"]
      )
      yield* jobs.work
      const job = yield* jobs.poll("maple", id)
      assert.deepStrictEqual([job?.status, job?.detail], ["Partial", "1 of 5 records added"])
      assert.deepStrictEqual(
        job?.rows?.map(({ row, status, code, message }) => [row, status, code, message]),
        [
          [1, "Success", undefined, undefined],
          [2, "Failed", 400, "GTIN length must be 14 and check digit must match"],
          [3, "Failed", 400, "GTIN length must be 14 and check digit must match"],
          [4, "Failed", 400, "GTIN does not match the company prefix of the organization"],
          [5, "Failed", 409, "00300123100909 already exists in LD"]
        ]
      )
      const [record] = yield* desk.list({ gtin: "00300123100107", limit: 5 })
      assert.deepStrictEqual(
        [record?.source, record?.description, record?.validFrom, record?.comment],
        ["upload", "Größe 10", "2026-01-01", "first batch"]
      )
    })
  )

  it.effect("refuse a file as a whole that names a GTIN twice, or is no such table", () =>
    Effect.gen(function* () {
      const { jobs } = yield* fresh
      const detail = (text: string) =>
        Effect.gen(function* () {
          const id = yield* jobs.submitUpload("maple", { bytes: bytes(text) }, "test")
          const job = yield* jobs.poll("maple", id)
          return [job?.status, job?.detail]
        })
      assert.deepStrictEqual(yield* detail("gtin,description\n00300123100107,a\n00300123100107,b\n"), [
        "Failed",
        "Duplicate GTINs in CSV File"
      ])
      assert.strictEqual((yield* detail("name,description\nx,y\n"))[0], "Failed")
      assert.strictEqual((yield* detail(""))[0], "Failed")
      assert.strictEqual(yield* jobs.work, 0)
    })
  )

  it.effect("are done once, however many processes look for them, and one that cannot be done stops no other", () =>
    Effect.gen(function* () {
      const { jobs, sql } = yield* fresh
      const broken = yield* jobs.submitDownload("nettle", { format: "csv" }, "test")
      yield* sql`UPDATE product_jobs SET request = '{"format": "pdf"}' WHERE id = ${broken}`
      yield* Effect.forEach([1, 2, 3, 4, 5], () => jobs.submitDownload("nettle", { format: "csv" }, "test"))
      const done = yield* Effect.all([jobs.work, jobs.work, jobs.work], { concurrency: "unbounded" })
      assert.strictEqual(
        done.reduce((sum, count) => sum + count, 0),
        6
      )
      const all = yield* jobs.list("nettle", 10)
      assert.deepStrictEqual(all.map(({ status }) => status).sort(), ["Failed", ...Array(5).fill("Success")])
    })
  )
})
