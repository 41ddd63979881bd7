/**
 * Changes of listed numbers, and events: a list changes together with what is packed in it, or an event changes nothing
 * and names what stands in the way. The lists are changed in the hope that all of it is right; only when it is not does
 * anyone look at single numbers.
 *
 * Many events are as many statements as one, as long as they ask the same of numbers and no number is of two of them:
 * each keeps its own change, with its line, lot and packaging code. Events for which that is not so follow one another.
 *
 * `changeListed` leaves the roll-back to its caller; `record` and `recordAll` undo what they did themselves.
 */
import { Data, Effect } from "effect"
import type { Begun, NewChange, SerialChangeRows } from "./SerialChangeQueries.ts"
import type { Condition } from "./SerialConditionQueries.ts"
import type { SerialContents } from "./SerialContentQueries.ts"
import { type Obstacle, type Recorded, refusal, type SerialEvent } from "./SerialEvent.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { LookUps } from "./SerialLookUpQueries.ts"
import type { Changed, ListedChange, Load, Loaded } from "./SerialModel.ts"
import { isOfSku, prefixOfItem } from "./SerialNumber.ts"
import * as SerialObstacles from "./SerialObstacles.ts"
import type { SerialChanges, StorageError, Updated } from "./SerialQueries.ts"
import { aggregationOf, beginning } from "./SerialState.ts"
import type { SerialsError } from "./SerialsError.ts"

/** Not all of it could be changed. */
class Short extends Data.TaggedError("Short") {}

/** Events that only mean something one after another. */
class Mingled extends Data.TaggedError("Mingled") {}

/** One of several events, with its place among them. */
interface Asked extends SerialObstacles.Asked {
  readonly at: number
}

/** What became of an event: what it changed, or what stands in its way. */
type Outcome = { readonly at: number } & (
  | { readonly recorded: Recorded }
  | { readonly obstacles: ReadonlyArray<Obstacle> }
)

/** The moments of single numbers by their text; undefined when none has one of its own. */
const momentsOf = (events: ReadonlyArray<ListedChange>): ReadonlyMap<string, Date> | undefined => {
  const moments = new Map<string, Date>()
  for (const { values, eventsAt } of events) {
    if (eventsAt === undefined) continue
    for (const [position, value] of values.entries()) {
      const moment = eventsAt[position]
      if (moment !== undefined && !moments.has(value)) moments.set(value, moment)
    }
  }
  return moments.size === 0 ? undefined : moments
}

/** Events in their order, in runs that the same statements can carry out. */
const runsOf = (asked: ReadonlyArray<Asked>): ReadonlyArray<ReadonlyArray<Asked>> => {
  const runs: Array<Array<Asked>> = []
  let last = ""
  let numbers = new Set<string>()
  for (const one of asked) {
    const { operation, states, statuses, holder, expects, values } = one.event
    const asks = JSON.stringify([operation, states, statuses, holder, expects?.item])
    const joins = asks === last && aggregationOf(operation) !== "ends" && !values.some((value) => numbers.has(value))
    const run = joins ? runs.at(-1) : undefined
    if (run === undefined) {
      runs.push([one])
      numbers = new Set()
    } else run.push(one)
    last = asks
    for (const value of values) numbers.add(value)
  }
  return runs
}

/** Events over these statements. */
export const make = (
  keys: SerialKeys,
  written: SerialChangeRows,
  changes: SerialChanges,
  contents: SerialContents,
  lookUps: LookUps,
  load: (loads: ReadonlyArray<Load>) => Effect.Effect<ReadonlyArray<Loaded>, SerialsError | StorageError>
) => {
  /** What goes along with changed numbers, by change, and whether all of it could. */
  const follow = Effect.fnUntraced(function* (
    run: ReadonlyArray<Pick<Asked, "event">>,
    begun: Begun,
    { holders, parents }: Updated,
    where: Condition
  ) {
    const whole = { changed: new Map<number, number>(), isWhole: true, isMingled: false }
    const [first] = run
    if (first === undefined) return whole
    const aggregation = aggregationOf(first.event.operation)
    if (aggregation === "together" && parents.length > 0 && (yield* contents.leftBehind(parents)))
      return { ...whole, isWhole: false }
    if (holders.length === 0) return whole
    if (aggregation === "ends") {
      const ids = holders.map(({ id }) => id)
      if (!(yield* contents.areFilled(ids))) return whole
      // A change of its own: what was inside does not end.
      const { eventAt, line, document, context } = first.event
      const { row } = yield* changes.prepare(
        { operation: "unpack", holder: "any", eventAt, line, document, context },
        0
      )
      const { id } = yield* written.begin(row)
      yield* written.setQuantities([{ id, quantity: yield* contents.release(ids, id) }])
      return whole
    }
    const lots = run.map(({ event }) => event.expects?.lot)
    return yield* contents.along(holders, begun, where, lots)
  })

  /** Rows of changes; those that change what numbers begin with say so. */
  const rowsOf = Effect.fnUntraced(function* (run: ReadonlyArray<Omit<Asked, "at">>) {
    const rows = yield* written.rows(run.map(({ event, list }) => ({ change: event, quantity: list.distinct })))
    const prefixes = run.map(({ event, list }) =>
      event.operation === "change-item" && event.to?.item !== undefined && list.prefixes.every(isOfSku)
        ? prefixOfItem(event.to.item)
        : undefined
    )
    const ids = yield* keys.prefixes(prefixes.filter((prefix) => prefix !== undefined))
    return rows.map((row, index): NewChange => {
      const prefix = prefixes[index]
      return prefix === undefined ? row : { ...row, values: { ...row.values, prefix: ids.get(prefix) } }
    })
  })

  /** What changes of a run may touch: they all ask the same. */
  const allowed = Effect.fnUntraced(function* (event: SerialEvent) {
    const item = event.expects?.item
    const where: Condition = {
      ...(yield* changes.allowed(event)),
      items: item === undefined ? undefined : yield* keys.knownItems(item)
    }
    return where
  })

  /** Changes what may be changed; `isWhole` is false when something was left out. */
  const change = Effect.fnUntraced(function* (run: ReadonlyArray<Omit<Asked, "at">>, where: Condition) {
    const ids = yield* keys.knownPrefixes(run.flatMap(({ list }) => list.prefixes))
    const aggregation = run[0] === undefined ? undefined : aggregationOf(run[0].event.operation)
    const begun = yield* written.beginAll(yield* rowsOf(run))
    const sources = changes.listed(SerialList.together(run.map(({ list }) => list)), ids, {
      changes: begun.ids,
      lots: run.map(({ event }) => event.expects?.lot),
      eventsAt: momentsOf(run.map(({ event }) => event)),
      ends: aggregation === "ends"
    })
    const updated = yield* changes.updateEach(sources, begun, where, aggregation !== undefined)
    const { changed: along, isWhole, isMingled } = yield* follow(run, begun, updated, where)
    const distinct = run.reduce((sum, { list }) => sum + list.distinct, 0)
    const done = run.map(({ list }, index) => {
      const changeId = begun.ids[index] ?? 0
      // Which ones were left out is nobody's business: then either there is one change, or none of them stays.
      const changed = run.length === 1 ? updated.changed : list.distinct
      return { changeId, changed, contents: along.get(changeId) ?? 0, listed: list.distinct }
    })
    const otherwise = done.flatMap(({ changeId, changed, contents: inside, listed }) =>
      changed + inside === listed ? [] : [{ id: changeId, quantity: changed + inside }]
    )
    if (otherwise.length > 0) yield* written.setQuantities(otherwise)
    return { done, isWhole: isWhole && updated.changed === distinct, isMingled }
  })

  const changeListed = Effect.fn("Serials.changeListed")(function* (asked: ListedChange) {
    const list = SerialList.of(asked.values, asked.formats)
    const { done } = yield* change([{ event: asked, list }], yield* changes.allowed(asked))
    const [only] = done
    if (only === undefined) return yield* Effect.die("a change has no result")
    const result: Changed = { changeId: only.changeId, changed: only.changed, listed: list.distinct }
    return result
  })

  /** Creates the numbers of events that are not there yet, where whoever is asked for them holds them; tells how many. */
  const create = Effect.fnUntraced(function* (run: ReadonlyArray<Asked>) {
    const wanted = run.flatMap(({ event, at }) => {
      const itemStatus = beginning(event.operation, event.statuses)
      return event.create === undefined || itemStatus === undefined ? [] : [{ event, at, of: event.create, itemStatus }]
    })
    const loaded = yield* load(
      wanted.map(({ event, of, itemStatus }): Load => {
        const { values, formats, holder, to, eventAt, line, document, context } = event
        return {
          ...of,
          values,
          formats,
          state: "commissioned",
          itemStatus,
          company: holder === "any" ? (to?.company ?? of.owner) : holder.company,
          location: holder === "any" ? to?.location : holder.location,
          kind: "create",
          eventAt,
          line,
          document,
          context
        }
      })
    )
    return new Map(wanted.map(({ at }, index) => [at, loaded[index]?.loaded ?? 0]))
  })

  const whole = Effect.fnUntraced(function* (run: ReadonlyArray<Asked>) {
    const [first] = run
    if (first === undefined) return []
    if (run.some(({ list }) => list.parsed.bad.positions.length > 0)) return yield* new Short()
    if (run.length > 1 && SerialObstacles.collide(run)) return yield* new Mingled()
    // What is taken may be free once another event has made way.
    if (yield* SerialObstacles.anyTaken(run, keys, lookUps)) return yield* run.length > 1 ? new Mingled() : new Short()
    const created = yield* create(run)
    const { done, isWhole, isMingled } = yield* change(run, yield* allowed(first.event))
    if (isMingled) return yield* new Mingled()
    if (!isWhole) return yield* new Short()
    return done.map(({ changeId, changed, contents: inside }, index): Outcome => {
      const at = run[index]?.at ?? 0
      return { at, recorded: { changeId, changed, contents: inside, created: created.get(at) ?? 0 } }
    })
  })

  /** Events one after another, each for itself. */
  const apart = (run: ReadonlyArray<Asked>): ReturnType<typeof carryOut> =>
    Effect.map(
      Effect.forEach(run, (one) => carryOut([one])),
      (all) => all.flat()
    )

  /** What stands in the way of the events of a run. */
  const hindered = Effect.fnUntraced(function* (run: ReadonlyArray<Asked>) {
    const [first] = run
    if (first === undefined) return []
    const where = yield* allowed(first.event)
    const found = yield* written.byIndex(SerialObstacles.ofEvents(run, keys, lookUps, contents, where))
    const outcomes = run.map(({ at }, index) => ({ at, obstacles: found[index] ?? [] }))
    if (run.length === 1) return outcomes
    // What one event does may be in the way of another.
    const some = outcomes.filter(({ obstacles }) => obstacles.length > 0)
    return some.length === 0 ? yield* apart(run) : some
  })

  /** Carries a run out: all of it, or nothing and what stands in the way of each event. */
  const carryOut = (run: ReadonlyArray<Asked>): Effect.Effect<ReadonlyArray<Outcome>, SerialsError | StorageError> =>
    changes.transaction(whole(run)).pipe(Effect.catchTags({ Mingled: () => apart(run), Short: () => hindered(run) }))

  const askedOf = (events: ReadonlyArray<SerialEvent>): ReadonlyArray<Asked> =>
    events.map((event, at) => ({ at, event, list: SerialList.of(event.values, event.formats) }))

  const record = Effect.fn("Serials.record")(function* (event: SerialEvent) {
    const [outcome] = yield* carryOut(askedOf([event]))
    if (outcome === undefined) return yield* Effect.die("an event has no outcome")
    return "recorded" in outcome ? outcome.recorded : yield* refusal(event.operation, event.values, outcome.obstacles)
  })

  const recordAll = Effect.fn("Serials.recordAll")(function* (events: ReadonlyArray<SerialEvent>) {
    if (events.length === 0) return []
    const all = Effect.gen(function* () {
      const outcomes: Array<Outcome> = []
      for (const run of runsOf(askedOf(events))) for (const outcome of yield* carryOut(run)) outcomes.push(outcome)
      const recorded = outcomes.flatMap((outcome) => ("recorded" in outcome ? [outcome.recorded] : []))
      if (recorded.length === events.length) return recorded
      const obstacles = outcomes.flatMap((outcome) =>
        "recorded" in outcome ? [] : outcome.obstacles.map((obstacle) => ({ ...obstacle, event: outcome.at }))
      )
      const [first] = events
      return yield* refusal(first?.operation ?? "", first?.values ?? [], obstacles)
    })
    return yield* changes.transaction(all)
  })

  return { changeListed, record, recordAll }
}
