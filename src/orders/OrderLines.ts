/**
 * Lines of a receipt or shipment against those of the order they are about: which line each is, and whether there is
 * more of a product than was ordered. Pure.
 */
import type { KnownLine } from "./Intake.ts"
import type { StoredDocument, StoredLine } from "./OrdersModel.ts"
import * as Quantity from "./Quantity.ts"

/**
 * The order's line: that of the bundle it is a component of, else the one that is named, else the first of the product
 * (of the lot, where one is).
 */
export const match = (order: StoredDocument, known: KnownLine): StoredLine | undefined => {
  const { line, product } = known
  const bundle = order.lines.find((each) => each.lineRef === line.parentLineRef)
  if (bundle !== undefined) return bundle
  const ofProduct = order.lines.filter((each) => each.product === product.id)
  const named = ofProduct.find((each) => each.lineRef === line.orderLineRef)
  return named ?? ofProduct.find((each) => each.lot !== undefined && each.lot === line.lotNumber) ?? ofProduct[0]
}

/** Units of each product, by its key. */
export const units = (lines: ReadonlyArray<{ readonly product: string | undefined; readonly quantity: number }>) =>
  Quantity.sums(lines.map(({ product = "", quantity }) => [product, quantity] as const))

export interface Excess {
  readonly product: string
  readonly quantity: number
  readonly ordered: number
}

/** Products of which there is more than ordered, earlier documents counted. Components count with their bundle alone. */
export const excess = (
  order: StoredDocument,
  before: ReadonlyArray<StoredDocument>,
  lines: ReadonlyArray<KnownLine>
): ReadonlyArray<Excess> => {
  const ordered = units(order.lines)
  const whole = lines
    .filter(({ line }) => line.parentLineRef === undefined)
    .map(({ product, line }) => ({ product: product.id, quantity: line.quantity }))
  const earlier = before.filter(({ effective }) => effective).flatMap((document) => document.lines)
  const now = units([...earlier.filter(({ parentRef }) => parentRef === undefined), ...whole])
  return [...units(whole).keys()].flatMap((product) => {
    const [quantity, wanted] = [now.get(product) ?? 0, ordered.get(product)]
    return wanted === undefined || quantity <= wanted ? [] : [{ product, quantity, ordered: wanted }]
  })
}
