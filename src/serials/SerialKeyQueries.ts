/**
 * Small numbers for long words: companies and locations, number prefixes, packaging codes, lots and sets of reference
 * documents get an id at first use, so that a serial carries four bytes in place of a text. Rows are never changed or
 * removed. Fails with `SqlError`.
 *
 * Ids are remembered in memory, and a transaction that rolls back must not leave one there that then belongs to nobody.
 * So only settled ids are remembered: `age(xmin) > 0` says that a row's transaction is older than the one that reads it
 * (subtransactions count as younger), and a row that is visible and not one's own is committed. A row that another
 * transaction committed after this one's snapshot makes `ON CONFLICT DO NOTHING` fail with a serialization failure
 * under REPEATABLE READ, which is retryable; the next try reads it.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import * as Expiry from "./Expiry.ts"
import type { Documents, Item, ItemSelector, Lot } from "./SerialModel.ts"

/** Words remembered of each kind: far more than are in use at a time, far less than memory. */
const remembered = 50_000

interface Row {
  readonly word: string
  readonly id: number | bigint
  readonly settled: boolean
}

type Rows = Effect.Effect<ReadonlyArray<Row>, SqlError>

/** Ids of words, from memory, else from the table, else new. */
const keys = (table: {
  readonly select: (words: ReadonlyArray<string>) => Rows
  readonly insert: (words: ReadonlyArray<string>) => Effect.Effect<unknown, SqlError>
}) => {
  const memory = new Map<string, number>()

  const take = (rows: ReadonlyArray<Row>, into: Map<string, number>) => {
    if (memory.size > remembered) memory.clear()
    for (const { word, id, settled } of rows) {
      into.set(word, Number(id))
      if (settled) memory.set(word, Number(id))
    }
  }

  /** Ids of those words that have one. */
  const known = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
    const ids = new Map<string, number>()
    const missing: Array<string> = []
    for (const word of new Set(words)) {
      const id = memory.get(word)
      if (id === undefined) missing.push(word)
      else ids.set(word, id)
    }
    if (missing.length > 0) take(yield* table.select(missing), ids)
    return ids
  })

  /** Ids of all the words. */
  const ensured = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
    const ids = yield* known(words)
    // In one order everywhere, so that two transactions with the same new words cannot deadlock.
    const missing = [...new Set(words.filter((word) => !ids.has(word)))].sort()
    if (missing.length === 0) return ids
    yield* table.insert(missing)
    take(yield* table.select(missing), ids)
    return ids
  })

  /** Ids of the words, parallel to them. */
  const each = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
    const ids = yield* ensured(words)
    const lost = words.find((word) => !ids.has(word))
    if (lost !== undefined) return yield* Effect.die(`"${lost}" was inserted and cannot be read`)
    return words.map((word) => ids.get(word) ?? noId)
  })

  return { known, ensured, each }
}

/** Compound words are JSON arrays, so that no partner's text can be taken for a boundary. */
const compound = (parts: ReadonlyArray<string | number>): string => JSON.stringify(parts.map(String))
const column = (words: ReadonlyArray<string>, index: number): ReadonlyArray<string> =>
  words.map((word) => {
    const parts: unknown = JSON.parse(word)
    return Array.isArray(parts) ? String(parts[index]) : ""
  })

/** Nothing has this id: a company nobody ever named holds no numbers. */
export const noId = -1

export type SerialKeys = Effect.Success<typeof make>

/** The tables of this client's database. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const names = keys({
    select: (words) => sql<Row>`
      SELECT id, name AS word, age(xmin) > 0 AS settled FROM names WHERE name = ANY(${words}::text[])`,
    insert: (words) => sql`
      INSERT INTO names (name) SELECT unnest(${words}::text[]) ON CONFLICT DO NOTHING`
  })

  const prefixes = keys({
    select: (words) => sql<Row>`
      SELECT id, prefix AS word, age(xmin) > 0 AS settled FROM prefixes WHERE prefix = ANY(${words}::text[])`,
    insert: (words) => sql`
      INSERT INTO prefixes (prefix) SELECT unnest(${words}::text[]) ON CONFLICT DO NOTHING`
  })

  const items = keys({
    select: (words) => sql<Row>`
      SELECT i.id, u.word, age(i.xmin) > 0 AS settled
      FROM unnest(${words}::text[], ${column(words, 0)}::text[]::int4[], ${column(words, 1)}::text[], ${column(words, 2)}::text[])
        AS u(word, owner, code_type, code)
      JOIN items i ON i.code_type = u.code_type AND i.code = u.code AND i.owner = u.owner`,
    insert: (words) => sql`
      INSERT INTO items (owner, code_type, code)
      SELECT * FROM unnest(${column(words, 0)}::text[]::int4[], ${column(words, 1)}::text[], ${column(words, 2)}::text[])
      ON CONFLICT DO NOTHING`
  })

  const documents = keys({
    select: (words) => sql<Row>`
      SELECT d.id, u.word, age(d.xmin) > 0 AS settled
      FROM unnest(${words}::text[], ${column(words, 0)}::text[], ${column(words, 1)}::text[], ${column(words, 2)}::text[],
        ${column(words, 3)}::text[]) AS u(word, po_number, po_line, work_order_number, reference_identifier)
      JOIN documents d ON d.po_number = u.po_number AND d.po_line = u.po_line
        AND d.work_order_number = u.work_order_number AND d.reference_identifier = u.reference_identifier`,
    insert: (words) => sql`
      INSERT INTO documents (po_number, po_line, work_order_number, reference_identifier)
      SELECT * FROM unnest(${column(words, 0)}::text[], ${column(words, 1)}::text[], ${column(words, 2)}::text[],
        ${column(words, 3)}::text[])
      ON CONFLICT DO NOTHING`
  })

  const lots = keys({
    select: (words) => sql<Row>`
      SELECT l.id, u.word, age(l.xmin) > 0 AS settled
      FROM unnest(${words}::text[], ${column(words, 0)}::text[]::int4[], ${column(words, 1)}::text[], ${column(words, 2)}::text[],
        ${column(words, 3)}::text[], ${column(words, 4)}::text[]) AS u(word, item_id, lot, expiry, manufactured, extended)
      JOIN lots l ON l.lot = u.lot AND l.item_id = u.item_id AND l.expiry = u.expiry
        AND l.manufactured = u.manufactured AND l.extended = u.extended`,
    insert: (words) => sql`
      INSERT INTO lots (item_id, lot, expiry, manufactured, extended, expires, extended_to)
      SELECT item_id, lot, expiry, manufactured, extended, nullif(expires, '')::date, nullif(extended_to, '')::date
      FROM unnest(${column(words, 0)}::text[]::int4[], ${column(words, 1)}::text[], ${column(words, 2)}::text[],
        ${column(words, 3)}::text[], ${column(words, 4)}::text[], ${column(words, 5)}::text[], ${column(words, 6)}::text[])
        AS u(item_id, lot, expiry, manufactured, extended, expires, extended_to)
      ON CONFLICT DO NOTHING`
  })

  /** Id of a company or location key that may never have been named. */
  const knownName = Effect.fnUntraced(function* (key: string) {
    return (yield* names.known([key])).get(key) ?? noId
  })

  /** Ids of packaging codes, parallel to them; new where they were never named. */
  const itemIds = Effect.fnUntraced(function* (all: ReadonlyArray<Item>) {
    const owners = yield* names.each(all.map(({ owner }) => owner))
    return yield* items.each(
      all.map(({ codeType, code }, index) => compound([owners[index] ?? noId, codeType.toUpperCase(), code]))
    )
  })

  /** Ids of the packaging code at every owner, or the one asked for. */
  const knownItems = Effect.fnUntraced(function* ({ owner, codeType, code }: ItemSelector) {
    const type = codeType.toUpperCase()
    if (owner !== undefined) {
      const word = compound([yield* knownName(owner), type, code])
      return [...(yield* items.known([word])).values()]
    }
    const rows = yield* sql<{ readonly id: number }>`
      SELECT id FROM items WHERE code_type = ${type} AND code = ${code} ORDER BY id`
    return rows.map((row) => row.id)
  })

  /** Ids of sets of reference documents, parallel to them. */
  const documentIds = (all: ReadonlyArray<Documents>) =>
    documents.each(
      all.map(({ poNumber = "", poLine = "", workOrderNumber = "", referenceIdentifier = "" }) =>
        compound([poNumber, poLine, workOrderNumber, referenceIdentifier])
      )
    )

  /** Ids of lots, parallel to them. Expiries that are no dates are none: rules have said so before. */
  const lotIds = Effect.fnUntraced(function* (all: ReadonlyArray<Lot>, today: Date) {
    const of = yield* itemIds(all.map(({ item }) => item))
    return yield* lots.each(
      all.map(({ lot, expiry, extendedTo, manufactured }, index) => {
        const [printed, extended] = [Expiry.read(expiry ?? "", today), Expiry.read(extendedTo ?? "", today)]
        return compound([
          of[index] ?? noId,
          lot,
          printed?.printed ?? "",
          manufactured ?? "",
          extended?.printed ?? "",
          printed?.day ?? "",
          extended?.day ?? ""
        ])
      })
    )
  })

  /** Ids of all sets of reference documents in which everything given is equal; none when nothing is given. */
  const knownDocuments = Effect.fnUntraced(function* (given: Documents) {
    const conditions = [
      given.poNumber === undefined ? [] : [sql`po_number = ${given.poNumber}`],
      given.poLine === undefined ? [] : [sql`po_line = ${given.poLine}`],
      given.workOrderNumber === undefined ? [] : [sql`work_order_number = ${given.workOrderNumber}`],
      given.referenceIdentifier === undefined ? [] : [sql`reference_identifier = ${given.referenceIdentifier}`]
    ].flat()
    if (conditions.length === 0) return []
    const rows = yield* sql<{ readonly id: bigint }>`SELECT id FROM documents WHERE ${sql.and(conditions)} ORDER BY id`
    return rows.map((row) => Number(row.id))
  })

  return {
    /** Ids of company and location keys, parallel to them; new where they were never named. */
    names: names.each,
    knownName,
    items: itemIds,
    knownItems,
    documents: documentIds,
    knownDocuments,
    lots: lotIds,
    prefixes: prefixes.ensured,
    knownPrefixes: prefixes.known
  }
})
