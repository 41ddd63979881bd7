/** Requests done as groups: everybody gets its own answer, nobody is lost or done twice, and too many are told so. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Scope } from "effect"
import * as Grouped from "../../src/verification/Grouped.ts"

const options = { size: 10, lanes: 2, waiting: 1000, full: () => "full" as const }

describe("groups", () => {
  it.live("give everybody its own answer, in groups no larger than they may be", () =>
    Effect.gen(function* () {
      const groups: Array<ReadonlyArray<number>> = []
      const double = yield* Grouped.make(
        Effect.fnUntraced(function* (items: ReadonlyArray<number>) {
          groups.push(items)
          yield* Effect.sleep("2 millis")
          return items.map((item) => item * 2)
        }),
        options
      )
      const answers = yield* Effect.all(
        Array.from({ length: 95 }, (_, item) => double(item)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        answers,
        Array.from({ length: 95 }, (_, item) => item * 2)
      )
      assert.deepStrictEqual(
        groups.flat().sort((a, b) => a - b),
        Array.from({ length: 95 }, (_, item) => item)
      )
      assert.isTrue(groups.every(({ length }) => length <= 10))
      assert.isBelow(groups.length, 95)
      // And again after the line was empty.
      assert.strictEqual(yield* double(7), 14)
    })
  )

  it.live("fail together, and the next one does not", () =>
    Effect.gen(function* () {
      let isBroken = true
      const same = yield* Grouped.make(
        (items: ReadonlyArray<number>) => (isBroken ? Effect.fail("broken" as const) : Effect.succeed(items)),
        options
      )
      const all = yield* Effect.forEach([1, 2, 3], (item) => Effect.exit(same(item)), { concurrency: "unbounded" })
      assert.isTrue(all.every((exit) => Exit.isFailure(exit)))
      isBroken = false
      assert.strictEqual(yield* same(4), 4)
    })
  )

  it.live("refuse who comes when too many wait, and forget who left", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const done: Array<number> = []
      const same = yield* Grouped.make(
        (items: ReadonlyArray<number>) =>
          Effect.as(
            Effect.tap(Deferred.await(gate), () => Effect.sync(() => done.push(...items))),
            items
          ),
        { ...options, size: 1, lanes: 1, waiting: 2 }
      )
      const first = yield* Effect.forkChild(same(1))
      yield* Effect.sleep("10 millis")
      const [second, third] = [yield* Effect.forkChild(same(2)), yield* Effect.forkChild(same(3))]
      yield* Effect.sleep("10 millis")
      assert.strictEqual(yield* Effect.flip(same(4)), "full")
      yield* Fiber.interrupt(second)
      yield* Deferred.succeed(gate, undefined)
      assert.deepStrictEqual([yield* Fiber.join(first), yield* Fiber.join(third)], [1, 3])
      assert.deepStrictEqual(done, [1, 3])
    })
  )

  it.live("end what is under way when their scope closes", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const gate = yield* Deferred.make<void>()
      const make = Grouped.make((items: ReadonlyArray<number>) => Effect.as(Deferred.await(gate), items), {
        ...options,
        lanes: 1
      })
      const same = yield* Scope.provide(make, scope)
      const waiting = yield* Effect.forkChild(same(1))
      yield* Effect.sleep("10 millis")
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* Effect.sleep("10 millis")
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual(yield* Fiber.join(waiting), 1)
      yield* Fiber.join(closing)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(same(2))))
    })
  )
})
