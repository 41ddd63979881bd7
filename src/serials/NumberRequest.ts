/**
 * A request for serial numbers (message type SNX_REQUEST) and its answer (SNX_RESPONSE): a plant asks for a quantity of
 * numbers of a packaging code and gets them from the owner's pool.
 *
 * Source: TraceLink SNX Request serial numbers (2024.4). What stands after the reference documents, and the answer as a
 * whole, is ours, after the messages of Serial Number Manager. Plain data.
 */
import type { Documents } from "./SerialModel.ts"
import type { ObjectIdentifier, SerialList, SnxHeader } from "./SnxMessage.ts"

export interface NumberRequest {
  readonly header: SnxHeader
  /** Links the response to this request, e.g. 23005287-001. */
  readonly requestId: string
  /** SGLN of the plant without the urn prefix. */
  readonly plantLocationId: string
  readonly referenceDocuments: Documents | undefined
  readonly numberEncoding: string | undefined
  readonly objectIdentifier: ObjectIdentifier | undefined
  /** As written; the schema says it is an integer. */
  readonly quantity: string
}

export interface NumberResponse {
  /** Sender and receiver are those of the request, swapped: the owner answers. */
  readonly header: SnxHeader
  readonly requestId: string
  readonly referenceDocuments: Documents | undefined
  readonly numberEncoding: string
  readonly objectIdentifier: ObjectIdentifier
  readonly serials: SerialList
}
