/**
 * End of batch: XML to the canonical report. Root and structure are those of files in use; the public documents name the
 * event only, so the map version is ours.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { EndOfBatch } from "../src/serials/EndOfBatch.ts"
import * as Snx from "./Snx.ts"

export const layout = Xml.layout({
  mapVersion: "THROUGHLINE_XML_SNX_EndOfBatch_1_0_IB_V1_0",
  namespaces: Snx.namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXEndOfBatchMessage"],
  fields: {
    header: Snx.header,
    internalMaterialCode: Xml.text("snx:MessageBody/cmn:InternalMaterialCode"),
    lotNumber: Xml.text("snx:MessageBody/cmn:LotNumber"),
    quantities: Xml.rows("snx:MessageBody/snx:ProductionQuantity", {
      code: "cmn:PackagingItemCode",
      type: "cmn:PackagingItemCode/@type",
      level: "cmn:PackagingLevel",
      quantity: "cmn:QuantityReported"
    })
  }
})

export const canonical = (read: Xml.Read<typeof layout>): EndOfBatch => ({
  header: Snx.headerOf(read.header),
  internalMaterialCode: read.internalMaterialCode?.value,
  lotNumber: Snx.required(read.lotNumber),
  quantities: read.quantities.map(({ code, type, level, quantity }) => ({
    packagingItemCode: { value: code ?? "", type, occurrences: 1 },
    packagingLevel: level,
    quantityReported: quantity ?? ""
  }))
})
