/**
 * The pipelines of an installation, with the formats that look at bytes first and the map that reports are written
 * by. Built once at start: the services that stages need are captured here, so the engine runs pipelines of any kind.
 *
 * A schema file that cannot be read fails the start, with its path.
 */
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { Context, Data, Effect, Layer } from "effect"
import type { Format, Pipeline, Recognized, Sends } from "./Pipeline.ts"
import type { Report } from "./Report.ts"

export class RegistryError extends Data.TaggedError("RegistryError")<{
  readonly reason: { readonly _tag: "SchemaMissing"; readonly isRetryable: false; readonly whoActs: "operator" }
  readonly message: string
}> {}

/** A pipeline with what identifies its version. */
export interface Registered {
  readonly pipeline: Pipeline<unknown>
  /** SHA-256 of the schema file, hexadecimal, shortened to 12. */
  readonly schemaDigest: string
}

export class Registry extends Context.Service<
  Registry,
  {
    readonly pipelines: ReadonlyArray<Registered>
    /** The format of these bytes: the first that claims them, else the fallback. */
    readonly formatOf: (bytes: Uint8Array) => Format<unknown>
    /** Writes reports under the namespace that is configured. */
    readonly report: (namespace: string) => Sends<Report, unknown>
    /** The pipeline for a type and root; for a root none accepts, the first of the type, which will say so. */
    readonly find: (type: string, root: string | undefined) => Registered | undefined
    readonly types: ReadonlyArray<string>
  }
>()("throughline/engine/Registry") {}

/** What an installation runs. */
export interface Declared<E, R> {
  readonly pipelines: ReadonlyArray<Pipeline<E, R>>
  /** In the order they are asked; what none claims is looked at by `fallback`. */
  readonly formats: ReadonlyArray<Recognized<E, R>>
  readonly fallback: Format<E, R>
  readonly report: (namespace: string) => Sends<Report, E, R>
}

const digest = (file: string) =>
  Effect.tryPromise({
    try: () => readFile(file),
    catch: () =>
      new RegistryError({
        reason: { _tag: "SchemaMissing", isRetryable: false, whoActs: "operator" },
        message: `cannot read schema ${file}`
      })
  }).pipe(Effect.map((bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 12)))

export const layer = <E, R>(declared: Declared<E, R>) =>
  Layer.effect(
    Registry,
    Effect.gen(function* () {
      const captured = yield* Effect.context<R>()
      // What is there at run time wins: an open transaction must not be hidden by the context of the start.
      const close = <A, E2>(effect: Effect.Effect<A, E2, R>): Effect.Effect<A, E2> =>
        Effect.updateContext(effect, (present: Context.Context<never>) => Context.merge(captured, present))

      const closed = declared.pipelines.map(
        (pipeline): Pipeline<unknown> => ({
          ...pipeline,
          prepare: (bytes) =>
            close(pipeline.prepare(bytes)).pipe(
              Effect.map((prepared) => {
                const { apply, acknowledge } = prepared
                return {
                  ...prepared,
                  apply: apply === undefined ? undefined : (context) => close(apply(context)),
                  acknowledge:
                    acknowledge === undefined
                      ? undefined
                      : (context, firstIndex) => close(acknowledge(context, firstIndex))
                }
              })
            ),
          locate: (bytes, paths) => close(pipeline.locate(bytes, paths)),
          annotate: (bytes, notes) => close(pipeline.annotate(bytes, notes))
        })
      )
      const pipelines = yield* Effect.forEach(closed, (pipeline) =>
        Effect.map(digest(pipeline.schema), (schemaDigest): Registered => ({ pipeline, schemaDigest }))
      )
      const closeFormat = (format: Format<E, R>): Format<unknown> => ({
        name: format.name,
        rules: format.rules,
        sniff: (bytes) => close(format.sniff(bytes)),
        inspect: (bytes) => close(format.inspect(bytes)),
        annotate: (bytes, notes) => close(format.annotate(bytes, notes))
      })
      const formats = declared.formats.map((format) => ({ claims: format.claims, closed: closeFormat(format) }))
      const fallback = closeFormat(declared.fallback)
      const { report } = declared

      return {
        pipelines,
        formatOf: (bytes) => formats.find(({ claims }) => claims(bytes))?.closed ?? fallback,
        report: (namespace) => {
          const sends = report(namespace)
          return { ...sends, write: (value) => close(sends.write(value)) }
        },
        find: (type, root) => {
          const ofType = pipelines.filter(({ pipeline }) => pipeline.type === type)
          return ofType.find(({ pipeline }) => root !== undefined && pipeline.roots.includes(root)) ?? ofType[0]
        },
        types: [...new Set(pipelines.map(({ pipeline }) => pipeline.type))].sort()
      }
    })
  )
