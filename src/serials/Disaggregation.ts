/**
 * Numbers taken out of a parent (message type SNX_DISAGGREGATED): those listed, or all of its contents where there is no
 * list.
 *
 * Source: TraceLink SNX Disaggregate serial numbers (2024.4). Plain data; rules say what is wrong with it.
 */
import type { SerialList, SnxHeader } from "./SnxMessage.ts"

export interface Disaggregation {
  readonly header: SnxHeader
  readonly eventDateTime: string
  readonly eventTimeZoneOffset: string
  readonly eventLocation: string
  readonly parent: string
  readonly parentFormat: string | undefined
  /** Undefined without a list: everything comes out. */
  readonly serials: SerialList | undefined
}
