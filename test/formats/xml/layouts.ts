/** Layouts the XML tests share: the shape of a serial number transfer, small enough to read here. */
import * as Xml from "../../../src/formats/Xml.ts"

export const namespaces = {
  snx: "urn:tracelink:mapper:sl:serial_number_exchange",
  cmn: "urn:tracelink:mapper:sl:commontypes",
  xsi: "http://www.w3.org/2001/XMLSchema-instance"
}

export const transfer = Xml.layout({
  mapVersion: "TEST_Transfer",
  namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXSerialNumberTransferMessage", "snx:TransferMessage"],
  fields: {
    header: {
      fileSenderNumber: Xml.text("snx:ControlFileHeader/cmn:FileSenderNumber"),
      fileControlNumber: Xml.text("snx:ControlFileHeader/cmn:FileControlNumber")
    },
    eventDateTime: Xml.text("snx:MessageBody/cmn:EventDateTime"),
    packagingItemCode: Xml.text("snx:MessageBody/cmn:PackagingItemCode", { attributes: { type: "type" } }),
    referenceDocuments: Xml.group("snx:MessageBody/cmn:ReferenceDocuments", {
      poNumber: Xml.text("cmn:PONumber"),
      poLine: Xml.text("cmn:POLine")
    }),
    serialNumbersPresent: Xml.present("snx:MessageBody/snx:SerialNumbers"),
    serials: Xml.list("snx:MessageBody/snx:SerialNumbers/cmn:Serial", { attributes: { format: "format" } }),
    remark: Xml.text("snx:MessageBody/cmn:Remark", { whitespace: "preserve" }),
    results: Xml.rows("snx:MessageBody/snx:Result", { id: "@id", code: "cmn:Code", kind: "cmn:Code/@kind" })
  }
})

export type Transfer = Xml.Read<typeof transfer>
