/**
 * Order documents as replay compares them: every document with its versions, lines and first serials, what passed to
 * channels, what was let pass, and what is in stock. In words that do not depend on ids. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Serials shown of a line; a digest stands for all of them. */
const shown = 20

/** A document, as JSON the database made. */
interface DocumentRow {
  readonly document: unknown
}

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const documents = sql<DocumentRow>`
    SELECT json_strip_nulls(json_build_object('kind', d.kind, 'number', d.number, 'company', d.company,
      'versions', (SELECT json_agg(json_build_object('status', v.status, 'counts', v.effective, 'message', v.message_id,
          'order', o.kind || ' ' || o.number, 'partner', v.partner, 'warehouse', v.warehouse, 'tool', v.tool,
          'head', v.head,
          'lines', (SELECT json_agg(json_build_object('line', l.line_ref, 'of', l.parent_ref,
              'orderLine', ol.line_ref, 'product', coalesce(l.sku, l.gtin), 'quantity', l.quantity, 'lot', l.lot,
              'supplierLot', l.supplier_lot, 'warehouseLot', l.warehouse_lot, 'expiration', l.expiration,
              'price', l.price, 'before', l.before, 'serials', nullif(l.serials, 0),
              'first', (SELECT json_agg(t.value ORDER BY t.position) FROM serial_texts t
                WHERE t.line_id = l.id AND t.position < ${shown}),
              'takenOff', (SELECT json_agg(r.value ORDER BY r.value) FROM serial_removals r WHERE r.line_id = l.id),
              'digest', (SELECT md5(string_agg(t.value, ',' ORDER BY t.position)) FROM serial_texts t
                WHERE t.line_id = l.id)) ORDER BY l.position)
            FROM trade_lines l LEFT JOIN trade_lines ol ON ol.id = l.order_line_id WHERE l.version_id = v.id),
          'passed', (SELECT json_agg(json_build_object('channel', p.channel, 'stage', p.stage, 'what', p.what,
              'line', p.line_ref, 'quantity', p.quantity, 'skipped', p.reason) ORDER BY p.id)
            FROM pass_throughs p WHERE p.version_id = v.id),
          'overridden', (SELECT json_agg(json_build_object('rule', x.rule, 'findings', x.findings, 'by', x.actor,
              'why', x.reason) ORDER BY x.id) FROM desk_overrides x WHERE x.version_id = v.id)) ORDER BY v.id)
        FROM trade_versions v LEFT JOIN trade_documents o ON o.id = v.order_id WHERE v.document_id = d.id)))
      AS document
    FROM trade_documents d ORDER BY d.id`.pipe(Effect.map((rows) => rows.map(({ document }) => document)))

  const stock = sql<{
    readonly warehouse: string
    readonly bin: string | null
    readonly product: string
    readonly quantity: number
  }>`
    SELECT warehouse, bin, product, sum(quantity)::float8 AS quantity FROM stock_entries
    GROUP BY company, warehouse, bin, product ORDER BY company, warehouse, bin, product`

  return { documents, stock }
})
