/**
 * Whether a document is the one that is stored under its number. Who keeps goods counts receipts, shipments and movements
 * by numbers of its own, which others may have too: taken for one, the later of two would be lost as known. And nobody but
 * the company changes an order or announced return that is another partner's business.
 *
 * One that is not fails at once, with what was found before: nothing more of it can be held against what is stored, and
 * what that says is nobody else's business.
 */
import { Effect } from "effect"
import type { Refused } from "../engine/Pipeline.ts"
import { refusedAtOnce, type Taken } from "./Intake.ts"
import { movements } from "./Movements.ts"
import type { StoredDocument } from "./Orders.ts"
import type { MovementOperation, TradeDocument } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

type Any = Taken<TradeDocument>

/** Refuses a document for a reason; without one it is the same. */
const judged = (taken: Any, why: string | undefined): Effect.Effect<void, Refused> => {
  if (why === undefined) return Effect.void
  const { kind, number, places } = taken.document
  const filled = { kind: kind.replaceAll("_", " "), number, why }
  return refusedAtOnce(taken, Rules.numberTaken.raise(filled, { path: places.field("number"), value: number }))
}

const fromOther = "it came from somebody else"

/** An order or return: what a partner changes it made, or a shop of it sold. `sale` is the sales order it is about. */
export const ordered = (taken: Any, stored: StoredDocument | undefined, sale = stored) => {
  const { owner, sender, by } = taken
  const isTheirs =
    stored === undefined ||
    sender.id === owner.id ||
    stored.madeBy === sender.id ||
    by.some(({ id }) => id === sale?.head["salesChannel"])
  return judged(taken, isTheirs ? undefined : fromOther)
}

/** What two partners tell under one number; the company may tell it again for either. */
const isOfOther = ({ owner, sender }: Any, { madeBy }: StoredDocument): boolean =>
  sender.id !== owner.id && madeBy !== owner.id && madeBy !== sender.id

/** A receipt or shipment of an order. */
export const fulfils = (taken: Any, stored: StoredDocument | undefined, { id }: StoredDocument) => {
  if (stored === undefined) return Effect.void
  const { order, effective } = stored
  const other = effective && order !== undefined && order.id !== id ? order : undefined
  const why = other === undefined ? undefined : `it is of ${other.kind.replaceAll("_", " ")} ${other.number}`
  return judged(taken, isOfOther(taken, stored) ? fromOther : why)
}

/** A movement of stock. */
export const moves = (taken: Any, stored: StoredDocument | undefined, operation: MovementOperation) => {
  if (stored === undefined) return Effect.void
  const before = Object.entries(movements).find(([name]) => name === stored.head["operation"])
  const why = before === undefined || before[0] === operation ? undefined : `its operation is ${before[1].text}`
  return judged(taken, isOfOther(taken, stored) ? fromOther : why)
}
