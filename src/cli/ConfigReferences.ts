/**
 * Secrets of the configuration file. The file never holds one: it says where it is, `{ env: NAME }` or `{ file: path }`,
 * so that the file can be shown, mailed and committed. Any other text may be said that way too.
 *
 * `resolve` replaces every reference by what it stands for and collects everything that is wrong: a variable that is not
 * set, a file that cannot be read, a secret that stands in the file itself. No fault says what a secret is.
 */
import { readFile } from "node:fs/promises"
import { resolve as resolvePath } from "node:path"
import { Predicate, Redacted } from "effect"

export interface Fault {
  readonly path: string
  readonly message: string
}

/** Fields that hold secrets, whatever they belong to. */
const secrets = new Set(["password", "passphrase", "privateKey", "token", "signingKey", "key"])

/** Addresses in which a password could stand. */
const addresses = new Set(["url"])

const hasPassword = (text: string): boolean => URL.canParse(text) && new URL(text).password !== ""

const byReference = "must not stand in the file: write { env: NAME } or { file: path }"

type Reference = { readonly env: string } | { readonly file: string }

const referenceOf = (value: object): Reference | undefined => {
  const fields = Object.entries(value)
  const [field, text] = fields[0] ?? []
  if (fields.length !== 1 || typeof text !== "string") return undefined
  if (field === "env") return { env: text }
  return field === "file" ? { file: text } : undefined
}

/** What an item of a list is called: its `company`, and the one it is `with`; undefined where it has none. */
const nameOf = (item: unknown): string | undefined => {
  if (!Predicate.hasProperty(item, "company") || typeof item.company !== "string") return undefined
  return Predicate.hasProperty(item, "with") && typeof item.with === "string"
    ? `${item.company} with ${item.with}`
    : item.company
}

/** A place in the words of the file: an item of a list by its name where only one has it, else by its number from 0. */
export const placeOf = (root: unknown, steps: ReadonlyArray<PropertyKey>): string => {
  let at = root
  let text = ""
  for (const step of steps) {
    const items: ReadonlyArray<unknown> | undefined = Array.isArray(at) ? at : undefined
    at = Predicate.hasProperty(at, step) ? at[step] : undefined
    const name = nameOf(at)
    const isUnique = name !== undefined && items?.filter((item) => nameOf(item) === name).length === 1
    if (items !== undefined) text += `[${isUnique ? name : String(step)}]`
    else text += text === "" ? String(step) : `.${String(step)}`
  }
  return text
}

export interface Resolved {
  readonly value: unknown
  readonly faults: ReadonlyArray<Fault>
}

export interface Surroundings {
  /** Files are looked for from here: the folder of the configuration file. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether the secret at this place is wanted as `Redacted` already. */
  readonly isRedacted: (steps: ReadonlyArray<PropertyKey>) => boolean
}

export const resolve = async (root: unknown, surroundings: Surroundings): Promise<Resolved> => {
  const faults: Array<Fault> = []

  const read = async (reference: Reference, steps: ReadonlyArray<PropertyKey>): Promise<string | undefined> => {
    const fail = (message: string) => void faults.push({ path: placeOf(root, steps), message })
    if ("env" in reference) {
      const value = surroundings.environment[reference.env]
      if (value !== undefined && value !== "") return value
      return fail(`the environment variable ${reference.env} is not set`)
    }
    const path = resolvePath(surroundings.folder, reference.file)
    const text = await readFile(path, "utf8").catch(() => undefined)
    if (text === undefined) return fail(`the file ${path} cannot be read`)
    const value = text.replace(/\r?\n$/u, "")
    return value === "" ? fail(`the file ${path} is empty`) : value
  }

  const walk = async (value: unknown, steps: ReadonlyArray<PropertyKey>): Promise<unknown> => {
    const last = steps.at(-1)
    const isSecret = typeof last === "string" && secrets.has(last)
    if (typeof value === "string") {
      const isOpen = isSecret || (typeof last === "string" && addresses.has(last) && hasPassword(value))
      if (!isOpen) return value
      faults.push({ path: placeOf(root, steps), message: byReference })
      return undefined
    }
    if (Array.isArray(value)) return Promise.all(value.map((item: unknown, at) => walk(item, [...steps, at])))
    if (!Predicate.isObject(value)) return value
    const reference = referenceOf(value)
    if (reference !== undefined) {
      const text = await read(reference, steps)
      return text !== undefined && isSecret && surroundings.isRedacted(steps) ? Redacted.make(text) : text
    }
    return Object.fromEntries(
      await Promise.all(
        Object.entries(value).map(async ([name, field]) => [name, await walk(field, [...steps, name])] as const)
      )
    )
  }

  return { value: await walk(root, []), faults }
}
