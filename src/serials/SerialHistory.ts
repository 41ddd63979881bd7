/**
 * The history of a number told from its changes: what each one set, folded from the first to the last, gives what the
 * number was before and after it. Pure; rows come in the order of their changes.
 */
import type { ReferenceDocuments } from "../partners/World.ts"
import type { HistoryEntry, Item, KnownLot, Standing } from "./SerialModel.ts"
import type { SerialState } from "./SerialState.ts"
import { type ItemStatus, ofBits } from "./SerialStatus.ts"

/** A change as it is stored, with names in place of ids; null was left as it was. */
export interface ChangeRow {
  readonly change_id: bigint
  readonly kind: string
  readonly message_id: bigint | null
  readonly run_id: bigint | null
  readonly actor: string | null
  /** The file of its message. */
  readonly file_name: string | null
  readonly event_at: Date | null
  readonly recorded_at: Date
  readonly attributes: Readonly<Record<string, string>> | null
  readonly state: SerialState | null
  readonly company: string | null
  readonly location: string | null
  readonly owner: string | null
  readonly code_type: string | null
  readonly code: string | null
  readonly po_number: string | null
  readonly po_line: string | null
  readonly work_order_number: string | null
  readonly reference_identifier: string | null
  readonly item_status: ItemStatus | null
  readonly set_attributes: number | null
  readonly clear_attributes: number | null
  readonly lot: string | null
  readonly expiry: string | null
  readonly expires: string | null
  readonly extended_to: string | null
  readonly manufactured: string | null
  /** The parent it was packed in, `""` for none; null was left as it was. */
  readonly parent: string | null
  readonly line_id: bigint | null
  readonly document: string | null
  /** The company whose document the line is of. */
  readonly by: string | null
}

type DocumentColumns = Pick<ChangeRow, "po_number" | "po_line" | "work_order_number" | "reference_identifier">

const given = (text: string | null): text is string => text !== null && text !== ""

/** Reference documents of a row; only those that are there. */
export const documentsOf = (row: DocumentColumns): ReferenceDocuments => ({
  ...(given(row.po_number) ? { poNumber: row.po_number } : {}),
  ...(given(row.po_line) ? { poLine: row.po_line } : {}),
  ...(given(row.work_order_number) ? { workOrderNumber: row.work_order_number } : {}),
  ...(given(row.reference_identifier) ? { referenceIdentifier: row.reference_identifier } : {})
})

type LotColumns = Pick<ChangeRow, "lot" | "expiry" | "expires" | "extended_to" | "manufactured">

/** The lot of a row; undefined where it names none. */
export const lotOf = ({ lot, expiry, expires, extended_to, manufactured }: LotColumns): KnownLot | undefined =>
  lot === null
    ? undefined
    : {
        lot,
        expiry: given(expiry) ? expiry : undefined,
        expires: expires ?? undefined,
        extendedTo: extended_to ?? undefined,
        manufactured: given(manufactured) ? manufactured : undefined
      }

const itemOf = ({ owner, code_type, code }: ChangeRow): Item | undefined =>
  owner === null || code_type === null || code === null ? undefined : { owner, codeType: code_type, code }

/** A number between two changes. */
export interface Folded extends Standing {
  readonly bits: number
}

export const unborn: Folded = { bits: 0 }

/** What the number is after the change. A new company without a location has none. */
export const after = (before: Folded, row: ChangeRow): Folded => {
  const bits = (before.bits | (row.set_attributes ?? 0)) & ~(row.clear_attributes ?? 0)
  return {
    state: row.state ?? before.state,
    company: row.company ?? before.company,
    location: row.location ?? (row.company === null ? before.location : undefined),
    documents: row.po_number === null ? before.documents : documentsOf(row),
    item: itemOf(row) ?? before.item,
    itemStatus: row.item_status ?? before.itemStatus,
    lot: lotOf(row) ?? before.lot,
    attributes: bits === 0 && before.attributes === undefined ? undefined : ofBits(bits),
    // Taken out of nothing is no change.
    parent: row.parent === "" ? before.parent && "" : (row.parent ?? before.parent),
    bits
  }
}

const fields = [
  "state",
  "company",
  "location",
  "documents",
  "item",
  "itemStatus",
  "lot",
  "attributes",
  "parent"
] as const

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)

/** Those fields of `standing` in which it is not as `other`. */
const apart = (standing: Standing, other: Standing): Standing =>
  Object.fromEntries(
    fields
      .filter((field) => standing[field] !== undefined && !same(standing[field], other[field]))
      .map((field) => [field, standing[field]])
  )

/** What the number is after all of these. */
export const lastOf = (rows: ReadonlyArray<ChangeRow>): Folded => rows.reduce(after, unborn)

/** All changes of one number as entries. */
export const fold = (rows: ReadonlyArray<ChangeRow>): ReadonlyArray<HistoryEntry> => {
  let standing = unborn
  return rows.map((row) => {
    const before = standing
    standing = after(before, row)
    return {
      changeId: Number(row.change_id),
      kind: row.kind,
      eventAt: row.event_at ?? undefined,
      recordedAt: row.recorded_at,
      messageId: row.message_id === null ? undefined : Number(row.message_id),
      runId: row.run_id === null ? undefined : Number(row.run_id),
      actor: row.actor ?? undefined,
      file: row.file_name ?? undefined,
      attributes: row.attributes ?? {},
      line: row.line_id === null ? undefined : Number(row.line_id),
      document: row.document ?? undefined,
      by: row.by ?? undefined,
      from: apart(before, standing),
      to: apart(standing, before)
    }
  })
}
