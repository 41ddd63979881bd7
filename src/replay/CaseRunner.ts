/**
 * Runs a case through the whole engine on a database of its own: world in, messages through journal and flow, time and
 * operators as the case says. Gives back what came of it as files that can be compared byte by byte.
 *
 * A case that cannot be run fails (unreadable input, a world with faults); a message that fails is a result.
 */
import { Clock, Duration, Effect, FileSystem, Path } from "effect"
import * as WorldFile from "../cli/WorldFile.ts"
import { type Ended, Flow } from "../engine/Flow.ts"
import { Journal } from "../engine/Journal.ts"
import { Operator } from "../engine/Operator.ts"
import * as Report from "../engine/Report.ts"
import { Configuration } from "../partners/Configuration.ts"
import { Serials } from "../serials/Serials.ts"
import type { Case, Step } from "./Case.ts"
import * as OrderStandingQueries from "./OrderStandingQueries.ts"
import * as ReplayQueries from "./ReplayQueries.ts"
import type * as SetClock from "./SetClock.ts"

/** One ended attempt, as `replay --json` and `check --json` print it. */
export interface Line {
  readonly file: string
  readonly pipeline: string | undefined
  readonly message: {
    readonly type: string
    readonly sender: string | undefined
    readonly receiver: string | undefined
    readonly controlNumber: string | undefined
  }
  readonly status: string
  readonly reason?: string | undefined
  readonly errors: ReadonlyArray<Report.ReportLine>
  readonly warnings: ReadonlyArray<Report.ReportLine>
  /** Exact counts by rule. */
  readonly totals: Readonly<Record<string, number>>
  readonly outputs: ReadonlyArray<{
    readonly type: string
    readonly map: string
    readonly to: string
    readonly file: string
  }>
}

/** The line of an ended attempt over a file. */
export const line = (file: string, type: string, ended: Ended): Line => {
  const { sender, receiver, controlNumber } = ended.envelope
  return {
    file,
    pipeline: ended.pipeline,
    message: { type, sender, receiver, controlNumber },
    status: ended.verdict.outcome,
    ...(ended.verdict.reason === undefined ? {} : { reason: ended.verdict.reason }),
    errors: ended.verdict.findings.errors.map(Report.line),
    warnings: ended.verdict.findings.warnings.map(Report.line),
    totals: ended.verdict.findings.totals,
    outputs: ended.outputs.map(({ type, map, to, fileName }) => ({ type, map, to, file: fileName }))
  }
}

/** What a case came to. */
export interface Outcome {
  readonly lines: ReadonlyArray<Line>
  /** Files below `expected/`, by their relative path. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Where a step was not as the case says, in sentences. */
  readonly surprises: ReadonlyArray<string>
}

interface Arrived {
  readonly id: number
  readonly file: string
  readonly type: string
  status: string
  rules: ReadonlyArray<string>
  warnings: ReadonlyArray<string>
}

const pretty = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)

const sorted = (ids: ReadonlyArray<string>): string => [...new Set(ids)].sort().join(", ") || "none"

/** Runs a case; needs an installation over an empty database, under a clock that can be set. */
export const run = Effect.fn("CaseRunner.run")(function* (kase: Case, hand: SetClock.SetClock) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const configuration = yield* Configuration
  const serials = yield* Serials
  const journal = yield* Journal
  const flow = yield* Flow
  const operator = yield* Operator
  const queries = yield* ReplayQueries.make
  const orders = yield* OrderStandingQueries.make

  const lines: Array<Line> = []
  const files = new Map<string, Uint8Array>()
  const surprises: Array<string> = []
  const arrived: Array<Arrived> = []

  const importWorld = Effect.fnUntraced(function* (file: string) {
    const world = yield* WorldFile.read(path.join(kase.folder, file))
    yield* configuration.import(world, { actor: "case" })
    yield* serials.importWorld(world.serials, { actor: "case", clock: hand.now() })
  })

  const attempt = Effect.fnUntraced(function* (id: number) {
    const claimed = yield* flow.take(id)
    const message = arrived.find((one) => one.id === id)
    const ended = claimed === undefined ? undefined : yield* flow.process(claimed)
    if (ended === undefined || message === undefined) return
    const printed = line(message.file, message.type, ended)
    lines.push(printed)
    message.status = printed.status
    message.rules = printed.errors.map(({ rule }) => rule)
    message.warnings = printed.warnings.map(({ rule }) => rule)
    for (const output of ended.outputs) files.set(`outbox/${output.to}/${output.type}/${output.fileName}`, output.bytes)
  })

  /** Everything that may run now, and what becomes able to by that, one at a time. */
  const settle = Effect.gen(function* () {
    let open = yield* queries.open(hand.now())
    while (open.length > 0) {
      const [first] = open
      if (first !== undefined) yield* attempt(first)
      open = yield* queries.open(hand.now())
    }
  })

  const judge = (
    where: string,
    message: Arrived | undefined,
    expect: {
      readonly status: string
      readonly rules?: ReadonlyArray<string>
      readonly warnings?: ReadonlyArray<string>
    }
  ) => {
    if (message === undefined) return surprises.push(`${where}: there is no such message`)
    if (message.status !== expect.status)
      surprises.push(`${where}: status is ${message.status}, expected ${expect.status}`)
    if (expect.rules !== undefined && sorted(expect.rules) !== sorted(message.rules)) {
      surprises.push(`${where}: rules that fired are ${sorted(message.rules)}, expected ${sorted(expect.rules)}`)
    }
    if (expect.warnings !== undefined && sorted(expect.warnings) !== sorted(message.warnings)) {
      surprises.push(`${where}: warnings are ${sorted(message.warnings)}, expected ${sorted(expect.warnings)}`)
    }
    return undefined
  }

  const pass = Effect.fnUntraced(function* (duration: Duration.Duration) {
    const until = new Date(hand.now().getTime() + Duration.toMillis(duration))
    let due = yield* queries.nextDue
    while (due !== undefined && due <= until) {
      if (due > hand.now()) hand.set(due)
      yield* settle
      due = yield* queries.nextDue
    }
    hand.set(until)
  })

  const step = Effect.fnUntraced(function* (one: Step, index: number) {
    const where = `step ${index + 1}`
    if ("import" in one) return yield* importWorld(one.import)
    if ("pass" in one) {
      yield* pass(one.pass)
      for (const [place, expect] of Object.entries(one.expect ?? {})) judge(where, arrived[Number(place) - 1], expect)
      return
    }
    if ("reprocess" in one) {
      const message = arrived[one.reprocess - 1]
      if (message === undefined) return void surprises.push(`${where}: there is no message ${one.reprocess}`)
      yield* operator.reprocess({ messageId: message.id, why: one.why, actor: "case", given: one.given ?? {} })
      yield* settle
      return void judge(where, message, one.expect)
    }
    const bytes = yield* fs.readFile(path.join(kase.folder, one.message))
    const { messageId } = yield* journal.receive({
      channel: "case",
      company: one.from,
      type: one.type,
      fileName: path.basename(one.message),
      bytes
    })
    const message: Arrived = {
      id: messageId,
      file: one.message,
      type: one.type,
      status: "received",
      rules: [],
      warnings: []
    }
    arrived.push(message)
    yield* settle
    return void judge(where, message, one.expect)
  })

  const everything = Effect.gen(function* () {
    yield* importWorld(kase.world)
    if (kase.firstMessage !== undefined) yield* queries.startMessagesAt(kase.firstMessage)
    for (const [index, one] of kase.steps.entries()) yield* step(one, index)
    files.set("run.json", pretty(lines))
    files.set("repository.json", pretty({ changes: yield* queries.changes(), standing: yield* queries.standing }))
    const documents = yield* orders.documents
    if (documents.length > 0) files.set("orders.json", pretty({ documents, stock: yield* orders.stock }))
    const configured = yield* queries.configured
    if (configured.length > 0) files.set("configuration.json", pretty(configured))
  })
  yield* Effect.provideService(everything, Clock.Clock, hand.clock)
  const outcome: Outcome = { lines, files, surprises }
  return outcome
})
