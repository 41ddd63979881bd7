/**
 * The record of transfers that moved numbers: written with the change, read when a response refers to its request.
 * Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { documentsOf } from "./SerialHistory.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import type { Transfer } from "./SerialModel.ts"

interface Row {
  readonly message_id: bigint
  readonly run_id: bigint
  readonly change_id: bigint
  readonly from_company: string
  readonly to_company: string
  readonly to_location: string
  readonly owner: string | null
  readonly code_type: string | null
  readonly code: string | null
  readonly po_number: string | null
  readonly po_line: string | null
  readonly work_order_number: string | null
  readonly reference_identifier: string | null
  readonly quantity: number
  readonly control_number: string
  readonly at: Date
}

const transfer = (row: Row): Transfer => ({
  messageId: Number(row.message_id),
  runId: Number(row.run_id),
  changeId: Number(row.change_id),
  fromCompany: row.from_company,
  toCompany: row.to_company,
  toLocation: row.to_location,
  item:
    row.owner === null || row.code_type === null || row.code === null
      ? undefined
      : { owner: row.owner, codeType: row.code_type, code: row.code },
  documents: row.po_number === null ? undefined : documentsOf(row),
  quantity: row.quantity,
  controlNumber: row.control_number,
  at: row.at
})

/** The statements of this client. */
export const make = Effect.fnUntraced(function* (keys: SerialKeys) {
  const sql = yield* SqlClient.SqlClient

  const record = Effect.fnUntraced(function* (row: Transfer) {
    const item = row.item === undefined ? undefined : (yield* keys.knownItems(row.item))[0]
    const document = row.documents === undefined ? undefined : (yield* keys.documents([row.documents]))[0]
    const rows = yield* sql<{ readonly id: bigint }>`
      INSERT INTO transfers (message_id, run_id, change_id, from_company, to_company, to_location, item_id, document_id,
        quantity, control_number, at)
      VALUES (${row.messageId}::int8, ${row.runId}::int8, ${row.changeId}::int8, ${row.fromCompany}, ${row.toCompany},
        ${row.toLocation}, ${item ?? null}::int4, ${document ?? null}::int8, ${row.quantity}::int4, ${row.controlNumber},
        ${row.at}::timestamptz)
      RETURNING id`
    return Number(rows[0]?.id)
  })

  const ofControlNumber = Effect.fnUntraced(function* (controlNumber: string) {
    const rows = yield* sql<Row>`
      SELECT t.message_id, t.run_id, t.change_id, t.from_company, t.to_company, t.to_location, owner.name AS owner,
        i.code_type, i.code, d.po_number, d.po_line, d.work_order_number, d.reference_identifier, t.quantity,
        t.control_number, t.at
      FROM transfers t LEFT JOIN items i ON i.id = t.item_id LEFT JOIN names owner ON owner.id = i.owner
      LEFT JOIN documents d ON d.id = t.document_id
      WHERE t.control_number = ${controlNumber} ORDER BY t.id`
    return rows.map(transfer)
  })

  return { record, ofControlNumber }
})
