/**
 * Pages of the repository for the export of a world: batches of numbers that stand alike, in the order they were created,
 * at most 10,000 numbers a page. Histories and draws from pools are no part of a world. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SerialBatch } from "../partners/World.ts"
import { documentsOf } from "./SerialHistory.ts"
import { chunkSize } from "./SerialList.ts"
import type { SerialState } from "./SerialState.ts"
import { type ItemStatus, ofBits } from "./SerialStatus.ts"
import { written } from "./WorldSerials.ts"

interface Row {
  readonly last: bigint
  readonly owner: string
  readonly code_type: string
  readonly code: string
  readonly state: SerialState
  readonly company: string
  readonly location: string | null
  readonly po_number: string | null
  readonly po_line: string | null
  readonly work_order_number: string | null
  readonly reference_identifier: string | null
  readonly lot: string | null
  readonly expiry: string | null
  readonly extended: string | null
  readonly manufactured: string | null
  readonly item_status: ItemStatus | null
  readonly attributes: number
  readonly parent: string | null
  readonly prefixes: ReadonlyArray<string>
  readonly serials: ReadonlyArray<string>
}

const isGiven = (text: string | null): text is string => text !== null && text !== ""

const batch = (row: Row): SerialBatch => {
  const documents = documentsOf(row)
  return {
    owner: row.owner,
    packagingCode: { type: row.code_type, value: row.code },
    state: row.state,
    company: row.company,
    ...(row.location === null ? {} : { location: row.location }),
    ...(Object.keys(documents).length === 0 ? {} : { referenceDocuments: documents }),
    ...(isGiven(row.lot) ? { lot: row.lot } : {}),
    ...(isGiven(row.expiry) ? { expiry: row.expiry } : {}),
    ...(isGiven(row.extended) ? { expiryExtendedTo: row.extended } : {}),
    ...(isGiven(row.manufactured) ? { manufactured: row.manufactured } : {}),
    // What a world takes for granted.
    ...(row.item_status === null || row.item_status === "available" ? {} : { itemStatus: row.item_status }),
    ...(row.attributes === 0 ? {} : { attributes: ofBits(row.attributes) }),
    ...(row.parent === null ? {} : { parent: row.parent }),
    serials: row.serials.map((serial, index) => written(row.code_type, row.code, row.prefixes[index] ?? "", serial))
  }
}

/** The statement of this client: batches of the next numbers after an id, and the last id among them. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return {
    page: Effect.fnUntraced(function* (after: number) {
      const rows = yield* sql<Row>`
        SELECT max(s.id) AS last, owner.name AS owner, i.code_type, i.code, s.state, company.name AS company,
          location.name AS location, d.po_number, d.po_line, d.work_order_number, d.reference_identifier,
          l.lot, l.expiry, l.extended, l.manufactured, s.item_status, s.attributes, inp.prefix || ins.serial AS parent,
          array_agg(p.prefix ORDER BY s.id) AS prefixes, array_agg(s.serial ORDER BY s.id) AS serials
        FROM (SELECT * FROM serials WHERE id > ${after}::int8 ORDER BY id LIMIT ${chunkSize}) s
        JOIN prefixes p ON p.id = s.prefix_id JOIN items i ON i.id = s.item_id JOIN names owner ON owner.id = i.owner
        JOIN names company ON company.id = s.company_id LEFT JOIN names location ON location.id = s.location_id
        LEFT JOIN documents d ON d.id = s.document_id LEFT JOIN lots l ON l.id = s.lot_id
        LEFT JOIN serials ins ON ins.id = s.parent_id LEFT JOIN prefixes inp ON inp.id = ins.prefix_id
        GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 ORDER BY min(s.id)`
      return { batches: rows.map(batch), last: Math.max(after, ...rows.map((row) => Number(row.last))) }
    })
  }
})
