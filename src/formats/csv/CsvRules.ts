/** What can be wrong with a CSV file before any rule of its message looks at it, as data the engine registers. */

export type RuleId =
  | "csv/empty"
  | "csv/too-large"
  | "csv/binary"
  | "csv/quote"
  | "csv/column-missing"
  | "csv/column-repeated"
  | "csv/column-unknown"
  | "csv/cells"
  | "csv/cell-missing"
  | "csv/too-many-columns"
  | "csv/too-many-rows"
  | "csv/cell-too-long"

/** One class 1 rule of the format. Shaped so that the engine can take it as it is. */
export interface CsvRule {
  readonly id: RuleId
  readonly class: 1
  readonly severity: "error" | "warning"
  readonly element: string
  readonly text: string
  readonly source: string
  readonly situation: string
  readonly mayWait: false
  readonly example: { readonly test: string }
}

const rfc = "RFC 4180, Common Format and MIME Type for Comma-Separated Values (CSV) Files"
const ours = "Throughline"

const rule = (
  id: RuleId,
  text: string,
  source: string,
  situation: string,
  options: { readonly element?: string; readonly severity?: "warning" } = {}
): CsvRule => ({
  id,
  class: 1,
  severity: options.severity ?? "error",
  element: options.element ?? "N/A",
  text,
  source,
  situation,
  mayWait: false,
  example: { test: "test/formats/Csv.test.ts" }
})

const column = { element: "[column]" }

export const csvRules: ReadonlyArray<CsvRule> = [
  rule("csv/empty", "The file has no rows.", rfc, "Nothing behind the header row, or nothing at all."),
  rule("csv/too-large", "The file has [bytes] bytes; at most [limit] are accepted.", ours, "Beyond the limit."),
  rule("csv/binary", "The file is not text: it holds NUL characters.", rfc, "A spreadsheet, an archive, UTF-16."),
  rule("csv/quote", "[reason].", rfc, "A quoted cell that is not closed, or goes on behind its closing quote."),
  rule("csv/column-missing", "The header row has no column [column].", ours, "A required column is not there.", column),
  rule("csv/column-repeated", "The header row has the column [column] twice.", ours, "One name, two columns.", column),
  rule(
    "csv/column-unknown",
    "The column [column] is not known here; nothing is read from it.",
    ours,
    "A column that the map does not have.",
    { ...column, severity: "warning" }
  ),
  rule(
    "csv/cells",
    "The row has [actual] cells, the header row [expected].",
    rfc,
    "A row longer or shorter than the header."
  ),
  rule("csv/cell-missing", "The cell [column] is empty.", ours, "A required cell has nothing in it.", column),
  rule("csv/too-many-columns", "The header row has more than [limit] columns.", ours, "Beyond the limit."),
  rule(
    "csv/too-many-rows",
    "The file has more than [limit] rows.",
    ours,
    "Beyond the limit; the rest was not looked at."
  ),
  rule("csv/cell-too-long", "A cell is longer than [limit] characters.", ours, "Beyond the limit.", column)
]
