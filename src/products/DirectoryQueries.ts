/**
 * The statements behind the product directory: what other providers told, how far each was read, and the versions of our
 * own records for providers that read ours. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Transaction from "../store/Transaction.ts"

/** A record of another provider, as last told. */
export interface ForeignRecord {
  readonly provider: string
  readonly record: string
  readonly version: number
  readonly gtin: string
  readonly responder: string
  readonly companyPrefix: string | null
  readonly description: string | null
  readonly verifyUrl: string | null
  readonly checkUrl: string | null
  readonly validFrom: string | null
  readonly validTo: string | null
  readonly deleted: boolean
  readonly updatedAt: Date
  /** When it was told first. */
  readonly receivedAt: Date
}

/** The newest version of a record of ours; without a value it was withdrawn, `before` is what it was. */
export interface OwnVersion {
  readonly id: number
  readonly key: string
  readonly value: unknown
  readonly before: unknown
  readonly at: Date
}

/** How far a provider's directory was read. */
export interface Reading {
  /** Where reading goes on; undefined before the first time. */
  readonly cursor: string | undefined
  /** How often it was begun to read everything anew. */
  readonly pass: number
  /** Whether the last such reading is not at its end yet. */
  readonly anew: boolean
}

/** How much of a provider's directory is here, and since when. */
export interface Told {
  readonly provider: string
  readonly records: number
  readonly syncedAt: Date | undefined
}

/** Which records of others to list. */
export interface Filter {
  readonly gtin?: string | undefined
  readonly provider?: string | undefined
}

interface Row extends Omit<ForeignRecord, "version"> {
  readonly version: bigint | number
}

const foreign = (row: Row): ForeignRecord => ({ ...row, version: Number(row.version) })

/** Rows a statement writes at most. */
const chunkSize = 10_000

export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const columns = sql`provider, record, version, gtin, responder, company_prefix AS "companyPrefix", description,
    verify_url AS "verifyUrl", check_url AS "checkUrl", valid_from AS "validFrom", valid_to AS "validTo", deleted,
    updated_at AS "updatedAt", received_at AS "receivedAt"`

  /** Live records of others for many GTINs, whatever dates they hold for. */
  const holding = (gtins: ReadonlyArray<string>) =>
    Effect.map(
      sql<Row>`SELECT ${columns} FROM directory_records WHERE gtin = ANY(${gtins}::text[]) AND NOT deleted
        ORDER BY gtin, provider, record`,
      (rows) => rows.map(foreign)
    )

  /** Live records of others after a place, by GTIN, provider and record. */
  const list = ({ gtin, provider }: Filter, limit: number, after: ReadonlyArray<string> = ["", "", ""]) => {
    const [afterGtin = "", afterProvider = "", afterRecord = ""] = after
    const only = sql.and([
      sql`NOT deleted`,
      sql`(gtin, provider, record) > (${afterGtin}, ${afterProvider}, ${afterRecord})`,
      ...(gtin === undefined ? [] : [sql`gtin = ${gtin}`]),
      ...(provider === undefined ? [] : [sql`provider = ${provider}`])
    ])
    return Effect.map(
      sql<Row>`SELECT ${columns} FROM directory_records WHERE ${only} ORDER BY gtin, provider, record LIMIT ${limit}::int8`,
      (rows) => rows.map(foreign)
    )
  }

  const write = (chunk: ReadonlyArray<ForeignRecord>, pass: number | undefined) => {
    const text = (pick: (record: ForeignRecord) => string | null) => chunk.map((record) => pick(record) ?? "")
    const moments = (pick: (record: ForeignRecord) => Date) => chunk.map((record) => pick(record).toISOString())
    return sql<{ readonly deleted: boolean }>`
      INSERT INTO directory_records (provider, record, version, gtin, responder, company_prefix, description, verify_url,
        check_url, valid_from, valid_to, deleted, updated_at, received_at, pass)
      SELECT u.provider, u.record, u.version, u.gtin, u.responder, nullif(u.prefix, ''), nullif(u.description, ''),
        nullif(u.verify, ''), nullif(u.probe, ''), nullif(u.since, ''), nullif(u.until, ''), u.deleted, u.updated, u.received,
        ${pass ?? 0}::int4
      FROM unnest(${text((one) => one.provider)}::text[], ${text((one) => one.record)}::text[],
        ${chunk.map(({ version }) => version)}::int8[], ${text((one) => one.gtin)}::text[],
        ${text((one) => one.responder)}::text[], ${text((one) => one.companyPrefix)}::text[],
        ${text((one) => one.description)}::text[], ${text((one) => one.verifyUrl)}::text[],
        ${text((one) => one.checkUrl)}::text[], ${text((one) => one.validFrom)}::text[],
        ${text((one) => one.validTo)}::text[], ${chunk.map(({ deleted }) => deleted)}::bool[],
        ${moments((one) => one.updatedAt)}::timestamptz[], ${moments((one) => one.receivedAt)}::timestamptz[])
        AS u(provider, record, version, gtin, responder, prefix, description, verify, probe, since, until, deleted, updated,
          received)
      ON CONFLICT (provider, record) DO UPDATE SET version = excluded.version, gtin = excluded.gtin,
        responder = excluded.responder, company_prefix = excluded.company_prefix, description = excluded.description,
        verify_url = excluded.verify_url, check_url = excluded.check_url, valid_from = excluded.valid_from,
        valid_to = excluded.valid_to, deleted = excluded.deleted, updated_at = excluded.updated_at, pass = excluded.pass,
        received_at = CASE WHEN excluded.gtin = directory_records.gtin THEN directory_records.received_at
          ELSE excluded.received_at END
      WHERE ${pass !== undefined}::bool OR excluded.version > directory_records.version
      RETURNING deleted`
  }

  /**
   * Writes what a provider told; a version that is not newer than the one here changes nothing. In a pass, which reads
   * everything anew, it is the one here that counts for nothing: a provider that was set back gives its numbers again. The
   * records of one call are different ones. Gives how many were taken and how many of those are withdrawals.
   */
  const take = Effect.fnUntraced(function* (records: ReadonlyArray<ForeignRecord>, pass?: number) {
    const counts = { taken: 0, withdrawn: 0 }
    for (let start = 0; start < records.length; start += chunkSize) {
      const rows = yield* write(records.slice(start, start + chunkSize), pass)
      counts.taken += rows.length
      counts.withdrawn += rows.filter(({ deleted }) => deleted).length
    }
    return counts
  })

  return {
    holding,
    list,
    take,
    /** All of the effect or nothing of it. */
    together: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.provideService(Transaction.readCommitted(effect), SqlClient.SqlClient, sql),
    /** GTINs that more than one provider tells of. */
    toldTwice: Effect.map(
      sql<{ readonly gtin: string }>`SELECT gtin FROM directory_records WHERE NOT deleted
        GROUP BY gtin HAVING count(DISTINCT provider) > 1 ORDER BY gtin`,
      (rows) => rows.map(({ gtin }) => gtin)
    ),
    /** Forgets what a provider did not tell in this pass. */
    forgetUntold: (provider: string, pass: number) =>
      Effect.asVoid(sql`DELETE FROM directory_records WHERE provider = ${provider} AND pass < ${pass}::int4`),
    /** How far a provider was read. */
    reading: (provider: string) =>
      Effect.map(
        sql<Reading>`SELECT cursor, pass, anew FROM directory_cursors WHERE provider = ${provider}`,
        (rows): Reading => rows[0] ?? { cursor: undefined, pass: 0, anew: false }
      ),
    /** The pass a provider is in, which stays that until this transaction ends. */
    holdPass: (provider: string) =>
      Effect.map(
        sql<{ readonly pass: number }>`SELECT pass FROM directory_cursors WHERE provider = ${provider} FOR UPDATE`,
        (rows) => rows[0]?.pass ?? 0
      ),
    /** What is here of each provider. */
    told: Effect.map(
      sql<{ readonly provider: string; readonly records: number; readonly synced: Date | null }>`
        SELECT coalesce(r.provider, c.provider) AS provider, coalesce(r.records, 0)::int4 AS records, c.synced_at AS synced
        FROM (SELECT provider, count(*) AS records FROM directory_records WHERE NOT deleted GROUP BY provider) r
        FULL JOIN directory_cursors c ON c.provider = r.provider ORDER BY 1`,
      (rows): ReadonlyArray<Told> => rows.map(({ synced, ...row }) => ({ ...row, syncedAt: synced ?? undefined }))
    ),
    setReading: (provider: string, { cursor, pass, anew }: Reading & { readonly cursor: string }, at: Date) =>
      Effect.asVoid(sql`
        INSERT INTO directory_cursors (provider, cursor, synced_at, pass, anew)
        VALUES (${provider}, ${cursor}, ${at}::timestamptz, ${pass}::int4, ${anew}::bool)
        ON CONFLICT (provider) DO UPDATE SET cursor = excluded.cursor, synced_at = excluded.synced_at,
          pass = excluded.pass, anew = excluded.anew`),
    /** Newest versions of our own records after an id, in the order they were committed. */
    versionsSince: (id: number, limit: number) =>
      Effect.map(
        sql<Omit<OwnVersion, "id"> & { readonly id: bigint | number }>`
          SELECT c.id, c.key, c.value, c.at, (SELECT p.value FROM configuration p WHERE p.kind = 'directory'
            AND p.key = c.key AND p.id < c.id AND p.value IS NOT NULL ORDER BY p.id DESC LIMIT 1) AS before
          FROM configuration c
          WHERE c.kind = 'directory' AND c.id > ${id}::int8 AND NOT EXISTS (SELECT 1 FROM configuration n
            WHERE n.kind = 'directory' AND n.key = c.key AND n.id > c.id)
          ORDER BY c.id LIMIT ${limit}::int8`,
        (rows): ReadonlyArray<OwnVersion> => rows.map((row) => ({ ...row, id: Number(row.id) }))
      ),
    /** A version of a record of ours, whether or not there are newer ones. */
    versionAt: (id: number) =>
      Effect.map(
        sql<Pick<OwnVersion, "key" | "value" | "at">>`
          SELECT key, value, at FROM configuration WHERE kind = 'directory' AND id = ${id}::int8`,
        (rows) => rows[0]
      )
  }
})
