/**
 * Reads one document, start to end, inside a worker: size, kind, encoding, DOCTYPE, well-formedness, root, limits,
 * schema, fields. Each gate that a document does not pass ends the reading with its issue; a well-formed document of the
 * right root gets its fields and all its schema issues together.
 *
 * Bad documents never make it throw. It throws `UnusableSchema` for a schema of ours, and anything else is a fault.
 */
import { type Annotated, listing, type Note } from "../Listing.ts"
import { annotate } from "./XmlAnnotate.ts"
import { detect, isMisfit, toUtf8, view } from "./XmlEncoding.ts"
import type { Issue, RuleId } from "./XmlIssue.ts"
import { Issues, issue, type Totals, type Whereabouts } from "./XmlIssues.ts"
import { type Libxml, offsets, type Pointer } from "./XmlLibxml.ts"
import { locate, type Position } from "./XmlLocate.ts"
import { Paths } from "./XmlPaths.ts"
import type { Plan } from "./XmlPlan.ts"
import { scan } from "./XmlScan.ts"
import { Schemas } from "./XmlSchemas.ts"
import { sniff } from "./XmlSniff.ts"
import { type Cell, type Limits, Tree } from "./XmlTree.ts"

export interface ReadLimits extends Limits {
  readonly maxBytes: number
  readonly detail: number
}

/** A reading as it leaves the worker. */
export interface RawReading {
  readonly cells: ReadonlyArray<Cell> | undefined
  readonly issues: ReadonlyArray<Issue>
  readonly totals: Totals
  readonly encoding: string
}

const { error: E } = offsets
/** xmlParserErrors: XML_ERR_RESOURCE_LIMIT, raised by libxml2's own limits on depth, names, attributes and texts. */
const resourceLimit = 114
/** XML_NS_ERR_XML_NAMESPACE and those after it: undeclared prefixes and the like; libxml2 calls them errors, not fatal. */
const errorLevel = 2

export class Reader {
  readonly #libxml: Libxml
  readonly #schemas: Schemas
  readonly #limits: ReadLimits

  constructor(libxml: Libxml, limits: ReadLimits) {
    this.#libxml = libxml
    this.#schemas = new Schemas(libxml)
    this.#limits = limits
  }

  read(bytes: Uint8Array, plan: Plan, schemaPath: string | undefined): RawReading {
    const seen = this.#gates(bytes)
    if ("refused" in seen) return ended(seen.refused, seen.encoding)
    const { encoding } = seen
    const issues = new Issues(this.#limits.detail)
    const cells = this.#libxml.withDocument(seen.utf8, this.#parserErrors(issues, bytes), (document) => {
      const root = this.#libxml.root(document)
      if (root === 0 && issues.list.length === 0)
        keep(issues, issue("xml/not-well-formed", { reason: "there is no document" }))
      if (root === 0 || issues.list.length > 0) return undefined
      // Seen by the scan already; asked again of the parser, which is what would have expanded it.
      if (this.#libxml.hasDtd(document)) {
        keep(issues, issue("xml/doctype"))
        return undefined
      }
      return this.#readTree(document, root, plan, schemaPath, issues)
    })
    return { cells, issues: this.#placed(issues.list, bytes, plan), totals: issues.totals, encoding }
  }

  locate(bytes: Uint8Array, plan: Pick<Plan, "namespaces">, paths: ReadonlyArray<string>): Map<string, Position> {
    return locate(bytes, plan, paths, this.#limits.maxDepth)
  }

  annotate(bytes: Uint8Array, plan: Pick<Plan, "namespaces"> | undefined, notes: ReadonlyArray<Note>): Annotated {
    const seen = this.#gates(bytes)
    if ("refused" in seen) return listing(notes)
    const issues = new Issues(1)
    const sound = this.#libxml.withDocument(seen.utf8, this.#parserErrors(issues, bytes), (document) => {
      return document !== 0 && issues.list.length === 0 && !this.#libxml.hasDtd(document)
    })
    return sound ? annotate(bytes, plan?.namespaces ?? {}, notes, this.#limits.maxDepth) : listing(notes)
  }

  /** What can be refused without parsing. */
  #gates(bytes: Uint8Array): Gate {
    const { maxBytes } = this.#limits
    const first = sniff(bytes)
    const refuse = (rule: RuleId, values: Readonly<Record<string, string | number>> = {}, where: Whereabouts = {}) => ({
      refused: issue(rule, values, where),
      encoding: first.encoding
    })
    if (bytes.length > maxBytes) return refuse("xml/too-large", { bytes: bytes.length, limit: maxBytes })
    if (first.kind === "empty") return refuse("xml/empty")
    if (first.kind === "archive") return refuse("xml/zip", { kind: first.looksLike })
    if (first.kind !== "xml") return refuse("xml/not-xml", { kind: first.looksLike })
    const encoding = detect(bytes)
    if (isMisfit(encoding)) {
      return refuse("xml/encoding", { reason: encoding.reason }, { line: encoding.line, column: encoding.column })
    }
    const doctype = doctypeAt(view(bytes, encoding).text)
    if (doctype !== undefined) {
      const [line, column] = doctype
      return refuse("xml/doctype", {}, { line, column })
    }
    const utf8 = toUtf8(bytes, encoding)
    if (isMisfit(utf8)) return refuse("xml/encoding", { reason: utf8.reason }, { line: utf8.line, column: utf8.column })
    return { utf8, encoding: encoding.name }
  }

  /** libxml2 stops telling after 100 errors, so the same words (an undeclared prefix, say) count once. */
  #parserErrors(issues: Issues, bytes: Uint8Array): (error: Pointer) => void {
    const libxml = this.#libxml
    const said = new Set<string>()
    return (error) => {
      if (libxml.word(error + E.level) < errorLevel) return
      const line = libxml.word(error + E.line)
      const where = { line: line > 0 ? line : undefined, column: libxml.word(error + E.column) || undefined }
      const text = libxml.string(libxml.word(error + E.message), 500).trim()
      if (libxml.word(error + E.code) === resourceLimit) {
        keep(issues, this.#limitIssue(text, bytes, where))
      } else if (!said.has(text)) {
        said.add(text)
        keep(issues, issue("xml/not-well-formed", { reason: text }, where))
      }
    }
  }

  /** libxml2's own limits, in our words. */
  #limitIssue(text: string, bytes: Uint8Array, where: Whereabouts): Issue {
    if (text.includes("depth")) return issue("xml/too-deep", { limit: this.#limits.maxDepth }, where)
    if (text.includes("Text node")) return issue("xml/text-too-long", { limit: this.#limits.maxText }, where)
    const place = longTagAt(bytes, this.#limits.maxAttribute)
    return place === undefined
      ? issue("xml/not-well-formed", { reason: text.replace(/,? (?:try|use) XML_PARSE_HUGE\b.*/u, "") }, where)
      : issue("xml/attribute-too-long", { limit: this.#limits.maxAttribute }, place)
  }

  #readTree(
    document: Pointer,
    root: Pointer,
    plan: Plan,
    schemaPath: string | undefined,
    issues: Issues
  ): ReadonlyArray<Cell> | undefined {
    const schema = schemaPath === undefined ? undefined : this.#schemas.get(schemaPath)
    const tree = new Tree(this.#libxml, plan, this.#limits)
    const paths = new Paths(tree, plan)
    if (!plan.roots.some((name) => tree.is(root, name))) {
      const element = tree.local(root)
      const found = paths.name(tree.uri(root), element)
      const expected = plan.roots.map(({ step }) => step).join(" or ")
      keep(issues, issue("xml/unknown-root", { root: found, expected }, { element, path: `/${found}` }))
      return undefined
    }
    const cells = tree.read(root)
    if ("rule" in cells) {
      const element = tree.local(cells.node)
      keep(issues, issue(cells.rule, { limit: cells.limit }, { element, path: paths.of(cells.node) }))
      return undefined
    }
    if (schema !== undefined) {
      // Validation may grow the heap, so what is read afterwards needs fresh views.
      const open = () => {
        const fresh = new Tree(this.#libxml, plan, this.#limits)
        return { tree: fresh, paths: new Paths(fresh, plan) }
      }
      this.#schemas.validate(schema, document, open, issues)
    }
    return cells
  }

  /** Exact lines and columns for issues that have a path; libxml2 knows no columns and guesses lines beyond 65,535. */
  #placed(issues: ReadonlyArray<Issue>, bytes: Uint8Array, plan: Plan): ReadonlyArray<Issue> {
    const wanted = issues.flatMap(({ path, column }) => (path === undefined || column !== undefined ? [] : [path]))
    if (wanted.length === 0) return issues
    const places = this.locate(bytes, plan, wanted)
    return issues.map((found) => {
      const place = found.path === undefined ? undefined : places.get(found.path)
      return place === undefined ? found : { ...found, line: place.line, column: place.column }
    })
  }
}

type Gate =
  | { readonly utf8: Uint8Array; readonly encoding: string }
  | { readonly refused: Issue; readonly encoding: string }

const keep = (issues: Issues, found: Issue): void => {
  if (issues.count(found.rule)) issues.keep(found)
}

const ended = (refused: Issue, encoding: string): RawReading => ({
  cells: undefined,
  issues: [refused],
  totals: { [refused.rule]: 1 },
  encoding
})

/** Line and column of a DOCTYPE anywhere before the root element ends its start tag. */
const doctypeAt = (text: string): readonly [line: number, column: number] | undefined => {
  let found: number | undefined
  scan(text, {
    doctype: (start) => {
      found = start
      return false
    },
    open: () => false
  })
  if (found === undefined) return undefined
  const before = text.slice(0, found)
  return [before.split("\n").length, found - before.lastIndexOf("\n")]
}

/** Place of the first start tag that is longer than an attribute may be. */
const longTagAt = (bytes: Uint8Array, limit: number): Whereabouts | undefined => {
  const encoding = detect(bytes)
  if (isMisfit(encoding)) return undefined
  const { text } = view(bytes, encoding)
  let found: Whereabouts | undefined
  scan(text, {
    open: (start, nameEnd, end) => {
      if (end - nameEnd <= limit) return true
      const before = text.slice(0, start)
      const element = text.slice(start + 1, nameEnd).replace(/^.*:/u, "")
      found = { element, line: before.split("\n").length, column: start - before.lastIndexOf("\n") }
      return false
    }
  })
  return found
}
