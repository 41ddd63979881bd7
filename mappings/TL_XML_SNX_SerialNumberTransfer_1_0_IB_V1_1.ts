/** SNX_TRANSFER, the request: XML to the canonical transfer request (TraceLink SNX Serial Number Transfer, 2024.4). */
import * as Xml from "../src/formats/Xml.ts"
import type { TransferRequest } from "../src/serials/TransferRequest.ts"
import * as Snx from "./Snx.ts"

export const layout = Xml.layout({
  mapVersion: "TL_XML_SNX_SerialNumberTransfer_1_0_IB_V1_1",
  namespaces: Snx.namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXSerialNumberTransferMessage"],
  fields: {
    header: Snx.header,
    eventDateTime: Xml.text("snx:MessageBody/cmn:EventDateTime"),
    eventTimeZoneOffset: Xml.text("snx:MessageBody/cmn:EventTimeZoneOffset"),
    packagingItemCode: Xml.text("snx:MessageBody/cmn:PackagingItemCode", { attributes: { type: "type" } }),
    referenceDocuments: Snx.referenceDocuments,
    serials: Snx.serials,
    eventLocation: Xml.text("snx:MessageBody/cmn:EventLocation"),
    transferTo: Xml.text("snx:MessageBody/cmn:SNTransferToLocation", { attributes: { type: "type" } })
  }
})

export const canonical = (read: Xml.Read<typeof layout>): TransferRequest => ({
  header: Snx.headerOf(read.header),
  eventDateTime: Snx.required(read.eventDateTime),
  eventTimeZoneOffset: Snx.required(read.eventTimeZoneOffset),
  packagingItemCode: Snx.typedOf(read.packagingItemCode),
  referenceDocuments: Snx.documentsOf(read.referenceDocuments),
  serials: Snx.listOf(read.serials),
  eventLocation: Snx.required(read.eventLocation),
  transferTo: Snx.typedOf(read.transferTo)
})
