/**
 * A status update of serial numbers (message type SNX_DISPOSITION_UPDATED): numbers were printed, are no longer in use,
 * were taken off their items, or destroyed. The update that says ENCODED is what a later transfer by packaging code and
 * reference documents refers to.
 *
 * Source: TraceLink SNX Update serial number status (2024.4). Plain data; rules say what is wrong with it.
 */
import type { Documents } from "./SerialModel.ts"
import type { Operation } from "./SerialState.ts"
import type { SerialList, SnxHeader, Typed } from "./SnxMessage.ts"

export interface DispositionUpdate {
  readonly header: SnxHeader
  /** `EventSummary/TotalSerialNumberCount`, as written. */
  readonly total: string | undefined
  readonly lotNumber: string | undefined
  readonly internalMaterialCode: string | undefined
  readonly eventDateTime: string
  readonly eventTimeZoneOffset: string
  readonly serials: SerialList | undefined
  /** What the numbers were encoded for; named by updates to ENCODED. */
  readonly packagingItemCode: Typed | undefined
  /** `PackagingSerialNumberStatus`, as written. */
  readonly status: string | undefined
  /** `DAMAGED` and the like. */
  readonly itemAttributes: ReadonlyArray<string>
  readonly eventLocation: string
  readonly productionLineId: string | undefined
  readonly lineManagerName: string | undefined
  readonly referenceDocuments: Documents | undefined
  readonly reasonDescription: string | undefined
}

/** The four statuses, and what each does to a number. */
export const statuses = {
  ENCODED: "encode",
  DEACTIVATED: "deactivate",
  DECOMMISSIONED: "decommission",
  DESTROYED: "destroy"
} as const satisfies Readonly<Record<string, Operation>>

const byStatus: Readonly<Record<string, Operation>> = statuses

/** The operation a status stands for; tokens compare without case. */
export const operationOf = (status: string | undefined): Operation | undefined => byStatus[(status ?? "").toUpperCase()]
