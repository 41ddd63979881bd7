/**
 * A serial number transfer as its sender asks for it (message type SNX_TRANSFER, the request): all encoded numbers of a
 * packaging code and its reference documents, or an explicit list, are to move to another location.
 *
 * Source: TraceLink SNX Serial Number Transfer (2024.4), Request. Plain data; rules say what is wrong with it.
 */
import type { Documents } from "./SerialModel.ts"
import type { SerialList, SnxHeader, Typed } from "./SnxMessage.ts"

export interface TransferRequest {
  readonly header: SnxHeader
  readonly eventDateTime: string
  readonly eventTimeZoneOffset: string
  /** First sequence: what the numbers are of ... */
  readonly packagingItemCode: Typed | undefined
  /** ... and the documents they were encoded for. */
  readonly referenceDocuments: Documents | undefined
  /** Second sequence: the numbers themselves. */
  readonly serials: SerialList | undefined
  /** SGLN without the urn prefix. */
  readonly eventLocation: string
  /** Absent in a transfer that waits for an operator to name its recipient. */
  readonly transferTo: Typed | undefined
}
