/**
 * The end of a batch: how many numbers of each packaging code were produced of a lot. Plain data; rules say what is wrong
 * with it.
 */
import type { SnxHeader, Typed } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"

const at = Places.endOfBatch

export interface Produced {
  readonly packagingItemCode: Typed
  readonly packagingLevel: string | undefined
  readonly quantityReported: string
}

export interface EndOfBatch {
  readonly header: SnxHeader
  readonly internalMaterialCode: string | undefined
  readonly lotNumber: string
  readonly quantities: ReadonlyArray<Produced>
}

export const quantityPath = (index: number, element = ""): string =>
  at.body(`snx:ProductionQuantity[${index + 1}]${element === "" ? "" : `/${element}`}`)
