/**
 * The serial repository over the database: `Serials` put together from its queries. Provide `SerialsLive` wherever the
 * service is needed; it takes the SQL client of the context and joins the transaction of whoever calls.
 */
import { Effect, Layer, Option, Result, Stream } from "effect"
import * as Gs1Elements from "../formats/Gs1Elements.ts"
import * as Gs1Epc from "../formats/Gs1Epc.ts"
import type { SerialBatch } from "../partners/World.ts"
import * as PoolQueries from "./PoolQueries.ts"
import * as Pools from "./Pools.ts"
import * as SerialChangeQueries from "./SerialChangeQueries.ts"
import * as SerialContentQueries from "./SerialContentQueries.ts"
import type { Container } from "./SerialEvent.ts"
import * as SerialEvents from "./SerialEvents.ts"
import * as SerialKeyQueries from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import * as SerialLoad from "./SerialLoad.ts"
import * as SerialLoadQueries from "./SerialLoadQueries.ts"
import * as SerialLookUpQueries from "./SerialLookUpQueries.ts"
import * as SerialLotQueries from "./SerialLotQueries.ts"
import type { ChangeContext, Explained, SelectedChange } from "./SerialModel.ts"
import { type Encoding, parse, prefixOf } from "./SerialNumber.ts"
import * as SerialObstacles from "./SerialObstacles.ts"
import * as SerialPacking from "./SerialPacking.ts"
import * as SerialQueries from "./SerialQueries.ts"
import * as SerialReadQueries from "./SerialReadQueries.ts"
import { Serials, SerialsError, Unreadable } from "./Serials.ts"
import * as SerialTransferQueries from "./SerialTransferQueries.ts"
import * as SerialWorldQueries from "./SerialWorldQueries.ts"
import * as WorldSerials from "./WorldSerials.ts"

const make = Effect.gen(function* () {
  const keys = yield* SerialKeyQueries.make
  const written = yield* SerialChangeQueries.make(keys)
  const changes = yield* SerialQueries.make(keys, written)
  const contents = yield* SerialContentQueries.make(changes)
  const lookUps = yield* SerialLookUpQueries.make
  const reads = yield* SerialReadQueries.make(keys, changes, lookUps)
  const loads = yield* SerialLoadQueries.make(changes)
  const lots = yield* SerialLotQueries.make(keys)
  const draws = yield* PoolQueries.make
  const transfers = yield* SerialTransferQueries.make(keys)
  const pages = yield* SerialWorldQueries.make

  const { load, all: loadAll } = SerialLoad.make(keys, written, loads)
  const provision = Pools.make(keys, written, changes, loads, draws)

  const { changeListed, record, recordAll } = SerialEvents.make(keys, written, changes, contents, lookUps, loadAll)
  const { pack, unpack } = SerialPacking.make(keys, written, changes, contents, lookUps)

  const changeSelected = Effect.fn("Serials.changeSelected")(function* (change: SelectedChange) {
    const { where, row } = yield* changes.prepare(change, 0)
    const numbers = yield* changes.select(change.item, change.documents, where)
    const begun = yield* written.begin({ ...row, quantity: numbers.length }, true)
    const ids = numbers.map(({ id }) => Number(id))
    const changed = yield* changes.updateAll(changes.identified(ids), begun, where)
    return { changeId: begun.id, changed, values: numbers.map(({ value }) => value) }
  })

  const explain = Effect.fn("Serials.explain")(function* (
    values: ReadonlyArray<string>,
    formats?: ReadonlyArray<Encoding | undefined>
  ) {
    const list = SerialList.of(values, formats)
    const ids = yield* keys.knownPrefixes(list.prefixes)
    const known = new Map<string, SerialLookUpQueries.KnownRow>()
    for (const chunk of list.chunks) {
      for (const row of yield* lookUps.known(chunk, ids)) {
        for (const place of row.places) known.set((chunk.prefixes[place] ?? "") + (chunk.serials[place] ?? ""), row)
      }
    }
    const bad = new Set(list.parsed.bad.positions)
    const rows = values.map((value, position) => (bad.has(position) ? undefined : known.get(value)))
    const explained: Explained = {
      states: rows.map((row) => row?.state),
      companies: rows.map((row) => row?.company),
      locations: rows.map((row) => row?.location ?? undefined),
      owners: rows.map((row) => row?.owner),
      codeTypes: rows.map((row) => row?.code_type),
      codes: rows.map((row) => row?.code)
    }
    return explained
  })

  const lookUp = Effect.fn("Serials.lookUp")(function* (value: string) {
    const number = parse(value)
    if (Result.isFailure(number)) return undefined
    const { serial } = number.success
    return yield* lookUps.one(value.slice(0, value.length - serial.length), serial)
  })

  const lookUpAll = Effect.fn("Serials.lookUpAll")(function* (
    values: ReadonlyArray<string>,
    formats?: ReadonlyArray<Encoding | undefined>
  ) {
    const list = SerialList.of(values, formats)
    const bad = new Set(list.parsed.bad.positions)
    const numbers = yield* SerialObstacles.known(list, keys, lookUps)
    return values.map((value, position) => (bad.has(position) ? undefined : numbers.get(value)))
  })

  /** Packs what a world says is packed; its first obstacle is a fault of the world. */
  const packed = (containers: ReadonlyArray<Container>, context: ChangeContext) =>
    pack({ containers, holder: "any", anyStatus: true, kind: "world", context }).pipe(
      Effect.catchTag("EventRefused", ({ obstacles: [first] }) => {
        const parent = containers[first.container ?? 0]?.parent ?? ""
        const why = `cannot be packed in ${parent} (${first.why._tag})`
        return Effect.fail(new SerialsError({ reason: new Unreadable({ value: first.value, why }) }))
      })
    )

  const importWorld = Effect.fn("Serials.importWorld")(function* (
    batches: ReadonlyArray<SerialBatch>,
    context: ChangeContext
  ) {
    let [loaded, existing] = [0, 0]
    const containers: Array<Container> = []
    for (const batch of batches) {
      const texts = WorldSerials.texts(batch)
      if (Result.isFailure(texts)) return yield* new SerialsError({ reason: new Unreadable(texts.failure) })
      const values = texts.success
      const encoding = WorldSerials.encodingFor(batch.packagingCode.type)
      const done = yield* load({
        owner: batch.owner,
        item: { codeType: batch.packagingCode.type, code: batch.packagingCode.value },
        values,
        // Under a SKU each text tells itself what it is.
        formats: encoding === "SKU" ? undefined : values.map(() => encoding),
        state: batch.state,
        company: batch.company ?? batch.owner,
        location: batch.location,
        documents: batch.referenceDocuments,
        lot: WorldSerials.lotOf(batch),
        itemStatus: batch.itemStatus,
        set: batch.attributes,
        kind: "world",
        context
      })
      if (batch.parent !== undefined && done.loaded > 0) containers.push({ parent: batch.parent, children: values })
      loaded += done.loaded
      existing += done.existing.length
    }
    // A parent may be younger than what is packed in it, so it may stand in a later batch.
    if (containers.length > 0) yield* packed(containers, context)
    return { loaded, existing }
  })

  const exportWorld = Stream.paginate(0, (after) =>
    Effect.map(pages.page(after), ({ batches, last }) => [batches, last === after ? Option.none() : Option.some(last)])
  )

  return Serials.of({
    changeListed,
    record,
    recordAll,
    pack,
    unpack,
    lookUp,
    lookUpAll,
    lotsOf: lots.of,
    countOfLot: lots.count,
    changeSelected,
    explain,
    countByState: reads.countByState,
    knownDocument: reads.knownDocument,
    provision,
    load,
    recordTransfer: transfers.record,
    transfersOf: transfers.ofControlNumber,
    find: (text) => reads.find(candidates(text)),
    list: (filters, { limit, after }) => reads.list(filters, limit, after),
    importWorld: (batches, context) => changes.transaction(importWorld(batches, context)),
    exportWorld
  })
})

/** What a person may mean by a text: AI format in any spelling, an EPC URI, an SSCC, or a bare serial of any code. */
const candidates = (text: string): ReadonlyArray<SerialReadQueries.Candidate> => {
  const epc = Gs1Epc.read(text)
  const elements = Gs1Elements.read(text, { checkDigits: false })
  const element = (ai: string) =>
    Result.isSuccess(elements) ? elements.success.find((one) => one.ai === ai)?.value : undefined
  const [sscc, gtin, serial] = [element("00"), element("01"), element("21")]
  const whole = [
    ...(epc?.kind === "sscc" ? [`00${epc.sscc}`] : []),
    ...(epc?.kind === "sgtin" ? [prefixOf("AI(01)+AI(21)", epc.gtin14) + epc.serial] : []),
    ...(sscc === undefined ? [] : [`00${sscc}`]),
    ...(gtin === undefined || serial === undefined ? [] : [prefixOf("AI(01)+AI(21)", gtin) + serial]),
    text
  ]
  const numbers = whole.flatMap((value) => {
    const number = parse(value)
    return Result.isSuccess(number) ? [number.success] : []
  })
  return [
    ...numbers.map((number) => ({
      prefix: prefixOf(number.encoding, "code" in number ? number.code : ""),
      serial: number.serial
    })),
    { prefix: undefined, serial: text }
  ]
}

/** The repository over the SQL client of the context. */
export const SerialsLive = Layer.effect(Serials, make)
