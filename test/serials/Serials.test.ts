import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import type { Pool, SerialBatch } from "../../src/partners/World.ts"
import { type ChangeContext, Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const Repository = SerialsLive.pipe(Layer.provideMerge(Database.layer))
const context: ChangeContext = { messageId: 7, runId: 9, clock: new Date("2026-11-23T10:00:00Z") }
const gtin = "00882025010338"
const item = { owner: "acme", codeType: "GTIN-14", code: gtin }
const documents = { workOrderNumber: "1001764-00", poNumber: "1001764" }
const ai = (serial: string, code = gtin) => `01${code}21${serial}`

const batch: SerialBatch = {
  owner: "acme",
  packagingCode: { type: "GTIN-14", value: gtin },
  state: "reserved",
  company: "printer",
  location: "plant",
  referenceDocuments: documents,
  range: { first: "100000000001", count: 25 }
}

const pool = (template: Pool["template"], more: Partial<Pool> = {}): Pool => ({
  id: "pool",
  owner: "acme",
  packagingCode: { type: "GTIN-14", value: gtin },
  encoding: "AI(01)+AI(21)",
  active: true,
  template,
  ...more
})

const inTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) => Transaction.transaction(effect)
const run = <A, E>(effect: Effect.Effect<A, E, Serials | Layer.Success<typeof Database.layer>>) =>
  Effect.provide(effect, Layer.fresh(Repository))

const values = Array.from({ length: 25 }, (_, index) => ai(String(100000000001 + index)))

describe("lists", () => {
  it.live("changes those it may and tells how many", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        yield* serials.importWorld([batch], context)
        const encode = (some: ReadonlyArray<string>) =>
          inTransaction(
            serials.changeListed({
              operation: "encode",
              holder: { company: "printer" },
              values: some,
              to: { documents, item },
              context
            })
          )
        const shuffled = [...values.slice(0, 10)].reverse()
        assert.deepInclude(yield* encode([...shuffled, ...shuffled]), { changed: 10, listed: 10 })
        // Encoded already, unknown, and no number at all.
        assert.deepInclude(yield* encode([values[0] ?? "", values[11] ?? "", ai("nope"), "?"]), {
          changed: 1,
          listed: 4
        })
        const others = yield* inTransaction(
          serials.changeListed({ operation: "encode", holder: { company: "acme" }, values, context })
        )
        assert.strictEqual(others.changed, 0)
        const owned = yield* inTransaction(
          serials.changeListed({
            operation: "transfer",
            holder: { company: "acme", orOwner: true },
            values,
            to: { company: "packager", location: "line" },
            context
          })
        )
        assert.deepInclude(owned, { changed: 25, listed: 25 })
        const counts = yield* serials.countByState({ item: { codeType: "gtin-14", code: gtin }, documents })
        assert.deepInclude(counts, { reserved: 14, encoded: 11, commissioned: 0 })
        assert.deepInclude(
          yield* serials.countByState({ item, documents: { poNumber: "1001764" }, holder: { company: "printer" } }),
          { reserved: 0, encoded: 0 }
        )
        const explained = yield* serials.explain([values[0] ?? "", ai("nope"), "?", values[20] ?? ""])
        assert.deepStrictEqual(explained.states, ["encoded", undefined, undefined, "reserved"])
        assert.deepStrictEqual(explained.companies, ["packager", undefined, undefined, "packager"])
        assert.deepStrictEqual(explained.locations, ["line", undefined, undefined, "line"])
        assert.deepStrictEqual(explained.owners, ["acme", undefined, undefined, "acme"])
        assert.deepStrictEqual(explained.codes, [gtin, undefined, undefined, gtin])
      })
    )
  )

  it.live("takes lists with many codes", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const sscc = "008820210000260003"
        const mixed = [ai("B"), ai("A"), ai("A", "00992326050107"), `00${sscc}`, "81008721001234567890"]
        const loaded = yield* inTransaction(
          serials.load({ owner: "acme", values: mixed, state: "reserved", company: "acme", kind: "test", context })
        )
        assert.deepInclude(loaded, { loaded: 5, existing: [], unreadable: [] })
        assert.strictEqual(loaded.changeIds.length, 4)
        const changed = yield* inTransaction(
          serials.changeListed({ operation: "transfer", holder: "any", values: mixed, to: { company: "b" }, context })
        )
        assert.deepInclude(changed, { changed: 5, listed: 5 })
        const explained = yield* serials.explain(mixed)
        assert.deepStrictEqual(explained.companies, ["b", "b", "b", "b", "b"])
        assert.deepStrictEqual(explained.codeTypes, ["GTIN-14", "GTIN-14", "GTIN-14", "GCP", "CN-RESCODE"])
        assert.deepStrictEqual(
          explained.locations,
          mixed.map(() => undefined)
        )
      })
    )
  )

  it.live("refuses to change anything outside a transaction on one snapshot", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const error = yield* Effect.flip(serials.changeListed({ operation: "encode", holder: "any", values, context }))
        assert.strictEqual(error.reason._tag, "OutsideTransaction")
      })
    )
  )
})

describe("reference documents", () => {
  it.live("selects by every number that is given, whatever the numbers read as", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        // As in the documented response: the packaging code is 00992326050107, the numbers read 00882025010338.
        const other = { owner: "acme", codeType: "GTIN-14", code: "00992326050107" }
        yield* serials.importWorld(
          [
            {
              owner: "acme",
              packagingCode: { type: "GTIN-14", value: other.code },
              state: "reserved",
              company: "printer",
              serials: values
            }
          ],
          context
        )
        assert.isFalse(yield* serials.knownDocument({ item: other, documents }))
        yield* inTransaction(
          serials.changeListed({
            operation: "encode",
            holder: { company: "printer" },
            values: values.slice(0, 20),
            to: { item: other, documents },
            context
          })
        )
        assert.isTrue(yield* serials.knownDocument({ item: other, documents: { workOrderNumber: "1001764-00" } }))
        assert.isTrue(yield* serials.knownDocument({ item: other, documents, kinds: ["encode"] }))
        assert.isFalse(yield* serials.knownDocument({ item: other, documents, kinds: ["provision"] }))
        assert.isFalse(yield* serials.knownDocument({ item, documents }))
        assert.isFalse(yield* serials.knownDocument({ item: other, documents: {} }))
        const selected = yield* inTransaction(
          serials.changeSelected({
            operation: "transfer",
            states: ["encoded"],
            holder: { company: "printer" },
            item: { codeType: "GTIN-14", code: other.code },
            documents: { workOrderNumber: "1001764-00" },
            to: { company: "packager" },
            context
          })
        )
        assert.strictEqual(selected.changed, 20)
        assert.deepStrictEqual(selected.values, values.slice(0, 20))
        const nothing = yield* inTransaction(
          serials.changeSelected({
            operation: "transfer",
            holder: "any",
            item: other,
            documents: { workOrderNumber: "1001764-00", poNumber: "other" },
            context
          })
        )
        assert.deepInclude(nothing, { changed: 0, values: [] })
      })
    )
  )
})

describe("pools", () => {
  const provision = (one: Pool, quantity: number) =>
    Serials.use((serials) =>
      inTransaction(
        serials.provision({ pool: one, quantity, company: "printer", location: "plant", documents, context })
      )
    )

  it.live("counts up, passes over what is there, and ends", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const taken = { ...batch, range: { first: "002", count: 2 } }
        yield* serials.importWorld([taken], context)
        const one = pool({ kind: "sequential", digits: 3, first: 1, last: 8 })
        assert.deepStrictEqual(
          (yield* provision(one, 3)).values,
          ["001", "004", "005"].map((serial) => ai(serial))
        )
        assert.deepStrictEqual(
          (yield* provision(one, 2)).values,
          ["006", "007"].map((serial) => ai(serial))
        )
        const error = yield* Effect.flip(provision(one, 2))
        assert.deepInclude(error.reason, { _tag: "PoolExhausted", wanted: 2, left: 1 })
        assert.deepStrictEqual((yield* provision(one, 1)).values, [ai("008")])
        assert.deepInclude(yield* serials.countByState({ item, documents }), { reserved: 8 })
      })
    )
  )

  it.live("hands out lists in their order", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        yield* serials.importWorld(
          [{ ...batch, state: "unreserved", serials: ["z", "a", "k"], range: { first: "1", count: 1 } }],
          context
        )
        const one = pool({ kind: "list" })
        assert.deepStrictEqual((yield* provision(one, 2)).values, [ai("1"), ai("a")])
        assert.deepInclude((yield* Effect.flip(provision(one, 3))).reason, { _tag: "PoolExhausted", left: 2 })
        assert.deepStrictEqual((yield* provision(one, 2)).values, [ai("k"), ai("z")])
      })
    )
  )

  it.live("draws 25,000 random numbers without a repetition", () =>
    run(
      Effect.gen(function* () {
        const one = pool({ kind: "random", digits: 12, key: "secret", prefix: "1" })
        const first = yield* provision(one, 20_000)
        const second = yield* provision(one, 5_000)
        assert.strictEqual(new Set([...first.values, ...second.values]).size, 25_000)
      })
    )
  )
})

describe("reading", () => {
  it.live("finds a number by any of its spellings and tells its history", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        yield* serials.importWorld([batch], { actor: "tester", clock: context.clock })
        yield* inTransaction(
          serials.changeListed({
            operation: "encode",
            holder: "any",
            values: values.slice(0, 1),
            to: { documents: { referenceIdentifier: "A1" } },
            attributes: { line: "4" },
            eventAt: new Date("2026-11-23T09:00:00Z"),
            context
          })
        )
        yield* inTransaction(
          serials.changeListed({
            operation: "transfer",
            holder: "any",
            values: values.slice(0, 1),
            to: { company: "packager" },
            context
          })
        )
        const [found] = yield* serials.find("100000000001")
        assert.deepInclude(found ?? {}, {
          value: values[0],
          state: "encoded",
          company: "packager",
          location: undefined,
          item
        })
        assert.deepStrictEqual(found?.documents, { referenceIdentifier: "A1" })
        assert.deepStrictEqual(
          found?.history.map(({ kind, actor, messageId, attributes, from, to }) => ({
            kind,
            actor,
            messageId,
            attributes,
            from,
            to
          })),
          [
            {
              kind: "world",
              actor: "tester",
              messageId: undefined,
              attributes: {},
              from: {},
              to: {
                state: "reserved",
                company: "printer",
                location: "plant",
                documents: { poNumber: "1001764", workOrderNumber: "1001764-00" },
                item
              }
            },
            {
              kind: "encode",
              actor: undefined,
              messageId: 7,
              attributes: { line: "4" },
              from: { state: "reserved", documents: { poNumber: "1001764", workOrderNumber: "1001764-00" } },
              to: { state: "encoded", documents: { referenceIdentifier: "A1" } }
            },
            {
              kind: "transfer",
              actor: undefined,
              messageId: 7,
              attributes: {},
              from: { company: "printer", location: "plant" },
              to: { company: "packager" }
            }
          ]
        )
        for (const text of [
          values[0] ?? "",
          `(01)${gtin}(21)100000000001`,
          "urn:epc:id:sgtin:0882025.001033.100000000001"
        ]) {
          assert.deepStrictEqual(
            (yield* serials.find(text)).map(({ value }) => value),
            [values[0]],
            text
          )
        }
        assert.deepStrictEqual(yield* serials.find("nothing"), [])
      })
    )
  )

  it.live("lists pages, exports what it imported, and imports it once", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const world: ReadonlyArray<SerialBatch> = [
          {
            owner: "acme",
            packagingCode: { type: "GTIN-14", value: gtin },
            state: "encoded",
            company: "printer",
            location: "plant",
            referenceDocuments: { poNumber: "1" },
            serials: ["1", "2", ai("3", "00992326050107")]
          },
          {
            owner: "acme",
            packagingCode: { type: "GCP", value: "8820210" },
            state: "reserved",
            company: "acme",
            serials: ["008820210000260003", "008820210000260010"]
          },
          {
            owner: "acme",
            packagingCode: { type: "CN-RESCODE", value: "81008" },
            state: "commissioned",
            company: "acme",
            serials: ["81008721001234567890"]
          }
        ]
        assert.deepStrictEqual(yield* serials.importWorld(world, context), { loaded: 6, existing: 0 })
        assert.deepStrictEqual(yield* serials.importWorld(world, context), { loaded: 0, existing: 6 })
        assert.deepStrictEqual([...(yield* Stream.runCollect(serials.exportWorld))], [...world])
        const first = yield* serials.list({ company: "acme" }, { limit: 2 })
        assert.deepStrictEqual(
          first.rows.map(({ value }) => value),
          ["00008820210000260003", "00008820210000260010"]
        )
        const second = yield* serials.list({ company: "acme" }, { limit: 2, after: first.after })
        assert.deepStrictEqual(
          [second.rows.map(({ value }) => value), second.after],
          [["81008721001234567890"], undefined]
        )
        const some = yield* serials.list(
          { states: ["encoded"], item: { codeType: "gtin-14" }, documents: { poNumber: "1" }, location: "plant" },
          { limit: 10 }
        )
        assert.strictEqual(some.rows.length, 3)
        assert.deepStrictEqual((yield* serials.list({ company: "nobody" }, { limit: 10 })).rows, [])
        const error = yield* Effect.flip(
          serials.importWorld([{ ...batch, serials: ["a serial with spaces"] }], context)
        )
        assert.strictEqual(error.reason._tag, "Unreadable")
      })
    )
  )

  it.live("remembers transfers by the control number of their request", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        yield* serials.importWorld([batch], context)
        const transfer = {
          messageId: 1,
          runId: 2,
          changeId: 3,
          fromCompany: "a",
          toCompany: "b",
          toLocation: "c",
          item,
          documents,
          quantity: 5,
          controlNumber: "X1",
          at: context.clock
        }
        yield* inTransaction(serials.recordTransfer(transfer))
        assert.deepStrictEqual(yield* serials.transfersOf("X1"), [transfer])
        assert.deepStrictEqual(yield* serials.transfersOf("X2"), [])
      })
    )
  )
})
