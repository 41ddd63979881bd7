/**
 * Directory records as providers exchange them: `GET /ld/records?since=CURSOR&limit=N` answers a page of newest versions,
 * withdrawals as tombstones, with the cursor to go on from. Ours as a whole: the field's own specification is not public;
 * names are the union of what implementations show.
 *
 * Pure. A record of a peer that makes no sense is told and left out; the others of the page are taken.
 */
import { Result, Schema, SchemaIssue } from "effect"
import { Day } from "../partners/WorldFields.ts"
import type { DirectoryRecord } from "../partners/WorldProducts.ts"
import { DirectoryRecord as StoredRecord } from "../partners/WorldProducts.ts"
import type { ForeignRecord, OwnVersion } from "./DirectoryQueries.ts"

const text = (most: number) => Schema.String.check(Schema.isBetweenLength(1, most))
const optional = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))
const Url = text(2000).check(Schema.isPattern(/^https?:\/\/\S+$/u, { message: "must be an address" }))

/** A record on the wire. A tombstone says which record is gone; the GTIN helps whoever reads logs. */
export const WireRecord = Schema.Struct({
  id: text(200),
  version: Schema.Int.check(Schema.isGreaterThan(0)),
  gtin: Schema.String.check(Schema.isPattern(/^\d{14}$/u, { message: "must be 14 digits" })),
  responderGLN: Schema.String.check(Schema.isPattern(/^\d{13}$/u, { message: "must be a GLN of 13 digits" })),
  companyPrefix: optional(Schema.String.check(Schema.isPattern(/^\d{4,12}$/u, { message: "must be 4 to 12 digits" }))),
  description: optional(text(2000)),
  verifyUrl: optional(Url),
  checkUrl: optional(Url),
  validFrom: optional(Day),
  validTo: optional(Day),
  updatedAt: Schema.String.check(
    Schema.makeFilter((moment: string) => !Number.isNaN(Date.parse(moment)) || "must be a moment of ISO 8601")
  ),
  deleted: Schema.Boolean
})
export type WireRecord = typeof WireRecord.Type

/** A page as it is read first: what its records are is looked at one by one. */
export const WirePage = Schema.Struct({
  records: Schema.Array(Schema.Unknown),
  cursor: text(200),
  more: Schema.Boolean
})
export type WirePage = typeof WirePage.Type

export interface Page {
  readonly records: ReadonlyArray<WireRecord>
  readonly cursor: string
  readonly more: boolean
}

/** A record of a peer that was left out, and why. */
export interface Unread {
  readonly id: string | undefined
  readonly message: string
}

const decodeStored = Schema.decodeUnknownResult(StoredRecord)
const decodeRecord = Schema.decodeUnknownResult(WireRecord, { errors: "all" })
const format = SchemaIssue.makeFormatterStandardSchemaV1()

const wire = (record: DirectoryRecord, version: OwnVersion, deleted: boolean): WireRecord => ({
  id: record.id,
  version: version.id,
  gtin: record.gtin,
  responderGLN: record.responder,
  companyPrefix: record.companyPrefix ?? null,
  description: record.description ?? null,
  verifyUrl: record.verifyUrl ?? null,
  checkUrl: record.checkUrl ?? null,
  validFrom: record.validFrom ?? null,
  validTo: record.validTo ?? null,
  updatedAt: version.at.toISOString(),
  deleted
})

/** A version of ours for others; what was never readable is nothing that others were told. */
export const ofVersion = (version: OwnVersion): ReadonlyArray<WireRecord> => {
  const deleted = version.value === null
  const stored = decodeStored(deleted ? version.before : version.value)
  return Result.isSuccess(stored) ? [wire(stored.success, version, deleted)] : []
}

/** Reads the records of a page that a provider sent. The last version of a record counts when it stands there twice. */
export const read = (
  provider: string,
  page: WirePage,
  receivedAt: Date
): { readonly records: ReadonlyArray<ForeignRecord>; readonly unread: ReadonlyArray<Unread> } => {
  const records = new Map<string, ForeignRecord>()
  const unread: Array<Unread> = []
  for (const item of page.records) {
    const decoded = decodeRecord(item)
    if (Result.isFailure(decoded)) {
      const id = typeof item === "object" && item !== null && "id" in item ? String(item.id).slice(0, 200) : undefined
      const { issues } = format(decoded.failure.issue)
      unread.push({
        id,
        message: issues.map(({ path = [], message }) => `${path.map(String).join(".")} ${message}`).join("; ")
      })
      continue
    }
    const {
      id,
      responderGLN,
      updatedAt,
      companyPrefix,
      description,
      verifyUrl,
      checkUrl,
      validFrom,
      validTo,
      ...rest
    } = decoded.success
    const known = records.get(id)
    if (known !== undefined && known.version >= rest.version) continue
    records.set(id, {
      ...rest,
      provider,
      record: id,
      responder: responderGLN,
      companyPrefix: companyPrefix ?? null,
      description: description ?? null,
      verifyUrl: verifyUrl ?? null,
      checkUrl: checkUrl ?? null,
      validFrom: validFrom ?? null,
      validTo: validTo ?? null,
      updatedAt: new Date(updatedAt),
      receivedAt
    })
  }
  return { records: [...records.values()], unread }
}
