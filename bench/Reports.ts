/**
 * (g) A report of 1,000,000 serials as CSV and as XLSX, written to a file, against the report's own statement streamed to
 * nowhere, in turns within one run; and the peak memory of `throughline report` in a process of its own.
 *
 * By itself: `node bench/Reports.ts [SERIALS]`.
 */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, Layer, Redacted, Stream } from "effect"
import { SqlClient } from "effect/sql"
import * as OutFile from "../src/cli/OutFile.ts"
import * as WorldImport from "../src/cli/WorldImport.ts"
import type { Format } from "../src/reports/Rendering.ts"
import { Reports } from "../src/reports/Reports.ts"
import * as Database from "../src/store/Database.ts"
import * as ReportData from "./ReportData.ts"
import * as Stage from "./Stage.ts"

const rounds = 3
const name = "serial-panel"
const filters = { product: ["AMX-500"] }

/** The report's rows as the database gives them, taken and dropped. */
const bare = Effect.gen(function* () {
  const { rows } = yield* Reports.use((reports) => reports.ask({ name, filters }))
  let seen = 0
  yield* Stream.runForEach(rows, (some) =>
    Effect.sync(() => {
      seen += some.length
    })
  )
  return seen
})

const written = Effect.fnUntraced(function* (format: Format, path: string) {
  const { bytes } = yield* Reports.use(({ file }) => file({ name, filters, format }))
  return yield* OutFile.write(path, bytes)
})

/** The most memory a process ever had, in MiB; Linux tells, nobody else. */
const peakOf = (pid: number): number | undefined => {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}

/** Peak memory of the program while it writes the report. */
const memory = Effect.fnUntraced(function* (url: string, out: string) {
  return yield* Effect.callback<number | undefined>((resume) => {
    const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
    const child = spawn(process.execPath, [main, "report", name, "--product", "AMX-500", "--out", out], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: "ignore"
    })
    let peak: number | undefined
    const look = setInterval(() => {
      peak = peakOf(child.pid ?? 0) ?? peak
    }, 50)
    child.once("close", (code) => {
      clearInterval(look)
      resume(code === 0 ? Effect.succeed(peak) : Effect.die(`throughline report ended with ${code}`))
    })
  })
})

const measured = Effect.fnUntraced(function* (serials: number) {
  const sql = yield* SqlClient.SqlClient
  const server = yield* Database.Server
  yield* WorldImport.run(ReportData.world, { actor: "bench", clock: new Date() })
  yield* ReportData.fill({ serials, perPurchaseOrder: 10_000, perOrder: 100 })
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-bench-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  const times = { bare: [] as number[], csv: [] as number[], xlsx: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    times.bare.push((yield* Stage.timed(bare)).ms)
    for (const format of ["csv", "xlsx"] as const)
      times[format].push((yield* Stage.timed(written(format, join(folder, `report.${format}`)))).ms)
  }
  const [row] = yield* sql<{ readonly name: string }>`SELECT current_database() AS name`
  const url = new URL(Redacted.value(server.url))
  url.pathname = `/${row?.name ?? ""}`
  const one = Effect.fnUntraced(function* (format: "csv" | "xlsx") {
    const out = join(folder, `memory.${format}`)
    const peak = yield* memory(url.href, out)
    const { size } = yield* Effect.promise(() => stat(out))
    const ratio = Stage.median(times[format].map((ms, n) => ms / (times.bare[n] ?? Number.NaN)))
    return { format, ms: Stage.median(times[format]), ratio, megabytes: size / 2 ** 20, peak }
  })
  return { serials, bare: Stage.median(times.bare), files: [yield* one("csv"), yield* one("xlsx")] }
})

/** Needs the installation of `Stage` over an empty database. */
export const run = (serials: number) =>
  Effect.scoped(Effect.provide(measured(serials), Layer.fresh(Reports.layer), { local: true }))

/** Rows for the table of results. */
export const rows = ({ serials, bare, files }: Effect.Success<ReturnType<typeof run>>): ReadonlyArray<string> =>
  files.map(
    ({ format, ms, ratio, megabytes, peak }) =>
      `| (g) report of ${serials.toLocaleString("en-US")} serials as ${format.toUpperCase()}, ${Math.round(megabytes)} MiB; peak memory of the process ${peak === undefined ? "not told here" : `${Math.round(peak)} MiB`} | ${Math.round(ms)} ms | ${Math.round(bare)} ms: its statement streamed to nowhere | ${ratio.toFixed(2)} × | |`
  )

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const serials = Number(process.argv[2] ?? "1000000")
  const result = await Effect.runPromise(Effect.provide(run(serials), Stage.layer))
  process.stdout.write(`${rows(result).join("\n")}\n`)
}
