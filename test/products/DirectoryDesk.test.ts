/**
 * The product directory at the desk, over a real database: look-up by GTIN and date, records by hand with the documented
 * texts, transfers that keep the old endpoint for older product, and who answers when two providers claim a GTIN.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { contenders, inOrder, responsible } from "../../src/products/DirectoryConflict.ts"
import { DirectoryDesk } from "../../src/products/DirectoryDesk.ts"
import * as DirectoryQueries from "../../src/products/DirectoryQueries.ts"
import { ProviderAddresses } from "../../src/products/ProviderAddress.ts"
import * as Database from "../Database.ts"
import { worldOf } from "../partners/worlds.ts"

const own = "00300123100107"
const second = "00300123100206"
const foreignGtin = "00882025010338"

const company = (id: string, gln: string, prefix: string) => ({
  id,
  name: id,
  role: "producer",
  identifiers: [{ type: "GLN", value: gln }],
  companyPrefixes: [prefix],
  modules: { masterDataShare: "producer", productVerification: "producer" }
})
const world = worldOf({
  companies: [
    company("maple", "9521234000105", "030012"),
    company("oak", "9521234000112", "088202"),
    { id: "nettle", name: "Nettle", role: "consumer", modules: { productVerification: "consumer" } }
  ],
  products: [
    {
      id: "p",
      owner: "maple",
      name: "P",
      packagingLevel: "EA",
      codes: [{ type: "GTIN-14", value: own }],
      markets: [{ country: "US" }]
    }
  ],
  dataRules: [{ id: "maple", company: "maple", masterData: [{ market: "ALL" }] }]
})

const Live = Layer.mergeAll(Configuration.layer, Partners.layer).pipe(
  (base) =>
    Layer.provideMerge(
      Layer.provide(
        DirectoryDesk.layer,
        Layer.succeed(ProviderAddresses, [{ provider: "north", url: "https://north.example/vrs" }])
      ),
      base
    ),
  Layer.provideMerge(Database.layer)
)
const by = { actor: "test" }
const fresh = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`TRUNCATE configuration, directory_records, directory_cursors`
  yield* Effect.flatMap(Configuration, (configuration) => configuration.import(world, by))
  return { desk: yield* DirectoryDesk, queries: yield* DirectoryQueries.make }
})

const told = (
  provider: string,
  more: Partial<DirectoryQueries.ForeignRecord> = {}
): DirectoryQueries.ForeignRecord => ({
  provider,
  record: "1",
  version: 1,
  gtin: foreignGtin,
  responder: "9521234000129",
  companyPrefix: null,
  description: null,
  verifyUrl: null,
  checkUrl: null,
  validFrom: null,
  validTo: null,
  deleted: false,
  updatedAt: new Date("2026-01-01T00:00:00Z"),
  receivedAt: new Date("2026-01-02T00:00:00Z"),
  ...more
})

layer(Live, { excludeTestServices: true })("the directory desk", (it) => {
  it.effect("finds who answers: a producer of ours, another provider, nobody", () =>
    Effect.gen(function* () {
      const { desk, queries } = yield* fresh
      yield* queries.take([told("birch", { validFrom: "2026-01-01" })])
      const find = (gtin: string, day?: string) => Effect.map(desk.find(gtin, day), ({ _tag }) => _tag)
      assert.strictEqual(yield* find(own, "2027-01-31"), "Own")
      // The thirteen digits on the pack are the same number.
      assert.strictEqual(yield* find(own.slice(1), undefined), "Own")
      assert.strictEqual(yield* find(foreignGtin, "2027-01-31"), "Provider")
      assert.strictEqual(yield* find(foreignGtin, "2025-12-31"), "Expired")
      assert.strictEqual(yield* find(second, "2027-01-31"), "Unknown")
    })
  )

  it.effect("adds records by hand, refused in the documented texts", () =>
    Effect.gen(function* () {
      const { desk, queries } = yield* fresh
      const why = (owner: string, gtin: string, more = {}) =>
        Effect.map(Effect.flip(desk.add(owner, { gtin, ...more }, by)), ({ reason, message }) => [
          reason.status,
          message
        ])
      assert.deepStrictEqual(yield* why("maple", "003001231002"), [
        400,
        "GTIN length must be 14 and check digit must match"
      ])
      assert.deepStrictEqual(yield* why("maple", "00300123100207"), [
        400,
        "GTIN length must be 14 and check digit must match"
      ])
      assert.deepStrictEqual(yield* why("maple", foreignGtin), [
        400,
        "GTIN does not match the company prefix of the organization"
      ])
      assert.deepStrictEqual(yield* why("maple", own), [409, `${own} already exists in LD`])
      yield* queries.take([told("birch")])
      assert.deepStrictEqual(yield* why("oak", foreignGtin), [409, `${foreignGtin} already exists in LD`])
      assert.deepStrictEqual(yield* why("nettle", own), [
        403,
        "Only Producers can set these data rules: nettle is a consumer"
      ])
      assert.deepStrictEqual(
        yield* why("maple", "12", { validFrom: "2026-02-30", verifyUrl: "example", responder: "1", validTo: "2026" }),
        [
          400,
          [
            '"2026-02-30" is no day such as 2026-11-24',
            '"example" is no address',
            '"1" is no GLN',
            '"2026" is no day such as 2026-11-24',
            "GTIN length must be 14 and check digit must match"
          ].join("\n")
        ]
      )
      const record = yield* desk.add("maple", { gtin: second, validFrom: "2026-01-01", description: "By hand" }, by)
      assert.deepStrictEqual(record, {
        id: `${second}-maple`,
        gtin: second,
        owner: "maple",
        responder: "9521234000105",
        description: "By hand",
        companyPrefix: "030012",
        validFrom: "2026-01-01",
        source: "manual"
      })
    })
  )

  it.effect("gives nobody a GTIN of somebody else, nor an answer under another's GLN", () =>
    Effect.gen(function* () {
      const { desk } = yield* fresh
      const pine = { ...company("pine", "9521234000129", "0"), companyPrefixes: [] }
      const bought = {
        id: "bought",
        owner: "maple",
        name: "Bought",
        packagingLevel: "EA",
        codes: [{ type: "GTIN-14", value: "00614141000012" }]
      }
      const more = worldOf({ companies: [pine], products: [bought] })
      yield* Effect.flatMap(Configuration, (configuration) => configuration.import(more, by))
      const why = (owner: string, wanted: { readonly gtin: string; readonly [field: string]: string }) =>
        Effect.map(Effect.flip(desk.add(owner, wanted, by)), ({ reason, message }) => [reason.status, message])
      const notIts = "GTIN does not match the company prefix of the organization"
      // Under another's prefix, and under nobody's but of a product that another producer has.
      assert.deepStrictEqual(yield* why("pine", { gtin: second }), [400, notIts])
      assert.deepStrictEqual(yield* why("pine", { gtin: "00614141000012" }), [400, notIts])
      assert.deepStrictEqual(yield* why("maple", { gtin: second, responder: "9521234000112" }), [
        400,
        "9521234000112 is no GLN of maple"
      ])
      assert.deepStrictEqual(yield* why("maple", { gtin: second, responder: "9521234000334" }), [
        400,
        "9521234000334 is no GLN of maple"
      ])
      const verifyUrl = "https://former.example/vrs"
      assert.deepStrictEqual(yield* why("maple", { gtin: second, verifyUrl, responder: "9521234000129" }), [
        400,
        "9521234000129 is no GLN of maple"
      ])
      // Of a former owner outside, who answers there.
      const former = yield* desk.add("maple", { gtin: second, verifyUrl, responder: "9521234000334" }, by)
      assert.strictEqual(former.responder, "9521234000334")
      // With our certificate a provider is asked where it is, and nowhere else at its host.
      for (const url of ["http://north.example/vrs", "https://north.example/admin", "https://north.example/vrs?x="]) {
        const [status, message] = yield* why("maple", { gtin: "00300123100305", verifyUrl: url, checkUrl: url })
        const text = url.endsWith("=")
          ? `"${url}" is no address`
          : `"${url}" is at the host of north and not under its address https://north.example/vrs`
        assert.deepStrictEqual([status, message], [400, `${text}\n${text}`])
      }
      const free = yield* desk.add("pine", { gtin: "00614141000029" }, by)
      assert.strictEqual(free.owner, "pine")
      // What one has in the directory nobody else adds for other dates.
      yield* desk.setValidity("pine", free.id, { validFrom: "2027-01-01" }, by)
      const earlier = { gtin: "00614141000029", validTo: "2026-12-31" }
      assert.deepStrictEqual(yield* why("oak", earlier), [400, notIts])
      assert.strictEqual((yield* desk.add("pine", earlier, by)).validTo, "2026-12-31")
    })
  )

  it.effect("gives records dates, and withdraws those made by hand", () =>
    Effect.gen(function* () {
      const { desk } = yield* fresh
      const id = `${own}-maple`
      const dated = yield* desk.setValidity("maple", id, { validTo: "2026-12-31" }, by)
      assert.deepStrictEqual([dated.source, dated.validTo], ["sync", "2026-12-31"])
      assert.strictEqual((yield* desk.find(own, "2027-01-01"))._tag, "Expired")
      const later = yield* desk.add("maple", { gtin: own, validFrom: "2027-01-01", verifyUrl: "https://a.example" }, by)
      assert.strictEqual(later.id, `${id}-2`)
      const clash = yield* Effect.flip(desk.setValidity("maple", id, { validTo: "" }, by))
      assert.deepStrictEqual([clash.reason.status, clash.message], [409, `${own} already exists in LD`])
      const turned = yield* Effect.flip(desk.setValidity("maple", id, { validFrom: "2027-01-01" }, by))
      assert.strictEqual(turned.message.split("\n")[0], "2026-12-31 is before 2027-01-01")
      const kept = (yield* desk.list({ gtin: own, limit: 5 })).map(({ source, validTo }) => [source, validTo])
      assert.deepStrictEqual(kept, [
        ["sync", "2026-12-31"],
        ["manual", undefined]
      ])
      yield* desk.remove("maple", later.id, by)
      assert.strictEqual((yield* Effect.flip(desk.remove("maple", later.id, by))).reason.status, 404)
      // It goes with its rule still, and its dates with it.
      yield* Effect.flatMap(Configuration, (configuration) =>
        configuration.change((all) => Effect.succeed([{ ...all, dataRules: [] }, undefined] as const), by)
      )
      assert.deepStrictEqual(yield* desk.list({ gtin: own, limit: 5 }), [])
    })
  )

  it.effect("does not withdraw a record that follows a product", () =>
    Effect.gen(function* () {
      const { desk } = yield* fresh
      const error = yield* Effect.flip(desk.remove("maple", `${own}-maple`, by))
      assert.deepStrictEqual(
        [error.reason.status, error.message],
        [409, `${own}-maple follows a product: remove the master data rule of its market, or make the product inactive`]
      )
    })
  )

  it.effect("hands a GTIN over, and the old endpoint keeps the older product", () =>
    Effect.gen(function* () {
      const { desk } = yield* fresh
      const id = `${own}-maple`
      const why = (effect: Effect.Effect<unknown, { readonly message: string }>) =>
        Effect.map(Effect.flip(effect), ({ message }) => message)
      assert.strictEqual(yield* why(desk.accept("oak", own, by)), `Nobody offers ${own} to oak`)
      assert.strictEqual(
        yield* why(desk.offer("maple", id, { to: "maple", from: "2027-07-01" }, by)),
        `${own} is maple's already`
      )
      assert.strictEqual(
        yield* why(desk.offer("maple", id, { to: "nettle", from: "2027-07-01" }, by)),
        "Only Producers can set these data rules: nettle is a consumer"
      )
      yield* desk.offer("maple", id, { to: "oak", from: "2027-07-01" }, by)
      // Until it is accepted nothing changes.
      const before = yield* desk.find(own, "2027-08-31")
      assert.strictEqual(before._tag === "Own" ? before.record.owner : undefined, "maple")
      yield* desk.withdraw("oak", own, by)
      assert.strictEqual(yield* why(desk.accept("oak", own, by)), `Nobody offers ${own} to oak`)

      yield* desk.offer("maple", id, { to: "oak", from: "2027-07-01" }, by)
      yield* desk.accept("oak", own, by)
      const owner = (day: string) =>
        Effect.map(desk.find(own, day), (found) => (found._tag === "Own" ? found.record.owner : found._tag))
      assert.strictEqual(yield* owner("2027-06-30"), "maple")
      assert.strictEqual(yield* owner("2027-07-01"), "oak")
      // The product of the old owner still follows its rule, and makes no second record.
      assert.deepStrictEqual(
        (yield* desk.list({ gtin: own, limit: 9 })).map((entry) => [
          entry.owner,
          entry.validFrom,
          entry.validTo,
          entry.source
        ]),
        [
          ["maple", undefined, "2027-06-30", "transfer"],
          ["oak", "2027-07-01", undefined, "transfer"]
        ]
      )
    })
  )

  it.effect("lists records of all, and those that several claim", () =>
    Effect.gen(function* () {
      const { desk, queries } = yield* fresh
      yield* queries.take([told("birch"), told("cedar"), told("cedar", { record: "2", gtin: own })])
      const listed = (filter: object) =>
        Effect.map(desk.list({ limit: 10, ...filter }), (entries) =>
          entries.map(({ gtin, owner, provider }) => `${gtin} ${owner ?? provider}`)
        )
      assert.deepStrictEqual(yield* listed({}), [
        `${own} maple`,
        `${own} cedar`,
        `${foreignGtin} birch`,
        `${foreignGtin} cedar`
      ])
      assert.deepStrictEqual(yield* listed({ provider: "birch" }), [`${foreignGtin} birch`])
      assert.deepStrictEqual(yield* listed({ owner: "maple" }), [`${own} maple`])
      assert.strictEqual((yield* listed({ contested: true })).length, 4)
      // Of a GTIN that is in dispute with, or over, what is asked for: all records.
      const claims = [`${own} maple`, `${own} cedar`]
      assert.deepStrictEqual(yield* listed({ contested: true, owner: "maple" }), claims)
      assert.deepStrictEqual(yield* listed({ contested: true, gtin: own }), claims)
      assert.strictEqual((yield* listed({ contested: true, provider: "birch" })).length, 2)
      assert.deepStrictEqual(yield* listed({ contested: true, owner: "maple", gtin: foreignGtin }), [])
      yield* queries.take([
        told("birch", { version: 2, deleted: true }),
        told("cedar", { record: "2", version: 2, gtin: own, deleted: true })
      ])
      assert.deepStrictEqual(yield* listed({ contested: true }), [])
    })
  )
})

describe("a conflict between providers", () => {
  const who = (records: ReadonlyArray<DirectoryQueries.ForeignRecord>, day?: string) =>
    responsible(records, day)?.provider

  it("goes to the record that began last and holds for the date", () => {
    const records = [told("birch"), told("cedar", { validFrom: "2027-01-01" })]
    assert.strictEqual(who(records, "2027-01-01"), "cedar")
    assert.strictEqual(who(records, "2026-12-31"), "birch")
  })

  it("then to the longest company prefix that the GTIN begins with", () => {
    const named = told("cedar", { companyPrefix: "0882025" })
    assert.strictEqual(who([told("birch", { companyPrefix: "088202" }), named]), "cedar")
    // A prefix of somebody else's numbers counts for nothing.
    assert.strictEqual(
      who([told("birch", { companyPrefix: "088202" }), told("cedar", { companyPrefix: "99999999" })]),
      "birch"
    )
  })

  it("then to who told it first, then by key", () => {
    const late = told("birch", { receivedAt: new Date("2026-03-01T00:00:00Z") })
    assert.strictEqual(who([late, told("cedar")]), "cedar")
    assert.strictEqual(who([told("cedar"), told("birch")]), "birch")
    assert.isUndefined(who([told("birch", { deleted: true })]))
  })

  it("is one only where dates meet", () => {
    const between = (...records: ReadonlyArray<DirectoryQueries.ForeignRecord>) => contenders([], records)
    assert.deepStrictEqual(between(told("birch"), told("cedar")), ["birch", "cedar"])
    assert.deepStrictEqual(
      between(told("birch", { validTo: "2026-12-31" }), told("cedar", { validFrom: "2027-01-01" })),
      []
    )
    assert.deepStrictEqual(between(told("birch"), told("birch", { record: "2" })), [])
    assert.deepStrictEqual(between(told("birch"), told("cedar", { deleted: true })), [])
  })

  it("is one with us where dates of ours are claimed, and none behind a transfer", () => {
    const until = { validTo: "2026-12-31" }
    assert.deepStrictEqual(contenders([until], [told("birch")]), ["birch"])
    assert.deepStrictEqual(contenders([until], [told("birch", { validFrom: "2027-01-01" })]), [])
    assert.deepStrictEqual(contenders([{}], []), [])
  })

  it("keeps an owner's older product where the new owner's provider tells of the transfer", () => {
    // The former owner's record may stay open: the new one began later.
    const transfer = [told("birch", { companyPrefix: "0882025" }), told("cedar", { validFrom: "2027-07-01" })]
    assert.deepStrictEqual(
      ["2027-06-30", "2027-07-01", undefined].map((day) => who(transfer, day)),
      ["birch", "cedar", "cedar"]
    )
    assert.deepStrictEqual(
      inOrder(transfer).map(({ provider }) => provider),
      ["cedar", "birch"]
    )
  })
})
