/**
 * Lines of a receipt or shipment against those of the order they are about: which line each is, and whether there is
 * more of a product than was ordered. Pure.
 */
import type { KnownLine } from "./Intake.ts"
import type { StoredDocument, StoredLine } from "./OrdersModel.ts"
import * as Quantity from "./Quantity.ts"

/** The first line under each key. */
const firstBy = <A>(lines: ReadonlyArray<A>, keyOf: (line: A) => string | undefined): ReadonlyMap<string, A> => {
  const first = new Map<string, A>()
  for (const line of lines) {
    const key = keyOf(line)
    if (key !== undefined && !first.has(key)) first.set(key, line)
  }
  return first
}

const keyOf = (product = "", text: string) => JSON.stringify([product, text])

const make = ({ lines }: StoredDocument) => ({
  byRef: firstBy(lines, ({ lineRef }) => lineRef),
  byProduct: firstBy(lines, ({ product }) => product),
  byProductRef: firstBy(lines, ({ product, lineRef }) => keyOf(product, lineRef)),
  byLot: firstBy(lines, ({ product, lot }) => (lot === undefined ? undefined : keyOf(product, lot)))
})

const made = new WeakMap<StoredDocument, ReturnType<typeof make>>()

/** The lines of an order by what they are found by, made once: documents and orders have thousands of lines. */
const indexOf = (order: StoredDocument): ReturnType<typeof make> => {
  const index = made.get(order) ?? make(order)
  made.set(order, index)
  return index
}

/**
 * The order's line: that of the bundle it is a component of, else the one that is named, else the first of the product
 * (of the lot, where one is).
 */
export const match = (order: StoredDocument, { line, product }: KnownLine): StoredLine | undefined => {
  const { byRef, byProduct, byProductRef, byLot } = indexOf(order)
  const { parentLineRef, orderLineRef, lotNumber } = line
  return (
    (parentLineRef === undefined ? undefined : byRef.get(parentLineRef)) ??
    (orderLineRef === undefined ? undefined : byProductRef.get(keyOf(product.id, orderLineRef))) ??
    (lotNumber === undefined ? undefined : byLot.get(keyOf(product.id, lotNumber))) ??
    byProduct.get(product.id)
  )
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
