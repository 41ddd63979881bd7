/**
 * The error report: what a sending company is told about one message. One value, sent as three documents: the
 * processing response (XML, written by the map the registry names), the same as JSON, and the sender's own document
 * with each error noted before the element it is about.
 *
 * Header fields that could not be read are `UNKNOWN`. Building a report never fails on account of the message.
 */
import type { Findings } from "./Findings.ts"
import type { Envelope } from "./Pipeline.ts"
import { excerpt, type Violation } from "./Rule.ts"

/** Company numbers in headers are 1/20; a broken file may say more. */
const numberLength = 20

/** Message type of reports, and name of the folder they are delivered to. */
export const reportType = "IE_PROCESSING_RESPONSE"

export const unknown = "UNKNOWN"

/** One line of a report; the JSON contract of `check` and `replay` too. */
export interface ReportLine {
  readonly class: 1 | 2 | 3
  readonly rule: string
  readonly element: string
  readonly path?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly value?: string | undefined
  readonly message: string
}

/** What became of the message, in the words a partner reads. */
export type Result = "SUCCESS" | "FAILURE" | "DUPLICATE"

export interface Report {
  readonly header: {
    readonly sender: string
    readonly receiver: string
    readonly controlNumber: string
    /** YYYY-MM-DD, GMT. */
    readonly fileDate: string
    /** HH:MM:SSZ, GMT. */
    readonly fileTime: string
  }
  readonly input: {
    readonly transactionType: string
    readonly sender: string
    readonly receiver: string
    readonly controlNumber: string
    readonly fileName: string
    /** When it was received, GMT. */
    readonly receivedAt: string
  }
  readonly result: Result
  readonly message: number
  readonly run: number
  /** The message and run a duplicate points to. */
  readonly duplicateOf?: { readonly message: number; readonly run: number | undefined } | undefined
  readonly errors: ReadonlyArray<ReportLine>
  readonly warnings: ReadonlyArray<ReportLine>
  /** Exact counts by rule, also of what is not listed. */
  readonly totals: Readonly<Record<string, number>>
  /** True when some rule found more than is listed. */
  readonly truncated: boolean
}

/** Text as the database and JSON can hold it: no NUL, no half surrogate; both occur in broken files. */
export const storable = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\uFFFD")

/** A violation as a report line; absent places stay absent. */
export const line = ({ rule, text, path, line, column, value }: Violation): ReportLine => ({
  class: rule.class,
  rule: rule.id,
  element: rule.element,
  ...(path === undefined ? {} : { path: storable(excerpt(path)) }),
  ...(line === undefined ? {} : { line }),
  ...(column === undefined ? {} : { column }),
  ...(value === undefined ? {} : { value: storable(value) }),
  message: storable(text)
})

/** `2020-08-14` and `06:32:32Z` of a moment. */
export const fileDateTime = (moment: Date): { readonly fileDate: string; readonly fileTime: string } => {
  const iso = moment.toISOString()
  return { fileDate: iso.slice(0, 10), fileTime: `${iso.slice(11, 19)}Z` }
}

/** Everything that is known about a message when its report is made. */
export interface About {
  readonly type: string
  readonly fileName: string
  readonly messageId: number
  readonly runId: number
  readonly receivedAt: Date
  readonly clock: Date
  readonly controlNumber: string
  readonly envelope: { readonly [K in keyof Envelope]: string | undefined }
  readonly result: Result
  readonly duplicateOf?: Report["duplicateOf"]
  readonly findings: Findings
}

const known = (value: string | undefined): string => (value === undefined || value === "" ? unknown : storable(value))

/** The report about a message. It travels from the message's receiver to its sender. */
export const make = (about: About): Report => {
  const { envelope, findings } = about
  const listed = findings.errors.length + findings.warnings.length
  const total = Object.values(findings.totals).reduce((sum, count) => sum + count, 0)
  return {
    header: {
      sender: known(envelope.receiver).slice(0, numberLength),
      receiver: known(envelope.sender).slice(0, numberLength),
      controlNumber: about.controlNumber,
      ...fileDateTime(about.clock)
    },
    input: {
      transactionType: about.type,
      sender: known(envelope.sender),
      receiver: known(envelope.receiver),
      controlNumber: known(envelope.controlNumber),
      fileName: about.fileName,
      receivedAt: about.receivedAt.toISOString()
    },
    result: about.result,
    message: about.messageId,
    run: about.runId,
    duplicateOf: about.duplicateOf,
    errors: findings.errors.map(line),
    warnings: findings.warnings.map(line),
    totals: findings.totals,
    truncated: total > listed
  }
}

/** The report as JSON, indented for people. */
export const json = (report: Report): Uint8Array => new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`)
