/**
 * Lets one process of an installation do what only one may do at a time, such as looking at a partner's server. Whoever
 * leads goes on leading until it ends, dies or loses the database; then another takes over, at once after an orderly end
 * or a kill, within half a minute when a machine vanished.
 *
 * A process cannot know at every moment that it still leads: for a few seconds two may believe so. What they do must bear
 * that; it is a way to spare work and calls, not to keep data right.
 */
import { Context, Deferred, Duration, Effect, Exit, Layer, Option, Scope, Semaphore } from "effect"
import * as LeadershipQueries from "./LeadershipQueries.ts"

export class Leadership extends Context.Service<
  Leadership,
  {
    /**
     * Waits until this process leads under the name, then runs the effect. Should the lead be lost, the effect is
     * interrupted and begins anew when this process leads again. Leading ends with the effect.
     */
    readonly lead: <A, E, R>(name: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>()("throughline/engine/Leadership") {}

export interface Settings {
  /** How often one that does not lead asks whether it may. */
  readonly ask: Duration.Duration
  /** How often the leader looks whether it still does. */
  readonly look: Duration.Duration
  /** Without an answer of the database for so long, the lead is lost. */
  readonly patience: Duration.Duration
}

const defaults: Settings = { ask: Duration.seconds(3), look: Duration.seconds(3), patience: Duration.seconds(5) }

/** For a process that knows it is the only one. */
export const layerAlone: Layer.Layer<Leadership> = Layer.succeed(Leadership, { lead: (_name, effect) => effect })

/** Leads by locks of the database that a session holds: they end with it, whatever ends it. */
export const layerWith = (settings: Settings) =>
  Layer.effect(
    Leadership,
    Effect.gen(function* () {
      const open = yield* LeadershipQueries.make
      const own = yield* Effect.scope
      const opening = yield* Semaphore.make(1)
      /** Names this process leads under: a session is given a lock it holds a second time. */
      const led = new Set<string>()
      let current: (Effect.Success<typeof open> & { readonly lost: Deferred.Deferred<void> }) | undefined

      /** The session of this process; opened when there is none, watched until it is lost. */
      const session = opening.withPermit(
        Effect.gen(function* () {
          if (current !== undefined) return current
          const scope = yield* Scope.fork(own)
          const opened = yield* open.pipe(
            Scope.provide(scope),
            Effect.timeout(settings.patience),
            Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
          )
          const lost = yield* Deferred.make<void>()
          current = { ...opened, lost }
          yield* Effect.sleep(settings.look).pipe(
            Effect.andThen(Effect.timeout(opened.alive, settings.patience)),
            Effect.forever,
            Effect.catch((error) => Effect.logWarning("the lead is lost with the connection to the database", error)),
            Effect.ensuring(
              Effect.andThen(
                Effect.sync(() => {
                  current = undefined
                }),
                Deferred.succeed(lost, undefined)
              )
            ),
            Effect.ensuring(Scope.close(scope, Exit.void)),
            Effect.forkIn(own)
          )
          return current
        })
      )

      /** One turn: asks until this process leads, then runs the effect; none when the lead was lost. */
      const turn = Effect.fnUntraced(function* <A, E, R>(name: string, effect: Effect.Effect<A, E, R>) {
        const { tryLock, unlock, lost } = yield* session
        const lock = Effect.suspend(() =>
          led.has(name)
            ? Effect.succeed(false)
            : Effect.tap(tryLock(name), (is) => Effect.sync(() => is && led.add(name)))
        )
        const free = Effect.andThen(
          Effect.sync(() => led.delete(name)),
          Effect.ignore(Effect.timeout(unlock(name), settings.patience))
        )
        const isLost = Effect.as(Deferred.await(lost), Option.none())
        return yield* Effect.acquireUseRelease(
          Effect.uninterruptible(lock),
          (leads) =>
            leads
              ? Effect.raceFirst(Effect.asSome(Effect.exit(effect)), isLost)
              : Effect.as(Effect.timeoutOption(isLost, settings.ask), Option.none()),
          (leads) => (leads ? free : Effect.void)
        )
      })

      const lead = <A, E, R>(name: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
        Effect.gen(function* () {
          let said = false
          while (true) {
            const outcome = yield* Effect.result(turn(name, effect))
            if (outcome._tag === "Success") {
              said = false
              if (Option.isSome(outcome.success)) return yield* outcome.success.value
              continue
            }
            if (!said) yield* Effect.logWarning("the database does not say who leads; waiting", { name })
            said = true
            yield* Effect.sleep(settings.ask)
          }
        })

      return { lead }
    })
  )

/** Leads by the database of this process. */
export const layer = layerWith(defaults)
