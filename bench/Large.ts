/**
 * (a) One transfer of 100,000 explicit serials, from the file seen to the response committed, against the floor: parse,
 * XSD and extraction of the same file by bare libxml2-wasm, plus the statements nobody can do without (update of the
 * serials, insert of their history, the journal's bytes of request and response), in turns within one run.
 */
import { readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { ParseOption, XmlDocument, XsdValidator } from "libxml2-wasm"
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs"
import { Flow } from "../src/engine/Flow.ts"
import { Journal } from "../src/engine/Journal.ts"
import * as Stage from "./Stage.ts"

const count = 100_000
const rounds = 5
const chunk = 10_000

const xsd = fileURLToPath(new URL("../xsd/TL_XML_SNX_SerialNumberTransfer_1_0_IB_V1_1.xsd", import.meta.url))
const namespaces = { cmn: "urn:tracelink:mapper:sl:commontypes" }

const engine = Effect.fnUntraced(function* (file: string, company: string) {
  const journal = yield* Journal
  const flow = yield* Flow
  const bytes = yield* Effect.promise(() => readFile(file))
  const { messageId } = yield* journal.receive({
    channel: "bench",
    company,
    type: "SNX_TRANSFER",
    fileName: "large.xml",
    bytes
  })
  const claimed = yield* flow.take(messageId)
  const ended = claimed === undefined ? undefined : yield* flow.process(claimed)
  if (ended?.verdict.outcome !== "processed") return yield* Effect.die(`not processed: ${ended?.verdict.reason}`)
  return ended.outputs.reduce((sum, { bytes }) => sum + bytes.length, 0)
})

const parse = (bytes: Uint8Array, validator: XsdValidator): ReadonlyArray<string> => {
  const document = XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_BIG_LINES })
  try {
    validator.validate(document)
    return document.find("//cmn:Serial/text()", namespaces).map((node) => node.content)
  } finally {
    document.dispose()
  }
}

const pieces = (bytes: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / 1_048_576) }, (_, n) =>
    bytes.subarray(n * 1_048_576, (n + 1) * 1_048_576)
  )

/** The same rows as the engine touches, in the same chunks, and nothing else. */
const statements = Effect.fnUntraced(function* (
  serials: ReadonlyArray<string>,
  stored: ReadonlyArray<Uint8Array>,
  mark: number
) {
  const sql = yield* SqlClient.SqlClient
  const [item] = yield* sql<{ readonly id: number }>`SELECT item_id AS id FROM serials LIMIT 1`
  const [place] = yield* sql<{ readonly id: number }>`SELECT id FROM names WHERE name = 'cedar-packaging'`
  const body = Effect.gen(function* () {
    for (let start = 0; start < serials.length; start += chunk) {
      const part = serials.slice(start, start + chunk)
      yield* sql`WITH moved AS (
          UPDATE serials s SET company_id = ${place?.id ?? 0} FROM unnest(${part}::text[]) AS u(serial)
          WHERE s.serial = u.serial AND s.item_id = ${item?.id ?? 0} RETURNING s.id)
        INSERT INTO serial_history (serial_id, change_id) SELECT id, ${mark}::int8 FROM moved`
    }
    for (const [index, bytes] of stored.entries()) {
      yield* sql`INSERT INTO message_chunks (message_id, chunk, bytes)
        SELECT ${-mark - index}::int8, n - 1, b FROM unnest(${pieces(bytes)}::bytea[]) WITH ORDINALITY AS p(b, n)`
    }
  })
  yield* sql.withTransaction(body)
})

export const run = Effect.gen(function* () {
  const { names, each } = yield* Stage.world(count * rounds * 2, rounds * 2)
  const sql = yield* SqlClient.SqlClient
  yield* sql`VACUUM ANALYZE serials`
  xmlRegisterFsInputProviders()
  const schema = XmlDocument.fromBuffer(yield* Effect.promise(() => readFile(xsd)), { url: xsd })
  const validator = XsdValidator.fromDoc(schema)

  const whole: Array<number> = []
  const floor: Array<number> = []
  const parsed: Array<number> = []
  for (const round of Array.from({ length: rounds }, (_, index) => index)) {
    const file = join(tmpdir(), `throughline-bench-${process.pid}.xml`)
    const listOf = (n: number) => Array.from({ length: each }, (_, k) => Stage.serial(n * each + k))
    const mine = round * 2
    yield* Effect.promise(() => writeFile(file, Stage.request(mine, `large-${round}`, listOf(mine))))
    const one = yield* Stage.timed(engine(file, names[mine] ?? ""))
    whole.push(one.ms)

    const bytes = Stage.request(mine + 1, `floor-${round}`, listOf(mine + 1))
    const reading = yield* Stage.timed(Effect.sync(() => parse(bytes, validator)))
    const serials = reading.value.map((value) => value.slice(18))
    const writing = yield* Stage.timed(
      statements(serials, [bytes, bytes.subarray(0, one.value)], 1_000_000_000 + round * 10)
    )
    parsed.push(reading.ms)
    floor.push(reading.ms + writing.ms)
    yield* Effect.promise(() => rm(file))
  }
  return {
    whole: Stage.median(whole),
    floor: Stage.median(floor),
    parse: Stage.median(parsed),
    ratio: Stage.median(whole.map((ms, n) => ms / (floor[n] ?? Number.NaN))),
    peak: process.resourceUsage().maxRSS / 1024
  }
})

const ms = (value: number): string => `${Math.round(value)} ms`

/** Rows for bench/RESULTS.md. */
export const rows = ({ whole, floor, parse, ratio, peak }: Effect.Success<typeof run>): ReadonlyArray<string> => [
  `| (a) transfer of 100,000 explicit serials, file seen to response committed; peak memory ${Math.round(peak)} MiB, parser threads included | ${ms(whole)} | ${ms(floor)}: bare libxml2-wasm ${ms(parse)}, the rest bare statements | ${ratio.toFixed(2)} × | ≤ 1.5 × |`
]
