/**
 * Numbers put to use (message type SNX_DISPOSITION_ASSIGNED): commissioned, which binds packaging code, lot and expiry,
 * and aggregated, which packs them in one another. Lists stand as columns, for a lot may have 100,000 numbers.
 *
 * Source: TraceLink SNX Commission and aggregate serial numbers (2024.4). Plain data; rules say what is wrong with it.
 */
import type { SerialList, SnxHeader, Typed } from "./SnxMessage.ts"

/** What a trade item is: `ItemDetail`. */
export interface ItemDetail {
  readonly itemCode: Typed | undefined
  readonly countryDrugCode: Typed | undefined
  readonly internalMaterialCode: string | undefined
  readonly lotNumber: string | undefined
  readonly expirationDate: string | undefined
  readonly manufacturingDate: string | undefined
}

/** Numbers of one packaging code, commissioned together. Columns run parallel to the list. */
export interface Commissioning {
  readonly serials: SerialList
  readonly eventDateTimes: ReadonlyArray<string>
  readonly eventTimeZoneOffsets: ReadonlyArray<string>
  readonly packagingLevels: ReadonlyArray<string | undefined>
  readonly barcodes: ReadonlyArray<string | undefined>
  readonly eventLocation: string
  readonly eventLocationType: string | undefined
  readonly productionLineId: string | undefined
  readonly lineManagerName: string | undefined
  /** Of trade items; containers have a company prefix. */
  readonly item: ItemDetail | undefined
  readonly companyPrefix: string | undefined
}

/** A parent and what was packed in it. */
export interface Aggregation {
  /** Which `AggregationEvent`, and which detail of it, from 0. */
  readonly event: number
  readonly detail: number
  readonly eventDateTime: string
  readonly eventTimeZoneOffset: string
  readonly eventLocation: string
  readonly eventLocationType: string | undefined
  readonly parent: string
  readonly parentFormat: string | undefined
  /** `PARTIAL`, or nothing for a full one. */
  readonly packedStatus: string | undefined
  readonly quantity: string | undefined
  /** Undefined when there is no list. */
  readonly children: SerialList | undefined
}

export interface DispositionAssigned {
  readonly header: SnxHeader
  readonly commissionings: ReadonlyArray<Commissioning>
  readonly aggregations: ReadonlyArray<Aggregation>
}

/** `PackagingLevel`: each, inner pack, case, pallet. */
export const packagingLevels = ["EA", "PK", "CA", "PL"] as const

/** `PackedStatus`: the first is in files in use, the second its opposite. */
export const packedStatuses = ["PARTIAL", "FULL"] as const
