/**
 * SNX_DISPOSITION_UPDATED: XML to the canonical status update (TraceLink SNX Update serial number status, 2024.4). The
 * page prints the root as DispositionUpdatedMessage, files in use have SNXDispositionUpdatedMessage.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { DispositionUpdate } from "../src/serials/DispositionUpdate.ts"
import * as Snx from "./Snx.ts"

export const layout = Xml.layout({
  mapVersion: "TL_XML_SNX_SerialNumberDispositionUpdated_1_0_IB_V1_6",
  namespaces: Snx.namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXDispositionUpdatedMessage", "snx:DispositionUpdatedMessage"],
  fields: {
    header: Snx.header,
    summary: Xml.group("snx:MessageBody/snx:EventSummary", {
      internalMaterialCode: Xml.text("cmn:InternalMaterialCode"),
      lotNumber: Xml.text("cmn:LotNumber"),
      total: Xml.text("snx:TotalSerialNumberCount")
    }),
    eventDateTime: Xml.text("snx:MessageBody/cmn:EventDateTime"),
    eventTimeZoneOffset: Xml.text("snx:MessageBody/cmn:EventTimeZoneOffset"),
    serials: Snx.serials,
    packagingItemCode: Xml.text("snx:MessageBody/cmn:PackagingItemCode", { attributes: { type: "type" } }),
    status: Xml.text("snx:MessageBody/cmn:PackagingSerialNumberStatus"),
    itemAttributes: Xml.list("snx:MessageBody/cmn:ItemAttribute"),
    eventLocation: Xml.text("snx:MessageBody/cmn:EventLocation"),
    productionLineId: Xml.text("snx:MessageBody/cmn:ProductionLineId"),
    lineManagerName: Xml.text("snx:MessageBody/cmn:LineManagerName"),
    referenceDocuments: Snx.referenceDocuments,
    reasonDescription: Xml.text("snx:MessageBody/cmn:ReasonDescription")
  }
})

export const canonical = (read: Xml.Read<typeof layout>): DispositionUpdate => ({
  header: Snx.headerOf(read.header),
  total: read.summary?.total?.value,
  lotNumber: read.summary?.lotNumber?.value,
  internalMaterialCode: read.summary?.internalMaterialCode?.value,
  eventDateTime: Snx.required(read.eventDateTime),
  eventTimeZoneOffset: Snx.required(read.eventTimeZoneOffset),
  serials: Snx.listOf(read.serials),
  packagingItemCode: Snx.typedOf(read.packagingItemCode),
  status: read.status?.value,
  itemAttributes: read.itemAttributes.values.filter((value) => value !== ""),
  eventLocation: Snx.required(read.eventLocation),
  productionLineId: read.productionLineId?.value,
  lineManagerName: read.lineManagerName?.value,
  referenceDocuments: Snx.documentsOf(read.referenceDocuments),
  reasonDescription: read.reasonDescription?.value
})
