/** Directory records that follow products and master data rules: which there are, and that deriving them again changes nothing. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as WorldCheck from "../../src/partners/WorldCheck.ts"
import { passedOver, synced } from "../../src/partners/WorldDirectory.ts"
import { markets } from "../../src/partners/WorldProducts.ts"
import * as ProductIndex from "../../src/products/ProductIndex.ts"
import { worldOf } from "../partners/worlds.ts"

const gtin = "00300123100107"
const maple = {
  id: "maple",
  name: "Maple",
  role: "producer",
  identifiers: [{ type: "GLN", value: "9521234000105" }],
  companyPrefixes: ["0300", "030012"],
  modules: { masterDataShare: "producer", productVerification: "producer" }
}
const product = {
  id: "p",
  owner: "maple",
  name: "P",
  packagingLevel: "EA",
  codes: [{ type: "GTIN-14", value: gtin }],
  markets: [{ country: "US" }]
}
const rules = { id: "maple", company: "maple", masterData: [{ market: "US" }] }
const base = { companies: [maple], products: [product], dataRules: [rules] }
const records = (parts: object) => synced(worldOf({ ...base, ...parts })).directory

describe("a directory record", () => {
  it("follows an active product of a market that a rule shares", () => {
    assert.deepStrictEqual(records({}), [
      {
        id: `${gtin}-maple`,
        gtin,
        owner: "maple",
        responder: "9521234000105",
        description: "P",
        companyPrefix: "030012",
        source: "sync"
      }
    ])
  })

  it("is there for every GTIN and NTIN of the product, whatever its check digit", () => {
    const codes = [
      { type: "GTIN-14", value: gtin },
      { type: "ntin", value: "70021050441007" },
      { type: "CN-RESCODE", value: "70220" }
    ]
    assert.deepStrictEqual(
      records({ products: [{ ...product, codes }] }).map((record) => record.gtin),
      [gtin, "70021050441007"]
    )
  })

  it("is not there without any of the conditions", () => {
    const without: ReadonlyArray<readonly [string, object]> = [
      ["no rule", { dataRules: [] }],
      ["rule of another market", { dataRules: [{ ...rules, masterData: [{ market: "PR" }] }] }],
      ["rule for download only", { dataRules: [{ ...rules, masterData: [{ market: "US", verification: false }] }] }],
      ["inactive", { products: [{ ...product, dataStatus: "INACTIVE" }] }],
      ["no market", { products: [{ ...product, markets: [] }] }],
      ["market out of scope", { products: [{ ...product, markets: [{ country: "DE" }] }] }],
      ["no GLN", { companies: [{ ...maple, identifiers: [] }] }],
      ["no module", { companies: [{ ...maple, modules: {} }] }],
      ["consumer of the module", { companies: [{ ...maple, modules: { productVerification: "consumer" } }] }]
    ]
    for (const [why, parts] of without) assert.deepStrictEqual(records(parts), [], why)
    assert.strictEqual(records({ dataRules: [{ ...rules, masterData: [{ market: "ALL" }] }] }).length, 1)
  })

  it("made by hand stands instead of the one that would follow", () => {
    const byHand = {
      id: "mine",
      gtin,
      owner: "maple",
      responder: "9521234000112",
      source: "manual",
      validFrom: "2026-01-01"
    }
    assert.deepStrictEqual(
      records({ directory: [byHand] }).map(({ id }) => id),
      ["mine"]
    )
  })

  const oak = {
    ...maple,
    id: "oak",
    name: "Oak",
    identifiers: [{ type: "GLN", value: "9521234000112" }],
    companyPrefixes: []
  }
  const both = {
    companies: [oak, maple],
    products: [{ ...product, id: "q", owner: "oak" }, product],
    dataRules: [rules, { ...rules, id: "oak", company: "oak" }]
  }
  const owners = (parts: object) => records({ ...both, ...parts }).map(({ owner }) => owner)

  it("goes to the company whose prefix the GTIN begins with, the longest first, whoever was there before", () => {
    assert.deepStrictEqual(owners({}), ["maple"])
    assert.deepStrictEqual(owners({ products: [{ ...product, id: "q", owner: "oak" }] }), [])
    const mine = { id: `${gtin}-oak`, gtin, owner: "oak", responder: "9521234000112", source: "sync" }
    assert.deepStrictEqual(owners({ directory: [mine] }), ["maple"])
    assert.deepStrictEqual(owners({ companies: [{ ...oak, companyPrefixes: ["0300123"] }, maple] }), ["oak"])
  })

  it("under nobody's prefix goes to the one producer that has it, and of several to the one that is there", () => {
    const companies = [oak, { ...maple, companyPrefixes: [] }]
    assert.deepStrictEqual(owners({ companies, products: [{ ...product, id: "q", owner: "oak" }] }), ["oak"])
    assert.deepStrictEqual(owners({ companies }), [])
    const [had] = records({ ...both, companies, products: [product] })
    assert.deepStrictEqual(owners({ companies, directory: [had] }), ["maple"])
    // Who only keeps goods of others lists their GTINs and claims none.
    const keeper = { ...oak, role: "both", modules: {} }
    assert.deepStrictEqual(owners({ companies: [keeper, { ...maple, companyPrefixes: [] }] }), ["maple"])
  })

  it("believes the operator about prefixes, and no message", () => {
    const [record] = records({
      companies: [{ ...maple, companyPrefixes: [] }],
      products: [{ ...product, companyPrefix: "0300123" }]
    })
    assert.deepStrictEqual([record?.owner, record?.companyPrefix], ["maple", undefined])
  })

  it("that somebody else's stands in the way of is told", () => {
    const byHand = { id: "x", gtin, owner: "oak", responder: "9521234000112", source: "manual" }
    const told = (company: string, parts: object = {}) =>
      passedOver(worldOf({ ...base, ...both, ...parts }), company).map(({ gtin, message }) => [gtin, message])
    assert.deepStrictEqual(told("maple"), [])
    assert.deepStrictEqual(told("oak"), [[gtin, "GTIN does not match the company prefix of the organization"]])
    assert.deepStrictEqual(told("maple", { directory: [byHand] }), [[gtin, `${gtin} already exists in LD`]])
  })

  it("of a world that is wrong is told with the others", () => {
    const record = { gtin, owner: "maple", responder: "9521234000105", source: "manual" }
    const wrong = worldOf({
      ...base,
      directory: [
        { ...record, id: "a" },
        { ...record, id: "b", validFrom: "2026-01-01" },
        { ...record, id: "c", gtin: "00300123100108", owner: "elm" },
        { ...record, id: "d", gtin: "00300123100206", validFrom: "2026-02-01", validTo: "2026-01-01" },
        { ...record, id: "e", gtin: "00300123100909", transfer: { to: "maple", from: "2027-01-01" } }
      ]
    })
    assert.deepStrictEqual(
      WorldCheck.check(wrong).map(({ path, message }) => `${path}: ${message}`),
      [
        "directory[c].owner: there is no company elm",
        "directory[c].gtin: GTIN length must be 14 and check digit must match",
        "directory[d].validTo: 2026-01-01 is before 2026-02-01",
        "directory[e].transfer.to: 00300123100909 is maple's already",
        `directory[b]: ${gtin} already exists in LD: a holds for the same dates`
      ]
    )
  })
})

const Any = Schema.Struct({
  countries: Schema.Array(Schema.Literals([...markets, "DE"])).check(Schema.isMaxLength(3)),
  rule: Schema.Literals(["ALL", ...markets]),
  verification: Schema.Boolean,
  active: Schema.Boolean
})

it.effect.prop("deriving records again changes nothing, and none stays that nothing asks for", [Any, Any], ([a, b]) =>
  Effect.sync(() => {
    const world = (of: typeof Any.Type) =>
      worldOf({
        ...base,
        products: [
          {
            ...product,
            markets: of.countries.map((country) => ({ country })),
            dataStatus: of.active ? "ACTIVE" : "INACTIVE"
          }
        ],
        dataRules: [{ ...rules, masterData: [{ market: of.rule, verification: of.verification }] }]
      })
    const once = synced(world(a))
    assert.deepStrictEqual(synced(once), once)
    // What was there before leaves no trace, but for the order of things.
    const after = synced({ ...world(b), directory: once.directory })
    assert.deepStrictEqual(after.directory, synced(world(b)).directory)
  })
)

it("is what makes numbers verifiable, together with rule, item status and state", () => {
  const parts = { dataRules: [{ ...rules, verification: [{ market: "US", itemStatuses: ["shipped"] }] }] }
  const index = ProductIndex.of({ configuration: synced(worldOf({ ...base, ...parts })) })
  const because = (state: string, itemStatus?: string, expiry?: string) => {
    const said = index.verifiable(gtin, expiry, { state, itemStatus })
    return said._tag === "Verifiable" ? "Verifiable" : said.because
  }
  for (const state of ["commissioned", "decommissioned", "destroyed"]) {
    assert.strictEqual(because(state, "shipped"), "Verifiable")
    assert.strictEqual(because(state, "received"), "ItemStatus")
    assert.strictEqual(because(state), "ItemStatus")
  }
  for (const state of ["unreserved", "reserved", "encoded", "deactivated"]) {
    assert.strictEqual(because(state, "shipped"), "State")
  }
  const said = index.verifiable("00300123100206", undefined, { state: "commissioned" })
  assert.deepStrictEqual(said, { _tag: "NotVerifiable", because: "NotInDirectory" })
})
