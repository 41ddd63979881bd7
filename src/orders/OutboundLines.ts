/**
 * Stored lines as outbound ones: with their serials as people know them, the product's name, and, for what was shipped,
 * the line of the sales order it was sold under, so that components of a bundle find back to it. Pure.
 */
import type { StoredLine } from "./OrdersModel.ts"
import type { OutboundLine } from "./Outbound.ts"
import { productNameOf } from "./Routing.ts"
import { serialOf } from "./SerialText.ts"
import type { TradeIndex } from "./TradeIndex.ts"

/** Which line, of what, how much. */
const which = (index: TradeIndex, line: StoredLine) => ({
  sourceLineRef: line.lineRef,
  parentLineRef: line.parentRef,
  gtin: line.gtin,
  sku: line.sku,
  quantity: line.quantity,
  uom: line.uom,
  productName: productNameOf(index, line.product)
})

/** What a cancellation says of a line. */
export const cancelled = (index: TradeIndex, line: StoredLine): OutboundLine => ({
  ...which(index, line),
  serialNumbers: []
})

/** A stored line with its serials. `sold` is the sales order's line it was shipped for. */
export const outbound = (
  index: TradeIndex,
  line: StoredLine,
  values: ReadonlyArray<string>,
  sold?: StoredLine | undefined
): OutboundLine => ({
  ...which(index, line),
  lotNumber: line.lot,
  supplierLotNumber: line.supplierLot,
  warehouseLotNumber: line.warehouseLot,
  serialNumbers: values.map(serialOf),
  expirationDate: line.expiration,
  bestBeforeDate: line.bestBefore,
  productionDate: line.production,
  sscc: line.sscc,
  price: line.price,
  notes: line.notes,
  lotSource: line.lotSource,
  soldAs: sold === undefined ? undefined : { lineRef: sold.lineRef, sku: sold.sku }
})
