/**
 * What handlers of commands stand on: the installation, or temporary databases, loaded and built only when a command runs
 * that needs them, so that `--help` and `rules` stay quick.
 */
import { Effect, Layer } from "effect"
import type * as Installation from "./Installation.ts"

type Module = typeof Installation

const load = Effect.promise(() => import("./Installation.ts"))

const lazily = <A, E, R>(pick: (installation: Module) => Layer.Layer<A, E, R>) => Layer.unwrap(Effect.map(load, pick))

const provided =
  <L, E0, R0>(layer: Layer.Layer<L, E0, R0>) =>
  <Input, A, E, R>(handler: (input: Input) => Effect.Effect<A, E, R>) =>
  (input: Input) =>
    Effect.provide(handler(input), layer)

/** A handler over the installation of the surroundings. */
export const withInstallation = provided(lazily(({ layer }) => layer))

/** A handler over temporary databases, without the installation's own. */
export const apart = provided(lazily((installation) => installation.apart))

/** A handler over the installation and temporary databases beside it. */
export const withApart = provided(lazily((installation) => installation.withApart))
