/**
 * Adding numbers that come from outside: a transfer response, a world, what a document brings. What is there already
 * stays as it is and is told; the rest begins its history with this change. Runs in the caller's transaction.
 */
import { Effect } from "effect"
import type { NewChange, SerialChangeRows, Values } from "./SerialChangeQueries.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { SerialLoads } from "./SerialLoadQueries.ts"
import type { Load, Loaded } from "./SerialModel.ts"
import { type Group, isOfSku, type Parsed, parseAll, repeated } from "./SerialNumber.ts"
import { readsAs } from "./WorldSerials.ts"

/** Numbers of one packaging code that a load brings: one change. */
interface Part {
  /** Which of the loads. */
  readonly at: number
  readonly load: Load
  readonly item: NonNullable<Load["item"]>
  readonly list: SerialList.SerialList
}

/** Numbers by the packaging code they belong to. */
const byItem = (load: Load, at: number, { groups }: Parsed): ReadonlyArray<Part> => {
  const { item } = load
  const part = (of: NonNullable<Load["item"]>, some: ReadonlyArray<Group>): Part => ({
    at,
    load,
    item: of,
    list: SerialList.ofParsed({ groups: some, bad: { positions: [], faults: [] } }, load.values)
  })
  if (item !== undefined) return groups.length === 0 ? [] : [part(item, groups)]
  const sets = Map.groupBy(groups, ({ prefix }) => JSON.stringify(readsAs(prefix)))
  return [...sets.values()].map((some) => part(readsAs(some[0]?.prefix ?? ""), some))
}

/** Positions at which a text of the set stands. */
const positionsOf = (values: ReadonlyArray<string>, texts: ReadonlySet<string>): ReadonlyArray<number> =>
  texts.size === 0 ? [] : values.flatMap((value, position) => (texts.has(value) ? [position] : []))

/** What the change of a part sets. */
const settingOf = ({ load, item }: Part) => {
  const { owner, state, company, location, documents, lot, set } = load
  return {
    state,
    to: {
      company,
      location,
      // An unreserved number is bound to nothing yet.
      documents: state === "unreserved" ? undefined : documents,
      item: { owner, ...item },
      lot,
      itemStatus: load.itemStatus ?? (state === "commissioned" ? ("available" as const) : undefined),
      set
    }
  }
}

/** Loads over these statements. */
export const make = (keys: SerialKeys, written: SerialChangeRows, loads: SerialLoads) => {
  const changeOf = (
    { load, list }: Part,
    set: Values,
    quantity: number,
    ids: ReadonlyMap<string, number>
  ): NewChange => {
    const { kind, eventAt, attributes, line, document, context } = load
    // A later change of SKU changes what the number begins with; history has to know what it began with.
    const [prefix] = list.prefixes
    const values = prefix !== undefined && isOfSku(prefix) ? { ...set, prefix: ids.get(prefix) } : set
    return { kind, values, quantity, eventAt, attributes, line, document, context }
  }

  /** Adds the numbers of parts that have none in common; tells of each how many, under which change, and which were there. */
  const add = Effect.fnUntraced(function* (parts: ReadonlyArray<Part>) {
    const ids = yield* keys.prefixes(parts.flatMap(({ list }) => list.prefixes))
    const divided = yield* Effect.forEach(SerialList.together(parts.map(({ list }) => list)), (chunk) =>
      loads.divide(chunk, ids)
    )
    const there = parts.map(() => new Set<string>())
    for (const chunk of divided.map((each) => each.there))
      for (const [index, text] of SerialList.textsOf(chunk).entries()) there[chunk.of?.[index] ?? 0]?.add(text)
    const counts = parts.map(({ list }, at) => list.distinct - (there[at]?.size ?? 0))
    const bringing = parts.flatMap((part, at) => ((counts[at] ?? 0) > 0 ? [{ part, at }] : []))
    const changeIds = new Map<number, number>()
    if (bringing.length > 0) {
      const clock = bringing[0]?.part.load.context.clock ?? new Date(0)
      const set = yield* written.values(
        bringing.map(({ part }) => settingOf(part)),
        clock
      )
      const begun = yield* written.beginAll(
        bringing.flatMap(({ part, at }, index) => {
          const values = set[index]
          return values === undefined ? [] : [changeOf(part, values, counts[at] ?? 0, ids)]
        })
      )
      for (const [index, { at }] of bringing.entries()) changeIds.set(at, begun.ids[index] ?? 0)
      const places = new Map(bringing.map(({ at }, index) => [at, index]))
      for (const { fresh } of divided) {
        const of = begun.ids.length === 1 ? undefined : fresh.of?.map((at) => places.get(at) ?? 0)
        if (fresh.serials.length > 0) yield* loads.insert({ ...fresh, of }, ids, begun)
      }
      yield* loads.settle(counts.reduce((sum, count) => sum + count, 0))
    }
    return parts.map((_, at) => ({
      changeId: changeIds.get(at),
      loaded: counts[at] ?? 0,
      there: there[at] ?? new Set<string>()
    }))
  })

  /** Many loads in the same statements; no number may stand in two of them. */
  const all = Effect.fnUntraced(function* (asked: ReadonlyArray<Load>) {
    const parsed = asked.map(({ values, formats }) => parseAll(values, formats))
    const parts = asked.flatMap((load, at) => byItem(load, at, parsed[at] ?? { groups: [], bad: noneBad }))
    const results = Map.groupBy((yield* add(parts)).entries(), ([index]) => parts[index]?.at ?? 0)
    return asked.map(({ values }, at): Loaded => {
      const own = (results.get(at) ?? []).map(([, result]) => result)
      const there = new Set(own.flatMap((result) => [...result.there]))
      const bad = parsed[at]?.bad ?? noneBad
      const unreadable = new Set(bad.positions)
      const loaded = own.reduce((sum, result) => sum + result.loaded, 0)
      const readable = values.length - unreadable.size
      const again =
        readable === loaded + there.size ? [] : repeated(values).filter((position) => !unreadable.has(position))
      return {
        changeIds: own.flatMap(({ changeId }) => (changeId === undefined ? [] : [changeId])),
        loaded,
        existing: [...new Set([...positionsOf(values, there), ...again])].sort((a, b) => a - b),
        unreadable: bad.positions
      }
    })
  })

  const load = Effect.fn("Serials.load")(function* (one: Load) {
    const [loaded] = yield* all([one])
    return loaded ?? (yield* Effect.die("a load has no result"))
  })

  return { load, all }
}

const noneBad: Parsed["bad"] = { positions: [], faults: [] }
