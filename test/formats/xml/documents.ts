/**
 * Documents made from random numbers, for property tests: each number is one thing to write next, so that a failing
 * document shrinks to the few things that matter. Remembers where every element starts.
 */
import { Schema } from "effect"
import { namespaces } from "./layouts.ts"

export interface Made {
  readonly bytes: Uint8Array
  /** Canonical path of every element, with its place in the file. */
  readonly elements: ReadonlyArray<{
    readonly path: string
    readonly line: number
    readonly column: number
    readonly offset: number
  }>
}

export const Recipe = Schema.Struct({
  steps: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 17 }))),
  encoding: Schema.Literals(["UTF-8", "UTF-8 with mark", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "windows-1252"]),
  newline: Schema.Literals(["\n", "\r\n"]),
  prefixed: Schema.Boolean
})
export type Recipe = typeof Recipe.Type

/** Characters of the text, beyond what the encoding has they are left out. */
const odd: Readonly<Record<Recipe["encoding"], string>> = {
  "UTF-8": "\u{fc}\u{20ac}\u{1f4a9}",
  "UTF-8 with mark": "\u{fc}\u{20ac}\u{1f4a9}",
  "UTF-16LE": "\u{fc}\u{20ac}\u{1f4a9}",
  "UTF-16BE": "\u{fc}\u{20ac}\u{1f4a9}",
  "ISO-8859-1": "\u{fc}",
  "windows-1252": "\u{fc}"
}

const encodeAs = (text: string, encoding: Recipe["encoding"]): Uint8Array => {
  switch (encoding) {
    case "UTF-8":
      return Buffer.from(text)
    case "UTF-8 with mark":
      return Buffer.from(`\u{feff}${text}`)
    case "UTF-16LE":
      return Buffer.from(`\u{feff}${text}`, "utf16le")
    case "UTF-16BE":
      return Buffer.from(`\u{feff}${text}`, "utf16le").swap16()
    default:
      return Buffer.from(text, "latin1")
  }
}

export const make = ({ steps, encoding, newline, prefixed }: Recipe): Made => {
  const declared = encoding.startsWith("UTF-16") ? "UTF-16" : encoding.replace(" with mark", "")
  const counts = new Map<string, number>()
  const starts: Array<readonly [path: string, index: number]> = []
  const stack: Array<readonly [tag: string, path: string]> = []
  let text = steps[0] === 17 ? "" : `<?xml version="1.0" encoding="${declared}"?>`
  if (text === "" && !declared.startsWith("UTF")) text = `<?xml version="1.0" encoding="${declared}"?>`

  const begin = (prefix: "snx" | "cmn", local: string, attributes: string): readonly [string, string] => {
    const above = stack.at(-1)?.[1] ?? ""
    const key = `${above}/${prefix}:${local}`
    const place = (counts.get(key) ?? 0) + 1
    counts.set(key, place)
    const path = place === 1 ? key : `${key}[${place}]`
    starts.push([path, text.length])
    const tag = prefix === "snx" && !prefixed ? local : `${prefix}:${local}`
    text += `<${tag}${attributes}`
    return [tag, path]
  }

  const root = (): void => {
    const snx = prefixed ? `xmlns:snx="${namespaces.snx}"` : `xmlns="${namespaces.snx}"`
    stack.push(begin("snx", "Root", ` ${snx} xmlns:cmn='${namespaces.cmn}'`))
    text += ">"
  }

  const filler: ReadonlyArray<string> = [
    newline,
    `${newline}  `,
    `<!-- comment ${odd[encoding]} <cmn:A> -->`,
    "<!-- throughline: an earlier remark -->",
    `<!-- throughline(3): another -->${newline}`,
    "<?pi <cmn:A> ?>"
  ]
  for (const step of steps) {
    const fill = filler[step]
    if (fill !== undefined) {
      // Before a document without declaration there may be no white space to speak of, but comments may stand.
      text += text === "" && fill.trim() === "" ? "" : fill
      continue
    }
    if (stack.length === 0) root()
    if (step < 9) {
      if (stack.length < 6) {
        stack.push(
          begin(step === 6 ? "snx" : "cmn", step === 8 ? "B" : "A", step === 7 ? ` a=" > xmlns:cmn='no' "` : "")
        )
        text += ">"
      }
    } else if (step < 12) {
      const closing = stack.length > 1 ? stack.pop() : undefined
      if (closing !== undefined) text += `</${closing[0]}>`
    } else if (step < 14) {
      begin("cmn", "A", step === 12 ? "" : ` xmlns:z="urn:z" z:a='"'`)
      text += "/>"
    } else if (step === 14) text += `text ${odd[encoding]} &lt;cmn:A&gt;`
    else if (step === 15) text += "<![CDATA[ <cmn:A> <!-- throughline: ]]>"
    else if (step === 16) {
      begin("snx", "C", prefixed ? "" : ` xmlns:q="${namespaces.snx}"`)
      text += "/>"
    }
  }
  if (stack.length === 0) root()
  for (const [tag] of stack.toReversed()) text += `</${tag}>`
  if (steps.length % 3 === 0) text += `${newline}<!-- at the end -->${newline}`

  const width = (upTo: string) => encodeAs(upTo, encoding).length
  return {
    bytes: encodeAs(text, encoding),
    elements: starts.map(([path, index]) => {
      const before = text.slice(0, index)
      const line = before.split("\n")
      return { path, line: line.length, column: [...(line.at(-1) ?? "")].length + 1, offset: width(before) }
    })
  }
}
