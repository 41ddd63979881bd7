/**
 * Changes of listed numbers, and events: a list changes together with what is packed in it, or an event changes nothing
 * and names what stands in the way. The list is changed in the hope that all of it is right; only when it is not does
 * anyone look at single numbers.
 *
 * `changeListed` leaves the roll-back to its caller; `record` undoes what it did itself.
 */
import { Data, Effect } from "effect"
import type { SerialContents } from "./SerialContentQueries.ts"
import { type Recorded, refusal, type SerialEvent } from "./SerialEvent.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { LookUps } from "./SerialLookUpQueries.ts"
import type { Changed, ListedChange, Load, Loaded } from "./SerialModel.ts"
import { isOfSku, prefixOfItem } from "./SerialNumber.ts"
import * as SerialObstacles from "./SerialObstacles.ts"
import type { Begun, Condition, NewChange, SerialChanges, StorageError, Values } from "./SerialQueries.ts"
import { aggregationOf, beginning } from "./SerialState.ts"
import type { SerialsError } from "./SerialsError.ts"

class Short extends Data.TaggedError("Short") {}

type Begin = (change: NewChange, bound: boolean) => Effect.Effect<Begun, SerialsError | StorageError>

/** The moments of single numbers by their text; undefined when none has one of its own. */
const momentsOf = ({ values, eventsAt }: ListedChange): ReadonlyMap<string, Date> | undefined => {
  const moments = new Map<string, Date>()
  for (const [position, value] of values.entries()) {
    const moment = eventsAt?.[position]
    if (moment !== undefined && !moments.has(value)) moments.set(value, moment)
  }
  return moments.size === 0 ? undefined : moments
}

/** Events over these statements. `begin` writes a change down and makes sure of the transaction. */
export const make = (
  keys: SerialKeys,
  changes: SerialChanges,
  contents: SerialContents,
  lookUps: LookUps,
  load: (load: Load) => Effect.Effect<Loaded, SerialsError | StorageError>,
  begin: Begin
) => {
  /** What goes along with changed numbers, and whether all of it could. */
  const follow = Effect.fnUntraced(function* (
    change: ListedChange,
    changeId: number,
    { holders, parents }: { readonly holders: ReadonlyArray<number>; readonly parents: ReadonlyArray<number> },
    set: Values,
    where: Condition
  ) {
    const aggregation = aggregationOf(change.operation)
    if (aggregation === "together" && parents.length > 0 && (yield* contents.leftBehind(parents, changeId)))
      return { contents: 0, isWhole: false }
    if (holders.length === 0) return { contents: 0, isWhole: true }
    if (aggregation === "ends") {
      if (!(yield* contents.areFilled(holders))) return { contents: 0, isWhole: true }
      // A change of its own: what was inside does not end.
      const { eventAt, line, document, context } = change
      const { set: nothing } = yield* changes.prepare({ operation: "unpack", holder: "any", context }, 0)
      const row = {
        kind: "unpack",
        values: nothing,
        quantity: 0,
        eventAt,
        attributes: undefined,
        line,
        document,
        context
      }
      const { id } = yield* begin(row, false)
      yield* changes.setQuantity(id, yield* contents.release(holders, id))
      return { contents: 0, isWhole: true }
    }
    const { inside, changed } = yield* contents.along(holders, changeId, set, where)
    return { contents: changed, isWhole: changed === inside }
  })

  /** Changes what may be changed; `isWhole` is false when something was left out. */
  const change = Effect.fnUntraced(function* (
    asked: ListedChange,
    list: SerialList.SerialList,
    narrower: Pick<Condition, "lots" | "items"> = {}
  ) {
    const ids = yield* keys.knownPrefixes(list.prefixes)
    const { where: allowed, set: asIds, row } = yield* changes.prepare(asked, list.distinct)
    const where = { ...allowed, ...narrower }
    const rekeyed = asked.operation === "change-item" && list.prefixes.every(isOfSku) ? asked.to?.item : undefined
    const prefix = rekeyed === undefined ? undefined : prefixOfItem(rekeyed)
    const set = prefix === undefined ? asIds : { ...asIds, prefix: (yield* keys.prefixes([prefix])).get(prefix) }
    const aggregation = aggregationOf(asked.operation)
    const begun = yield* begin({ ...row, values: set }, true)
    const sources = changes.listed(list.chunks, ids, { eventsAt: momentsOf(asked), ends: aggregation === "ends" })
    const updated = yield* changes.updateEach(sources, begun, set, where, aggregation !== undefined)
    const followed = yield* follow(asked, begun.id, updated, set, where)
    const quantity = updated.changed + followed.contents
    if (quantity !== list.distinct) yield* changes.setQuantity(begun.id, quantity)
    return { changeId: begun.id, changed: updated.changed, ...followed }
  })

  const changeListed = Effect.fn("Serials.changeListed")(function* (asked: ListedChange) {
    const list = SerialList.of(asked.values, asked.formats)
    const { changeId, changed } = yield* change(asked, list)
    const result: Changed = { changeId, changed, listed: list.distinct }
    return result
  })

  /** Creates the numbers of an event that are not there yet, where whoever is asked for it holds them. */
  const create = Effect.fnUntraced(function* (event: SerialEvent) {
    const itemStatus = beginning(event.operation, event.statuses)
    if (event.create === undefined || itemStatus === undefined) return 0
    const { values, formats, holder, to, eventAt, line, document, context } = event
    const company = holder === "any" ? (to?.company ?? event.create.owner) : holder.company
    const location = holder === "any" ? to?.location : holder.location
    const { loaded } = yield* load({
      ...event.create,
      values,
      formats,
      state: "commissioned",
      itemStatus,
      company,
      location,
      kind: "create",
      eventAt,
      line,
      document,
      context
    })
    return loaded
  })

  const narrowerOf = Effect.fnUntraced(function* ({ expects }: SerialEvent) {
    return {
      lots: expects?.lot === undefined ? undefined : yield* keys.knownLots(expects.lot),
      items: expects?.item === undefined ? undefined : yield* keys.knownItems(expects.item)
    }
  })

  const whole = Effect.fnUntraced(function* (event: SerialEvent, list: SerialList.SerialList) {
    if (list.parsed.bad.positions.length > 0) return yield* new Short()
    if (event.operation === "change-item" && (yield* SerialObstacles.anyTaken(event, list, keys, lookUps)))
      return yield* new Short()
    const created = yield* create(event)
    const done = yield* change(event, list, yield* narrowerOf(event))
    if (!done.isWhole || done.changed !== list.distinct) return yield* new Short()
    const result: Recorded = { changeId: done.changeId, changed: done.changed, contents: done.contents, created }
    return result
  })

  const record = Effect.fn("Serials.record")(function* (event: SerialEvent) {
    const list = SerialList.of(event.values, event.formats)
    return yield* changes.transaction(whole(event, list)).pipe(
      Effect.catchTag("Short", () =>
        Effect.gen(function* () {
          const { where } = yield* changes.prepare(event, 0)
          const obstacles = yield* SerialObstacles.ofEvent(event, list, keys, lookUps, contents, where)
          return yield* refusal(event.operation, event.values, obstacles)
        })
      )
    )
  })

  return { changeListed, record }
}
