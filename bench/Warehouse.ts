/**
 * (w) A warehouse's month: a 944 with 10,000 serials in (51 line loops, for a loop holds 200 references), a 945 with the
 * same 10,000 out (one line, its LS loop), and a 944 of 9,000 lines with one serial each, from the bytes to the effects
 * committed. The floor of each, in turns within one run: reading the same interchange alone, and the statements nobody can
 * do without (numbers inserted or updated, their history, the serials of the document's lines, the journal's bytes; of many
 * lines also the lines and a change for each).
 */
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as WorldFile from "../src/cli/WorldFile.ts"
import * as WorldImport from "../src/cli/WorldImport.ts"
import { Flow } from "../src/engine/Flow.ts"
import { Journal } from "../src/engine/Journal.ts"
import * as X12 from "../src/formats/X12.ts"
import * as Stage from "./Stage.ts"

const defaultCount = 10_000
const defaultLines = 9_000
const defaultRounds = 5
const chunk = 10_000
/** References of a W07 loop that are left for serials when one is the lot. */
const perLoop = X12.lineReferences - 1

const elm = "9521234001010"
const fir = "9521234001034"
const place = fileURLToPath(new URL("../samples/wms-story/world.yaml", import.meta.url))
const at = new Date("2026-11-24T09:00:00Z")

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const order = (number: string, quantity: number, more: Readonly<Record<string, string>>) =>
  json({
    header: { sender: elm, receiver: elm, controlNumber: number },
    number,
    status: "released",
    warehouse: "fir",
    lines: [{ sku: "SERUM-10", quantity, line: "1" }],
    ...more
  })

const sides = { sender: { qualifier: "ZZ", id: fir }, receiver: { qualifier: "ZZ", id: elm }, at }
const parties = [{ name: { entity: "WH", name: "Fir hall 1", qualifier: "UL", code: "9521234001041" } }]
const bytesOf = ({ problems, text }: X12.Composed): Uint8Array => {
  if (problems.length > 0) throw new Error(`the bench cannot write its message: ${problems[0]?.detail}`)
  return new TextEncoder().encode(text)
}

/** A receipt of these serials, so many a line, against a purchase order. */
const receipt = (
  { number, control }: { readonly number: string; readonly control: number },
  serials: ReadonlyArray<string>,
  perLine: number
): Uint8Array => {
  const lines = Array.from({ length: Math.ceil(serials.length / perLine) }, (_, loop) => {
    const mine = serials.slice(loop * perLine, (loop + 1) * perLine)
    return {
      item: { quantity: `${mine.length}`, unit: "EA", qualifier: "VN", product: "SERUM-10" },
      references: [
        { qualifier: "LT", value: "L7", date: "20281231" },
        ...mine.map((value) => ({ qualifier: "SE", value }))
      ]
    }
  })
  const header = { reporting: "F", date: "20261123", receipt: `R-${number}`, depositorOrder: number }
  const set: X12.Write<typeof X12.set944> = { header, parties, lines, totals: { received: `${serials.length}` } }
  return bytesOf(X12.compose(X12.set944, { ...sides, controlNumber: `${control}`, sets: [set] }, { version: "004010" }))
}

/** A shipment of them against sales order `SO-n`. */
const shipment = (n: number, serials: ReadonlyArray<string>): Uint8Array => {
  const quantity = `${serials.length}`
  const line = {
    item: { status: "CC", ordered: quantity, shipped: quantity, unit: "EA", qualifier: "VN", product: "SERUM-10" },
    references: [{ qualifier: "LT", value: "L7" }],
    dates: [{ qualifier: "36", date: "20281231" }],
    long: [
      {
        start: { loop: X12.longListLoop },
        items: [{ number: { number: "1" }, references: serials.map((value) => ({ qualifier: "SE", value })) }],
        end: { loop: X12.longListLoop }
      }
    ]
  }
  const set: X12.Write<typeof X12.set945> = {
    header: { reporting: "F", depositorOrder: `SO-${n}`, date: "20261124", shipment: `S-${n}` },
    parties,
    sections: [{ number: { number: "1" }, lines: [line] }]
  }
  return bytesOf(
    X12.compose(X12.set945, { ...sides, controlNumber: `${1001 + n * 3}`, sets: [set] }, { version: "004010" })
  )
}

/** A message through the engine. */
const through = Effect.fnUntraced(function* (company: string, type: string, bytes: Uint8Array) {
  const journal = yield* Journal
  const flow = yield* Flow
  const { messageId } = yield* journal.receive({ channel: "bench", company, type, fileName: "bench", bytes })
  const claimed = yield* flow.take(messageId)
  const ended = claimed === undefined ? undefined : yield* flow.process(claimed)
  if (ended?.verdict.outcome === "processed") return
  const [error] = ended?.verdict.findings.errors ?? []
  return yield* Effect.die(`not processed: ${ended?.verdict.reason ?? error?.text}`)
})

/** The rows a receipt or shipment writes, in the same chunks, and nothing else. `lines` has one for each serial. */
const statements = Effect.fnUntraced(function* (
  serials: ReadonlyArray<string>,
  bytes: Uint8Array,
  mark: number,
  moves: "insert" | "update" | "lines"
) {
  const sql = yield* SqlClient.SqlClient
  const body = Effect.gen(function* () {
    for (let start = 0; start < serials.length; start += chunk) {
      const part = serials.slice(start, start + chunk)
      const texts = part.map((serial) => `010061414110102321${serial}`)
      if (moves === "lines")
        yield* sql`WITH lines AS (
            INSERT INTO trade_lines (document_id, version_id, position, line_ref, product, sku, quantity, uom, lot, serials)
            SELECT ${mark}::int8, ${mark}::int8, n, n::text, 'serum', 'SERUM-10', 1, 'EA', 'L7', 1
            FROM generate_series(1, ${part.length}::int4) AS n RETURNING id
          ), changes AS (
            INSERT INTO serial_changes (kind, state, company_id, item_id, line_id, quantity, recorded_at)
            SELECT 'receive', 'commissioned', 1, 1, id, 1, ${at} FROM lines RETURNING id
          ), numbered AS (SELECT id, row_number() OVER () AS n FROM changes), added AS (
            INSERT INTO serials (prefix_id, item_id, company_id, state, item_status, attributes, serial)
            SELECT ${mark}, 1, 1, 'commissioned', 'available', 0, s FROM unnest(${part}::text[]) AS u(s) RETURNING id)
          INSERT INTO serial_history (serial_id, change_id)
          SELECT a.id, c.id FROM (SELECT id, row_number() OVER () AS n FROM added) a JOIN numbered c USING (n)`
      else if (moves === "insert")
        yield* sql`WITH added AS (
            INSERT INTO serials (prefix_id, item_id, company_id, state, item_status, attributes, serial)
            SELECT ${mark}, 1, 1, 'commissioned', 'available', 0, s FROM unnest(${part}::text[]) AS u(s) RETURNING id)
          INSERT INTO serial_history (serial_id, change_id) SELECT id, ${mark}::int8 FROM added`
      else
        yield* sql`WITH moved AS (
            UPDATE serials s SET company_id = 2, item_status = 'shipped' FROM unnest(${part}::text[]) AS u(serial)
            WHERE s.serial = u.serial AND s.prefix_id = ${mark - 1} RETURNING s.id)
          INSERT INTO serial_history (serial_id, change_id) SELECT id, ${mark}::int8 FROM moved`
      yield* sql`INSERT INTO serial_texts (line_id, position, value)
        SELECT ${mark}::int8, n::int4 + ${start}, t FROM unnest(${texts}::text[]) WITH ORDINALITY AS u(t, n)`
    }
    yield* sql`INSERT INTO message_chunks (message_id, chunk, bytes) VALUES (${-mark}::int8, 0, ${bytes})`
  })
  yield* sql.withTransaction(body)
})

/** Medians of one direction. */
const summary = (whole: ReadonlyArray<number>, parse: ReadonlyArray<number>, bare: ReadonlyArray<number>) => ({
  whole: Stage.median(whole),
  parse: Stage.median(parse),
  statements: Stage.median(bare),
  ratio: Stage.median(whole.map((ms, n) => ms / ((parse[n] ?? Number.NaN) + (bare[n] ?? Number.NaN))))
})

export const run = (count: number = defaultCount, rounds: number = defaultRounds, many: number = defaultLines) =>
  Effect.gen(function* () {
    yield* WorldImport.run(yield* WorldFile.read(place), { actor: "bench", clock: at })
    const times: Record<"in" | "out" | "lines", Record<"whole" | "parse" | "bare", Array<number>>> = {
      in: { whole: [], parse: [], bare: [] },
      lines: { whole: [], parse: [], bare: [] },
      out: { whole: [], parse: [], bare: [] }
    }
    const sql = yield* SqlClient.SqlClient
    // Round 0 is not counted: it fills the tables that the planner is told about.
    for (let n = 0; n <= rounds; n += 1) {
      if (n === 1) {
        yield* sql`VACUUM ANALYZE`
        for (const each of [times.in, times.out, times.lines]) for (const list of Object.values(each)) list.length = 0
      }
      const serials = Array.from({ length: count }, (_, k) => `${100_000_000_000 + n * count + k}`)
      yield* through("elm-outfitters", "PURCHASE_ORDER", order(`PO-${n}`, count, { vendor: "gorse-supply" }))
      const inbound = receipt({ number: `PO-${n}`, control: 1000 + n * 3 }, serials, perLoop)
      times.in.whole.push((yield* Stage.timed(through("fir-logistics", "X12", inbound))).ms)
      yield* through("elm-outfitters", "SALES_ORDER", order(`SO-${n}`, count, { customer: "ivy-clinic" }))
      const outbound = shipment(n, serials)
      times.out.whole.push((yield* Stage.timed(through("fir-logistics", "X12", outbound))).ms)
      const others = Array.from({ length: many }, (_, k) => `${200_000_000_000 + n * many + k}`)
      const ordered = order(`PO-L${n}`, many, { vendor: "gorse-supply" })
      yield* through("elm-outfitters", "PURCHASE_ORDER", ordered)
      const byLine = receipt({ number: `PO-L${n}`, control: 1002 + n * 3 }, others, 1)
      times.lines.whole.push((yield* Stage.timed(through("fir-logistics", "X12", byLine))).ms)

      const mark = 1_000_000 + n * 10
      const floor = serials.map((serial) => `9${serial.slice(1)}`)
      times.in.parse.push((yield* Stage.timed(Effect.sync(() => X12.read(inbound, X12.set944)))).ms)
      times.in.bare.push((yield* Stage.timed(statements(floor, inbound, mark, "insert"))).ms)
      times.out.parse.push((yield* Stage.timed(Effect.sync(() => X12.read(outbound, X12.set945)))).ms)
      times.out.bare.push((yield* Stage.timed(statements(floor, outbound, mark + 1, "update"))).ms)
      times.lines.parse.push((yield* Stage.timed(Effect.sync(() => X12.read(byLine, X12.set944)))).ms)
      times.lines.bare.push((yield* Stage.timed(statements(others, byLine, mark + 2, "lines"))).ms)
    }
    const of = ({ whole, parse, bare }: (typeof times)["in"]) => summary(whole, parse, bare)
    return { serials: count, lines: many, receipt: of(times.in), shipment: of(times.out), byLine: of(times.lines) }
  })

const ms = (value: number): string => `${Math.round(value)} ms`

/** Rows for bench/RESULTS.md. */
export const rows = (result: Effect.Success<ReturnType<typeof run>>): ReadonlyArray<string> => {
  const count = (value: number) => value.toLocaleString("en")
  return (
    [
      [`944 with ${count(result.serials)} serials in`, result.receipt],
      [`945 with ${count(result.serials)} serials out`, result.shipment],
      [`944 of ${count(result.lines)} lines with one serial each in`, result.byLine]
    ] as const
  ).map(
    ([what, { whole, parse, statements: bare, ratio }]) =>
      `| (w) X12 ${what}, bytes to effects committed | ${ms(whole)} | ${ms(parse + bare)}: reading alone ${ms(parse)}, the rest bare statements | ${ratio.toFixed(2)} × | |`
  )
}
