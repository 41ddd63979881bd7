/**
 * Processing response (`IE_PROCESSING_RESPONSE`): the error report as XML. Header and results header are as TraceLink's
 * Processing Response guidelines (2025.2) print them; the documents stop there, so the results part, the file name, the
 * time of receipt and the namespace are ours. The namespace is a setting (`ieNamespace`).
 */
import type { Report, ReportLine } from "../src/engine/Report.ts"
import * as Xml from "../src/formats/Xml.ts"

const layoutOf = (namespace: string) =>
  Xml.layout({
    mapVersion: "THROUGHLINE_XML_IE_ProcessingResponse_1_0_OB_V1_0",
    namespaces: { ie: namespace, cmn: "urn:tracelink:mapper:sl:commontypes" },
    roots: ["ie:IEProcessingAckMessage"],
    fields: {
      header: {
        sender: Xml.text("ie:ControlFileHeader/cmn:FileSenderNumber"),
        receiver: Xml.text("ie:ControlFileHeader/cmn:FileReceiverNumber"),
        controlNumber: Xml.text("ie:ControlFileHeader/cmn:FileControlNumber"),
        fileDate: Xml.text("ie:ControlFileHeader/cmn:FileDate"),
        fileTime: Xml.text("ie:ControlFileHeader/cmn:FileTime")
      },
      input: {
        transactionType: Xml.text("ie:MessageBody/ie:ProcessingResultsHeader/ie:InputFileTransactionType"),
        sender: Xml.text("ie:MessageBody/ie:ProcessingResultsHeader/ie:InputFileSenderNumber"),
        receiver: Xml.text("ie:MessageBody/ie:ProcessingResultsHeader/ie:InputFileReceiverNumber"),
        controlNumber: Xml.text("ie:MessageBody/ie:ProcessingResultsHeader/ie:InputFileControlNumber"),
        fileName: Xml.text("ie:MessageBody/ie:ProcessingResultsHeader/ie:InputFileName"),
        receivedAt: Xml.text("ie:MessageBody/ie:ProcessingResultsHeader/ie:InputFileReceivedDateTime")
      },
      result: Xml.text("ie:MessageBody/ie:ProcessingResults/ie:Result"),
      message: Xml.text("ie:MessageBody/ie:ProcessingResults/ie:MessageId"),
      run: Xml.text("ie:MessageBody/ie:ProcessingResults/ie:RunId"),
      duplicateOf: Xml.text("ie:MessageBody/ie:ProcessingResults/ie:DuplicateOf", {
        attributes: { message: "messageId", run: "runId" }
      }),
      totals: Xml.rows("ie:MessageBody/ie:ProcessingResults/ie:Totals/ie:Rule", { rule: "@id", count: "." }),
      truncated: Xml.text("ie:MessageBody/ie:ProcessingResults/ie:Truncated"),
      errors: Xml.rows("ie:MessageBody/ie:ProcessingResults/ie:Errors/ie:Error", {
        class: "@class",
        rule: "@rule",
        element: "ie:Element",
        path: "ie:Path",
        line: "ie:Line",
        column: "ie:Column",
        value: "ie:Value",
        message: "ie:Message"
      }),
      warnings: Xml.rows("ie:MessageBody/ie:ProcessingResults/ie:Warnings/ie:Warning", {
        class: "@class",
        rule: "@rule",
        element: "ie:Element",
        path: "ie:Path",
        line: "ie:Line",
        column: "ie:Column",
        value: "ie:Value",
        message: "ie:Message"
      })
    }
  })

const layouts = new Map<string, ReturnType<typeof layoutOf>>()

/** The layout under a namespace; there is one namespace an installation, so layouts are kept. */
export const processingResponse = (namespace: string): ReturnType<typeof layoutOf> => {
  const kept = layouts.get(namespace) ?? layoutOf(namespace)
  layouts.set(namespace, kept)
  return kept
}

const optional = (value: number | string | undefined): string | undefined =>
  value === undefined ? undefined : legal(`${value}`)

/** Quotes from broken files may hold characters that XML cannot: they show as U+FFFD. */
const legal = (text: string): string => text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/gu, "\uFFFD")

const row = (line: ReportLine) => ({
  class: `${line.class}`,
  rule: line.rule,
  element: line.element,
  path: optional(line.path),
  line: optional(line.line),
  column: optional(line.column),
  value: optional(line.value),
  message: legal(line.message)
})

/** A report as the layout writes it. */
export const document = (report: Report) => ({
  header: report.header,
  input: { ...report.input, fileName: legal(report.input.fileName) },
  result: report.result,
  message: `${report.message}`,
  run: `${report.run}`,
  duplicateOf:
    report.duplicateOf === undefined
      ? undefined
      : { value: "", attributes: { message: `${report.duplicateOf.message}`, run: optional(report.duplicateOf.run) } },
  totals: Object.entries(report.totals).map(([rule, count]) => ({ rule, count: `${count}` })),
  truncated: `${report.truncated}`,
  errors: report.errors.map(row),
  warnings: report.warnings.map(row)
})
