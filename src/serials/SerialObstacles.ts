/**
 * Says what stands in the way of an event that was refused: for each number every reason, from what is known of it. Asked
 * only when an event failed, so it may take its time; it changes nothing. Fails with `SqlError`.
 */
import { Effect } from "effect"
import type { Condition } from "./SerialConditionQueries.ts"
import type { InTheWay, SerialContents } from "./SerialContentQueries.ts"
import type { LookUp, Obstacle, SerialEvent, Why } from "./SerialEvent.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { LookUps } from "./SerialLookUpQueries.ts"
import { standing } from "./SerialLookUpQueries.ts"
import type { Change, Holder } from "./SerialModel.ts"
import { isOfSku, parseAll, prefixOfItem } from "./SerialNumber.ts"
import { aggregationOf, beginning, type Operation, sources, statusSources } from "./SerialState.ts"

/** What is known of the numbers of a list, by their text. */
export const known = Effect.fnUntraced(function* (
  list: Pick<SerialList.SerialList, "chunks" | "prefixes">,
  keys: SerialKeys,
  lookUps: LookUps
) {
  const ids = yield* keys.knownPrefixes(list.prefixes)
  const found = new Map<string, LookUp>()
  for (const chunk of list.chunks) {
    const texts = SerialList.textsOf(chunk)
    for (const row of yield* lookUps.known(chunk, ids)) {
      const told = standing(row)
      for (const place of row.places) {
        const value = texts[place] ?? ""
        found.set(value, { value, ...told })
      }
    }
  }
  return found
})

const isHeld = ({ company, location, orOwner, of }: Holder, number: LookUp): boolean =>
  (of === undefined || number.item.owner === of) &&
  ((number.company === company && (location === undefined || number.location === location)) ||
    (orOwner === true && number.item.owner === company))

/** Reasons that lie in the number itself: its state, item status and holder. */
export const ownReasons = (
  change: Pick<Change, "operation" | "states" | "statuses" | "holder">,
  number: LookUp
): ReadonlyArray<Why> => {
  const { operation, states, statuses, holder } = change
  const { state, itemStatus: status } = number
  const isState = sources(operation).includes(state) && states?.includes(state) !== false
  const isStatus =
    status === undefined || (statusSources(operation).includes(status) && statuses?.includes(status) !== false)
  return [
    ...(isState ? [] : [{ _tag: "state" as const, state }]),
    ...(isState && !isStatus && status !== undefined ? [{ _tag: "status" as const, status }] : []),
    ...(holder === "any" || isHeld(holder, number) ? [] : [{ _tag: "holder" as const, company: number.company }])
  ]
}

const sameCode = (one: { readonly codeType: string; readonly code: string }, other: typeof one): boolean =>
  one.codeType.toUpperCase() === other.codeType.toUpperCase() && one.code === other.code

const expected = ({ expects }: SerialEvent, { lot, item }: LookUp): ReadonlyArray<Why> => [
  ...(expects?.lot === undefined || lot === undefined || lot.lot === expects.lot
    ? []
    : [{ _tag: "lot" as const, lot: lot.lot }]),
  ...(expects?.item === undefined || sameCode(expects.item, item)
    ? []
    : [{ _tag: "item" as const, codeType: item.codeType, code: item.code }])
]

/** An event with its list made ready. */
export interface Asked {
  readonly event: SerialEvent
  readonly list: SerialList.SerialList
}

/** What the numbers of an event read as before and after it, where it changes their texts. */
const renamed = ({ event, list }: Asked): ReadonlyArray<{ readonly now: string; readonly after: string }> => {
  const prefix = event.to?.item === undefined ? undefined : prefixOfItem(event.to.item)
  if (prefix === undefined || event.operation !== "change-item" || !list.prefixes.every(isOfSku)) return []
  return list.chunks.flatMap((chunk) =>
    SerialList.textsOf(chunk).map((now, index) => ({ now, after: prefix + (chunk.serials[index] ?? "") }))
  )
}

/** Listed numbers whose text under the packaging code they change to is another number already. */
const taken = Effect.fnUntraced(function* (asked: ReadonlyArray<Asked>, keys: SerialKeys, lookUps: LookUps) {
  const all = asked.flatMap(renamed)
  if (all.length === 0) return new Set<string>()
  const texts = all.map(({ after }) => after)
  const there = yield* known(SerialList.ofParsed(parseAll(texts), texts), keys, lookUps)
  return new Set(all.flatMap(({ now, after }) => (now !== after && there.has(after) ? [now] : [])))
})

/** True when a number of the lists would become one that is there already. */
export const anyTaken = (asked: ReadonlyArray<Asked>, keys: SerialKeys, lookUps: LookUps) =>
  Effect.map(taken(asked, keys, lookUps), ({ size }) => size > 0)

/** True when numbers of two events would become the same one. */
export const collide = (asked: ReadonlyArray<Asked>): boolean => {
  const all = asked.flatMap(renamed)
  return new Set(all.map(({ after }) => after)).size < all.length
}

/** Which of the three keeps an operation from touching a number. */
export const hindrance = (
  operation: Operation,
  { state, item_status }: Pick<InTheWay, "state" | "item_status">
): "state" | "status" | "holder" => {
  if (!sources(operation).includes(state)) return "state"
  return statusSources(operation).includes(item_status ?? "available") ? "holder" : "status"
}

/**
 * Everything that stands in the way of events that ask the same of numbers and have none in common (`where` is what their
 * changes may touch): for each in the order of its list.
 */
export const ofEvents = Effect.fnUntraced(function* (
  asked: ReadonlyArray<Asked>,
  keys: SerialKeys,
  lookUps: LookUps,
  contents: SerialContents,
  where: Condition
) {
  const chunks = SerialList.together(asked.map(({ list }) => list))
  const prefixes = asked.flatMap(({ list }) => list.prefixes)
  const numbers = yield* known({ chunks, prefixes }, keys, lookUps)
  const others = yield* taken(asked, keys, lookUps)
  const places = asked.map(() => new Map<string, number>())
  const found = asked.map(({ event, list }, at): Array<Obstacle> => {
    const listed = new Set(event.values)
    const bad = new Set(list.parsed.bad.positions)
    const goesAlone = aggregationOf(event.operation) !== "together"
    const isCreated = event.create !== undefined && beginning(event.operation, event.statuses) !== undefined
    const obstacles: Array<Obstacle> = []
    for (const [position, value] of event.values.entries()) {
      const add = (why: Why) => obstacles.push({ position, value, why })
      const number = numbers.get(value)
      if (places[at]?.has(value) === false) places[at]?.set(value, position)
      if (bad.has(position)) add({ _tag: "unreadable" })
      else if (number === undefined) {
        if (!isCreated) add({ _tag: "unknown" })
      } else {
        for (const why of [...ownReasons(event, number), ...expected(event, number)]) add(why)
        if (!goesAlone && number.parent !== undefined && !listed.has(number.parent))
          add({ _tag: "parent", parent: number.parent })
      }
      if (others.has(value)) add({ _tag: "taken" })
    }
    return obstacles
  })
  const operation = asked[0]?.event.operation
  const aggregation = operation === undefined ? undefined : aggregationOf(operation)
  if (operation !== undefined && (aggregation === "together" || aggregation === "along")) {
    const ids = yield* keys.knownPrefixes(prefixes)
    const lots = asked.map(({ event }) => event.expects?.lot)
    for (const chunk of chunks) {
      const texts = SerialList.textsOf(chunk)
      for (const { place, value: inside, ...row } of yield* contents.inTheWay(chunk, ids, where, lots)) {
        const value = texts[place] ?? ""
        const at = chunk.of?.[place] ?? 0
        const why: Why = { _tag: "contents", inside, why: hindrance(operation, row) }
        found[at]?.push({ position: places[at]?.get(value), value, why })
      }
    }
  }
  return found.map((obstacles) => obstacles.sort((left, right) => (left.position ?? 0) - (right.position ?? 0)))
})
