/**
 * The demo of `npm start`: a world in an empty database, where to drop which file, and then one line for every message
 * that ends, with where the answer lies. It prints; it changes nothing but the first import.
 */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Clock, Duration, Effect, FileSystem, Schedule } from "effect"
import * as FileNames from "../channels/FileNames.ts"
import { Desk, type EndingRow } from "../engine/Desk.ts"
import { reportType } from "../engine/Report.ts"
import { Partners } from "../partners/Partners.ts"
import * as Print from "./Print.ts"
import * as Serving from "./Serving.ts"
import * as WorldFile from "./WorldFile.ts"
import * as WorldImport from "./WorldImport.ts"

const samples = fileURLToPath(new URL("../../samples/demo", import.meta.url))

/** The world of the demo, and of files that are tried where there is no other. */
export const demoWorld = join(samples, "world.yaml")

/** Who drops files in the demo. */
const dropper = "birch-printing"

/** How often to look for messages that ended. */
const every = Duration.millis(300)

/** An answer that is not delivered by then is told as being on its way. */
const patienceMs = 5_000

/** Attempts that ended late may have a smaller id than ones told already; this far back they are looked for. */
const overlap = 200

/** Takes the demo world into a database that has no company yet. */
export const prepare = Effect.gen(function* () {
  const partners = yield* Partners
  const { companies } = yield* partners.current
  if (companies.length > 0) return
  const world = yield* WorldFile.read(demoWorld)
  const clock = new Date(yield* Clock.currentTimeMillis)
  yield* WorldImport.run(world, { actor: "demo", clock })
})

/** A path as a shell takes it. */
const quoted = (path: string): string => (/^[\w./:@%+,=-]+$/u.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

/** Sample files by company and type, as they lie below `samples/demo/<company>/inbox/<TYPE>/`. */
const offered = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const entries = yield* fs.readDirectory(samples, { recursive: true }).pipe(Effect.orElseSucceed(() => []))
  return entries.flatMap((entry) => {
    const [company, box, type, file, ...rest] = entry.split(/[\\/]/u)
    if (company === undefined || box !== "inbox" || type === undefined || file === undefined || rest.length > 0)
      return []
    return [{ company, type, path: join(samples, entry) }]
  })
})

const waitForFolder = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const there = fs.exists(path).pipe(Effect.orElseSucceed(() => false))
  yield* Effect.repeat(there, { until: (is) => is, schedule: Schedule.spaced("50 millis") }).pipe(
    Effect.timeoutOption("5 seconds")
  )
})

const welcome = Effect.fnUntraced(function* (root: string, url: string) {
  const partners = yield* Partners
  const { companies } = yield* partners.current
  const files = yield* offered
  const isDemo = companies.some(({ id }) => id === dropper)
  yield* Print.line(Print.styled("bold", "Throughline is running. Ctrl-C stops it."))
  yield* Print.line()
  if (isDemo && files.length > 0) {
    yield* waitForFolder(Serving.inbox(root, dropper, files[0]?.type ?? ""))
    yield* Print.line(
      "In the demo, Birch Printing prints serial numbers of Alder Pharma, and Cedar Packaging packs with them."
    )
    yield* Print.line("Play Birch: in another terminal, drop one of these files into its inbox.")
    yield* Print.line()
    for (const { company, type, path } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      yield* Print.line(`  cp ${quoted(path)} ${quoted(`${Serving.inbox(root, company, type)}/`)}`)
    }
    yield* Print.line()
  } else {
    yield* Print.line(`Drop files into  ${Serving.inbox(root, "<company>", "<MESSAGE_TYPE>")}/`)
  }
  yield* Print.line(`Answers appear in  ${Serving.outbox(root, "<company>", "<MESSAGE_TYPE>")}/`)
  yield* Print.line(`Error reports in   ${Serving.outbox(root, "<sender>", reportType)}/`)
  yield* Print.line(`Verify packs       ${url}/console (docs/how-to/verification.md)`)
  yield* Print.line(`The API            ${url}/docs`)
  yield* Print.line(`Health, metrics    ${url}/health/ready, ${url}/metrics`)
  yield* Print.line()
  yield* Print.line("What happens, one line a message (`npm run -s throughline -- message ID` tells more):")
})

/** The document that tells most: the answer, or the readable report. */
const mainOutput = ({ outputs }: EndingRow) =>
  outputs.find(({ type }) => type !== reportType) ??
  outputs.find(({ fileName }) => fileName.endsWith(".xml")) ??
  outputs[0]

/** Where a document lies, or over what it goes to whom. */
const placeOf = (root: string, { company, channel, type, fileName }: EndingRow["outputs"][number]): string => {
  const name = FileNames.safe(fileName)
  return channel === "folder"
    ? join(Serving.outbox(root, company, type), name)
    : `${name} to ${company} over ${channel}`
}

const ended = (root: string, ending: EndingRow): string => {
  const { message, company, type, fileName, outcome, reason, duplicateOf } = ending
  const output = mainOutput(ending)
  const place = output === undefined ? "" : placeOf(root, output)
  const delivered = output?.delivery === "delivered" ? place : `${place} (on its way)`
  const word = duplicateOf === null ? Print.status(outcome) : Print.styled("yellow", "duplicate")
  const why = reason === null ? "" : `: ${reason}`
  return `${message}  ${company}  ${type}  ${Print.plain(fileName)}  ${word}${Print.plain(why)}${output === undefined ? "" : `\n   -> ${delivered}`}`
}

/** Says where things are, then tells of every message that ends, for as long as it runs. */
export const tell = Effect.fn("Demo.tell")(
  function* (root: string, url: string) {
    const desk = yield* Desk
    let newest = yield* desk.newestRun
    const told = new Set<number>()
    const seen = new Map<number, number>()
    for (const { run } of yield* desk.endings(newest - overlap)) told.add(run)
    yield* welcome(root, url)

    const look = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      for (const ending of yield* desk.endings(newest - overlap)) {
        if (told.has(ending.run)) continue
        const first = seen.get(ending.run) ?? now
        seen.set(ending.run, first)
        const isDelivered = ending.outputs.every(({ delivery }) => delivery === "delivered")
        if (!isDelivered && now - first < patienceMs) continue
        told.add(ending.run)
        seen.delete(ending.run)
        newest = Math.max(newest, ending.run)
        yield* Print.line(ended(root, ending))
      }
      for (const run of told) if (run < newest - overlap) told.delete(run)
    })
    return yield* Effect.forever(Effect.andThen(look, Effect.sleep(every)))
  },
  Effect.tapCause((cause) => Effect.logWarning("the demo no longer tells what happens", cause))
)
