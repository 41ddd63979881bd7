/**
 * A case: a folder with a world, the messages that come, and what is expected of them. `case.yaml` says what happens
 * and, in words a person chose, what must come of it; `expected/` holds the exact outcome, written by `--update`.
 *
 * Loading reports every fault of a case at once; a case that loads can be run.
 */
import { Data, Effect, FileSystem, Path, Result, Schema } from "effect"
import * as Yaml from "effect/encoding/Yaml"

const Given = Schema.Record(Schema.String, Schema.String)

/** What a person says of a step, besides the exact outcome: guards against an `--update` that nobody looked at. */
const Expectation = Schema.Struct({
  status: Schema.Literals(["processed", "waiting", "map_in_failed", "processing_failed", "map_out_failed"]),
  /** Ids of the error rules that fire, all of them, in any order. */
  rules: Schema.optionalKey(Schema.Array(Schema.String)),
  warnings: Schema.optionalKey(Schema.Array(Schema.String))
})

/** A partner's file comes in. */
export const MessageStep = Schema.Struct({
  message: Schema.NonEmptyString,
  from: Schema.NonEmptyString,
  type: Schema.NonEmptyString,
  expect: Expectation
})

/** Time passes, e.g. `15 minutes`; messages that wait are tried when they are due. */
export const PassStep = Schema.Struct({
  pass: Schema.DurationFromString,
  /** Status of messages by their place among the message steps afterwards, e.g. `{ "1": processed }`. */
  expect: Schema.optionalKey(Schema.Record(Schema.String, Expectation))
})

/** An operator has a message tried again, giving what it lacked. `of` is its place among the message steps, from 1. */
export const OperatorStep = Schema.Struct({
  reprocess: Schema.Int,
  why: Schema.NonEmptyString,
  given: Schema.optionalKey(Given),
  expect: Expectation
})

/** The configuration or the serials change, as by `throughline import`. */
export const ImportStep = Schema.Struct({ import: Schema.NonEmptyString })

export const Step = Schema.Union([MessageStep, PassStep, OperatorStep, ImportStep])
export type Step = typeof Step.Type

export const CaseFile = Schema.Struct({
  /** What it shows, in one sentence. */
  title: Schema.NonEmptyString,
  /** World file, relative to the case; `world.yaml` beside it unless said otherwise. */
  world: Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("world.yaml"))),
  clock: Schema.DateFromString,
  /** Id of the first message, where the documents' control numbers ask for one. */
  firstMessage: Schema.optionalKey(Schema.Int),
  steps: Schema.Array(Step).check(Schema.isMinLength(1))
})

/** A case with the folder it stands in. */
export interface Case extends Schema.Schema.Type<typeof CaseFile> {
  readonly folder: string
  readonly name: string
}

export class CaseError extends Data.TaggedError("CaseError")<{
  readonly reason:
    | { readonly _tag: "Unreadable"; readonly isRetryable: false; readonly whoActs: "operator" }
    | { readonly _tag: "Malformed"; readonly isRetryable: false; readonly whoActs: "operator" }
  readonly path: string
  readonly detail: string
}> {
  override get message(): string {
    return `${this.path}: ${this.detail}`
  }
}

const failed = (tag: "Unreadable" | "Malformed", path: string) => (cause: unknown) =>
  new CaseError({
    reason: { _tag: tag, isRetryable: false, whoActs: "operator" },
    path,
    detail: cause instanceof Error ? cause.message : String(cause)
  })

const decode = Schema.decodeUnknownResult(CaseFile, { errors: "all", onExcessProperty: "error" })

/** Reads the case in a folder. */
export const load = Effect.fn("Case.load")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, "case.yaml")
  const text = yield* Effect.mapError(fs.readFileString(file), failed("Unreadable", file))
  const yaml = yield* Effect.fromResult(Result.try({ try: () => Yaml.parse(text), catch: failed("Malformed", file) }))
  const decoded = yield* Effect.fromResult(Result.mapError(decode(yaml), failed("Malformed", file)))
  const loaded: Case = {
    ...decoded,
    folder,
    name: path.join(path.basename(path.dirname(folder)), path.basename(folder))
  }
  return loaded
})

/** Folders with a `case.yaml` at or below a path, in order of their names. */
export const find = Effect.fn("Case.find")(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const entries = yield* Effect.mapError(fs.readDirectory(root, { recursive: true }), failed("Unreadable", root))
  return entries
    .filter((entry) => path.basename(entry) === "case.yaml")
    .map((entry) => path.join(root, path.dirname(entry)))
    .sort()
})
