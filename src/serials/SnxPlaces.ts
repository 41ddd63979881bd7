/**
 * Canonical paths of the SNX messages: where a rule says its finding stands. Rules are written against canonical values
 * and know no layout; a test holds these paths against the layouts in `mappings/`. Pure.
 */

/** Paths of one message, by its first root name. */
export interface Places {
  readonly root: string
  /** The body itself: where something is missing in it. */
  readonly messageBody: string
  readonly header: (element: string) => string
  /** An element of the body, with its prefix: `cmn:Quantity`, `cmn:PackagingItemCode/@type`. */
  readonly body: (element: string) => string
  /** An item of the list of serial numbers, by its 0-based position. */
  readonly serial: (position: number) => string
}

const places = (root: string, item: string): Places => {
  const body = `/${root}/snx:MessageBody`
  return {
    root: `/${root}`,
    messageBody: body,
    header: (element) => `/${root}/snx:ControlFileHeader/${element}`,
    body: (element) => `${body}/${element}`,
    serial: (position) => `${body}/${item}[${position + 1}]`
  }
}

export const transferRequest = places("snx:SNXSerialNumberTransferMessage", "snx:SerialNumbers/cmn:Serial")
export const transferResponse = places(
  "snx:SNXSerialNumberTransferResponseMessage",
  "cmn:SerialNumberList/cmn:SerialNumber"
)
export const dispositionUpdate = places("snx:SNXDispositionUpdatedMessage", "snx:SerialNumbers/cmn:Serial")
export const numberRequest = places("snx:SNXRequestMessage", "")
export const numberResponse = places("snx:SNXResponseMessage", "cmn:SerialNumberList/cmn:SerialNumber")
export const dispositionAssigned = places("snx:SNXDispositionAssignedMessage", "")
export const disaggregated = places(
  "snx:SNXDisaggregatedMessage",
  "snx:DisaggregatedEvent/snx:SerialNumberList/cmn:SerialNumber"
)
export const endOfBatch = places("snx:SNXEndOfBatchMessage", "")
