/**
 * Finds where canonical paths stand in the original bytes: one linear pass over the tags, used only when there is
 * something to report. It trusts the caller that the document is well-formed; a path that is not found is absent from
 * the answer, and a broken document ends the search early. Nothing throws.
 *
 * A step without index matches any occurrence, and the index of a step counts the matches of the steps before it in
 * document order. For the paths that layouts and schema issues produce, that is the element they mean.
 */
import { detect, isMisfit, length, type View, view } from "./XmlEncoding.ts"
import type { Plan } from "./XmlPlan.ts"
import { Namespaces, scan } from "./XmlScan.ts"

/** A place in the original bytes: 1-based line and column (in characters), and the byte offset of the element's `<`. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** What to look for. The search stops when everything asked for was found. */
export interface Wanted {
  readonly paths: ReadonlyArray<string>
  /** Ascending line numbers; the answer is the last start tag that begins on that line or before. */
  readonly lines: ReadonlyArray<number>
  readonly maxDepth: number
}

/** Indices into the view. */
export interface Found {
  readonly view: View
  readonly paths: ReadonlyMap<string, number>
  readonly lines: ReadonlyMap<number, number>
  readonly root: number | undefined
}

/** A step of the paths looked for; all paths share one tree of them. */
interface Step {
  readonly next: Map<string, Branch>
  readonly ends: Array<string>
}

interface Branch {
  seen: number
  any: Step | undefined
  readonly nth: Map<number, Step>
}

const newStep = (): Step => ({ next: new Map(), ends: [] })

const stepPattern = /\/(?:Q\{([^}]*)\}|([^/[\]:@]+):)?([^/[\]:@]+)(?:\[(\d+)\])?/gu

/** Puts a path into the tree. The first step is the root, whichever name it has. */
const plant = (
  root: Step,
  path: string,
  namespaces: Readonly<Record<string, string>>,
  name: (text: string) => string
): void => {
  const attribute = path.indexOf("/@")
  let at = root
  let first = true
  for (const [, uri, prefix, local, index] of (attribute < 0 ? path : path.slice(0, attribute)).matchAll(stepPattern)) {
    if (first) {
      first = false
      continue
    }
    const key = name(`{${uri ?? (prefix === undefined ? "" : (namespaces[prefix] ?? ""))}}${local}`)
    let branch = at.next.get(key)
    if (branch === undefined) {
      branch = { seen: 0, any: undefined, nth: new Map() }
      at.next.set(key, branch)
    }
    if (index === undefined) {
      branch.any ??= newStep()
      at = branch.any
    } else {
      const place = Number(index)
      const step = branch.nth.get(place) ?? newStep()
      branch.nth.set(place, step)
      at = step
    }
  }
  if (!first) at.ends.push(path)
}

const none: ReadonlyArray<Step> = []

/** Searches a view. */
export const search = (seen: View, namespaces: Readonly<Record<string, string>>, wanted: Wanted): Found => {
  const { text } = seen
  const rootStep = newStep()
  // Names in the view are undecoded; compare in the same form.
  const raw =
    seen.encoding === "UTF-8" ? (name: string) => Buffer.from(name, "utf8").toString("latin1") : (name: string) => name
  for (const path of wanted.paths) plant(rootStep, path, namespaces, raw)

  const paths = new Map<string, number>()
  const lines = new Map<number, number>()
  const lineEnds = endsOfLines(text, wanted.lines)
  let pending = wanted.paths.length
  let nextLine = 0
  let previous: number | undefined
  let root: number | undefined
  const scope = new Namespaces()
  const stack: Array<ReadonlyArray<Step>> = []

  const settle = (start: number): void => {
    for (let end = lineEnds[nextLine]; end !== undefined && end < start; end = lineEnds[nextLine]) {
      lines.set(wanted.lines[nextLine] ?? 0, previous ?? start)
      nextLine++
    }
  }

  const matches = (above: ReadonlyArray<Step>, key: string): ReadonlyArray<Step> => {
    let matched = none
    for (const step of above) {
      const branch = step.next.get(key)
      if (branch === undefined) continue
      branch.seen++
      const nth = branch.nth.get(branch.seen)
      if (nth !== undefined) matched = matched.length === 0 ? [nth] : [...matched, nth]
      if (branch.any !== undefined) matched = matched.length === 0 ? [branch.any] : [...matched, branch.any]
    }
    return matched
  }

  scan(text, {
    open: (start, nameEnd, end, empty) => {
      settle(start)
      previous = start
      if (end - nameEnd > 6) scope.enter(text.slice(nameEnd, end))
      else scope.enterPlain()
      const above = stack.at(-1)
      let matched = none
      if (above === undefined) {
        root ??= start
        matched = [rootStep]
      } else if (above.length > 0) {
        const name = text.slice(start + 1, nameEnd)
        matched = matches(above, scope.resolve(name))
      }
      for (const { ends } of matched) {
        for (const path of ends) {
          if (paths.has(path)) continue
          paths.set(path, start)
          pending--
        }
      }
      if (empty) scope.leave()
      else stack.push(matched)
      return (pending > 0 || nextLine < lineEnds.length) && stack.length <= wanted.maxDepth
    },
    close: () => {
      stack.pop()
      scope.leave()
      return true
    }
  })
  for (; nextLine < wanted.lines.length; nextLine++) {
    if (previous !== undefined) lines.set(wanted.lines[nextLine] ?? 0, previous)
  }
  return { view: seen, paths, lines, root }
}

const endsOfLines = (text: string, lines: ReadonlyArray<number>): ReadonlyArray<number> => {
  const ends: Array<number> = []
  let line = 1
  let at = text.indexOf("\n")
  for (const wanted of lines) {
    for (; line < wanted && at >= 0; line++) at = text.indexOf("\n", at + 1)
    ends.push(at < 0 ? text.length : at)
  }
  return ends
}

/** Positions of paths in a document. */
export const locate = (
  bytes: Uint8Array,
  plan: Pick<Plan, "namespaces">,
  paths: ReadonlyArray<string>,
  maxDepth: number
): Map<string, Position> => {
  const encoding = detect(bytes)
  if (isMisfit(encoding) || paths.length === 0) return new Map()
  const found = search(view(bytes, encoding), plan.namespaces, { paths: [...new Set(paths)], lines: [], maxDepth })
  return positions(found)
}

/** Forward only: a document may be one line of megabytes. */
const positions = ({ view: seen, paths }: Found): Map<string, Position> => {
  const { text } = seen
  const result = new Map<string, Position>()
  let line = 1
  let column = 1
  let at = 0
  let newline = text.indexOf("\n")
  for (const [path, index] of [...paths].sort(([, a], [, b]) => a - b)) {
    while (newline >= 0 && newline < index) {
      line++
      column = 1
      at = newline + 1
      newline = text.indexOf("\n", at)
    }
    column += length(seen, at, index)
    at = index
    result.set(path, { line, column, offset: seen.start + index * seen.unit })
  }
  return result
}
