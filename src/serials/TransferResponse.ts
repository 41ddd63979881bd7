/**
 * Transferred serial numbers on their way to the new location (message type SNX_TRANSFER, the response). The same value
 * is written for the location and read where a location runs this engine.
 *
 * Source: TraceLink SNX Serial Number Transfer (2024.4), Response. Plain data; rules say what is wrong with it.
 */
import type { Documents } from "./SerialModel.ts"
import type { ObjectIdentifier, SerialList, SnxHeader } from "./SnxMessage.ts"

export interface TransferResponse {
  /** Sender and receiver as in the request: the documented example does not swap them. */
  readonly header: SnxHeader
  /** Ours: which request a received response answers. We do not write it. */
  readonly requestId: string | undefined
  /** Ours, as `requestId`. */
  readonly referenceDocuments: Documents | undefined
  /** Absent, with the object identifier, when an explicit list was transferred (second documented example). */
  readonly numberEncoding: string | undefined
  readonly objectIdentifier: ObjectIdentifier | undefined
  /** As written; the schema says it is an integer. */
  readonly quantity: string
  /** Undefined where `SerialNumberList` is missing. */
  readonly serials: SerialList | undefined
}
