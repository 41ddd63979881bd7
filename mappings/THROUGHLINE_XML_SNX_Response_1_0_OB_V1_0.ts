/**
 * SNX_RESPONSE, the answer to a request for numbers: canonical to XML. The map version and the body are ours, after the
 * response of Serial Number Manager (SNM_RESPONSE); the documents name neither.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { NumberResponse } from "../src/serials/NumberRequest.ts"
import * as Snx from "./Snx.ts"

export const layout = Xml.layout({
  mapVersion: "THROUGHLINE_XML_SNX_Response_1_0_OB_V1_0",
  namespaces: Snx.namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXResponseMessage"],
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

export const document = (value: NumberResponse): Xml.Write<typeof layout> => ({
  header: Snx.headerFields(value.header),
  requestId: value.requestId,
  referenceDocuments: value.referenceDocuments,
  numberEncoding: value.numberEncoding,
  objectIdentifier: Snx.identifierFields(value.objectIdentifier),
  quantity: `${value.serials.values.length}`,
  serials: { present: true, list: value.serials.values }
})
