/**
 * What handlers of commands stand on: the installation, loaded and built only when a command runs that needs it, so that
 * `--help` and `rules` stay quick; and loggers that write to stderr.
 */
import { Effect, Layer } from "effect"
import type * as Installation from "./Installation.ts"

type Provided<L> = L extends Layer.Layer<infer A, infer _E, infer _R> ? A : never
type Failing<L> = L extends Layer.Layer<infer _A, infer E, infer _R> ? E : never

/** Everything an installation gives. */
export type Services = Provided<typeof Installation.layer>

const lazily = Layer.unwrap(
  Effect.map(
    Effect.promise(() => import("./Installation.ts")),
    ({ layer }): Layer.Layer<Services, Failing<typeof Installation.layer>> => layer
  )
)

/** A handler over the installation of the surroundings. */
export const withInstallation =
  <Input, A, E, R>(handler: (input: Input) => Effect.Effect<A, E, R>) =>
  (input: Input) =>
    Effect.provide(handler(input), lazily)
