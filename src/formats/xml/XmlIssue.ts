/**
 * What can be wrong with an XML file before any rule of its message looks at it, as data: the engine registers these as
 * class 1 rules. `Issue` is one finding; its message is already filled in. Nothing here fails.
 */

/** One class 1 rule of the XML format. Shaped so that the engine can take it as it is. */
export interface XmlRule {
  readonly id: RuleId
  readonly class: 1
  readonly severity: "error"
  /** `N/A` where the rule is about the file as a whole. */
  readonly element: string
  /** Placeholders between brackets. */
  readonly text: string
  readonly source: string
  /** The situation that raises it. */
  readonly situation: string
  readonly mayWait: false
  /** The test that breaks it. */
  readonly example: { readonly test: string }
}

export type RuleId =
  | "xml/empty"
  | "xml/zip"
  | "xml/not-xml"
  | "xml/too-large"
  | "xml/encoding"
  | "xml/doctype"
  | "xml/not-well-formed"
  | "xml/too-deep"
  | "xml/attribute-too-long"
  | "xml/text-too-long"
  | "xml/unknown-root"
  | "xml/schema-element"
  | "xml/schema-attribute"
  | "xml/schema-value"

/** One thing wrong with a file. */
export interface Issue {
  readonly rule: RuleId
  /** Local name of the element it is about, or `N/A`. */
  readonly element: string
  /** Canonical path in the layout's prefixes, where there is an element to point at. */
  readonly path: string | undefined
  /** 1-based; schema issues know no column until the document was located. */
  readonly line: number | undefined
  readonly column: number | undefined
  /** What was found there, shortened. */
  readonly value: string | undefined
  readonly message: string
}

const specification = "W3C Extensible Markup Language (XML) 1.0"
const schema = "W3C XML Schema 1.0 Part 1 and 2, and the XSD of the map version"

const hostile = "test/formats/XmlHostile.test.ts"
const reading = "test/formats/XmlRead.test.ts"

const rule = (id: RuleId, text: string, source: string, situation: string, element = "N/A"): XmlRule => ({
  id,
  class: 1,
  severity: "error",
  element,
  text,
  source,
  situation,
  mayWait: false,
  example: { test: id.startsWith("xml/schema") || id === "xml/unknown-root" ? reading : hostile }
})

/** Every rule of the format, in the order in which a file meets them. */
export const xmlRules: ReadonlyArray<XmlRule> = [
  rule("xml/empty", "The file is empty.", specification, "Zero bytes, or nothing but white space."),
  rule(
    "xml/too-large",
    "The file has [bytes] bytes; at most [limit] are accepted.",
    "Throughline",
    "The file is larger than the configured limit."
  ),
  rule(
    "xml/zip",
    "The file is a compressed archive ([kind]), not XML. Send the XML file itself.",
    "Throughline",
    "The file starts like a ZIP, gzip, bzip2, xz or 7z archive."
  ),
  rule(
    "xml/not-xml",
    "The file is not XML: it looks like [kind].",
    specification,
    "HTML, JSON, PDF, plain text or binary data."
  ),
  rule(
    "xml/encoding",
    "The file cannot be read in its encoding: [reason].",
    specification,
    "Bytes that are invalid in the declared encoding, or an encoding that is not supported."
  ),
  rule(
    "xml/doctype",
    "A document type declaration (DOCTYPE) is not accepted.",
    "Throughline",
    "Any DOCTYPE, with or without entities; nothing in it is expanded or loaded."
  ),
  rule(
    "xml/not-well-formed",
    "The file is not well-formed XML: [reason].",
    specification,
    "Truncated files, tags that do not match, undeclared entities or prefixes."
  ),
  rule(
    "xml/too-deep",
    "Elements are nested deeper than [limit] levels.",
    "Throughline",
    "Nesting beyond the configured depth."
  ),
  rule(
    "xml/attribute-too-long",
    "An attribute is longer than [limit] characters.",
    "Throughline",
    "An attribute value beyond the configured length.",
    "[element]"
  ),
  rule(
    "xml/text-too-long",
    "The text of an element is longer than [limit] characters.",
    "Throughline",
    "One text beyond the configured length.",
    "[element]"
  ),
  rule(
    "xml/unknown-root",
    "The root element [root] is not known here; expected is [expected].",
    "Throughline",
    "The root element is none of the map version's root names.",
    "[root]"
  ),
  rule(
    "xml/schema-element",
    "[reason]",
    schema,
    "An element that is missing, unexpected or out of order.",
    "[element]"
  ),
  rule(
    "xml/schema-attribute",
    "[reason]",
    schema,
    "An attribute that is missing, not allowed or has a wrong value.",
    "[element]"
  ),
  rule("xml/schema-value", "[reason]", schema, "Text that its type does not allow.", "[element]")
]
