/**
 * Two messages about one order at once, on a real database: whatever each read before the other committed, the later one
 * begins again and sees the earlier, so that together they never ship or receive what each alone might.
 */
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Layer } from "effect"
import type { RunContext } from "../../src/engine/Pipeline.ts"
import { Orders } from "../../src/orders/Orders.ts"
import type { NewVersion } from "../../src/orders/OrdersModel.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const clock = new Date("2026-11-24T09:00:00Z")

const context: RunContext = {
  messageId: 1,
  runId: 1,
  type: "SHIPMENT",
  fileName: "s.json",
  clock,
  company: "fir",
  given: {},
  controlNumber: () => "20261124090000001"
}

const version = (kind: NewVersion["key"]["kind"], number: string, order?: number): NewVersion => ({
  key: { company: "elm", kind, number },
  status: "closed",
  effective: true,
  order,
  partner: undefined,
  warehouse: undefined,
  tool: "client",
  head: {},
  date: undefined,
  sender: "fir",
  context,
  lines: []
})

layer(Layer.provideMerge(Orders.layer, Database.layer), { excludeTestServices: true })("Two messages at once", (it) => {
  /** Both have read what there is before either writes; gives what each read the last time it ran. */
  const both = <A, E, R>(read: Effect.Effect<A, E, R>, first: NewVersion, second: NewVersion) =>
    Effect.gen(function* () {
      const orders = yield* Orders
      const [firstRead, secondRead] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const firstEnded = yield* Deferred.make<void>()
      const earlier = Transaction.transaction(
        Effect.gen(function* () {
          const seen = yield* read
          yield* Deferred.succeed(firstRead, undefined)
          yield* Deferred.await(secondRead)
          yield* orders.record(first)
          return seen
        })
      ).pipe(Effect.tap(() => Deferred.succeed(firstEnded, undefined)))
      const later = Transaction.transaction(
        Effect.gen(function* () {
          const seen = yield* read
          yield* Deferred.succeed(secondRead, undefined)
          yield* Deferred.await(firstEnded)
          yield* orders.record(second)
          return seen
        })
      )
      return yield* Effect.all([earlier, later], { concurrency: "unbounded" })
    })

  it.effect("has the second shipment of an order see the first", () =>
    Effect.gen(function* () {
      const orders = yield* Orders
      const { documentId } = yield* orders.record(version("sales_order", "SO-1"))
      const read = Effect.map(orders.about(documentId), (found) => found.map(({ number }) => number))
      const seen = yield* both(read, version("shipment", "S-1", documentId), version("shipment", "S-2", documentId))
      assert.deepStrictEqual(seen, [[], ["S-1"]])
    })
  )

  it.effect("has a shipment see that its order was cancelled", () =>
    Effect.gen(function* () {
      const orders = yield* Orders
      const key = version("sales_order", "SO-2")
      const { documentId } = yield* orders.record(key)
      const read = Effect.map(orders.find(key.key), (order) => order?.status)
      const cancelled = { ...key, status: "cancelled", effective: false }
      const seen = yield* both(read, cancelled, version("shipment", "S-3", documentId))
      assert.deepStrictEqual(seen, ["closed", "cancelled"])
    })
  )

  it.effect("has the same document, sent twice, see itself", () =>
    Effect.gen(function* () {
      const orders = yield* Orders
      const receipt = version("receipt", "R-1")
      yield* orders.record({ ...receipt, status: "open", effective: false })
      const read = Effect.map(orders.find(receipt.key), (found) => found?.effective)
      assert.deepStrictEqual(yield* both(read, receipt, receipt), [false, true])
    })
  )
})
