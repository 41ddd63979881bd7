/**
 * Parts that the layouts of all Serial Number Exchange messages share: namespaces, header, reference documents, object
 * identifier, lists. Prefixes are those of the public tables; what is written has `snx` as its default namespace, like
 * the documented examples.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { Documents } from "../src/serials/SerialModel.ts"
import type { ObjectIdentifier, SerialList, SnxHeader, Typed } from "../src/serials/SnxMessage.ts"

export const namespaces = {
  snx: "urn:tracelink:mapper:sl:serial_number_exchange",
  cmn: "urn:tracelink:mapper:sl:commontypes",
  xsi: "http://www.w3.org/2001/XMLSchema-instance"
}

export const header = {
  fileSenderNumber: Xml.text("snx:ControlFileHeader/cmn:FileSenderNumber"),
  fileReceiverNumber: Xml.text("snx:ControlFileHeader/cmn:FileReceiverNumber"),
  fileControlNumber: Xml.text("snx:ControlFileHeader/cmn:FileControlNumber"),
  fileDate: Xml.text("snx:ControlFileHeader/cmn:FileDate"),
  fileTime: Xml.text("snx:ControlFileHeader/cmn:FileTime")
}

export const referenceDocuments = Xml.group("snx:MessageBody/cmn:ReferenceDocuments", {
  poNumber: Xml.text("cmn:PONumber"),
  poLine: Xml.text("cmn:POLine"),
  workOrderNumber: Xml.text("cmn:WorkOrderNumber"),
  referenceIdentifier: Xml.text("cmn:ReferenceIdentifier")
})

export const objectIdentifier = Xml.group("snx:MessageBody/cmn:ObjectIdentifier", {
  companyPrefix: Xml.text("cmn:CompanyPrefixObjectKey"),
  gtin14: Xml.text("cmn:GTIN14ObjectKey"),
  cnSubtype: Xml.text("cmn:CNSubtypeObjectKey", {
    attributes: { codeLevel: "codeLevel", packageRatio: "packageRatio" }
  }),
  ntin: Xml.text("cmn:NTINObjectKey")
})

/** `SerialNumbers/Serial` of events. */
export const serials = {
  present: Xml.present("snx:MessageBody/snx:SerialNumbers"),
  list: Xml.list("snx:MessageBody/snx:SerialNumbers/cmn:Serial", { attributes: { format: "format" } })
}

/** `SerialNumberList/SerialNumber` of responses. */
export const serialNumberList = {
  present: Xml.present("snx:MessageBody/cmn:SerialNumberList"),
  list: Xml.list("snx:MessageBody/cmn:SerialNumberList/cmn:SerialNumber", { attributes: { format: "format" } })
}

type Text = { readonly value: string } | undefined
type Header = { readonly [K in keyof typeof header]: Text }
type DocumentFields = { readonly [K in keyof Documents]: Text }
type TypedText = {
  readonly value: string
  readonly occurrences: number
  readonly attributes: { readonly type: string | undefined }
}
type ListFields = {
  readonly present: boolean
  readonly list: {
    readonly values: ReadonlyArray<string>
    readonly attributes: { readonly format: ReadonlyArray<string | undefined> | undefined }
  }
}

/** Text that is empty where the element is missing: the schema has said so. */
export const required = (text: Text): string => text?.value ?? ""

export const headerOf = (fields: Header): SnxHeader => ({
  sender: required(fields.fileSenderNumber),
  receiver: required(fields.fileReceiverNumber),
  controlNumber: required(fields.fileControlNumber),
  fileDate: required(fields.fileDate),
  fileTime: required(fields.fileTime)
})

export const headerFields = (of: SnxHeader) => ({
  fileSenderNumber: of.sender,
  fileReceiverNumber: of.receiver,
  fileControlNumber: of.controlNumber,
  fileDate: of.fileDate,
  fileTime: of.fileTime
})

export const documentsOf = (fields: DocumentFields | undefined): Documents | undefined =>
  fields === undefined
    ? undefined
    : {
        poNumber: fields.poNumber?.value,
        poLine: fields.poLine?.value,
        workOrderNumber: fields.workOrderNumber?.value,
        referenceIdentifier: fields.referenceIdentifier?.value
      }

export const typedOf = (text: TypedText | undefined): Typed | undefined =>
  text === undefined ? undefined : { value: text.value, type: text.attributes.type, occurrences: text.occurrences }

export const listOf = ({ present, list }: ListFields): SerialList | undefined =>
  present ? { values: list.values, formats: list.attributes.format } : undefined

export const identifierOf = (
  fields: Xml.ReadFields<(typeof objectIdentifier)["fields"]> | undefined
): ObjectIdentifier | undefined => {
  if (fields === undefined) return undefined
  const { companyPrefix, gtin14, cnSubtype, ntin } = fields
  return {
    companyPrefix: companyPrefix?.value,
    gtin14: gtin14?.value,
    cnSubtype: cnSubtype?.value,
    codeLevel: cnSubtype?.attributes.codeLevel,
    packageRatio: cnSubtype?.attributes.packageRatio,
    ntin: ntin?.value,
    keys: [companyPrefix, gtin14, cnSubtype, ntin].reduce((keys, key) => keys + (key?.occurrences ?? 0), 0)
  }
}

export const identifierFields = (of: ObjectIdentifier | undefined) =>
  of === undefined
    ? undefined
    : {
        companyPrefix: of.companyPrefix,
        gtin14: of.gtin14,
        cnSubtype:
          of.cnSubtype === undefined
            ? undefined
            : {
                value: of.cnSubtype,
                attributes: { codeLevel: of.codeLevel, packageRatio: of.packageRatio }
              },
        ntin: of.ntin
      }
