/** What can be wrong with a JSON file before any rule of its message looks at it, as data the engine registers. */

export type RuleId =
  | "json/empty"
  | "json/too-large"
  | "json/encoding"
  | "json/syntax"
  | "json/duplicate-name"
  | "json/too-deep"
  | "json/number"
  | "json/text"
  | "json/schema"

/** One class 1 rule of the format. Shaped so that the engine can take it as it is. */
export interface JsonRule {
  readonly id: RuleId
  readonly class: 1
  readonly severity: "error"
  readonly element: string
  readonly text: string
  readonly source: string
  readonly situation: string
  readonly mayWait: false
  readonly example: { readonly test: string }
}

const rfc = "RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format"

const rule = (id: RuleId, text: string, source: string, situation: string, element = "N/A"): JsonRule => ({
  id,
  class: 1,
  severity: "error",
  element,
  text,
  source,
  situation,
  mayWait: false,
  example: { test: "test/formats/Json.test.ts" }
})

export const jsonRules: ReadonlyArray<JsonRule> = [
  rule("json/empty", "The file is empty.", rfc, "Zero bytes, or nothing but white space."),
  rule(
    "json/too-large",
    "The file has [bytes] bytes; at most [limit] are accepted.",
    "Throughline",
    "The file is larger than the configured limit."
  ),
  rule("json/encoding", "The file is not valid UTF-8.", rfc, "Bytes that are no UTF-8; a byte order mark is fine."),
  rule("json/syntax", "The file is not valid JSON: [reason].", rfc, "Anything that is not JSON, or breaks off."),
  rule(
    "json/duplicate-name",
    "The name [name] stands twice in one object.",
    rfc,
    "Two members of an object with the same name: readers would disagree which one counts.",
    "[name]"
  ),
  rule("json/too-deep", "Values are nested deeper than [limit] levels.", "Throughline", "Nesting beyond the limit."),
  rule("json/number", "A number cannot be kept: [reason].", rfc, "A number beyond what a double holds.", "[name]"),
  rule(
    "json/text",
    "A text cannot be kept: [reason].",
    rfc,
    "An escape for U+0000 or for half a surrogate pair, which no database holds.",
    "[name]"
  ),
  rule("json/schema", "[reason]", "Throughline", "A value that the message's schema does not allow.", "[name]")
]
