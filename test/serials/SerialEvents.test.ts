/**
 * Events over lists of numbers in use, on a real database: all of a list with everything packed in it, or nothing and
 * every number that stands in the way with every reason.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Result, Stream } from "effect"
import type { SerialBatch } from "../../src/partners/World.ts"
import { chunkSize } from "../../src/serials/SerialList.ts"
import { operations } from "../../src/serials/SerialState.ts"
import { type Obstacle, type SerialEvent, Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const Repository = SerialsLive.pipe(Layer.provideMerge(Database.layer))
const context = { messageId: 7, runId: 9, clock: new Date("2026-11-23T10:00:00Z") }
const [each, box] = ["00882025010338", "50300694220667"]
const carton = (serial: string) => `01${each}21${serial}`
const container = (serial: string) => `01${box}21${serial}`
const pallet = "00008820210000260003"
const item = { owner: "acme", codeType: "GTIN-14", code: each }

const batch = (
  value: string,
  more: Partial<SerialBatch> & { readonly serials: ReadonlyArray<string> }
): SerialBatch => ({
  owner: "acme",
  packagingCode: value === "GCP" ? { type: "GCP", value: "0882021" } : { type: "GTIN-14", value },
  state: "commissioned",
  ...more
})

/** A pallet with two cases of two cartons, and cartons beside them in many conditions. */
const world = [
  batch("GCP", { serials: [pallet] }),
  batch(box, { serials: ["C1", "C2"], parent: pallet, lot: "L1", expiry: "271200" }),
  batch(each, { serials: ["1", "2"], parent: container("C1"), lot: "L1", expiry: "271200" }),
  batch(each, { serials: ["3", "4"], parent: container("C2"), lot: "L1", expiry: "271200" }),
  batch(each, { serials: ["free"], lot: "L2", expiry: "2028-01-31" }),
  batch(each, { serials: ["gone"], itemStatus: "shipped" }),
  batch(each, { serials: ["hold"], itemStatus: "under_investigation" }),
  batch(each, { serials: ["raw"], state: "reserved" }),
  batch(each, { serials: ["theirs"], company: "dogwood" }),
  batch(box, { serials: ["C3"] })
]

const run = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof Repository>>) =>
  Effect.provide(
    Effect.andThen(
      Serials.use((serials) => serials.importWorld(world, context)),
      Transaction.transaction(effect)
    ),
    Layer.fresh(Repository)
  )

const record = (event: Omit<SerialEvent, "context" | "holder"> & Partial<Pick<SerialEvent, "holder">>) =>
  Serials.use((serials) => serials.record({ holder: { company: "acme" }, context, ...event }))

const reasons = (obstacles: ReadonlyArray<Obstacle>) =>
  obstacles.map(({ value, why }) => `${value.slice(why._tag === "unreadable" ? 0 : -2)} ${why._tag}`)

const refused = (event: Parameters<typeof record>[0]) =>
  Effect.map(Effect.flip(record(event)), (error) => {
    if (error._tag !== "EventRefused") return assert.fail(String(error))
    return reasons(error.obstacles)
  })

const states = (values: ReadonlyArray<string>) =>
  Effect.map(
    Serials.use((serials) => serials.lookUpAll(values)),
    (all) => all.map((one) => `${one?.state} ${one?.itemStatus} ${one?.company} ${one?.lot?.lot}`)
  )

describe("an event", () => {
  it.live("takes along what is packed in its numbers, over all levels", () =>
    run(
      Effect.gen(function* () {
        const done = yield* record({ operation: "ship", values: [pallet], to: { company: "dogwood" }, document: "S-1" })
        assert.deepInclude(done, { changed: 1, contents: 6, created: 0 })
        const all = [pallet, container("C1"), carton("1"), carton("4")]
        assert.deepStrictEqual(yield* states(all), [
          "commissioned shipped dogwood undefined",
          "commissioned shipped dogwood L1",
          "commissioned shipped dogwood L1",
          "commissioned shipped dogwood L1"
        ])
        const [found] = yield* Serials.use((serials) => serials.find(carton("1")))
        assert.deepInclude(found?.history.at(-1), { kind: "ship", document: "S-1", messageId: 7 })
        assert.strictEqual(found?.parent, container("C1"))
        assert.strictEqual(found?.lot?.expires, "2027-12-31")
      })
    )
  )

  it.live("names every number that stands in the way, and changes nothing", () =>
    run(
      Effect.gen(function* () {
        const values = ["free", "gone", "hold", "raw", "theirs", "1", "nope"].map(carton)
        const before = yield* states(values)
        const obstacles = yield* refused({ operation: "ship", values: [...values, "?"], to: { company: "dogwood" } })
        assert.deepStrictEqual(obstacles, [
          "ne status",
          "ld status",
          "aw state",
          "rs holder",
          "11 parent",
          "pe unknown",
          "? unreadable"
        ])
        assert.deepStrictEqual(yield* states(values), before)
        assert.deepStrictEqual(
          yield* refused({ operation: "move", values: [carton("free")], expects: { lot: "L1" } }),
          ["ee lot"]
        )
        const other = { codeType: "GTIN-14", code: box }
        assert.deepStrictEqual(
          yield* refused({ operation: "move", values: [carton("free")], expects: { item: other } }),
          ["ee item"]
        )
      })
    )
  )

  it.live("is refused when a number inside may not go along", () =>
    run(
      Effect.gen(function* () {
        yield* record({ operation: "set-status", values: [carton("4")], to: { itemStatus: "blocked" } })
        const obstacles = yield* Effect.flip(record({ operation: "ship", values: [pallet], to: { company: "x" } }))
        assert.deepStrictEqual(obstacles._tag === "EventRefused" ? obstacles.obstacles : [], [
          { position: 0, value: pallet, why: { _tag: "contents", inside: carton("4"), why: "status" } }
        ])
        assert.deepStrictEqual(yield* states([pallet, carton("1")]), [
          "commissioned available acme undefined",
          "commissioned available acme L1"
        ])
        // Inside its parent a number may be marked, and what is ended leaves it.
        yield* record({ operation: "destroy", values: [carton("4")] })
        yield* record({ operation: "ship", values: [pallet], to: { company: "x" } })
        const [found] = yield* Serials.use((serials) => serials.find(carton("4")))
        assert.strictEqual(found?.parent, undefined)
        assert.strictEqual(found?.state, "destroyed")
      })
    )
  )

  it.live("creates unknown numbers where it may, with lot and expiry", () =>
    run(
      Effect.gen(function* () {
        const values = [carton("new"), carton("free")]
        const lot = { item, lot: "L9", expiry: "280200" }
        const event = { operation: "receive", values, to: { company: "acme", location: "dock" } } as const
        assert.deepStrictEqual(yield* refused(event), ["ew unknown"])
        assert.deepInclude(yield* record({ ...event, create: { owner: "acme", item, lot } }), {
          changed: 2,
          created: 1
        })
        assert.deepStrictEqual(yield* states(values), [
          "commissioned received acme L9",
          "commissioned received acme L2"
        ])
        const found = yield* Serials.use((serials) => serials.lookUp(carton("new")))
        assert.deepInclude(found?.lot, { expiry: "280200", expires: "2028-02-29" })
        assert.deepStrictEqual(yield* refused(event), ["ew status", "ee status"])
        assert.strictEqual(yield* Serials.use((serials) => serials.lookUp(carton("nope"))), undefined)
      })
    )
  )

  it.live("creates unknown numbers in a status its operation starts from, or names them", () =>
    run(
      Effect.gen(function* () {
        const create = { owner: "acme", item: { codeType: "GTIN-14", code: each } }
        const ends: Array<string> = []
        for (const operation of operations) {
          const value = carton(`new-${operation}`)
          const done = yield* Effect.result(record({ operation, values: [value], to: { company: "acme" }, create }))
          const [state] = yield* states([value])
          if (Result.isSuccess(done)) assert.deepInclude(done.success, { changed: 1, created: 1 })
          else if (done.failure._tag !== "EventRefused") assert.fail(String(done.failure))
          else assert.deepStrictEqual(done.failure.obstacles, [{ position: 0, value, why: { _tag: "unknown" } }])
          ends.push(`${operation}: ${Result.isSuccess(done) ? state?.split(" ")[1] : "unknown"}`)
        }
        assert.deepStrictEqual(ends, [
          ...["provision", "encode", "commission"].map((operation) => `${operation}: unknown`),
          // Only commissioned numbers show their item status.
          ...["decommission", "destroy"].map((operation) => `${operation}: undefined`),
          ...["deactivate", "transfer"].map((operation) => `${operation}: unknown`),
          ...["pack: available", "unpack: available", "receive: received", "ship: shipped", "return: received"],
          ...["pick: picked", "move: available", "adjust: available", "change-item: available", "set-status: available"]
        ])
        const [returned] = yield* Serials.use((serials) => serials.find(carton("new-return")))
        assert.deepStrictEqual(
          returned?.history.map(({ kind, to }) => [kind, to.itemStatus]),
          [
            ["create", "shipped"],
            ["return", "received"]
          ]
        )
        const narrow = { operation: "return", statuses: ["available"], create } as const
        assert.deepStrictEqual(yield* refused({ ...narrow, values: [carton("none")] }), ["ne unknown"])
      })
    )
  )

  it.live("fails when it changes nothing and nothing stands in its way", () =>
    run(
      Effect.gen(function* () {
        // Of another packaging code than is expected of it: the number is not there to be told about.
        const create = { owner: "acme", item: { codeType: "GTIN-14", code: each } }
        const expects = { item: { codeType: "GTIN-14", code: box } }
        const error = yield* Effect.flip(record({ operation: "receive", values: [carton("odd")], create, expects }))
        assert.strictEqual(error._tag === "SerialsError" ? error.reason._tag : error._tag, "Unexplained")
        assert.strictEqual(yield* Serials.use((serials) => serials.lookUp(carton("odd"))), undefined)
      })
    )
  )

  it.live("keeps the moment of a single number apart where a whole statement has none", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const values = Array.from({ length: chunkSize + 1 }, (_, index) => carton(String(100_000 + index)))
        const [first = "", ...others] = values
        const last = values.at(-1) ?? ""
        const moment = new Date("2026-11-20T08:00:00Z")
        const create = { owner: "acme", item: { codeType: "GTIN-14", code: each } }
        yield* record({ operation: "receive", values, eventsAt: [moment], to: { company: "acme" }, create })
        const containers = [
          { parent: container("C1"), children: [first], eventAt: moment },
          { parent: container("C3"), children: others }
        ]
        yield* serials.pack({ containers, holder: { company: "acme" }, context })
        for (const [value, at] of [
          [first, moment],
          [last, undefined]
        ] as const) {
          const [found] = yield* serials.find(value)
          const happened = found?.history.map(({ kind, eventAt }) => [kind, eventAt])
          assert.deepStrictEqual(happened, [
            ["create", undefined],
            ["receive", at],
            ["pack", at]
          ])
        }
      })
    )
  )

  it.live("gives numbers under a SKU a new text when the SKU changes, unless that is taken", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const sku = (code: string, serial: string) => `sku:acme:${encodeURIComponent(code)}:${serial}`
        const create = (code: string) => ({ owner: "acme", item: { codeType: "SKU", code } })
        const to = { company: "acme" }
        const values = ["1", "2:x"].map((serial) => sku("A/1", serial))
        yield* record({ operation: "receive", values, to, create: create("A/1") })
        yield* record({ operation: "receive", values: [sku("B", "1")], to, create: create("B") })
        const change = {
          operation: "change-item",
          to: { item: { owner: "acme", codeType: "SKU", code: "B" } }
        } as const
        assert.deepStrictEqual(yield* refused({ ...change, values }), [":1 taken"])
        yield* record({ ...change, values: [sku("A/1", "2:x")] })
        const [moved, old] = yield* Serials.use((serials) => serials.lookUpAll([sku("B", "2:x"), sku("A/1", "2:x")]))
        assert.deepInclude(moved?.item, { codeType: "SKU", code: "B" })
        assert.strictEqual(old, undefined)
        // A world gives them back as it takes them.
        const batches = (yield* Stream.runCollect(serials.exportWorld)).filter(
          ({ packagingCode }) => packagingCode.type === "SKU"
        )
        assert.deepStrictEqual(yield* serials.importWorld(batches, context), { loaded: 0, existing: 3 })
      })
    )
  )
})

describe("many events", () => {
  type Event = Parameters<typeof record>[0]
  const recordAll = (events: ReadonlyArray<Event>) =>
    Serials.use((serials) =>
      serials.recordAll(events.map((event) => ({ holder: { company: "acme" }, context, ...event })))
    )
  const story = (value: string) =>
    Effect.map(
      Serials.use((serials) => serials.find(value)),
      ([found]) => found?.history.map(({ kind, line }) => `${kind} ${line}`)
    )

  it.live("keep what each says: its line, lot, packaging code and moment", () =>
    run(
      Effect.gen(function* () {
        const sku = { codeType: "SKU", code: "A" }
        const to = { company: "acme", location: "dock" }
        const lot = (text: string) => ({ item, lot: text, expiry: "280200" })
        const at = new Date("2026-11-20T10:00:00Z")
        const done = yield* recordAll([
          {
            operation: "receive",
            line: 1,
            values: ["n1", "n2"].map(carton),
            to: { ...to, lot: lot("L8") },
            create: { owner: "acme", item, lot: lot("L8") },
            eventsAt: [at, undefined]
          },
          { operation: "receive", line: 2, values: [], to, create: { owner: "acme" } },
          { operation: "receive", line: 3, values: ["sku:acme:A:1"], to, create: { owner: "acme", item: sku } },
          { operation: "receive", line: 4, values: [carton("free")], to: { company: "acme", lot: lot("L9") } }
        ])
        assert.deepStrictEqual(
          done.map(({ changed, created }) => [changed, created]),
          [
            [2, 2],
            [0, 0],
            [1, 1],
            [1, 0]
          ]
        )
        assert.strictEqual(new Set(done.map(({ changeId }) => changeId)).size, 4)
        const values = [carton("n1"), carton("n2"), "sku:acme:A:1", carton("free")]
        const all = yield* Serials.use((serials) => serials.lookUpAll(values))
        assert.deepStrictEqual(
          all.map((one) => [one?.itemStatus, one?.location, one?.lot?.lot, one?.item.code]),
          [
            ["received", "dock", "L8", each],
            ["received", "dock", "L8", each],
            ["received", "dock", undefined, "A"],
            ["received", undefined, "L9", each]
          ]
        )
        assert.deepStrictEqual(yield* story(carton("n2")), ["create 1", "receive 1"])
        assert.deepStrictEqual(yield* story("sku:acme:A:1"), ["create 3", "receive 3"])
        assert.deepStrictEqual(yield* story(carton("free")), ["world undefined", "receive 4"])
        const [first] = yield* Serials.use((serials) => serials.find(carton("n1")))
        assert.deepStrictEqual(first?.history.at(-1)?.eventAt, at)
      })
    )
  )

  it.live("are refused together, and each is told what stands in its way", () =>
    run(
      Effect.gen(function* () {
        const values = ["free", "gone", "hold", "1"].map(carton)
        const before = yield* states(values)
        const ship = (value: string, lot?: string): Event => ({
          operation: "ship",
          values: [value],
          to: { company: "dogwood" },
          expects: { lot }
        })
        const error = yield* Effect.flip(
          recordAll([
            ship(carton("free"), "L1"),
            ship(carton("gone"), "L1"),
            ship(container("C3")),
            ship(carton("hold")),
            ship("?"),
            ship(pallet, "L2")
          ])
        )
        assert.deepStrictEqual(
          error._tag === "EventRefused" ? error.obstacles.map(({ event, why }) => `${event} ${why._tag}`) : error,
          ["0 lot", "1 status", "3 status", "4 unreadable", ...Array.from({ length: 6 }, () => "5 contents")]
        )
        assert.deepStrictEqual(yield* states(values), before)
      })
    )
  )

  it.live("take along what is packed in their numbers, each under its own change", () =>
    run(
      Effect.gen(function* () {
        const mark = (line: number, value: string, itemStatus: "blocked" | "received"): Event => ({
          operation: "set-status",
          line,
          values: [value],
          to: { itemStatus }
        })
        const done = yield* recordAll([
          mark(1, container("C1"), "blocked"),
          mark(2, container("C2"), "received"),
          mark(3, carton("free"), "received")
        ])
        assert.deepStrictEqual(
          done.map(({ contents }) => contents),
          [2, 2, 0]
        )
        assert.deepStrictEqual(yield* states([carton("1"), carton("4")]), [
          "commissioned blocked acme L1",
          "commissioned received acme L1"
        ])
        assert.deepStrictEqual(yield* story(carton("4")), ["world undefined", "world undefined", "set-status 2"])
      })
    )
  )

  it.live("follow one another where one is about numbers of another", () =>
    run(
      Effect.gen(function* () {
        const mark = (line: number, value: string, itemStatus: "blocked" | "available"): Event => ({
          operation: "set-status",
          line,
          values: [value],
          to: { itemStatus }
        })
        yield* recordAll([mark(1, pallet, "available"), mark(2, carton("1"), "blocked")])
        yield* recordAll([mark(3, carton("free"), "blocked"), mark(4, carton("free"), "available")])
        assert.deepStrictEqual(yield* states([carton("1"), carton("2"), carton("free")]), [
          "commissioned blocked acme L1",
          "commissioned available acme L1",
          "commissioned available acme L2"
        ])
        assert.deepStrictEqual((yield* story(carton("1")))?.slice(2), ["set-status 1", "set-status 2"])
        assert.deepStrictEqual((yield* story(carton("free")))?.slice(1), ["set-status 3", "set-status 4"])
      })
    )
  )

  it.live("do not make two numbers one", () =>
    run(
      Effect.gen(function* () {
        const to = { company: "acme" }
        const one = (code: string): Event => ({
          operation: "receive",
          values: [`sku:acme:${code}:1`],
          to,
          create: { owner: "acme", item: { codeType: "SKU", code } }
        })
        yield* recordAll([one("A"), one("B")])
        const change = (code: string): Event => ({
          operation: "change-item",
          values: [`sku:acme:${code}:1`],
          to: { item: { owner: "acme", codeType: "SKU", code: "C" } }
        })
        const error = yield* Effect.flip(recordAll([change("A"), change("B")]))
        assert.deepStrictEqual(
          error._tag === "EventRefused" ? error.obstacles.map(({ event, why }) => `${event} ${why._tag}`) : error,
          ["1 taken"]
        )
        assert.notStrictEqual(yield* Serials.use((serials) => serials.lookUp("sku:acme:A:1")), undefined)
      })
    )
  )
})

describe("packing", () => {
  const pack = (containers: ReadonlyArray<{ readonly parent: string; readonly children: ReadonlyArray<string> }>) =>
    Serials.use((serials) => serials.pack({ containers, holder: { company: "acme" }, context }))

  it.live("refuses cycles, two parents, and what stands in the way, all at once", () =>
    run(
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          pack([
            { parent: container("C3"), children: ["1", "free", "raw", "theirs", "nope"].map(carton) },
            { parent: container("C1"), children: [pallet] },
            { parent: container("C2"), children: [carton("free")] }
          ])
        )
        assert.deepStrictEqual(error._tag === "EventRefused" ? reasons(error.obstacles) : error, [
          "11 parent",
          "aw state",
          "rs holder",
          "pe unknown",
          "C1 cycle",
          "ee two parents"
        ])
        assert.deepStrictEqual(yield* states([carton("free")]), ["commissioned available acme L2"])
      })
    )
  )

  it.live("takes numbers out, some or all, and puts them into another parent", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const unpack = (parent: string, children?: ReadonlyArray<string>) =>
          serials.unpack({
            containers: [children === undefined ? { parent } : { parent, children }],
            holder: "any",
            context
          })
        assert.deepInclude(yield* unpack(container("C1"), [carton("1")]), { children: 1 })
        assert.deepInclude(yield* unpack(container("C2")), { children: 2 })
        const error = yield* Effect.flip(unpack(container("C1"), [carton("1"), carton("2")]))
        assert.deepStrictEqual(error._tag === "EventRefused" ? reasons(error.obstacles) : error, ["11 not inside"])
        assert.deepInclude(yield* pack([{ parent: container("C3"), children: ["1", "3"].map(carton) }]), {
          children: 2
        })
        const found = yield* serials.find(container("C3"))
        assert.deepStrictEqual(
          found.map(({ children, parent }) => [children, parent]),
          [[2, undefined]]
        )
      })
    )
  )
})
