/**
 * A number as those know it who may speak for its GTIN: the producer that answers, and who had the GTIN before by transfer.
 * Whoever handles a pack can name its number in a message (a receipt brings numbers in, binds lots, moves goods to another
 * SKU), and none of that may make a number or a lot that a producer never made.
 *
 * Pure. Nearly always the number stands as a holder left it; only otherwise is its history read (`Past`).
 */
import type { Known } from "./Decision.ts"

/** A number with whose it is. */
export interface Numbered extends Known {
  /** Owner of the packaging code it was last named under. */
  readonly owner: string
  /** Whether its lot is one of that packaging code, so of that owner. */
  readonly isBound: boolean
}

/** A change that named a packaging code or a lot, in the order of changes. */
export interface Past {
  readonly owner: string | undefined
  readonly lot: (Pick<Known, "lot" | "expiry" | "extendedTo"> & { readonly owner: string }) | undefined
}

/** Whether the number can be taken as it stands. */
export const stands = ({ owner, isBound }: Numbered, holders: ReadonlyArray<string>): boolean =>
  isBound && holders.includes(owner)

/** The number by its history: the first owner made it, and the lot is the last one a holder bound. */
export const byPast = (
  known: Numbered,
  past: ReadonlyArray<Past>,
  holders: ReadonlyArray<string>
): Numbered | undefined => {
  const maker = past.find(({ owner }) => owner !== undefined)?.owner ?? known.owner
  if (!holders.includes(maker)) return undefined
  const lot = past.findLast(({ lot }) => lot !== undefined && holders.includes(lot.owner))?.lot
  return { ...known, owner: maker, lot: lot?.lot, expiry: lot?.expiry, extendedTo: lot?.extendedTo }
}
