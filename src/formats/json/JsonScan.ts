/**
 * A JSON reader that knows where everything stands: strict RFC 8259, duplicate names are found (JSON.parse keeps the last
 * and says nothing), nesting has a limit, and the places of asked-for paths are noted on the way. It works with a stack
 * of its own, so no depth can overflow it, and in one pass.
 */

/** 1-based line and column, byte offset. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

export interface ScanIssue {
  readonly rule: "json/syntax" | "json/duplicate-name" | "json/too-deep" | "json/number" | "json/text"
  /** Path of what it is about: `$.lines[2].lot`. */
  readonly path: string
  /** Character index in the text. */
  readonly index: number
  readonly reason: string
}

export interface Scanned {
  /** Undefined where the text is no JSON. */
  readonly value: unknown
  readonly issues: ReadonlyArray<ScanIssue>
  /** Character index of each wanted path that is there. */
  readonly found: ReadonlyMap<string, number>
}

export interface ScanOptions {
  readonly maxDepth: number
  /** Most issues kept; a syntax error ends the scan anyway. */
  readonly detail: number
  readonly wanted?: ReadonlySet<string>
}

interface Open {
  readonly value: Record<string, unknown> | Array<unknown>
  readonly names: Set<string> | undefined
  readonly parent: Open | undefined
  /** Name or number of the member being read. */
  key: string | number
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/u

/** The path of a member: `.name`, `["odd name"]` or `[3]`, as in RFC 9535. */
export const member = (path: string, key: string | number): string =>
  typeof key === "number"
    ? `${path}[${key}]`
    : `${path}${identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`}`

const quotation = 0x22
const backslash = 0x5c
/** Longer paths are not looked for: no name of a field is that long. */
const longestPath = 2000
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy
const wordToken = /true|false|null/uy
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }

/** Path of the member that a container is at; of the root without one. Worked out only where somebody asks. */
const pathAt = (open: Open | undefined): string => (open === undefined ? "$" : member(pathAt(open.parent), open.key))

/** Thrown and caught here only: the rest of a text after a syntax error has no meaning. */
class Syntax {
  readonly index: number
  readonly reason: string
  constructor(index: number, reason: string) {
    this.index = index
    this.reason = reason
  }
}

class Scanner {
  readonly issues: Array<ScanIssue> = []
  readonly found = new Map<string, number>()
  readonly #text: string
  readonly #options: ScanOptions
  #at = 0

  constructor(text: string, options: ScanOptions) {
    this.#text = text
    this.#options = options
  }

  #blanks(): void {
    let code = this.#text.charCodeAt(this.#at)
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.#at += 1
      code = this.#text.charCodeAt(this.#at)
    }
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match[0]
  }

  #issue(rule: ScanIssue["rule"], path: string, index: number, reason: string): void {
    if (this.issues.length < this.#options.detail) this.issues.push({ rule, path, index, reason })
  }

  #expected(what: string): Syntax {
    const found = this.#text.charAt(this.#at)
    return new Syntax(this.#at, found === "" ? `the text ends where ${what} is expected` : `${what} is expected`)
  }

  #string(what: string): string {
    const start = this.#at
    if (this.#text.charAt(start) !== '"') throw this.#expected(what)
    let end = start + 1
    let plain = true
    for (let code = this.#text.charCodeAt(end); code !== quotation; code = this.#text.charCodeAt(end)) {
      if (Number.isNaN(code)) throw new Syntax(start, "a text is not closed")
      if (code < 0x20) throw new Syntax(end, "a control character in a text has to be escaped")
      if (code === backslash) plain = false
      end += code === backslash ? 2 : 1
    }
    this.#at = end + 1
    return plain ? this.#text.slice(start + 1, end) : unescaped(this.#text.slice(start, end + 1), start)
  }

  #scalar(parent: Open | undefined): unknown {
    const start = this.#at
    const first = this.#text.charAt(start)
    if (first === '"') {
      const text = this.#string("a value")
      // Only escapes write such things; the file itself is UTF-8.
      if (text.includes("\u0000")) this.#issue("json/text", pathAt(parent), start, "it holds the character U+0000")
      else if (!text.isWellFormed()) this.#issue("json/text", pathAt(parent), start, "it holds half a surrogate pair")
      return text
    }
    const word = this.#token(wordToken)
    if (word !== undefined) return words[word]
    const digits = this.#token(numberToken)
    if (digits === undefined) throw this.#expected("a value")
    const number = Number(digits)
    if (!Number.isFinite(number)) this.#issue("json/number", pathAt(parent), start, "it is too large")
    return number
  }

  #note(parent: Open | undefined): void {
    const { wanted } = this.#options
    if (wanted === undefined) return
    const path = pathAt(parent)
    if (path.length > longestPath) return
    if (wanted.has(path) && !this.found.has(path)) this.found.set(path, this.#at)
  }

  #name(open: Open): void {
    const start = this.#at
    const name = this.#string("a name in quotes")
    open.key = name
    if (open.names?.has(name) === true) {
      this.#issue("json/duplicate-name", pathAt(open), start, name)
    }
    open.names?.add(name)
    this.#blanks()
    if (this.#text.charAt(this.#at) !== ":") throw this.#expected("a colon")
    this.#at += 1
    this.#blanks()
  }

  #put(open: Open, value: unknown): void {
    if (Array.isArray(open.value)) open.value.push(value)
    // A plain assignment to __proto__ would change the object's nature.
    else Object.defineProperty(open.value, open.key, { value, enumerable: true, writable: true, configurable: true })
  }

  /** Reads one value; containers are opened here and filled by the loop. */
  run(): unknown {
    const stack: Array<Open> = []
    const box: Open = { value: [], names: undefined, parent: undefined, key: 0 }
    let depth = 0
    this.#blanks()
    for (;;) {
      const parent = stack.at(-1)
      this.#note(parent)
      const first = this.#text.charAt(this.#at)
      if (first === "{" || first === "[") {
        depth += 1
        if (depth > this.#options.maxDepth) {
          this.#issue("json/too-deep", pathAt(parent), this.#at, "")
          return undefined
        }
        const value: Open["value"] = first === "{" ? {} : []
        this.#put(parent ?? box, value)
        this.#at += 1
        this.#blanks()
        const close = first === "{" ? "}" : "]"
        const open: Open = { value, names: first === "{" ? new Set() : undefined, parent, key: 0 }
        if (this.#text.charAt(this.#at) === close) this.#at += 1
        else {
          stack.push(open)
          if (first === "{") this.#name(open)
          continue
        }
        depth -= 1
      } else this.#put(parent ?? box, this.#scalar(parent))

      // A value has ended: the next member, or the end of what holds it.
      for (;;) {
        this.#blanks()
        const holder = stack.at(-1)
        if (holder === undefined) {
          if (this.#at < this.#text.length) throw new Syntax(this.#at, "there is more text behind the value")
          return Array.isArray(box.value) ? box.value[0] : undefined
        }
        const next = this.#text.charAt(this.#at)
        const close = holder.names === undefined ? "]" : "}"
        if (next === ",") {
          this.#at += 1
          this.#blanks()
          if (holder.names === undefined) holder.key = Number(holder.key) + 1
          else this.#name(holder)
          break
        }
        if (next !== close) throw this.#expected(`a comma or ${close}`)
        this.#at += 1
        stack.pop()
        depth -= 1
      }
    }
  }

  scan(): Scanned {
    try {
      return { value: this.run(), issues: this.issues, found: this.found }
    } catch (problem) {
      if (!(problem instanceof Syntax)) throw problem
      this.#issue("json/syntax", "$", problem.index, problem.reason)
      return { value: undefined, issues: this.issues, found: this.found }
    }
  }
}

/** A string token with escapes; a wrong one ends the scan. */
const unescaped = (token: string, at: number): string => {
  try {
    const text: unknown = JSON.parse(token)
    return typeof text === "string" ? text : ""
  } catch {
    throw new Syntax(at, "a text holds an escape that there is not")
  }
}

/** Scans a text. Never throws. */
export const scan = (text: string, options: ScanOptions): Scanned => new Scanner(text, options).scan()
