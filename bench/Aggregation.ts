/**
 * (h) One message that commissions 100,000 cartons with lot and expiry and packs them in 2,000 cases on 40 pallets in a
 * container, from its bytes to the commit, against the floor: parse and XSD by bare libxml2-wasm and the bulk statements
 * nobody can do without. And the trace of that container down through everything in it, against the bare recursive statement.
 */
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { Effect, Layer, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { ParseOption, XmlDocument, XsdValidator } from "libxml2-wasm"
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs"
import * as WorldImport from "../src/cli/WorldImport.ts"
import { Flow } from "../src/engine/Flow.ts"
import { Journal } from "../src/engine/Journal.ts"
import { empty, type World } from "../src/partners/World.ts"
import { Trace } from "../src/serials/Trace.ts"
import * as Stage from "./Stage.ts"

const [perCase, casesPerPallet] = [50, 50]
const chunk = 10_000
const gtin = "00882025010338"
const boxes = "50300694220667"

const xsd = fileURLToPath(new URL("../xsd/TL_XML_SerialNumberDispositionAssigned_2_0.xsd", import.meta.url))
const namespaces = { cmn: "urn:tracelink:mapper:sl:commontypes" }

const carton = (n: number) => `01${gtin}21${100_000_000_000 + n}`
const box = (n: number) => `01${boxes}21${200_000_000_000 + n}`
/** The nth pallet, and the container behind the last of them. Check digits are not looked at. */
const sscc = (n: number) => `000882021${String(n).padStart(11, "0")}`

/** Where a round's numbers begin, and how many it has. */
interface Load {
  readonly round: number
  readonly cartons: number
  readonly cases: number
  readonly pallets: number
}

const loadOf = (round: number, cartons: number): Load => {
  const cases = Math.ceil(cartons / perCase)
  return { round, cartons, cases, pallets: Math.ceil(cases / casesPerPallet) }
}

const range = (count: number, from: number) => Array.from({ length: count }, (_, index) => from + index)
const cartonsOf = ({ round, cartons }: Load) => range(cartons, round * cartons)
const casesOf = ({ round, cases }: Load) => range(cases, round * cases)
const palletsOf = ({ round, pallets }: Load) => range(pallets, round * (pallets + 1))
const containerOf = ({ round, pallets }: Load) => sscc(round * (pallets + 1) + pallets)

const world = (rounds: number, cartons: number): World => {
  const loads = range(rounds, 0).map((round) => loadOf(round, cartons))
  const held = { owner: "alder", state: "reserved", company: "alder" } as const
  const batch = (type: string, value: string, serials: ReadonlyArray<string>) =>
    ({ ...held, packagingCode: { type, value }, serials }) as const
  const product = (id: string, value: string, packagingLevel: "EA" | "CA") => ({
    id,
    owner: "alder",
    name: id,
    packagingLevel,
    codes: [{ type: "GTIN-14", value }],
    itemCodes: [],
    markets: []
  })
  return {
    ...empty,
    companies: [
      {
        id: "alder",
        name: "Alder",
        role: "producer",
        identifiers: [{ type: "DUNS", value: "700000000" }],
        locations: [],
        companyPrefixes: []
      }
    ],
    products: [product("carton", gtin, "EA"), product("case", boxes, "CA")],
    serials: loads.flatMap((load) => [
      batch("GTIN-14", gtin, cartonsOf(load).map(carton)),
      batch("GTIN-14", boxes, casesOf(load).map(box)),
      batch("GCP", "882021", [...palletsOf(load).map(sscc), containerOf(load)])
    ])
  }
}

const event = `<cmn:EventDateTime>2025-11-20T08:00:00Z</cmn:EventDateTime><cmn:EventTimeZoneOffset>+00:00</cmn:EventTimeZoneOffset>`

const commission = (values: ReadonlyArray<string>, level: string, what: string): string =>
  `<CommissionEvent>
${values.map((value) => `<CommissionEventDetail>${event}<cmn:SerialNumber>${value}</cmn:SerialNumber><cmn:PackagingLevel>${level}</cmn:PackagingLevel></CommissionEventDetail>`).join("\n")}
<CommissionCommonAttributes><cmn:EventLocation>9997777.01994.0</cmn:EventLocation>${what}</CommissionCommonAttributes>
</CommissionEvent>`

const itemDetail = (code: string) =>
  `<ItemDetail><cmn:ItemCode type="GTIN-14">${code}</cmn:ItemCode><cmn:LotNumber>A1</cmn:LotNumber><cmn:ExpirationDate>2027-12-31</cmn:ExpirationDate></ItemDetail>`

const pack = (parent: string, children: ReadonlyArray<string>): string =>
  `<AggregationEventDetail>${event}<cmn:EventLocation>9997777.01994.0</cmn:EventLocation><cmn:ParentSerialNumber>${parent}</cmn:ParentSerialNumber><cmn:SerialNumberList>
${children.map((child) => `<cmn:SerialNumber>${child}</cmn:SerialNumber>`).join("\n")}
</cmn:SerialNumberList></AggregationEventDetail>`

const pieces = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  range(Math.ceil(all.length / size), 0).map((index) => all.slice(index * size, (index + 1) * size))

/** Parents with their contents, from the cases up. */
const tree = (load: Load): ReadonlyArray<readonly [string, ReadonlyArray<string>]> => {
  const [cartons, cases] = [cartonsOf(load).map(carton), casesOf(load).map(box)]
  const pallets = palletsOf(load).map(sscc)
  return [
    ...pieces(cartons, perCase).map((some, index) => [cases[index] ?? "", some] as const),
    ...pieces(cases, casesPerPallet).map((some, index) => [pallets[index] ?? "", some] as const),
    [containerOf(load), pallets]
  ]
}

const message = (load: Load): Uint8Array =>
  new TextEncoder().encode(`<?xml version="1.0" encoding="UTF-8"?>
<SNXDispositionAssignedMessage xmlns="urn:tracelink:mapper:sl:serial_number_exchange" xmlns:cmn="urn:tracelink:mapper:sl:commontypes">
<ControlFileHeader>
<cmn:FileSenderNumber>700000000</cmn:FileSenderNumber>
<cmn:FileReceiverNumber>700000000</cmn:FileReceiverNumber>
<cmn:FileControlNumber>bench-${load.round}</cmn:FileControlNumber>
<cmn:FileDate>2025-11-20</cmn:FileDate>
<cmn:FileTime>09:00:00Z</cmn:FileTime>
</ControlFileHeader>
<MessageBody>
${commission(cartonsOf(load).map(carton), "EA", itemDetail(gtin))}
${commission(casesOf(load).map(box), "CA", itemDetail(boxes))}
${commission([...palletsOf(load).map(sscc), containerOf(load)], "PL", "<cmn:CompanyPrefix>882021</cmn:CompanyPrefix>")}
<AggregationEvent>
${tree(load)
  .map(([parent, children]) => pack(parent, children))
  .join("\n")}
</AggregationEvent>
</MessageBody>
</SNXDispositionAssignedMessage>
`)

const engine = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const journal = yield* Journal
  const flow = yield* Flow
  const type = "SNX_DISPOSITION_ASSIGNED"
  const received = { channel: "bench", company: "alder", type, fileName: "assigned.xml", bytes }
  const { messageId } = yield* journal.receive(received)
  const claimed = yield* flow.take(messageId)
  const ended = claimed === undefined ? undefined : yield* flow.process(claimed)
  if (ended?.verdict.outcome !== "processed") return yield* Effect.die(`not processed: ${ended?.verdict.reason}`)
})

const parse = (bytes: Uint8Array, validator: XsdValidator): number => {
  const document = XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_BIG_LINES })
  try {
    validator.validate(document)
    return document.find("//cmn:SerialNumber/text()", namespaces).map((node) => node.content).length
  } finally {
    document.dispose()
  }
}

/** The same rows as the engine touches, in the same chunks, and nothing else. */
const statements = Effect.fnUntraced(function* (load: Load, bytes: Uint8Array, mark: number) {
  const sql = yield* SqlClient.SqlClient
  const split = (value: string) => (value.startsWith("000") ? value.slice(2) : value.slice(18))
  const all = [
    ...cartonsOf(load).map(carton),
    ...casesOf(load).map(box),
    ...palletsOf(load).map(sscc),
    containerOf(load)
  ]
  const links = tree(load).flatMap(([parent, children]) =>
    children.map((child) => [split(child), split(parent)] as const)
  )
  const body = Effect.gen(function* () {
    for (const part of pieces(all.map(split), chunk)) {
      yield* sql`WITH made AS (
          UPDATE serials s SET state = 'commissioned', item_status = 'available', lot_id = 1
          FROM unnest(${part}::text[]) AS u(serial) WHERE s.serial = u.serial RETURNING s.id)
        INSERT INTO serial_history (serial_id, change_id) SELECT id, ${mark}::int8 FROM made`
    }
    for (const part of pieces(links, chunk)) {
      yield* sql`WITH packed AS (
          UPDATE serials s SET parent_id = p.id
          FROM unnest(${part.map(([child]) => child)}::text[], ${part.map(([, parent]) => parent)}::text[]) AS u(serial, parent)
          JOIN serials p ON p.serial = u.parent WHERE s.serial = u.serial RETURNING s.id, s.parent_id)
        INSERT INTO serial_history (serial_id, change_id, parent_id)
        SELECT id, ${mark + 1}::int8, parent_id FROM packed`
    }
    yield* sql`INSERT INTO message_chunks (message_id, chunk, bytes) VALUES (${-mark}::int8, 0, ${bytes})`
  })
  yield* sql.withTransaction(body)
})

const descend = Effect.fnUntraced(function* (value: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly count: number }>`
    WITH RECURSIVE inside AS (
      SELECT c.id FROM serials s JOIN serial_history p ON p.parent_id = s.id
      JOIN serials c ON c.id = p.serial_id AND c.parent_id = s.id WHERE s.serial = ${value.slice(2)}
      UNION SELECT c.id FROM inside s JOIN serial_history p ON p.parent_id = s.id
      JOIN serials c ON c.id = p.serial_id AND c.parent_id = s.id
    )
    SELECT p.prefix || s.serial AS value, s.state FROM inside i JOIN serials s ON s.id = i.id
    JOIN prefixes p ON p.id = s.prefix_id`
  return rows.length
})

/** Measures both over this many cartons. */
export const run = (cartons = 100_000, rounds = 3) =>
  Effect.gen(function* () {
    yield* WorldImport.run(world(rounds * 2, cartons), { actor: "bench", clock: new Date() })
    const sql = yield* SqlClient.SqlClient
    yield* sql`VACUUM ANALYZE serials, serial_history`
    xmlRegisterFsInputProviders()
    const schema = XmlDocument.fromBuffer(yield* Effect.promise(() => readFile(xsd)), { url: xsd })
    const validator = XsdValidator.fromDoc(schema)
    const [whole, floor, parsed, traced, bare]: ReadonlyArray<Array<number>> = [[], [], [], [], []]
    let descendants = 0
    for (const round of range(rounds, 0)) {
      const mine = loadOf(round * 2, cartons)
      whole?.push((yield* Stage.timed(engine(message(mine)))).ms)
      const load = loadOf(round * 2 + 1, cartons)
      const bytes = message(load)
      const reading = yield* Stage.timed(Effect.sync(() => parse(bytes, validator)))
      const writing = yield* Stage.timed(statements(load, bytes, 1_000_000_000 + round * 10))
      parsed?.push(reading.ms)
      floor?.push(reading.ms + writing.ms)
      if (round === 0) yield* sql`VACUUM ANALYZE serials, serial_history`
      const trace = Trace.use(({ down }) => Stream.runCount(down(containerOf(mine))))
      const tracing = yield* Stage.timed(trace)
      descendants = tracing.value
      traced?.push(tracing.ms)
      bare?.push((yield* Stage.timed(descend(containerOf(mine)))).ms)
    }
    return {
      cartons,
      descendants,
      whole: Stage.median(whole ?? []),
      parse: Stage.median(parsed ?? []),
      floor: Stage.median(floor ?? []),
      trace: Stage.median(traced ?? []),
      bare: Stage.median(bare ?? [])
    }
  }).pipe(Effect.provide(Layer.fresh(Trace.layer)))

const ms = (value: number): string => `${Math.round(value)} ms`

/** Rows of the table of results. */
export const rows = (measured: Effect.Success<ReturnType<typeof run>>): ReadonlyArray<string> => {
  const { cartons, descendants, whole, parse, floor, trace, bare } = measured
  return [
    `| (h) ${cartons.toLocaleString("en-US")} cartons commissioned and packed in one message | ${ms(whole)} | ${ms(floor)}: bare libxml2-wasm ${ms(parse)}, the rest bare statements | ${(whole / floor).toFixed(2)} × | ≤ 2 × |`,
    `| (h) trace of a container down through ${descendants.toLocaleString("en-US")} numbers | ${ms(trace)} | ${ms(bare)}: the bare recursive statement | ${(trace / bare).toFixed(2)} × | |`
  ]
}
