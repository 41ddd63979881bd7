/**
 * Turns a verdict into what the sender gets: finds line and column of what is only known by its path, writes the
 * processing response as XML and JSON, and notes the errors in a copy of the sender's own document.
 *
 * None of it can keep a message from ending: what fails is left out of the report, and the log says why.
 */
import { Effect } from "effect"
import * as Findings from "./Findings.ts"
import type { Format, Output, Pipeline, Sends } from "./Pipeline.ts"
import { json, type Report, reportType } from "./Report.ts"
import type { Violation } from "./Rule.ts"

/** Positions looked up a report; further ones keep their path. */
const maxLocated = 2000

const elementOf = (path: string): string => path.replace(/\/@[^/]*$/u, "")

/** The findings with line and column filled in where a path leads to a place. */
export const located = Effect.fnUntraced(function* (
  findings: Findings.Findings,
  bytes: Uint8Array,
  pipeline: Pipeline<unknown> | undefined
) {
  const missing = ({ path, column }: Violation): boolean => path !== undefined && column === undefined
  const paths = [...findings.errors, ...findings.warnings].flatMap((violation) =>
    missing(violation) && violation.path !== undefined ? [elementOf(violation.path)] : []
  )
  if (pipeline === undefined || paths.length === 0) return findings
  const positions = yield* pipeline
    .locate(bytes, [...new Set(paths)].slice(0, maxLocated))
    .pipe(Effect.catchCause((cause) => Effect.as(Effect.logWarning("errors could not be located", cause), undefined)))
  if (positions === undefined) return findings
  const place = (violation: Violation): Violation => {
    const position = missing(violation) ? positions.get(elementOf(violation.path ?? "")) : undefined
    return position === undefined ? violation : { ...violation, line: position.line, column: position.column }
  }
  return { ...findings, errors: findings.errors.map(place), warnings: findings.warnings.map(place) }
})

const note = ({ rule, text, path, line, column }: Violation) => ({
  path: path === undefined ? undefined : elementOf(path),
  line,
  column,
  text: `${rule.severity === "warning" ? "warning" : `class ${rule.class}`} ${rule.id}: ${text}`
})

/** The report's documents, all of type `IE_PROCESSING_RESPONSE`, to the company on whose channel the message came. */
export const documents = Effect.fn("Reporter.documents")(function* (input: {
  readonly report: Report
  readonly findings: Findings.Findings
  readonly to: string
  readonly bytes: Uint8Array
  readonly pipeline: Pipeline<unknown> | undefined
  readonly format: Format<unknown>
  readonly sends: Sends<Report, unknown>
}) {
  const { report, findings, sends } = input
  const { controlNumber } = report.header
  const document = (fileName: string, map: string, bytes: Uint8Array): Output => ({
    type: reportType,
    map,
    to: input.to,
    controlNumber,
    fileName: `${reportType}_${controlNumber}${fileName}`,
    bytes,
    findings: Findings.none
  })
  const xml = yield* sends
    .write(report)
    .pipe(
      Effect.catchCause((cause) =>
        Effect.as(Effect.logError("the processing response could not be written", cause), undefined)
      )
    )
  const response = [
    ...(xml === undefined ? [] : [document(`.${sends.extension}`, sends.map, xml)]),
    document(".json", `${sends.map}_JSON`, json(report))
  ]
  if (report.result !== "FAILURE") return response
  const notes = [...findings.errors, ...findings.warnings].map(note)
  const annotate = input.pipeline?.annotate ?? input.format.annotate
  const annotated = yield* annotate(input.bytes, notes).pipe(
    Effect.catchCause((cause) => Effect.as(Effect.logWarning("the document could not be annotated", cause), undefined))
  )
  if (annotated === undefined) return response
  const ending = annotated.kind === "document" ? `_annotated.${sends.extension}` : "_errors.txt"
  return [...response, document(ending, "annotated", annotated.bytes)]
})
