/**
 * The EPCIS export on a real database, held against GS1's own schema of EPCIS 2.0 (test/serials/epcis/SOURCE.md): a life
 * from provisioning to destruction, labels that need escaping, numbers without a GS1 key, and lists longer than an event.
 */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Ajv } from "ajv"
import formats from "ajv-formats"
import { Effect, Layer, Schema, Stream } from "effect"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { empty, type World } from "../../src/partners/World.ts"
import { Epcis } from "../../src/serials/Epcis.ts"
import { type SerialEvent, Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import { elm, trading } from "../api/Merchants.ts"
import { story } from "../cli/ReportStory.ts"
import * as Database from "../Database.ts"

const schema: unknown = JSON.parse(readFileSync(new URL("epcis/epcis-2.0.schema.json", import.meta.url), "utf8"))
const ajv = new Ajv({ strict: false, allErrors: true })
formats.default(ajv)
const validate = ajv.compile(Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Unknown))(schema))

const Event = Schema.Struct({
  type: Schema.String,
  eventID: Schema.String,
  eventTime: Schema.String,
  eventTimeZoneOffset: Schema.String,
  action: Schema.String,
  bizStep: Schema.String,
  disposition: Schema.optionalKey(Schema.String),
  epcList: Schema.optionalKey(Schema.Array(Schema.String)),
  parentID: Schema.optionalKey(Schema.String),
  childEPCs: Schema.optionalKey(Schema.Array(Schema.String)),
  ilmd: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  readPoint: Schema.optionalKey(Schema.Struct({ id: Schema.String })),
  bizLocation: Schema.optionalKey(Schema.Struct({ id: Schema.String })),
  bizTransactionList: Schema.optionalKey(Schema.Array(Schema.Record(Schema.String, Schema.String))),
  sourceList: Schema.optionalKey(Schema.Array(Schema.Record(Schema.String, Schema.String))),
  destinationList: Schema.optionalKey(Schema.Array(Schema.Record(Schema.String, Schema.String)))
})
const Document = Schema.Struct({ epcisBody: Schema.Struct({ eventList: Schema.Array(Event) }) })

const gtin = "00882025010338"
const item = { owner: "acme", codeType: "GTIN-14", code: gtin }
const carton = (serial: string) => `01${gtin}21${serial}`
const pallet = "00008820210000260003"
const uri = (serial: string) => `https://id.gs1.org/01/${gtin}/21/${serial}`

const world: World = {
  ...empty,
  companies: [
    {
      id: "acme",
      name: "Acme",
      role: "producer",
      identifiers: [{ type: "GLN", value: "9521234000013" }],
      companyPrefixes: [],
      locations: [{ id: "dock", name: "Dock", identifiers: [{ type: "GLN", value: "9521234000020" }] }]
    }
  ]
}

const Layers = Layer.mergeAll(SerialsLive, Epcis.layer).pipe(
  Layer.provideMerge(Partners.layer),
  Layer.provideMerge(Configuration.layer),
  Layer.provideMerge(Database.layer)
)

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute))
const change = (minute: number) =>
  ({ holder: "any", eventAt: at(minute), context: { actor: "t", clock: at(minute + 1) } }) as const

const exported = Effect.gen(function* () {
  const text = yield* Epcis.use((epcis) => Stream.mkString(epcis.stream({ as: "document" })))
  const document: unknown = JSON.parse(text)
  validate(document)
  assert.deepStrictEqual(validate.errors ?? [], [])
  const { epcisBody } = yield* Schema.decodeUnknownEffect(Document)(document)
  return epcisBody.eventList
})

const run = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof Layers>>) =>
  Effect.provide(
    Effect.andThen(
      Configuration.use((all) => all.import(world, { actor: "t" })),
      effect
    ),
    Layer.fresh(Layers)
  )

describe("the EPCIS export", () => {
  it.live("tells a life from reserved to destroyed as the vocabulary has it", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const documents = { poNumber: "PO 1", workOrderNumber: "W/1" }
        const values = ['A"1', "A2", "A3"].map(carton)
        yield* Transaction.transaction(
          Effect.gen(function* () {
            const load = { owner: "acme", item, values, state: "reserved", company: "acme", kind: "world" } as const
            yield* serials.load({ ...load, context: change(0).context })
            yield* serials.load({
              ...{ owner: "acme", values: [pallet], state: "reserved", company: "acme", kind: "world" },
              context: change(0).context
            })
            yield* serials.changeListed({ ...change(1), operation: "encode", values, to: { documents, item } })
            const lot = { item, lot: "L/7", expiry: "2027-12-31" }
            const attributes = { eventLocation: "9521234.00001.0", eventTimeZoneOffset: "+02:00" }
            const record = (event: Omit<SerialEvent, "context" | "holder" | "eventAt">, minute: number) =>
              serials.record({ ...change(minute), ...event })
            yield* record({ operation: "commission", values, to: { item, lot }, attributes }, 2)
            yield* record({ operation: "commission", values: [pallet] }, 3)
            yield* serials.pack({ ...change(4), containers: [{ parent: pallet, children: values, isPartial: true }] })
            const to = { company: "dogwood", location: "dock" }
            yield* record({ operation: "ship", values: [pallet], to, document: "S-1" }, 5)
            yield* record({ operation: "return", values: [pallet], to: { company: "acme" } }, 6)
            yield* serials.unpack({ ...change(7), containers: [{ parent: pallet, children: [carton("A2")] }] })
            yield* record({ operation: "set-status", values: [carton("A2")], to: { set: ["recalled"] } }, 8)
            yield* record({ operation: "destroy", values: [carton("A2")] }, 9)
          })
        )
        const events = yield* exported
        assert.deepStrictEqual(
          events.map(({ type, action, bizStep, disposition }) => `${type} ${action} ${bizStep} ${disposition}`),
          [
            "TransactionEvent ADD encoding encoded",
            "ObjectEvent ADD commissioning active",
            "ObjectEvent ADD commissioning active",
            "AggregationEvent ADD packing in_progress",
            "ObjectEvent OBSERVE shipping in_transit",
            "ObjectEvent OBSERVE receiving returned",
            "AggregationEvent DELETE unpacking in_progress",
            "ObjectEvent OBSERVE holding recalled",
            "ObjectEvent DELETE destroying destroyed"
          ]
        )
        const [encoded, commissioned, , packed, shipped, , unpacked] = events
        assert.deepStrictEqual(encoded?.bizTransactionList, [
          { type: "po", bizTransaction: "urn:epcglobal:cbv:bt:9521234000013:PO%201" },
          { type: "prodorder", bizTransaction: "urn:epcglobal:cbv:bt:9521234000013:W%2F1" }
        ])
        assert.deepStrictEqual(commissioned?.epcList, [uri("A%221"), uri("A2"), uri("A3")])
        assert.deepStrictEqual(commissioned?.ilmd, {
          "cbvmda:lotNumber": "L/7",
          "cbvmda:itemExpirationDate": "2027-12-31"
        })
        assert.strictEqual(commissioned?.readPoint?.id, "urn:epc:id:sgln:9521234.00001.0")
        assert.strictEqual(commissioned?.eventTimeZoneOffset, "+02:00")
        assert.strictEqual(commissioned?.eventTime, "2026-01-05T12:02:00.000Z")
        assert.strictEqual(packed?.parentID, "https://id.gs1.org/00/008820210000260003")
        assert.strictEqual(packed?.childEPCs?.length, 3)
        assert.strictEqual(shipped?.epcList?.length, 4)
        // On its way: where it is to be is its destination, and not where it is.
        assert.isUndefined(shipped?.bizLocation)
        assert.deepStrictEqual(shipped?.destinationList, [
          { type: "possessing_party", destination: "urn:throughline:company:dogwood" },
          { type: "location", destination: "https://id.gs1.org/414/9521234000020" }
        ])
        // Text that names no document is none.
        assert.isUndefined(shipped?.bizTransactionList)
        assert.deepStrictEqual(unpacked?.childEPCs, [uri("A2")])
        assert.strictEqual(unpacked?.parentID, "https://id.gs1.org/00/008820210000260003")
        assert.strictEqual(new Set(events.map(({ eventID }) => eventID)).size, events.length)
      })
    )
  )

  it.live("names trade documents by type and number, under the GLN of the company whose they are", () =>
    Effect.gen(function* () {
      const { context, process } = yield* trading
      assert.deepStrictEqual(yield* process(elm, story), new Set(["processed"]))
      const events = yield* exported.pipe(Effect.provide(Epcis.layer), Effect.provideContext(context))
      const own = (number: string) => `urn:epcglobal:cbv:bt:9521234001010:${number}`
      const of = (bizStep: string) => events.find((event) => event.bizStep === bizStep)
      assert.deepStrictEqual(of("receiving")?.bizTransactionList, [
        { type: "po", bizTransaction: own("PO-1") },
        { type: "recadv", bizTransaction: own("R-1") }
      ])
      const shipped = of("shipping")
      assert.deepStrictEqual(shipped?.bizTransactionList, [
        { bizTransaction: own("SO-1") },
        { type: "desadv", bizTransaction: own("S-1") }
      ])
      assert.strictEqual(shipped?.readPoint?.id, "https://id.gs1.org/414/9521234001027")
      assert.deepStrictEqual(shipped?.sourceList, [
        { type: "possessing_party", source: "https://id.gs1.org/417/9521234001010" }
      ])
      assert.deepStrictEqual(shipped?.destinationList, [
        { type: "possessing_party", destination: "https://id.gs1.org/417/9521234001072" }
      ])
      const returned = events.find(({ disposition }) => disposition === "returned")
      assert.deepInclude(returned?.bizTransactionList ?? [], { type: "rma", bizTransaction: own("RMA-1") })
      const all = events.flatMap(({ bizTransactionList = [] }) => bizTransactionList)
      for (const { bizTransaction = "" } of all)
        assert.match(bizTransaction, /^urn:epcglobal:cbv:bt:9521234001010:[A-Z]+-\d+$/u)
    })
  )

  it.live("gives reference documents to the owner of the numbers, and not to whoever gets them", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const values = [carton("1")]
        const load = { owner: "acme", item, values, state: "encoded", company: "acme", kind: "world" } as const
        yield* Transaction.transaction(
          Effect.gen(function* () {
            yield* serials.load({ ...load, context: change(0).context })
            const to = { company: "dogwood", documents: { poNumber: "PO 1" } }
            yield* serials.changeListed({ ...change(1), operation: "transfer", values, to })
          })
        )
        const [moved] = yield* exported
        assert.deepStrictEqual(moved?.bizTransactionList, [
          { type: "po", bizTransaction: "urn:epcglobal:cbv:bt:9521234000013:PO%201" }
        ])
      })
    )
  )

  it.live("writes numbers under SKUs and China codes as URIs, and nothing of an empty history", () =>
    run(
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* exported, [])
        const serials = yield* Serials
        const values = ["sku:acme:AB%2FC:S 1", "81008721001234567890"]
        const load = { owner: "acme", values, state: "reserved", company: "acme", kind: "provision" } as const
        yield* Transaction.transaction(serials.load({ ...load, context: change(0).context }))
        const events = yield* exported
        assert.deepStrictEqual(events.flatMap(({ epcList = [] }) => epcList).sort(), [
          "urn:throughline:cn-edmc:81008721001234567890",
          "urn:throughline:sku:acme:AB%2FC:S%201"
        ])
      })
    )
  )

  it.live("divides long lists, keeps moments of single numbers apart, and takes a span of time", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const values = Array.from({ length: 10_003 }, (_, index) => carton(String(100_000 + index)))
        const load = { owner: "acme", item, values, state: "reserved", company: "acme", kind: "provision" } as const
        yield* Transaction.transaction(serials.load({ ...load, eventAt: at(0), context: change(0).context }))
        const eventsAt = [at(9), at(9), at(8)]
        const few = values.slice(0, 3)
        yield* Transaction.transaction(
          serials.record({ ...change(10), operation: "commission", values: few, eventsAt, to: { item } })
        )
        const events = yield* exported
        assert.deepStrictEqual(
          events.map(({ epcList, eventTime }) => [epcList?.length, eventTime.slice(14, 16)]),
          [
            [10_000, "00"],
            [3, "00"],
            [1, "08"],
            [2, "09"]
          ]
        )
        const since = yield* Epcis.use((epcis) =>
          Stream.mkString(epcis.stream({ as: "events", since: at(5), until: at(20) }))
        )
        assert.strictEqual(since.trim().split("\n").length, 2)
        assert.strictEqual(
          yield* Epcis.use((epcis) => Stream.mkString(epcis.stream({ as: "events", until: at(0) }))),
          ""
        )
      })
    )
  )
})
