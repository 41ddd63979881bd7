/**
 * Walks over the tags of a document without parsing it: enough to know where elements start and end. Use it for places
 * in documents that libxml2 has accepted, and for a first look at documents of unknown quality. It is linear in the
 * document, keeps no stack of its own, and cannot fail: on broken input it stops early or reports odd tags.
 */

/** Called at every tag, with indices into the text. Return `false` to stop. */
export interface Visitor {
  /** `<` at `start`, the name ends before `nameEnd`, `>` at `end`. */
  readonly open: (start: number, nameEnd: number, end: number, empty: boolean) => boolean
  readonly close?: (start: number) => boolean
  readonly doctype?: (start: number) => boolean
}

const quote = 0x22
const apostrophe = 0x27
const greater = 0x3e
const slash = 0x2f
const bang = 0x21
const question = 0x3f

/** Visits the tags of a text in order; returns where it ended. */
export const scan = (text: string, visitor: Visitor): number => {
  let at = text.indexOf("<")
  while (at >= 0) {
    const next = text.charCodeAt(at + 1)
    let end: number
    let goOn: boolean | undefined = true
    if (next === slash) {
      end = text.indexOf(">", at)
      goOn = visitor.close?.(at)
    } else if (next === bang) {
      if (text.startsWith("<!--", at)) end = after(text, "-->", at + 4)
      else if (text.startsWith("<![CDATA[", at)) end = after(text, "]]>", at + 9)
      else {
        goOn = text.startsWith("<!DOCTYPE", at) ? visitor.doctype?.(at) : undefined
        end = text.indexOf(">", at)
      }
    } else if (next === question) {
      end = after(text, "?>", at + 2)
    } else {
      end = tagEnd(text, at + 1)
      if (end >= 0) goOn = visitor.open(at, nameEnd(text, at + 1, end), end, text.charCodeAt(end - 1) === slash)
    }
    if (end < 0 || goOn === false) return end < 0 ? text.length : end
    at = text.indexOf("<", end)
  }
  return text.length
}

const after = (text: string, what: string, from: number): number => {
  const found = text.indexOf(what, from)
  return found < 0 ? -1 : found + what.length - 1
}

/** Index of the `>` that closes a start tag; one inside quotes does not. */
const tagEnd = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === greater) return at
    if (code === quote || code === apostrophe) {
      at = text.indexOf(code === quote ? '"' : "'", at + 1)
      if (at < 0) return -1
    }
  }
  return -1
}

const nameEnd = (text: string, from: number, end: number): number => {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code <= 0x20 || code === slash) return at
  }
  return end
}

/** One attribute after the other, so that text inside a value is not taken for one. */
const attribute = /\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy

/** Namespace declarations among the attributes of a start tag: prefix (`""` for the default) and URI. */
const declarationsIn = (attributes: string): ReadonlyArray<readonly [prefix: string, uri: string]> =>
  attributes.includes("xmlns")
    ? Array.from(attributes.matchAll(attribute)).flatMap(([, name = "", double, single]) =>
        name === "xmlns" || name.startsWith("xmlns:")
          ? [[name.slice(6), unescaped(double ?? single ?? "")] as const]
          : []
      )
    : []

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }

/** Resolves the predefined entities and character references; others stay as they are. */
export const unescaped = (text: string): string =>
  text.includes("&")
    ? text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/gu, (whole, decimal, hex, name) => {
        if (name !== undefined) return entities[name] ?? whole
        const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole
      })
    : text

/** Prefixes in scope while walking down a document. Enter every start tag, leave every end tag. */
export class Namespaces {
  #scope: Scope = { above: undefined, depth: 0, uris: new Map([["", ""]]), names: new Map() }
  #depth = 0

  /** `attributes` is the start tag from the end of its name. */
  enter(attributes: string): void {
    this.#depth++
    const declared = declarationsIn(attributes)
    if (declared.length === 0) return
    this.#scope = { above: this.#scope, depth: this.#depth, uris: new Map(declared), names: new Map() }
  }

  /** Counts a start tag that declares nothing. */
  enterPlain(): void {
    this.#depth++
  }

  leave(): void {
    if (this.#scope.depth === this.#depth && this.#scope.above !== undefined) this.#scope = this.#scope.above
    this.#depth--
  }

  /** `{uri}local` of an element name in scope. */
  resolve(raw: string): string {
    const seen = this.#scope.names.get(raw)
    if (seen !== undefined) return seen
    const colon = raw.indexOf(":")
    const resolved = `{${this.#uri(colon < 0 ? "" : raw.slice(0, colon))}}${raw.slice(colon + 1)}`
    this.#scope.names.set(raw, resolved)
    return resolved
  }

  #uri(prefix: string): string {
    for (let scope: Scope | undefined = this.#scope; scope !== undefined; scope = scope.above) {
      const uri = scope.uris.get(prefix)
      if (uri !== undefined) return uri
    }
    return ""
  }
}

interface Scope {
  readonly above: Scope | undefined
  readonly depth: number
  /** What this scope declares itself; copying all of them down would be quadratic in a hostile document. */
  readonly uris: ReadonlyMap<string, string>
  /** Resolved names, so that a list of equal names costs one look-up each. */
  readonly names: Map<string, string>
}
