/**
 * Properties over generated lives: whatever happens to numbers, an event goes through exactly when the table of
 * transitions and the tree of parents allow it for every number it touches, and the history of a number, folded, is what
 * the number is now.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { SerialState } from "../../src/serials/SerialState.ts"
import * as States from "../../src/serials/SerialState.ts"
import type { ItemStatus } from "../../src/serials/SerialStatus.ts"
import { Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const Repository = SerialsLive.pipe(Layer.provideMerge(Database.layer))
const texts = Array.from({ length: 8 }, (_, index) => `01008820250103382100${index}`)
const companies = ["acme", "dogwood"] as const
const operations = [
  "commission",
  "receive",
  "ship",
  "return",
  "pick",
  "move",
  "adjust",
  "set-status",
  "decommission",
  "destroy"
] as const
const statuses = ["available", "blocked", "picked", "received", "shipped"] as const

/** Numbers from 0 up to a limit, the same ones for the same seed. */
const dice = (seed: number) => {
  let state = seed
  return (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** What the test itself holds a number to be. */
interface Model {
  state: SerialState
  status: ItemStatus | undefined
  company: string
  parent: string | undefined
}

type Models = Map<string, Model>

const inside = (models: Models, value: string): ReadonlyArray<string> =>
  [...models].flatMap(([child, { parent }]) => (parent === value ? [child, ...inside(models, child)] : []))

const may = (model: Model, operation: States.Operation, holder: string): boolean =>
  States.allowed(model.state, operation) &&
  (model.state !== "commissioned" || States.statusSources(operation).includes(model.status ?? "available")) &&
  model.company === holder

/** The event in the model; false when it is not allowed, and then nothing changed. */
const happens = (
  models: Models,
  operation: States.Operation,
  values: ReadonlyArray<string>,
  holder: string,
  to: { readonly company: string | undefined; readonly status: ItemStatus | undefined }
): boolean => {
  const aggregation = States.aggregationOf(operation)
  const goes = aggregation === "together" || aggregation === "along"
  const along = goes ? values.flatMap((value) => inside(models, value)) : []
  const touched = [...new Set([...values, ...along])].flatMap((value) => models.get(value) ?? [])
  const isAlone = values.some((value) => {
    const parent = models.get(value)?.parent
    return parent !== undefined && !values.includes(parent)
  })
  if (touched.some((model) => !may(model, operation, holder))) return false
  if (aggregation === "together" && isAlone) return false
  for (const model of touched) {
    model.state = States.target(operation) ?? model.state
    model.status = to.status ?? States.statusTarget(operation) ?? model.status
    model.company = to.company ?? model.company
  }
  if (aggregation === "ends") {
    for (const value of values) {
      const own = models.get(value)
      if (own !== undefined) own.parent = undefined
      for (const model of models.values()) if (model.parent === value) model.parent = undefined
    }
  }
  return true
}

const packs = (models: Models, parent: string, children: ReadonlyArray<string>, holder: string): boolean => {
  const all = [parent, ...children].flatMap((value) => models.get(value) ?? [])
  if (all.some((model) => !may(model, "pack", holder))) return false
  for (const child of children) {
    const isIn = models.get(child)?.parent
    if ((isIn !== undefined && isIn !== parent) || child === parent) return false
    if (inside(models, child).includes(parent)) return false
  }
  for (const child of children) {
    const model = models.get(child)
    if (model !== undefined) model.parent = parent
  }
  return true
}

const step = Effect.fnUntraced(function* (models: Models, roll: (limit: number) => number, number: number) {
  const serials = yield* Serials
  const context = { messageId: number, clock: new Date(1_700_000_000_000 + number * 1000) }
  const some = texts.filter(() => roll(3) === 0)
  const values = some.length === 0 ? [texts[roll(texts.length)] ?? ""] : some
  const holder = companies[roll(2)] ?? "acme"
  const outcome = <A, E>(effect: Effect.Effect<A, E>) =>
    Transaction.transaction(effect).pipe(
      Effect.as(true),
      Effect.orElseSucceed(() => false)
    )
  const kind = roll(10)
  if (kind < 3) {
    const [parent = "", ...children] = values
    if (children.length === 0) return
    const packing = { containers: [{ parent, children }], holder: { company: holder }, context }
    const expected = packs(models, parent, children, holder)
    assert.strictEqual(yield* outcome(serials.pack(packing)), expected, `pack ${parent} ${children}`)
    return
  }
  const operation = operations[roll(operations.length)] ?? "adjust"
  const isMoving = roll(3) === 0
  const to = {
    company: isMoving ? companies[roll(2)] : undefined,
    itemStatus: operation === "set-status" ? statuses[roll(statuses.length)] : undefined
  }
  const attributes = operation === "adjust" ? { set: ["damaged" as const] } : {}
  const event = { operation, values, holder: { company: holder }, to: { ...to, ...attributes }, context }
  const expected = happens(models, operation, values, holder, { company: to.company, status: to.itemStatus })
  assert.strictEqual(yield* outcome(serials.record(event)), expected, `${operation} ${values} of ${holder}`)
})

/** The history of every number, folded, against the number and the model. */
const compared = Effect.fnUntraced(function* (models: Models) {
  const serials = yield* Serials
  for (const value of texts) {
    const [found] = yield* serials.find(value)
    const model = models.get(value)
    if (found === undefined || model === undefined) return assert.fail(`${value} is gone`)
    const folded = Object.assign({}, ...found.history.map(({ to }) => to))
    const { state, company, parent, itemStatus, attributes } = found
    assert.deepStrictEqual(
      { state, company, parent, attributes },
      {
        state: folded.state,
        company: folded.company,
        parent: folded.parent || undefined,
        attributes: folded.attributes ?? []
      }
    )
    assert.deepStrictEqual(
      { state, company, parent },
      { state: model.state, company: model.company, parent: model.parent }
    )
    if (state === "commissioned") {
      assert.strictEqual(itemStatus, model.status ?? "available")
      assert.strictEqual(itemStatus, folded.itemStatus ?? "available")
    }
  }
})

describe("generated lives", () => {
  for (const seed of [11, 2026, 77_001]) {
    it.live(`fold to what numbers are, and go by the table (seed ${seed})`, () =>
      Effect.gen(function* () {
        const serials = yield* Serials
        const roll = dice(seed)
        const context = { clock: new Date(1_700_000_000_000) }
        const load = { owner: "acme", values: texts, state: "encoded", company: "acme", kind: "load", context } as const
        yield* Transaction.transaction(serials.load(load))
        const models: Models = new Map(
          texts.map((value) => [value, { state: "encoded", status: undefined, company: "acme", parent: undefined }])
        )
        const first = { operation: "commission", values: texts, holder: "any", context } as const
        yield* Transaction.transaction(serials.record(first))
        happens(models, "commission", texts, "acme", { company: undefined, status: undefined })
        for (let number = 1; number <= 60; number++) yield* step(models, roll, number)
        yield* compared(models)
      }).pipe(Effect.provide(Layer.fresh(Repository)))
    )
  }
})
