/**
 * JSON with an eye on fields that stand twice in one object, of which `JSON.parse` keeps the last and says nothing: a
 * request that contradicts itself is refused, not guessed at. Pure; `undefined` for what is no JSON.
 */

export interface Parsed {
  readonly value: unknown
  /** Names of fields that stand more than once in their object, each once, in the order of their second appearance. */
  readonly twice: ReadonlyArray<string>
}

/** Strings, and the four characters that make objects and lists; everything else of JSON is skipped. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gu

/** Looks at the text of valid JSON: a string before a colon is a name. */
const repeated = (text: string): ReadonlyArray<string> => {
  const found = new Set<string>()
  const open: Array<Set<string> | undefined> = []
  let last: string | undefined
  for (const [part] of text.matchAll(token)) {
    if (part === "{") open.push(new Set())
    else if (part === "[") open.push(undefined)
    else if (part === "}" || part === "]") open.pop()
    else if (part === ":" && last !== undefined) {
      const name: unknown = JSON.parse(last)
      const names = open.at(-1)
      if (typeof name === "string") {
        if (names?.has(name) === true) found.add(name)
        names?.add(name)
      }
    }
    last = part.startsWith('"') ? part : undefined
  }
  return [...found]
}

const parsedOf = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

export const parse = (text: string): Parsed | undefined => {
  const parsed = parsedOf(text)
  return parsed === undefined ? undefined : { value: parsed.value, twice: repeated(text) }
}
