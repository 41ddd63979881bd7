/**
 * Changes of explicit lists of serial numbers: all of them, or a finding for each that stands in the way. Transfers and
 * status updates use it; they bring their own texts.
 *
 * A list that cannot be changed as a whole is left as it was. The check of a list (`standing`) changes nothing.
 */
import { Data, Effect } from "effect"
import type { Explained, Holder, ListedChange } from "./SerialModel.ts"
import { type Operation, type SerialState, sources } from "./SerialState.ts"
import { Serials } from "./Serials.ts"
import { encodingsOf, type SerialList } from "./SnxMessage.ts"
import * as SnxQueries from "./SnxQueries.ts"

/** A number that stands in the way, by its position in the list. */
export interface Obstacle {
  readonly position: number
  readonly value: string
}

/** What stands in the way, as columns: numbers that are not there, in a wrong state, or with somebody else. */
export interface Obstacles {
  readonly missing: ReadonlyArray<Obstacle>
  readonly wrongState: ReadonlyArray<Obstacle & { readonly state: SerialState }>
  readonly notHeld: ReadonlyArray<Obstacle & { readonly company: string }>
}

/** The list was not changed; `obstacles` is never empty. */
export class Obstructed extends Data.TaggedError("Obstructed")<{ readonly obstacles: Obstacles }> {}

class Short extends Data.TaggedError("Short") {}

const holds = ({ company, location, orOwner, of }: Holder, explained: Explained, position: number): boolean =>
  (of === undefined || explained.owners[position] === of) &&
  ((explained.companies[position] === company &&
    (location === undefined || explained.locations[position] === location)) ||
    (orOwner === true && explained.owners[position] === company))

const sort = (
  list: SerialList,
  explained: Explained,
  states: ReadonlyArray<SerialState>,
  holder: Holder | "any"
): Obstacles => {
  const missing: Array<Obstacle> = []
  const wrongState: Array<Obstacle & { readonly state: SerialState }> = []
  const notHeld: Array<Obstacle & { readonly company: string }> = []
  for (const [position, value] of list.values.entries()) {
    const state = explained.states[position]
    const company = explained.companies[position]
    if (state === undefined || company === undefined) missing.push({ position, value })
    // Whoever does not hold a number does not learn its state.
    else if (holder !== "any" && !holds(holder, explained, position)) notHeld.push({ position, value, company })
    else if (!states.includes(state)) wrongState.push({ position, value, state })
  }
  return { missing, wrongState, notHeld }
}

/** Says what stands in the way of an operation on a list, changing nothing. */
export const standing = Effect.fnUntraced(function* (list: SerialList, operation: Operation, holder: Holder | "any") {
  const serials = yield* Serials
  const explained = yield* serials.explain(list.values, encodingsOf(list))
  return sort(list, explained, sources(operation), holder)
})

/** Changes the whole list or nothing; fails with `Obstructed` when a number stands in the way. */
export const changeAll = Effect.fn("SnxLists.changeAll")(function* (
  list: SerialList,
  change: Omit<ListedChange, "values" | "formats" | "states">
) {
  const serials = yield* Serials
  const whole = serials.changeListed({ ...change, values: list.values, formats: encodingsOf(list) }).pipe(
    Effect.filterOrFail(
      ({ changed, listed }) => changed === listed,
      () => new Short()
    )
  )
  return yield* SnxQueries.attempt(whole).pipe(
    Effect.catchTag("Short", () =>
      Effect.flatMap(standing(list, change.operation, change.holder), (obstacles) =>
        Effect.fail(new Obstructed({ obstacles }))
      )
    )
  )
})
