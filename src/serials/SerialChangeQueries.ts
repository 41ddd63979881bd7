/**
 * Changes as they are written down: what each one sets, as ids, and its row in `serial_changes`. Any number of changes
 * is as many statements as one. They run inside the caller's transaction and fail with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { int8s } from "../store/NumberArrays.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import { chunkSize } from "./SerialList.ts"
import type { Change, ChangeContext } from "./SerialModel.ts"
import { type SerialState, statusTarget, target } from "./SerialState.ts"
import { bitsOf, type ItemStatus } from "./SerialStatus.ts"
import { OutsideTransaction, SerialsError } from "./SerialsError.ts"

/** New values as ids; undefined stays as it is. */
export interface Values {
  readonly state: SerialState | undefined
  readonly company: number | undefined
  readonly location: number | undefined
  readonly document: number | undefined
  readonly item: number | undefined
  readonly lot: number | undefined
  /** What the number begins with from now on: its packaging code changed, and its text tells it. */
  readonly prefix?: number | undefined
  readonly itemStatus: ItemStatus | undefined
  /** Attributes as bits. */
  readonly set: number | undefined
  readonly clear: number | undefined
}

/** A row of `serial_changes` to be. */
export interface NewChange {
  readonly kind: string
  readonly values: Values
  readonly quantity: number
  readonly eventAt: Date | undefined
  readonly attributes: Readonly<Record<string, string>> | undefined
  readonly line?: number | undefined
  readonly document?: string | undefined
  readonly context: ChangeContext
}

/** What is to be set, as messages name it. */
export interface Setting {
  readonly state: SerialState | undefined
  readonly to: NonNullable<Change["to"]>
}

/** Planner settings as they were before a change switched them off. */
export interface Planner {
  readonly hashjoin: string
  readonly mergejoin: string
  readonly seqscan: string
}

/**
 * Changes that are written down and are to be carried out by the same statements: one, with what it sets; or many, of
 * which each number knows its own and gets what stands in that row (`ch`).
 */
export interface Begun {
  readonly ids: ReadonlyArray<number>
  /** What it sets; of many, something of everything that one of them sets. */
  readonly values: Values
  /** There when the planner is bound already. */
  readonly planner: Planner | undefined
}

/** Under a weaker isolation two changes of a number might be told in the wrong order. */
const isolation = "repeatable read"

/** Something of everything that one of these sets. */
const anyOf = (all: ReadonlyArray<Values>): Values => ({
  state: all.find(({ state }) => state !== undefined)?.state,
  company: all.find(({ company }) => company !== undefined)?.company,
  location: all.find(({ location }) => location !== undefined)?.location,
  document: all.find(({ document }) => document !== undefined)?.document,
  item: all.find(({ item }) => item !== undefined)?.item,
  lot: all.find(({ lot }) => lot !== undefined)?.lot,
  prefix: all.find(({ prefix }) => prefix !== undefined)?.prefix,
  itemStatus: all.find(({ itemStatus }) => itemStatus !== undefined)?.itemStatus,
  set: all.find(({ set }) => set !== undefined)?.set,
  clear: all.find(({ clear }) => clear !== undefined)?.clear
})

/** A row as `json_to_recordset` takes it. */
const rowOf = ({ values, context, ...change }: NewChange, position: number) => ({
  position,
  kind: change.kind,
  message_id: context.messageId,
  run_id: context.runId,
  actor: context.actor,
  state: values.state,
  company_id: values.company,
  location_id: values.location,
  document_id: values.document,
  item_id: values.item,
  lot_id: values.lot,
  prefix_id: values.prefix,
  item_status: values.itemStatus,
  set_attributes: values.set,
  clear_attributes: values.clear,
  line_id: change.line,
  document: change.document,
  quantity: change.quantity,
  attributes: change.attributes,
  event_at: change.eventAt,
  recorded_at: context.clock
})

/** The statements of this client, over its interned keys. */
export const make = Effect.fnUntraced(function* (keys: SerialKeys) {
  const sql = yield* SqlClient.SqlClient

  /** Binds the planner to the order of lists and tells what it was set to; a part of a select list. */
  const binding = sql`
    current_setting('enable_hashjoin') AS hashjoin, current_setting('enable_mergejoin') AS mergejoin,
    current_setting('enable_seqscan') AS seqscan, set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true)`

  /** Writes changes down; or refuses. Their ids are parallel to them and ascend. */
  const insert = Effect.fnUntraced(function* (changes: ReadonlyArray<NewChange>, bound: boolean) {
    const ids: Array<number> = []
    let planner: Planner | undefined
    for (let start = 0; start < changes.length; start += chunkSize) {
      const rows = JSON.stringify(changes.slice(start, start + chunkSize).map(rowOf))
      const inserted = yield* sql<Planner & { readonly id: bigint; readonly isolation: string }>`
        INSERT INTO serial_changes (kind, message_id, run_id, actor, state, company_id, location_id, document_id, item_id,
          lot_id, prefix_id, item_status, set_attributes, clear_attributes, line_id, document, quantity, attributes,
          event_at, recorded_at)
        SELECT kind, message_id, run_id, actor, state, company_id, location_id, document_id, item_id, lot_id, prefix_id,
          item_status, set_attributes, clear_attributes, line_id, document, quantity, attributes, event_at, recorded_at
        FROM json_to_recordset(${rows}::text::json) AS r(position int4, kind text, message_id int8, run_id int8,
          actor text, state serial_state, company_id int4, location_id int4, document_id int8, item_id int4, lot_id int4,
          prefix_id int4, item_status item_status, set_attributes int4, clear_attributes int4, line_id int8,
          document text, quantity int4, attributes jsonb, event_at timestamptz, recorded_at timestamptz)
        ORDER BY position
        RETURNING id, current_setting('transaction_isolation') AS isolation ${bound ? sql`, ${binding}` : sql``}`
      const [row] = inserted
      if (row === undefined) return yield* Effect.die("an insert returned no row")
      if (row.isolation !== isolation)
        return yield* new SerialsError({ reason: new OutsideTransaction({ isolation: row.isolation }) })
      if (bound) planner = row
      // Ids are drawn in the order of the rows, whatever the order they are told in.
      for (const id of inserted.map((row) => Number(row.id)).sort((a, b) => a - b)) ids.push(id)
    }
    const begun: Begun = { ids, values: anyOf(changes.map(({ values }) => values)), planner }
    return begun
  })

  /** Begins a change; with `bound`, binds the planner on the same way to the server. */
  const begin = Effect.fnUntraced(function* (change: NewChange, bound = false) {
    const begun = yield* insert([change], bound)
    const [id] = begun.ids
    return id === undefined ? yield* Effect.die("an insert returned no row") : { ...begun, id }
  })

  /** Begins changes that are carried out together. */
  const beginAll = (changes: ReadonlyArray<NewChange>) => insert(changes, changes.length === 1)

  const bind = Effect.flatMap(sql<Planner>`SELECT ${binding}`, ([row]) =>
    row === undefined ? Effect.die("a select returned no row") : Effect.succeed(row)
  )

  /** Gives the planner back what it had; select it with the last chunk. */
  const free = ({ hashjoin, mergejoin, seqscan }: Planner) =>
    sql`set_config('enable_hashjoin', ${hashjoin}, true), set_config('enable_mergejoin', ${mergejoin}, true),
        set_config('enable_seqscan', ${seqscan}, true)`

  /** Has an effect look numbers up through indexes, whatever the planner thinks of tables it has not counted yet. */
  const byIndex = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
    const planner = yield* bind
    const result = yield* effect
    yield* sql`SELECT ${free(planner)}`
    return result
  })

  /** How many numbers changes turned out to be of. */
  const setQuantities = (all: ReadonlyArray<{ readonly id: number; readonly quantity: number }>) =>
    sql`
      UPDATE serial_changes c SET quantity = u.quantity
      FROM unnest(${int8s(all.map(({ id }) => id))}::int8[], ${all.map(({ quantity }) => quantity)}::int4[]) AS u(id, quantity)
      WHERE c.id = u.id`

  /** What changes set, as ids, parallel to them. */
  const values = Effect.fnUntraced(function* (
    settings: ReadonlyArray<Setting>,
    today: Date
  ): Effect.fn.Return<ReadonlyArray<Values>, SqlError> {
    const each = Effect.fnUntraced(function* <A>(
      of: (to: Setting["to"]) => A | undefined,
      idsOf: (all: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<number>, SqlError>
    ) {
      const given = settings.flatMap(({ to }) => {
        const one = of(to)
        return one === undefined ? [] : [one]
      })
      const ids = given.length === 0 ? [] : yield* idsOf(given)
      let next = 0
      return settings.map(({ to }) => (of(to) === undefined ? undefined : ids[next++]))
    })
    const companies = yield* each(({ company }) => company, keys.names)
    const locations = yield* each(({ location }) => location, keys.names)
    const documents = yield* each(({ documents }) => documents, keys.documents)
    const items = yield* each(({ item }) => item, keys.items)
    const lots = yield* each(
      ({ lot }) => lot,
      (all) => keys.lots(all, today)
    )
    return settings.map(({ state, to }, index) => ({
      state,
      company: companies[index],
      location: locations[index],
      document: documents[index],
      item: items[index],
      lot: lots[index],
      itemStatus: to.itemStatus,
      set: to.set === undefined || to.set.length === 0 ? undefined : bitsOf(to.set),
      clear: to.clear === undefined || to.clear.length === 0 ? undefined : bitsOf(to.clear)
    }))
  })

  /** Changes of one message as it asks for them, as rows parallel to them. */
  const rows = Effect.fnUntraced(function* (
    asked: ReadonlyArray<{ readonly change: Change; readonly quantity: number }>
  ) {
    const today = asked[0]?.change.context.clock ?? new Date(0)
    const set = yield* values(
      asked.map(({ change: { operation, to = {} } }) => {
        const itemStatus = to.itemStatus ?? statusTarget(operation)
        return { state: target(operation), to: { ...to, itemStatus } }
      }),
      today
    )
    return asked.flatMap(({ change, quantity }, index): ReadonlyArray<NewChange> => {
      const { operation, kind = operation, eventAt, attributes, context, line, document } = change
      const to = set[index]
      return to === undefined ? [] : [{ kind, values: to, quantity, eventAt, attributes, line, document, context }]
    })
  })

  return { begin, beginAll, bind, free, byIndex, setQuantities, values, rows }
})

export type SerialChangeRows = Effect.Success<ReturnType<typeof make>>
