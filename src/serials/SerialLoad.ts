/**
 * Adding numbers that come from outside: a transfer response, a world. What is there already stays as it is and is told;
 * the rest begins its history with this change. Runs in the caller's transaction.
 */
import { Effect } from "effect"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { SerialLoads } from "./SerialLoadQueries.ts"
import type { Load, Loaded } from "./SerialModel.ts"
import { type Group, isOfSku, parseAll, repeated } from "./SerialNumber.ts"
import type { Begun, NewChange } from "./SerialQueries.ts"
import { readsAs } from "./WorldSerials.ts"

/** Numbers by the packaging code they belong to. */
const byItem = (load: Load, groups: ReadonlyArray<Group>) => {
  const { item } = load
  if (item !== undefined) return groups.length === 0 ? [] : [{ item, groups }]
  const sets = Map.groupBy(groups, ({ prefix }) => JSON.stringify(readsAs(prefix)))
  return [...sets.values()].map((some) => ({ item: readsAs(some[0]?.prefix ?? ""), groups: some }))
}

/** Positions at which a text of the set stands. */
const positionsOf = (values: ReadonlyArray<string>, texts: ReadonlySet<string>): ReadonlyArray<number> =>
  texts.size === 0 ? [] : values.flatMap((value, position) => (texts.has(value) ? [position] : []))

/** Loads over these statements. `begin` writes a change down and makes sure of the transaction. */
export const make = <E>(
  keys: SerialKeys,
  loads: SerialLoads,
  begin: (change: NewChange) => Effect.Effect<Begun, E>
) => {
  /** Adds the numbers of one packaging code; returns those that were there. */
  const loadItem = Effect.fnUntraced(function* (
    load: Load,
    item: NonNullable<Load["item"]>,
    groups: ReadonlyArray<Group>
  ) {
    const { owner, state, company, location, documents, lot, itemStatus, set: attributesSet, context } = load
    const { kind, eventAt, attributes, line, document } = load
    const list = SerialList.ofParsed({ groups, bad: { positions: [], faults: [] } }, load.values)
    const ids = yield* keys.prefixes(list.prefixes)
    const divided = yield* Effect.forEach(list.chunks, (chunk) => loads.divide(chunk, ids))
    const there = divided.flatMap((part) => part.there)
    const loaded = list.distinct - there.length
    if (loaded === 0) return { changeId: undefined, loaded, there }
    const place = {
      company,
      location,
      // An unreserved number is bound to nothing yet.
      documents: state === "unreserved" ? undefined : documents,
      item: { owner, ...item },
      lot,
      itemStatus,
      set: attributesSet
    }
    const set = yield* loads.place(state, place, context.clock)
    // A later change of SKU changes what the number begins with; history has to know what it began with.
    const [prefix] = list.prefixes
    const values = prefix !== undefined && isOfSku(prefix) ? { ...set, prefix: ids.get(prefix) } : set
    const change = { kind, values, quantity: loaded, eventAt, attributes, line, document, context }
    const { id: changeId } = yield* begin(change)
    for (const { fresh } of divided) yield* loads.insert(fresh, ids, changeId, set)
    yield* loads.settle(loaded)
    return { changeId, loaded, there }
  })

  return Effect.fn("Serials.load")(function* (load: Load) {
    const { values, formats } = load
    const { groups, bad } = parseAll(values, formats)
    const results = yield* Effect.forEach(byItem(load, groups), ({ item, groups }) => loadItem(load, item, groups))
    const there = new Set(results.flatMap((result) => result.there))
    const unreadable = new Set(bad.positions)
    const loaded = results.reduce((sum, result) => sum + result.loaded, 0)
    const readable = values.length - unreadable.size
    const again =
      readable === loaded + there.size ? [] : repeated(values).filter((position) => !unreadable.has(position))
    const result: Loaded = {
      changeIds: results.flatMap(({ changeId }) => (changeId === undefined ? [] : [changeId])),
      loaded,
      existing: [...new Set([...positionsOf(values, there), ...again])].sort((a, b) => a - b),
      unreadable: bad.positions
    }
    return result
  })
}
