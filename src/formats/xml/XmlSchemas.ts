/**
 * Compiled schemas of one worker, and validation against them. A schema may import files of its own folder and nothing
 * else; what a sender's `xsi:schemaLocation` asks for is never looked at. Violations are counted without their details
 * once a rule has enough of them.
 *
 * Throws `UnusableSchema` where a schema of ours is missing or does not compile; a document never makes it throw.
 */
import { readdirSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { RuleId } from "./XmlIssue.ts"
import { type Issues, issue } from "./XmlIssues.ts"
import { type Libxml, offsets, type Pointer, type Schema } from "./XmlLibxml.ts"
import type { Paths } from "./XmlPaths.ts"
import type { Tree } from "./XmlTree.ts"

export class UnusableSchema extends Error {
  readonly schemaPath: string
  constructor(schemaPath: string, detail: string) {
    super(detail)
    this.schemaPath = schemaPath
  }
}

/** Long enough for any message about names and short values; a value of megabytes is not repeated. */
const messageBytes = 1000
const valueLength = 200

const { error: E } = offsets
/** libxml2's xmlErrorLevel: 1 is a warning. */
const errorLevel = 2

/** xmlParserErrors of libxml2, XML_SCHEMAV_*: datatype and facets; those about attributes are told by their text. */
const isValueCode = (code: number): boolean => code === 1824 || (code >= 1825 && code <= 1840 && code !== 1828)

export class Schemas {
  readonly #libxml: Libxml
  readonly #compiled = new Map<string, Schema>()

  constructor(libxml: Libxml) {
    this.#libxml = libxml
  }

  /** The schema at a path, compiled once. */
  get(schemaPath: string): Schema {
    const known = this.#compiled.get(schemaPath)
    if (known !== undefined) return known
    const schema = this.#compile(schemaPath)
    this.#compiled.set(schemaPath, schema)
    return schema
  }

  #compile(schemaPath: string): Schema {
    try {
      const folder = dirname(schemaPath)
      const siblings = new Set(readdirSync(folder).filter((name) => name.endsWith(".xsd")))
      const imports = (name: string) => (siblings.has(name) ? readFileSync(join(folder, name)) : undefined)
      return this.#libxml.compile(basename(schemaPath), readFileSync(schemaPath), imports)
    } catch (cause) {
      throw new UnusableSchema(schemaPath, cause instanceof Error ? cause.message : String(cause))
    }
  }

  /** Adds the violations of a document to `issues`. `open` gives access to its nodes once validation is over. */
  validate(
    schema: Schema,
    document: Pointer,
    open: () => { readonly tree: Tree; readonly paths: Paths },
    issues: Issues
  ): void {
    const libxml = this.#libxml
    const pending: Array<readonly [rule: RuleId, node: Pointer, line: number, text: string]> = []
    libxml.validate(schema, document, (error) => {
      if (libxml.word(error + E.level) < errorLevel) return
      const message = libxml.word(error + E.message)
      const rule = ruleOf(libxml, libxml.word(error + E.code), message)
      if (!issues.count(rule)) return
      const text = libxml.string(message, messageBytes).trim()
      pending.push([rule, libxml.word(error + E.node), libxml.word(error + E.line), text])
    })
    if (pending.length === 0) return
    const { tree, paths } = open()
    for (const [rule, node, line, text] of pending) {
      const attribute = rule === "xml/schema-attribute" ? attributeIn(text) : undefined
      const path = node === 0 ? undefined : paths.of(node)
      const value =
        node === 0 || rule === "xml/schema-element"
          ? undefined
          : attribute === undefined
            ? tree.excerpt(node, valueLength)
            : tree.attributeExcerpt(node, attribute, valueLength)
      const local = node === 0 ? "N/A" : tree.local(node)
      issues.keep(
        issue(
          rule,
          { reason: readable(text, paths) },
          {
            element: attribute === undefined ? local : `${local}|@${attribute}`,
            path: path === undefined || attribute === undefined ? path : `${path}/@${attribute}`,
            line: line > 0 ? line : undefined,
            value
          }
        )
      )
    }
  }
}

/** Bytes of `', attribute '`, by which libxml2's messages about attributes are known. */
const aboutAttribute = Buffer.from("', attribute '")
const requiredAttribute = 1868
const unknownAttribute = 1866
const unknownAttributeWildcard = 1867

const ruleOf = (libxml: Libxml, code: number, message: Pointer): RuleId => {
  if (code === requiredAttribute || code === unknownAttribute || code === unknownAttributeWildcard) {
    return "xml/schema-attribute"
  }
  if (!isValueCode(code)) return "xml/schema-element"
  // `Element '{uri}name', attribute 'name': ...`: the attribute stands before the first colon that follows a quote.
  const start = libxml.bytes.subarray(message, message + messageBytes)
  const nameEnd = start.indexOf(0x27, start.indexOf(0x27) + 1)
  const follows = aboutAttribute.every((byte, at) => start[nameEnd + at] === byte)
  return follows ? "xml/schema-attribute" : "xml/schema-value"
}

const attributeIn = (text: string): string | undefined =>
  (/^Element '[^']*', attribute '(?:\{[^}]*\})?([^']*)'/u.exec(text) ??
    /The attribute '(?:\{[^}]*\})?([^']*)'/u.exec(text))?.[1]

/** libxml2's words with the layout's prefixes in place of `{uri}`. */
const readable = (text: string, paths: Paths): string =>
  text.replace(/\{([^{}\s]*)\}([\w.-]+)/gu, (_, uri: string, local: string) => paths.name(uri, local))
