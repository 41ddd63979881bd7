/**
 * The statements behind the journal: journal bytes, look messages up, read their bytes. Each call is one statement,
 * so each either happened or did not. Fails with `SqlError`.
 */
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"

/** Bytes are kept in rows of this size: small enough to stream, large enough that most messages are one row. */
const chunkSize = 1_048_576

const chunked = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  for (let start = 0; start < bytes.length; start += chunkSize) chunks.push(bytes.subarray(start, start + chunkSize))
  return chunks
}

/** What is known of a message when its bytes arrive. */
export interface Arrival {
  readonly channel: string
  readonly company: string
  readonly lane: string
  readonly type: string
  readonly fileName: string
  readonly correlationId: string | undefined
  readonly size: number
  readonly sha256: Uint8Array
  readonly receivedAt: Date
  readonly bytes: Uint8Array
  /** Journal replay inserts a message under the id it had. */
  readonly id?: number | undefined
}

/** What tells a file apart from all others a channel ever saw. */
export interface PickupKey {
  readonly path: string
  readonly size: number
  readonly modifiedMs: number
  /** The same path, size and bytes are the same document, whatever `modifiedMs` was then. */
  readonly atAnyTime?: boolean | undefined
}

/** The statements, bound to the client of this context; inside a transaction they join it. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const sameTime = ({ modifiedMs, atAnyTime }: PickupKey) =>
    atAnyTime === true ? sql`true` : sql`modified_ms = ${modifiedMs}::float8`

  /** Journals a message. Returns its id, or none when this very file was taken before. */
  const insertMessage = Effect.fnUntraced(function* (arrival: Arrival, pickup: PickupKey | undefined) {
    const chunks = chunked(arrival.bytes)
    const guard =
      pickup === undefined
        ? sql`true`
        : sql`NOT EXISTS (SELECT 1 FROM pickups WHERE channel = ${arrival.channel} AND path = ${pickup.path}
            AND size = ${pickup.size} AND ${sameTime(pickup)} AND sha256 = ${arrival.sha256})`
    const mark =
      pickup === undefined
        ? sql`SELECT 1`
        : sql`INSERT INTO pickups (channel, path, size, modified_ms, sha256, message_id, at)
            SELECT ${arrival.channel}, ${pickup.path}, ${pickup.size}, ${pickup.modifiedMs}::float8, ${arrival.sha256}, id, ${arrival.receivedAt} FROM m`
    const id =
      arrival.id === undefined ? sql`nextval(pg_get_serial_sequence('messages', 'id'))` : sql`${arrival.id}::int8`
    const rows = yield* sql<{ readonly id: bigint }>`
      WITH m AS (
        INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status, correlation_id)
        SELECT ${id}, 'in', ${arrival.company}, ${arrival.channel}, ${arrival.lane}, ${arrival.type}, ${arrival.fileName},
          ${arrival.size}::int8, ${arrival.sha256}, ${arrival.receivedAt}, 'received', ${arrival.correlationId ?? null}::text
        WHERE ${guard}
        RETURNING id
      ), c AS (
        INSERT INTO message_chunks (message_id, chunk, bytes)
        SELECT m.id, b.chunk - 1, b.bytes FROM m, unnest(${chunks}::bytea[]) WITH ORDINALITY AS b(bytes, chunk)
      ), p AS (${mark})
      SELECT id FROM m`
    return Option.map(Option.fromNullishOr(rows[0]), (row) => Number(row.id))
  })

  /** The message that a file became when it was taken. */
  const messageOfPickup = Effect.fnUntraced(function* (channel: string, pickup: PickupKey, sha256: Uint8Array) {
    const rows = yield* sql<{ readonly message_id: bigint }>`
      SELECT message_id FROM pickups WHERE channel = ${channel} AND path = ${pickup.path} AND size = ${pickup.size}
        AND ${sameTime(pickup)} AND sha256 = ${sha256}
      ORDER BY modified_ms DESC LIMIT 1`
    return Option.map(Option.fromNullishOr(rows[0]), (row) => Number(row.message_id))
  })

  /** The exact bytes of a message; empty when there are none. */
  const bytesOf = Effect.fnUntraced(function* (messageId: number) {
    const rows = yield* sql<{ readonly bytes: Uint8Array }>`
      SELECT bytes FROM message_chunks WHERE message_id = ${messageId} ORDER BY chunk`
    const only = rows[0]
    if (rows.length === 1 && only !== undefined) return only.bytes
    return new Uint8Array(Buffer.concat(rows.map((row) => row.bytes)))
  })

  return { insertMessage, messageOfPickup, bytesOf }
})
