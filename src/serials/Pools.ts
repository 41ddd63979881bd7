/**
 * Drawing numbers from pools: as many as asked for or none. A generating pool counts on from its last draw and passes
 * over numbers that are in the repository already; a list pool hands out its unreserved numbers in the order they were
 * imported. Runs in the caller's transaction; two draws from one pool at once end in a retryable error for the second.
 */
import { Effect, Result } from "effect"
import * as PoolNumbers from "./PoolNumbers.ts"
import type * as PoolQueries from "./PoolQueries.ts"
import type { SerialChangeRows } from "./SerialChangeQueries.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { SerialLoads } from "./SerialLoadQueries.ts"
import type { Provision, Provisioned } from "./SerialModel.ts"
import { encodingOf } from "./SerialNumber.ts"
import type { SerialChanges } from "./SerialQueries.ts"
import { PoolExhausted, PoolUnusable, SerialsError } from "./SerialsError.ts"

type Draws = Effect.Success<typeof PoolQueries.make>

const unusable = (pool: string, why: string) => new SerialsError({ reason: new PoolUnusable({ pool, why }) })
const exhausted = (pool: string, wanted: number, left: number) =>
  new SerialsError({ reason: new PoolExhausted({ pool, wanted, left }) })

const operation = "provision"

/** Provisioning over these statements. */
export const make = (
  keys: SerialKeys,
  written: SerialChangeRows,
  changes: SerialChanges,
  loads: SerialLoads,
  draws: Draws
) => {
  const prepare = Effect.fnUntraced(function* (provision: Provision) {
    const { pool, quantity, company, location, documents, eventAt, attributes, context } = provision
    const item = { owner: pool.owner, codeType: pool.packagingCode.type, code: pool.packagingCode.value }
    const [values] = yield* written.values(
      [{ state: "reserved", to: { company, location, documents, item } }],
      context.clock
    )
    if (values === undefined) return yield* Effect.die("a change sets nothing")
    const begun = yield* written.begin({ kind: operation, values, quantity, eventAt, attributes, context })
    const changeId = begun.id
    const first = yield* draws.given(pool.id)
    yield* draws.draw({ pool: pool.id, first, quantity, requestId: provision.requestId, changeId })
    return { begun, changeId, first, item }
  })

  const generated = Effect.fnUntraced(function* (provision: Provision, numbers: PoolNumbers.Numbering) {
    const { pool, quantity } = provision
    const { begun, changeId, first } = yield* prepare(provision)
    const ids = yield* keys.prefixes([numbers.prefix])
    const values: Array<string> = []
    let next = first
    while (values.length < quantity) {
      const count = Math.min(SerialList.chunkSize, quantity - values.length, numbers.capacity - next)
      if (count <= 0) return yield* exhausted(pool.id, quantity, values.length)
      const made = numbers.serials(next, count)
      const serials = SerialList.inOrder(made)
      const { fresh } = yield* loads.divide({ prefixes: serials.map(() => numbers.prefix), serials }, ids)
      const isFresh = new Set(fresh.serials)
      yield* loads.insert(fresh, ids, begun)
      for (const serial of made) if (isFresh.has(serial)) values.push(numbers.prefix + serial)
      next += count
    }
    yield* loads.settle(values.length)
    if (next - first > quantity) yield* draws.widen(pool.id, first, next - first)
    const result: Provisioned = { changeId, encoding: numbers.encoding, values }
    return result
  })

  const listed = Effect.fnUntraced(function* (provision: Provision) {
    const { pool, quantity } = provision
    const encoding = encodingOf(pool.encoding)
    if (encoding === undefined) return yield* unusable(pool.id, `"${pool.encoding}" is no number encoding`)
    const { begun, changeId, item } = yield* prepare(provision)
    const rows = yield* draws.unreserved(yield* keys.knownItems(item), quantity)
    if (rows.length < quantity) return yield* exhausted(pool.id, quantity, rows.length)
    const where = yield* changes.condition(["unreserved"], "any")
    const ids = rows.map((row) => Number(row.id))
    yield* changes.updateAll(changes.identified(ids), begun, where)
    const result: Provisioned = { changeId, encoding, values: rows.map((row) => row.value) }
    return result
  })

  return Effect.fn("Serials.provision")(function* (provision: Provision) {
    const { pool } = provision
    if (pool.template.kind === "list") return yield* listed(provision)
    const numbers = PoolNumbers.numbering(pool)
    if (Result.isFailure(numbers)) return yield* unusable(pool.id, numbers.failure)
    return yield* generated(provision, numbers.success)
  })
}
