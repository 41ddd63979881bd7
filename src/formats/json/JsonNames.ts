/**
 * Members of a JSON document under names of somebody's own: `rename` moves them to where a schema wants them, `original`
 * says where a place of the moved document stands in the one that came. Names are dotted paths (`header.docNo`).
 *
 * Pure, and nothing is lost: what no name takes stays where it is, and what stands where only a moved member may stand
 * is named in `strays`.
 */
import { member } from "./JsonScan.ts"

export interface Names {
  /** Path in the document, by path in the schema. */
  readonly members: Readonly<Record<string, string>>
  /** Names inside the elements of lists, by the schema's name of the list. */
  readonly lists?: Readonly<Record<string, Names>>
}

export interface Renamed {
  readonly value: unknown
  /** JSONPaths of members that have the schema's name where the names give it another. */
  readonly strays: ReadonlyArray<string>
  /** What is left in objects that members were looked for in: JSONPaths by the object's. */
  readonly left: ReadonlyMap<string, ReadonlyArray<string>>
}

type Members = Readonly<Record<string, unknown>>
type Steps = ReadonlyArray<string | number>

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const own = <A>(members: Readonly<Record<string, A>> | undefined, name: string): A | undefined =>
  members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined

const without = (members: Members, name: string): Members =>
  Object.fromEntries(Object.entries(members).filter(([other]) => other !== name))

const written = (steps: Steps, from = "$"): string => steps.reduce<string>(member, from)

/** The member a path leads to, and what remains; an object with nothing left in it does not. */
const take = (from: Members, [first = "", ...more]: ReadonlyArray<string>): { value: unknown; rest: Members } => {
  const found = own(from, first)
  if (more.length === 0 || found === undefined) return { value: found, rest: without(from, first) }
  if (!isMembers(found)) return { value: undefined, rest: from }
  const { value, rest } = take(found, more)
  return { value, rest: Object.keys(rest).length === 0 ? without(from, first) : { ...from, [first]: rest } }
}

const put = (into: Members, [first = "", ...more]: ReadonlyArray<string>, value: unknown): Members => {
  const inner = own(into, first)
  return { ...into, [first]: more.length === 0 ? value : put(isMembers(inner) ? inner : {}, more, value) }
}

/** Moves the members of a document to where the schema has them. */
export const rename = (document: unknown, names: Names): Renamed => {
  const strays: Array<string> = []
  const left = new Map<string, ReadonlyArray<string>>()

  const lookedIn = (rest: Members, steps: ReadonlyArray<string>, at: string): void => {
    const [first = "", ...more] = steps
    const inner = own(rest, first)
    if (more.length === 0 || !isMembers(inner)) return
    const path = member(at, first)
    left.set(
      path,
      Object.keys(inner).map((name) => member(path, name))
    )
    lookedIn(inner, more, path)
  }

  const moved = (value: unknown, { members, lists = {} }: Names, at: string): unknown => {
    if (!isMembers(value)) return value
    let rest = value
    const taken: Array<readonly [ReadonlyArray<string>, unknown]> = []
    for (const [name, path] of Object.entries(members)) {
      const found = take(rest, path.split("."))
      rest = found.rest
      if (found.value !== undefined) taken.push([name.split("."), found.value])
    }
    for (const path of Object.values(members)) lookedIn(rest, path.split("."), at)
    for (const name of Object.keys(members)) {
      const stray = take(rest, name.split("."))
      if (stray.value === undefined) continue
      rest = stray.rest
      strays.push(written(name.split("."), at))
    }
    for (const [steps, found] of taken) {
      const [first = ""] = steps
      const inner = own(rest, first)
      if (steps.length > 1 && inner !== undefined && !isMembers(inner)) strays.push(member(at, first))
      rest = put(rest, steps, found)
    }
    for (const [name, inner] of Object.entries(lists)) {
      const list = own(rest, name)
      const path = written((own(members, name) ?? name).split("."), at)
      if (Array.isArray(list))
        rest = { ...rest, [name]: list.map((element, index) => moved(element, inner, member(path, index))) }
    }
    return rest
  }

  return { value: moved(document, names, "$"), strays, left }
}

const stepsOf = (path: string): Steps =>
  [...path.matchAll(/\.([^.[\]]+)|\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]/gu)].map(([, name, quoted, index]) =>
    index === undefined ? (name ?? String(JSON.parse(quoted ?? '""'))) : Number(index)
  )

const translated = (steps: Steps, names: Names): Steps => {
  for (let length = steps.length; length > 0; length -= 1) {
    const key = steps.slice(0, length).join(".")
    const path = own(names.members, key)
    const inner = own(names.lists, key)
    if (path === undefined && inner === undefined) continue
    const [index, ...rest] = steps.slice(length)
    const head = path === undefined ? steps.slice(0, length) : path.split(".")
    if (index === undefined) return head
    return [...head, index, ...(inner === undefined ? rest : translated(rest, inner))]
  }
  // An object whose members came from elsewhere stands where the first of them does.
  const part = Object.entries(names.members).find(([name]) => name.startsWith(`${steps.join(".")}.`))
  return part === undefined || steps.length === 0 ? steps : part[1].split(".").slice(0, -1)
}

/** The JSONPath in the document as it came, for one in the renamed document. */
export const original = (path: string, names: Names): string => written(translated(stepsOf(path), names))
