/**
 * Says what stands in the way of a packing or unpacking that was refused: of each parent and child every reason. Asked
 * only then; changes nothing. Fails with `SqlError`.
 */
import { Effect } from "effect"
import type { Condition } from "./SerialConditionQueries.ts"
import type { SerialContents } from "./SerialContentQueries.ts"
import type { Container, LookUp, Obstacle, Why } from "./SerialEvent.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { LookUps } from "./SerialLookUpQueries.ts"
import type { Change } from "./SerialModel.ts"
import { hindrance, known, ownReasons } from "./SerialObstacles.ts"

type Containers = ReadonlyArray<Omit<Container, "children"> & { readonly children?: ReadonlyArray<string> }>

/** Levels that are looked up beyond the packing itself: far more than pallets have. */
const maxLevels = 20

/** The numbers of a packing and all parents above them, by their text. */
const withAncestors = Effect.fnUntraced(function* (values: ReadonlyArray<string>, keys: SerialKeys, lookUps: LookUps) {
  const numbers = new Map<string, LookUp>()
  let open = SerialList.inOrder(values)
  for (let level = 0; open.length > 0 && level < maxLevels; level++) {
    for (const [value, number] of yield* known(SerialList.of(open), keys, lookUps)) numbers.set(value, number)
    const above = open.flatMap((value) => numbers.get(value)?.parent ?? [])
    open = SerialList.inOrder(above.filter((value) => !numbers.has(value)))
  }
  return numbers
})

/** True when the way up from a number, through the parents of the packing and those it has, comes back to it. */
const isCyclic = (
  start: string,
  goingTo: ReadonlyMap<string, string>,
  numbers: ReadonlyMap<string, LookUp>
): boolean => {
  const seen = new Set<string>()
  let at = goingTo.get(start) ?? numbers.get(start)?.parent
  while (at !== undefined && !seen.has(at)) {
    if (at === start) return true
    seen.add(at)
    at = goingTo.get(at) ?? numbers.get(at)?.parent
  }
  return false
}

/** Everything that stands in the way, container by container. */
export const find = Effect.fnUntraced(function* (
  change: Change,
  where: Condition,
  containers: Containers,
  operation: "pack" | "unpack",
  keys: SerialKeys,
  lookUps: LookUps,
  contents: SerialContents
) {
  const all = containers.flatMap(({ parent, children = [] }) => [parent, ...children])
  const unreadable = new Set(SerialList.of(all).parsed.bad.positions.map((position) => all[position] ?? ""))
  const numbers = yield* withAncestors(all, keys, lookUps)
  const goingTo = new Map<string, string>()
  const obstacles: Array<Obstacle> = []
  const own = (value: string): ReadonlyArray<Why> => {
    const number = numbers.get(value)
    if (unreadable.has(value)) return [{ _tag: "unreadable" }]
    return number === undefined ? [{ _tag: "unknown" }] : ownReasons(change, number)
  }
  if (operation === "pack") {
    for (const { parent, children = [] } of containers)
      for (const child of children) if (!goingTo.has(child)) goingTo.set(child, parent)
  }
  for (const [container, { parent, children = [] }] of containers.entries()) {
    const add = (position: number | undefined, value: string, why: Why) =>
      obstacles.push({ position, container, value, why })
    for (const why of own(parent)) add(undefined, parent, why)
    if (operation === "pack" && isCyclic(parent, goingTo, numbers)) add(undefined, parent, { _tag: "cycle" })
    for (const [position, child] of children.entries()) {
      for (const why of own(child)) add(position, child, why)
      const isIn = numbers.get(child)?.parent
      if (operation === "unpack") {
        if (numbers.has(child) && isIn !== parent) add(position, child, { _tag: "not inside", parent: isIn })
        continue
      }
      if (isIn !== undefined && isIn !== parent) add(position, child, { _tag: "parent", parent: isIn })
      if (child === parent) add(position, child, { _tag: "cycle" })
      const first = goingTo.get(child)
      if (first !== undefined && first !== parent) add(position, child, { _tag: "two parents", parent: first })
    }
  }
  return operation === "unpack" ? obstacles.concat(yield* inside(change, where, containers, keys, contents)) : obstacles
})

/** Contents of parents that are to be emptied and may not be touched. */
const inside = Effect.fnUntraced(function* (
  { operation }: Change,
  where: Condition,
  containers: Containers,
  keys: SerialKeys,
  contents: SerialContents
) {
  const emptied = containers.filter(({ children }) => children === undefined).map(({ parent }) => parent)
  const list = SerialList.of(emptied)
  const ids = yield* keys.knownPrefixes(list.prefixes)
  const obstacles: Array<Obstacle> = []
  for (const chunk of list.chunks) {
    for (const { place, value, ...row } of yield* contents.childrenInTheWay(chunk, ids, where)) {
      const parent = (chunk.prefixes[place] ?? "") + (chunk.serials[place] ?? "")
      const container = containers.findIndex((one) => one.parent === parent)
      obstacles.push({
        position: undefined,
        container,
        value: parent,
        why: { _tag: "contents", inside: value, why: hindrance(operation, row) }
      })
    }
  }
  return obstacles
})
