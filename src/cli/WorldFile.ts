/**
 * Worlds as YAML files: `read` one with all its faults told at once, `print` one so that it reads well and gives the
 * same world back.
 *
 * `WorldFileError` says that the file cannot be read or is no YAML, `WorldError` what is wrong with what it says.
 * Numbers such as GLNs want quotes: YAML would read 8779891013658 as a number, which is then a fault of the world.
 */
import { Data, Effect, FileSystem, Predicate, Result } from "effect"
import * as Yaml from "effect/encoding/Yaml"
import * as World from "../partners/World.ts"

export type WorldFileReason =
  | { readonly _tag: "Unreadable"; readonly isRetryable: false; readonly whoActs: "operator" }
  | { readonly _tag: "NotYaml"; readonly isRetryable: false; readonly whoActs: "operator" }

export class WorldFileError extends Data.TaggedError("WorldFileError")<{
  readonly reason: WorldFileReason
  readonly path: string
  readonly detail: string
}> {
  override get message(): string {
    return this.reason._tag === "NotYaml"
      ? `${this.path} is not YAML: ${this.detail}`
      : `${this.path} cannot be read: ${this.detail}`
  }
}

const failed = (tag: WorldFileReason["_tag"], path: string, cause: unknown): WorldFileError =>
  new WorldFileError({
    reason: { _tag: tag, isRetryable: false, whoActs: "operator" },
    path,
    detail: cause instanceof Error ? cause.message : String(cause)
  })

/** The world in a text; `path` is for messages. An empty file is an empty world. */
export const parse = (text: string, path: string): Result.Result<World.World, WorldFileError | World.WorldError> =>
  Result.flatMap(
    Result.try({ try: () => Yaml.parse(text), catch: (cause) => failed("NotYaml", path, cause) }),
    World.decode
  )

/** Reads a world from a file, UTF-8. */
export const read = Effect.fn("WorldFile.read")(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(fs.readFileString(path), (cause) =>
    failed("Unreadable", path, cause.reason._tag === "NotFound" ? "there is no such file" : cause)
  )
  return yield* Effect.fromResult(parse(text, path))
})

/** Line length up to which a small list or mapping is written on one line. */
const width = 110

const plain = /^[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./()-]+)*$/u
const reserved = /^(?:true|false|null|yes|no|on|off|y|n|inf|nan)$/iu

const scalar = (value: string | number | boolean | null): string =>
  typeof value === "string" && plain.test(value) && !reserved.test(value)
    ? value
    : // Line breaks that JSON leaves as they are, YAML folds.
      JSON.stringify(value).replace(
        /[\u007f-\u009f\u2028\u2029\ufeff]/gu,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`
      )

const isScalar = (value: unknown): value is string | number | boolean | null =>
  typeof value !== "object" || value === null

/** What there is to write of a mapping: absent fields and empty lists are what a reader assumes anyway. */
const fieldsOf = (value: object): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(value).filter(([, field]) => field !== undefined && !(Array.isArray(field) && field.length === 0))

/** On one line, or undefined when it is deep. */
const flow = (value: unknown): string | undefined => {
  if (isScalar(value)) return scalar(value)
  if (Array.isArray(value)) {
    return value.every(isScalar) ? `[${value.map((item) => flowScalar(item)).join(", ")}]` : undefined
  }
  const fields = fieldsOf(value ?? {})
  return fields.every(([, field]) => isScalar(field))
    ? `{ ${fields.map(([key, field]) => `${scalar(key)}: ${flowScalar(field)}`).join(", ")} }`
    : undefined
}
const flowScalar = (value: unknown): string => (isScalar(value) ? scalar(value) : "")

/** As lines of a block at this depth. Items of a list of keyed things stand on lines of their own. */
const block = (value: unknown, indent: string): ReadonlyArray<string> => {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      const line = isScalar(item) || !Predicate.hasProperty(item, "id") ? flow(item) : undefined
      if (line !== undefined && indent.length + 2 + line.length <= width) return [`${indent}- ${line}`]
      const [first = "", ...rest] = block(item, `${indent}  `)
      return [`${indent}- ${first.trimStart()}`, ...rest]
    })
  }
  if (isScalar(value)) return [`${indent}${scalar(value)}`]
  return fieldsOf(value ?? {}).flatMap(([key, field]) => {
    const line = flow(field)
    const head = `${indent}${scalar(key)}:`
    if (line !== undefined && (isScalar(field) || head.length + 1 + line.length <= width)) return [`${head} ${line}`]
    return [head, ...block(field, `${indent}  `)]
  })
}

/** Writes a world, or the configuration part of one, as YAML. `parse` gives the same world back. */
export const print = (world: World.Configuration & { readonly serials?: World.World["serials"] }): string => {
  const { settings, ...lists } = world
  const parts = [...fieldsOf(lists), ...(Object.keys(settings).length === 0 ? [] : [["settings", settings] as const])]
  return `${parts.flatMap(([key, value]) => [`${key}:`, ...block(value, "  ")]).join("\n")}\n`
}
