/** Turns: so many at a time, each given on at its end or when it lasts too long. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Fiber, Semaphore } from "effect"
import { TestClock } from "effect/testing"
import * as Turn from "../../src/channels/Turn.ts"

describe("a turn", () => {
  it.effect("ends with what it is for, whatever comes of it, and lets the next begin", () =>
    Effect.gen(function* () {
      const turn = Turn.within(yield* Semaphore.make(1), Duration.seconds(2))
      assert.strictEqual(yield* turn(Effect.succeed("a")), "a")
      assert.isTrue(Exit.isFailure(yield* Effect.exit(turn(Effect.fail("b")))))
      const started = yield* Deferred.make<void>()
      const stopped = yield* Effect.forkChild(turn(Effect.andThen(Deferred.succeed(started, undefined), Effect.never)))
      yield* Deferred.await(started)
      yield* Fiber.interrupt(stopped)
      assert.strictEqual(yield* turn(Effect.succeed("c")), "c")
    })
  )

  it.effect("is one at a time, until it lasts too long; what it is for goes on", () =>
    Effect.gen(function* () {
      const turn = Turn.within(yield* Semaphore.make(1), Duration.seconds(2))
      const answer = yield* Deferred.make<string>()
      const slow = yield* Effect.forkChild(turn(Deferred.await(answer)))
      yield* Effect.yieldNow
      const next = yield* Effect.forkChild(turn(Effect.succeed("next")))
      yield* TestClock.adjust("1 second")
      assert.isUndefined(next.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(next), "next")
      assert.isUndefined(slow.pollUnsafe())
      yield* Deferred.succeed(answer, "late")
      assert.strictEqual(yield* Fiber.join(slow), "late")
    })
  )
})
