/**
 * Replay as the commands use it: cases compared with what they expect, loose files tried against a world, the journal
 * run again. Each case and each journal run gets a throw-away database of its own; loose files share one, unchanged
 * between them.
 *
 * Fails when a case or world cannot be read, or the database is in trouble. What messages come to is a result.
 */
import { Clock, Effect, FileSystem, Layer, Path, Stream } from "effect"
import * as Installation from "../cli/Installation.ts"
import * as WorldFile from "../cli/WorldFile.ts"
import * as WorldImport from "../cli/WorldImport.ts"
import * as Throwaway from "../store/Throwaway.ts"
import * as Case from "./Case.ts"
import * as CaseRunner from "./CaseRunner.ts"
import * as Comparison from "./Comparison.ts"
import type { Choice } from "./JournalQueries.ts"
import * as JournalReplay from "./JournalReplay.ts"
import * as SetClock from "./SetClock.ts"
import * as Trial from "./Trial.ts"

/** An installation over a database of its own, gone with the effect. Parser threads are those of the context. */
const fresh = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provide(effect, Installation.over.pipe(Layer.provideMerge(Throwaway.layerDatabase)), { local: true })

/** What a case came to, and whether that is what it should. */
export interface CaseResult extends CaseRunner.Outcome {
  readonly kase: Case.Case
  readonly differences: ReadonlyArray<Comparison.Difference>
  /** True when nothing differs from `expected/` and no step was a surprise. */
  readonly asExpected: boolean
}

export interface CaseOptions {
  /** Write `expected/` instead of comparing with it; a step that surprises still fails. */
  readonly update?: boolean | undefined
}

/** Runs one case. */
export const runCase = Effect.fn("Replay.runCase")(function* (folder: string, options: CaseOptions = {}) {
  const kase = yield* Case.load(folder)
  const hand = yield* SetClock.make(kase.clock)
  const outcome = yield* fresh(CaseRunner.run(kase, hand))
  const differences = yield* options.update === true
    ? Comparison.update(folder, outcome.files)
    : Comparison.compare(folder, outcome.files)
  const asExpected = outcome.surprises.length === 0 && (options.update === true || differences.length === 0)
  const result: CaseResult = { ...outcome, kase, differences, asExpected }
  return result
})

/** Runs every case at or below a path, two at a time, told in order of their names. */
export const runCases = (root: string, options: CaseOptions = {}) =>
  Stream.unwrap(
    Effect.map(Case.find(root), (folders) =>
      Stream.fromIterable(folders).pipe(Stream.mapEffect((folder) => runCase(folder, options), { concurrency: 2 }))
    )
  )

export interface LooseOptions {
  readonly world: string
  /** The moment it is; the real one unless given. */
  readonly clock?: Date | undefined
  readonly type?: string | undefined
  readonly from?: string | undefined
}

/** Tries files against a world in a throw-away database, each as if it came alone. */
export const runLoose = (files: ReadonlyArray<string>, options: LooseOptions) =>
  Effect.gen(function* () {
    const world = yield* WorldFile.read(options.world)
    const start = options.clock ?? new Date(yield* Clock.currentTimeMillis)
    const hand = yield* SetClock.make(start)
    const body = Effect.gen(function* () {
      yield* WorldImport.run(world, { actor: "replay", clock: start })
      return yield* Effect.forEach(files, (file) => tryFile(file, options))
    })
    return yield* fresh(Effect.provideService(body, Clock.Clock, hand.clock))
  })

/** Tries a file against the database of the context, changing nothing. */
export const tryFile = Effect.fn("Replay.tryFile")(function* (
  file: string,
  options: { readonly type?: string | undefined; readonly from?: string | undefined } = {}
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const bytes = yield* fs.readFile(file)
  return yield* Trial.run({ file, fileName: path.basename(file), bytes, type: options.type, from: options.from })
})

/** Runs messages of the journal of the context's database again. */
export const runJournal = (choice: Choice) =>
  JournalReplay.run(choice, (recorded, before) => fresh(JournalReplay.repeat(recorded, before)))
