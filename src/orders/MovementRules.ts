/**
 * Rules of goods that leave and move: where they go, what was picked for them, and what the books have. Ours; the documents
 * name the operations and print no messages. Class 2, raised by the stages.
 */
import * as Rule from "../engine/Rule.ts"

const ours = "Throughline"

export const binUnknown = Rule.define({
  id: "orders/bin-unknown",
  class: 2,
  element: "bin",
  text: "[bin] is no bin of [warehouse].",
  source: ours,
  situation: "The warehouse lists its bins, and this is none of them.",
  example: { case: "stock-movement/bin-unknown" }
})

export const movementContradicts = Rule.define({
  id: "orders/movement-contradicts",
  class: 2,
  element: "from, to or toProduct",
  text: "This [operation] cannot be: [why].",
  source: ours,
  situation: "It goes to the place it comes from, a bin transfer leaves its warehouse, or a product becomes itself.",
  example: { case: "stock-movement/contradicts" }
})

export const transferReceived = Rule.define({
  id: "orders/transfer-received",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] was received on [kind] [number] already.",
  source: ours,
  situation: "Another document of the same warehouse transfer received the serial, and it was not picked for it again.",
  example: { case: "stock-movement/transfer-matched" }
})

export const moreThanPicked = Rule.define({
  id: "orders/more-than-picked",
  class: 2,
  severity: "warning",
  element: "quantity",
  text: "[quantity] of [product] in all, but [picked] were picked for [kind] [number].",
  source: ours,
  situation: "A transfer receives, or FBA boxes hold, more units than were picked under the same reference.",
  example: { case: "stock-movement/transfer-matched" }
})

export const moreThanInStock = Rule.define({
  id: "orders/more-than-in-stock",
  class: 2,
  severity: "warning",
  element: "quantity",
  text: "[quantity] of [product] leave [warehouse], which has [stock] by the books.",
  source: ours,
  situation:
    "A shipment or movement takes more out than came in. Told when the books go below zero; of a product that never came in, or is below zero already, the books say nothing.",
  example: { case: "stock-movement/more-than-in-stock" }
})

/** Everything the stages raise of these. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [
  binUnknown,
  movementContradicts,
  transferReceived,
  moreThanPicked,
  moreThanInStock
]
