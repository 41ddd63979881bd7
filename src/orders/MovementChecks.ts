/**
 * What a movement of stock has to say for itself, operation by operation (`Movements.needs`), and what cannot be meant:
 * one that goes nowhere, or a bin transfer that leaves its warehouse. A movement that lacks a part would move nothing, or
 * the half of it, and be taken for done.
 *
 * What is missing is class 1; what contradicts is judged in class 2, when the places are known. Pure.
 */
import * as Rule from "../engine/Rule.ts"
import type { Product } from "../partners/World.ts"
import type { Warehouse } from "../partners/WorldOrders.ts"
import type { Taken } from "./Intake.ts"
import { movementContradicts } from "./MovementRules.ts"
import { type MovementKind, movements, type Need } from "./Movements.ts"
import type { StockMovement } from "./TradeDocument.ts"
import { productName } from "./TradeIndex.ts"

export const movementIncomplete = Rule.define({
  id: "orders/movement-incomplete",
  class: 1,
  element: "head",
  text: "This [operation] needs [what].",
  source: "Throughline",
  situation:
    "A place, the other product, the direction, the reference or the box is missing that the operation is about.",
  example: { case: "stock-movement/incomplete" }
})

const said = (text: string | undefined): boolean => text !== undefined && text.trim() !== ""

interface Part {
  /** As people say it. */
  readonly what: string
  /** Where it would stand. */
  readonly field: string
  readonly isThere: (movement: StockMovement) => boolean
}

const parts: Readonly<Record<Need, Part>> = {
  from: {
    what: "the warehouse it leaves",
    field: "from.warehouse",
    isThere: ({ from, warehouse }) => said(from?.warehouse) || said(warehouse)
  },
  "from.bin": {
    what: "the bin it leaves",
    field: "from.bin",
    isThere: ({ from }) => said(from?.bin)
  },
  to: {
    what: "the warehouse it goes to",
    field: "to.warehouse",
    isThere: ({ to, warehouse }) => said(to?.warehouse) || said(warehouse)
  },
  "to.warehouse": {
    what: "the warehouse it goes to, by name",
    field: "to.warehouse",
    isThere: ({ to }) => said(to?.warehouse)
  },
  "to.bin": {
    what: "the bin it goes to",
    field: "to.bin",
    isThere: ({ to }) => said(to?.bin)
  },
  place: {
    what: "the warehouse where it happens",
    field: "warehouse",
    isThere: ({ from, to, warehouse }) => said(from?.warehouse) || said(to?.warehouse) || said(warehouse)
  },
  toProduct: {
    what: "the product that comes of it",
    field: "toProduct.sku",
    isThere: ({ toProduct }) => said(toProduct?.sku) || said(toProduct?.gtin)
  },
  direction: {
    what: "the direction: in or out",
    field: "direction",
    isThere: ({ direction }) => direction !== undefined
  },
  reference: {
    what: "the number it belongs to",
    field: "reference",
    isThere: ({ reference }) => said(reference)
  },
  box: {
    what: "the box",
    field: "box",
    isThere: ({ box }) => said(box)
  }
}

/** Class 1 checks of a movement, beside those of every order document. */
export const checks: ReadonlyArray<Rule.Check<StockMovement>> = [
  Rule.check<StockMovement>(movementIncomplete, function* (movement) {
    const { text, needs } = movements[movement.operation]
    for (const { what, field, isThere } of needs.map((need) => parts[need]))
      if (!isThere(movement))
        yield movementIncomplete.raise({ operation: text, what }, { path: movement.places.field(field) })
  })
]

/** A warehouse and bin that are there. */
export interface Spot {
  readonly warehouse: Warehouse
  readonly bin: string | undefined
}

/** Tells what the parts of a movement cannot mean together. */
export const contradictions = (
  { document, lines, judgement }: Taken<StockMovement>,
  { text, leaves, arrives, within, needs }: MovementKind,
  from: Spot | undefined,
  to: Spot | undefined,
  target: Product | undefined
): void => {
  const tell = (why: string, field: string, value: string) =>
    judgement.add(movementContradicts.raise({ operation: text, why }, { path: document.places.field(field), value }))
  if (from !== undefined && to !== undefined) {
    const isSameWarehouse = from.warehouse.id === to.warehouse.id
    const isSame = isSameWarehouse && from.bin === to.bin
    const name = to.bin ?? to.warehouse.id
    const field = to.bin === undefined ? "to.warehouse" : "to.bin"
    if (document.operation === "adjustment") {
      if (!isSame) tell("it happens in one place, and two are named", field, name)
    } else if (within === "bins" && !isSameWarehouse)
      tell(
        `it goes from ${from.warehouse.id} to ${to.warehouse.id}, and bins are of one warehouse`,
        "to.warehouse",
        name
      )
    else if (within === "warehouses" && isSameWarehouse && (isSame || leaves !== arrives))
      tell("it goes to the place it comes from", field, name)
    else if (within === "bins" && isSame) tell("it goes to the place it comes from", field, name)
  }
  if (target !== undefined && !needs.includes("toProduct"))
    tell(`nothing becomes ${productName(target)} by it`, "toProduct.sku", productName(target))
  for (const line of lines.filter(({ product }) => product.id === target?.id))
    judgement.add(
      movementContradicts.raise(
        { operation: text, why: `${line.name} cannot become ${productName(line.product)}` },
        { path: document.places.line(line.index), value: line.name }
      )
    )
}
