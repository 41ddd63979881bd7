/**
 * Single requests done as groups: whatever is asked while a statement is under way goes together into the next one. A
 * lone request waits for nobody; under load one statement serves hundreds. Order within a group is the order of asking.
 *
 * At most `waiting` requests stand in line; one more fails at once with `full()`. When a group's statement fails, everybody
 * in the group fails with its error. An interrupted request leaves the line.
 */
import { Effect, Exit, Fiber } from "effect"

export interface Options<E> {
  /** Most requests of one group. */
  readonly size: number
  /** Most groups under way at a time. */
  readonly lanes: number
  /** Most requests in line. */
  readonly waiting: number
  readonly full: () => E
}

interface Asked<A, B, E> {
  readonly item: A
  readonly resume: (effect: Effect.Effect<B, E>) => void
}

/** The grouped form of a bulk operation; it answers in the order of its items. */
export const make = Effect.fnUntraced(function* <A, B, E, R>(
  run: (items: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>,
  options: Options<E>
) {
  const fork = Effect.runForkWith(yield* Effect.context<R>())
  const fibers = new Set<Fiber.Fiber<void>>()
  let line: Array<Asked<A, B, E>> = []
  let isOpen = true

  const take = (): ReadonlyArray<Asked<A, B, E>> => {
    const asked = line.slice(0, options.size)
    line = line.slice(options.size)
    return asked
  }

  /** Works until nobody is in line. */
  const lane = (own: { fiber: Fiber.Fiber<void> | undefined }) =>
    Effect.gen(function* () {
      // What is asked in the same turn of the event loop comes along.
      yield* Effect.yieldNow
      for (let asked = take(); asked.length > 0; asked = take()) {
        const exit = yield* Effect.exit(run(asked.map(({ item }) => item)))
        for (const [index, { resume }] of asked.entries()) {
          const answer = Exit.isSuccess(exit) ? exit.value[index] : undefined
          if (Exit.isFailure(exit)) resume(Effect.failCause(exit.cause))
          else resume(answer === undefined ? Effect.die("a group was answered in part") : Effect.succeed(answer))
        }
      }
      // In the same breath as the look at the line: who comes now opens another lane.
      if (own.fiber !== undefined) fibers.delete(own.fiber)
    })

  const open = (): void => {
    const own: { fiber: Fiber.Fiber<void> | undefined } = { fiber: undefined }
    const fiber = fork(lane(own))
    own.fiber = fiber
    fibers.add(fiber)
  }

  // Groups under way end; who is still in line then is told by interruption.
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      isOpen = false
      yield* Fiber.awaitAll([...fibers])
      for (const { resume } of line) resume(Effect.interrupt)
      line = []
    })
  )

  return (item: A): Effect.Effect<B, E> =>
    Effect.callback<B, E>((resume) => {
      if (!isOpen) return resume(Effect.interrupt)
      if (line.length >= options.waiting) return resume(Effect.fail(options.full()))
      const asked = { item, resume }
      line.push(asked)
      if (fibers.size < options.lanes) open()
      return Effect.sync(() => {
        line = line.filter((other) => other !== asked)
      })
    })
})
