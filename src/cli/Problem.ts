/**
 * Why a command did not do what it was asked to, and how the process says so: a sentence, the next step, an exit code.
 * 0: all well. 1: a message failed, waits, or differs from what was expected. 2: nothing can be said, because the usage,
 * the configuration or the surroundings are wrong, or because of a fault of the program.
 *
 * `explain` turns any failure or defect into that; a stack is shown at log level debug only.
 */
import { Cause, Data, Option, Predicate } from "effect"

export type ProblemReason =
  /** What was asked for was done, and its outcome is not good; it has been printed. */
  | { readonly _tag: "Outcome"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** The command was called in a way that makes no sense. */
  | { readonly _tag: "Usage"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** Something the command needs is missing or wrong. */
  | { readonly _tag: "Configuration"; readonly isRetryable: false; readonly whoActs: "operator" }

export class Problem extends Data.TaggedError("Problem")<{
  readonly reason: ProblemReason
  readonly message: string
  /** What to do about it. */
  readonly next?: string | undefined
}> {}

/** Ends a command whose outcome, already printed, is not good: exit code 1. */
export const outcome = new Problem({
  reason: { _tag: "Outcome", isRetryable: false, whoActs: "sender" },
  message: ""
})

export const usage = (message: string, next?: string): Problem =>
  new Problem({ reason: { _tag: "Usage", isRetryable: false, whoActs: "operator" }, message, next })

export const configuration = (message: string, next?: string): Problem =>
  new Problem({ reason: { _tag: "Configuration", isRetryable: false, whoActs: "operator" }, message, next })

/** How a command that did not succeed ends. */
export interface Explained {
  readonly exitCode: 1 | 2
  /** Empty when everything has been said. */
  readonly message: string
  readonly next: string | undefined
}

/** Effect's words for a value it cannot read from the environment, in ours. */
const unreadable = /SchemaError\(([^\n]*)\s+at \["(\w+)"\]\)/u

const variableIsWrong = "Wrong environment variable"

/** A message in plain words where Effect's own are for programmers. */
export const plainly = (message: string): string => {
  const [, what, variable] = unreadable.exec(message) ?? []
  return variable === undefined ? message.trim() : `${variableIsWrong} ${variable}: ${what?.toLowerCase()}.`
}

const ownMessage = (error: unknown): string => {
  if (typeof error === "string") return error
  if (Predicate.hasProperty(error, "message") && typeof error.message === "string" && error.message !== "") {
    return plainly(error.message)
  }
  return Predicate.hasProperty(error, "_tag") ? String(error._tag) : String(error)
}

/** How deep an error may wrap another; more than anything we use does. */
const maxDepth = 6

/** The innermost cause that says something, e.g. `connect ECONNREFUSED 127.0.0.1:5432`. */
const root = (error: unknown, depth = 0): string | undefined => {
  if (depth > maxDepth || !Predicate.isObjectKeyword(error)) return undefined
  const deeper = ["cause", "reason"].flatMap((key) => (Predicate.hasProperty(error, key) ? [error[key]] : []))
  for (const inner of deeper) {
    const found = root(inner, depth + 1)
    if (found !== undefined) return found
  }
  return error instanceof Error && error.message !== "" ? error.message : undefined
}

const sentence = (error: unknown): string => {
  const own = ownMessage(error)
  const inner = root(error)
  const said = inner === undefined || own.includes(inner) || own.startsWith(variableIsWrong)
  return said ? own : `${own.replace(/\.$/u, "")}: ${inner}`
}

const isQuiet = (error: unknown): boolean => Predicate.isTagged(error, "ShowHelp")

/** What to print and how to exit, for the cause of a command's failure. Interruptions are not its business. */
export const explain = (cause: Cause.Cause<unknown>, debug: boolean): Explained => {
  const failure = Cause.findErrorOption(cause)
  if (Option.isSome(failure)) {
    const error = failure.value
    if (isQuiet(error)) return { exitCode: 2, message: "", next: undefined }
    if (error === outcome) return { exitCode: 1, message: "", next: undefined }
    const next = Predicate.hasProperty(error, "next") && typeof error.next === "string" ? error.next : undefined
    return { exitCode: 2, message: debug ? `${sentence(error)}\n${Cause.pretty(cause)}` : sentence(error), next }
  }
  return {
    exitCode: 2,
    message: debug ? Cause.pretty(cause) : `Throughline broke: ${sentence(Cause.squash(cause))}`,
    next: debug
      ? undefined
      : "This is a fault of the program. `--log-level debug` shows where; please report it with that."
  }
}
