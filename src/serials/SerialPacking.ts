/**
 * Packing and unpacking: numbers go into parents and come out, any number of parents and levels in one change, whole or
 * not at all. A number is in one parent at a time and never, over however many levels, in itself.
 */
import { Data, Effect } from "effect"
import type { SerialChangeRows } from "./SerialChangeQueries.ts"
import type { Placing, SerialContents } from "./SerialContentQueries.ts"
import { type Container, type Packed, type Packing, refusal, type Unpacking } from "./SerialEvent.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { LookUps } from "./SerialLookUpQueries.ts"
import type { Change } from "./SerialModel.ts"
import * as PackingObstacles from "./SerialPackingObstacles.ts"
import type { SerialChanges } from "./SerialQueries.ts"
import { bitsOf } from "./SerialStatus.ts"

class Short extends Data.TaggedError("Short") {}

type Containers = ReadonlyArray<Omit<Container, "children"> & { readonly children?: ReadonlyArray<string> }>

/** A container's place for each child text; undefined when one stands in two containers. */
const placesOf = (containers: Containers): ReadonlyMap<string, number> | undefined => {
  const places = new Map<string, number>()
  for (const [index, { parent, children = [] }] of containers.entries()) {
    for (const child of children) {
      const before = places.get(child)
      if (before === undefined) places.set(child, index)
      else if (containers[before]?.parent !== parent) return undefined
    }
  }
  return places
}

/** Packing over these statements. */
export const make = (
  keys: SerialKeys,
  written: SerialChangeRows,
  changes: SerialChanges,
  contents: SerialContents,
  lookUps: LookUps
) => {
  const changeOf = (packing: Packing | Unpacking, operation: "pack" | "unpack"): Change => {
    const { containers: _, ...rest } = packing
    return { operation, ...rest }
  }

  /** A change made ready; a world packs whatever the item statuses are. */
  const prepare = (change: Change, quantity: number, packing: Packing | Unpacking) =>
    Effect.map(changes.prepare(change, quantity), ({ where, ...rest }) => ({
      ...rest,
      where: "anyStatus" in packing && packing.anyStatus === true ? { ...where, statuses: undefined } : where
    }))

  /** Ids of all parents by their text, or `Short`. */
  const parentIds = Effect.fnUntraced(function* (change: Change, packing: Packing | Unpacking) {
    const { containers } = packing
    const list = SerialList.of(containers.map(({ parent }) => parent))
    const ids = yield* keys.knownPrefixes(list.prefixes)
    const { where } = yield* prepare(change, 0, packing)
    const found = new Map<string, number>()
    for (const chunk of list.chunks) {
      for (const { place, id } of yield* contents.identify(chunk, ids, where))
        found.set((chunk.prefixes[place] ?? "") + (chunk.serials[place] ?? ""), Number(id))
    }
    return found.size === list.distinct ? found : yield* new Short()
  })

  /** Children with their parents, in the order and chunks of lists. */
  const placings = (
    containers: Containers,
    places: ReadonlyMap<string, number>,
    parents: ReadonlyMap<string, number>,
    list: SerialList.SerialList
  ): ReadonlyArray<readonly [SerialList.Chunk, Placing]> => {
    const hasMoments = containers.some(({ eventAt }) => eventAt !== undefined)
    return list.chunks.map((chunk) => {
      const of = chunk.serials.map(
        (serial, index) => containers[places.get((chunk.prefixes[index] ?? "") + serial) ?? -1]
      )
      return [
        chunk,
        {
          parents: of.map((container) => parents.get(container?.parent ?? "") ?? -1),
          eventsAt: hasMoments ? of.map((container) => container?.eventAt) : undefined
        }
      ] as const
    })
  }

  /** Keeps the attribute `partial` as the containers say: set where they are, taken where they were. */
  const mark = Effect.fnUntraced(function* (
    packing: Packing,
    parents: ReadonlyMap<string, number>,
    isPartial: boolean
  ) {
    const some = packing.containers.filter((container) => (container.isPartial === true) === isPartial)
    const ids = [...new Set(some.map(({ parent }) => parents.get(parent) ?? -1))].sort((a, b) => a - b)
    const marked = isPartial ? ids : yield* contents.having(ids, bitsOf(["partial"]))
    if (marked.length === 0) return
    const to = isPartial ? { set: ["partial" as const] } : { clear: ["partial" as const] }
    const { where, row } = yield* changes.prepare(
      { ...changeOf(packing, "pack"), operation: "set-status", kind: isPartial ? "partial" : "full", to },
      marked.length
    )
    const begun = yield* written.begin(row, true)
    yield* changes.updateAll(changes.identified(marked), begun, where)
  })

  const packAll = Effect.fnUntraced(function* (packing: Packing) {
    const { containers } = packing
    const places = placesOf(containers)
    if (places === undefined || places.size === 0) return yield* new Short()
    const list = SerialList.of([...places.keys()])
    const change = changeOf(packing, "pack")
    const parents = yield* parentIds(change, packing)
    const ids = yield* keys.knownPrefixes(list.prefixes)
    const { where, row } = yield* prepare(change, list.distinct, packing)
    const begun = yield* written.begin(row, true)
    const sources = placings(containers, places, parents, list).map(([chunk, placing]) =>
      contents.placed(chunk, ids, placing, "in")
    )
    const changed = yield* changes.updateAll(sources, begun, where)
    const all = [...new Set(parents.values())]
    if (changed !== list.distinct || (yield* contents.isCyclic(all))) return yield* new Short()
    yield* contents.note(all, begun.id)
    yield* mark(packing, parents, true)
    yield* mark(packing, parents, false)
    const result: Packed = { changeId: begun.id, children: changed }
    return result
  })

  const unpackAll = Effect.fnUntraced(function* (unpacking: Unpacking) {
    const { containers } = unpacking
    const places = placesOf(containers)
    if (places === undefined) return yield* new Short()
    const list = SerialList.of([...places.keys()])
    const change = changeOf(unpacking, "unpack")
    const parents = yield* parentIds(change, unpacking)
    const ids = yield* keys.knownPrefixes(list.prefixes)
    const { where, row } = yield* prepare(change, list.distinct, unpacking)
    const begun = yield* written.begin(row, true)
    const named = placings(containers, places, parents, list).map(([chunk, placing]) =>
      contents.placed(chunk, ids, placing, "out")
    )
    const whole = containers.flatMap(({ parent, children }) =>
      children === undefined ? [parents.get(parent) ?? -1] : []
    )
    const changed = yield* changes.updateAll(named.length === 0 ? [contents.emptied(whole)] : named, begun, where)
    if (changed < list.distinct) return yield* new Short()
    let emptied = named.length === 0 ? changed : 0
    if (named.length > 0 && whole.length > 0) {
      emptied = yield* changes.updateAll([contents.emptied(whole)], { ...begun, planner: undefined }, where)
    }
    if (whole.length > 0 && (yield* contents.areFilled(whole))) return yield* new Short()
    yield* contents.note([...new Set(parents.values())], begun.id)
    const children = named.length === 0 ? changed : changed + emptied
    if (children !== list.distinct) yield* written.setQuantities([{ id: begun.id, quantity: children }])
    const result: Packed = { changeId: begun.id, children }
    return result
  })

  const refused = Effect.fnUntraced(function* (packing: Packing | Unpacking, operation: "pack" | "unpack") {
    const { containers } = packing
    const change = changeOf(packing, operation)
    const { where } = yield* changes.prepare(change, 0)
    const obstacles = yield* PackingObstacles.find(change, where, containers, operation, keys, lookUps, contents)
    const values = containers.map(({ parent }) => parent)
    return yield* refusal(operation, values, obstacles)
  })

  const pack = Effect.fn("Serials.pack")(function* (packing: Packing) {
    return yield* changes.transaction(packAll(packing)).pipe(Effect.catchTag("Short", () => refused(packing, "pack")))
  })

  const unpack = Effect.fn("Serials.unpack")(function* (unpacking: Unpacking) {
    return yield* changes
      .transaction(unpackAll(unpacking))
      .pipe(Effect.catchTag("Short", () => refused(unpacking, "unpack")))
  })

  return { pack, unpack }
}
