/**
 * SNX_TRANSFER, the response: XML to and from the canonical transfer response (TraceLink SNX Serial Number Transfer,
 * 2024.4). RequestId and ReferenceDocuments are ours, read and never written.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { TransferResponse } from "../src/serials/TransferResponse.ts"
import * as Snx from "./Snx.ts"

export const layout = Xml.layout({
  mapVersion: "TL_XML_SNX_SerialNumberTransferResponse_1_0_OB_V1_1",
  namespaces: Snx.namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXSerialNumberTransferResponseMessage"],
  fields: {
    header: Snx.header,
    requestId: Xml.text("snx:MessageBody/cmn:RequestId"),
    referenceDocuments: Snx.referenceDocuments,
    numberEncoding: Xml.text("snx:MessageBody/cmn:NumberEncoding"),
    objectIdentifier: Snx.objectIdentifier,
    quantity: Xml.text("snx:MessageBody/cmn:Quantity"),
    serials: Snx.serialNumberList
  }
})

export const canonical = (read: Xml.Read<typeof layout>): TransferResponse => ({
  header: Snx.headerOf(read.header),
  requestId: read.requestId?.value,
  referenceDocuments: Snx.documentsOf(read.referenceDocuments),
  numberEncoding: read.numberEncoding?.value,
  objectIdentifier: Snx.identifierOf(read.objectIdentifier),
  quantity: Snx.required(read.quantity),
  serials: Snx.listOf(read.serials)
})

export const document = (value: TransferResponse): Xml.Write<typeof layout> => ({
  header: Snx.headerFields(value.header),
  numberEncoding: value.numberEncoding,
  objectIdentifier: Snx.identifierFields(value.objectIdentifier),
  quantity: value.quantity,
  serials: { present: true, list: value.serials?.values ?? [] }
})
