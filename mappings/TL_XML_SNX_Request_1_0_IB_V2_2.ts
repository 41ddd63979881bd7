/**
 * SNX_REQUEST: XML to the canonical request for numbers (TraceLink SNX Request serial numbers, 2024.4). NumberEncoding,
 * ObjectIdentifier and Quantity are ours: the page's table is visible up to the reference documents, the rest follows
 * Serial Number Manager's messages.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { NumberRequest } from "../src/serials/NumberRequest.ts"
import * as Snx from "./Snx.ts"

export const layout = Xml.layout({
  mapVersion: "TL_XML_SNX_Request_1_0_IB_V2_2",
  namespaces: Snx.namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXRequestMessage"],
  fields: {
    header: Snx.header,
    requestId: Xml.text("snx:MessageBody/cmn:RequestId"),
    plantLocationId: Xml.text("snx:MessageBody/cmn:PlantLocationId"),
    referenceDocuments: Snx.referenceDocuments,
    numberEncoding: Xml.text("snx:MessageBody/cmn:NumberEncoding"),
    objectIdentifier: Snx.objectIdentifier,
    quantity: Xml.text("snx:MessageBody/cmn:Quantity")
  }
})

export const canonical = (read: Xml.Read<typeof layout>): NumberRequest => ({
  header: Snx.headerOf(read.header),
  requestId: Snx.required(read.requestId),
  plantLocationId: Snx.required(read.plantLocationId),
  referenceDocuments: Snx.documentsOf(read.referenceDocuments),
  numberEncoding: read.numberEncoding?.value,
  objectIdentifier: Snx.identifierOf(read.objectIdentifier),
  quantity: Snx.required(read.quantity)
})
