/**
 * What is wrong with a request, fault by fault, as problems tell it: from the issues of schemas that decoded its
 * parameters, from those of a JSON body, and from rules that found an element wrong. Pure.
 */
import { type Schema, SchemaIssue } from "effect"
import type * as Json from "../formats/Json.ts"
import { type Fault, Invalid } from "./Problems.ts"

/** Longer values are not sent back: whoever sent them has them. */
const longestValue = 100

/** Faults that a problem's text names; its list has all. */
const named = 3

/** The element of a JSON body as a JSON Pointer. */
const pointerOf = (element: string): string =>
  [...element.matchAll(/\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|([^.[\]]+)/gu)]
    .map(([, quoted, index, name]) => (quoted === undefined ? (index ?? name ?? "") : String(JSON.parse(quoted))))
    .map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("")

/** A fault at an element of a JSON body, which stands below `at`, where it says so. */
export const inBody = (element: string, message: string, at = ""): Fault => ({
  in: "body",
  element,
  pointer: pointerOf(at + element),
  message
})

export const inQuery = (element: string, message: string): Fault => ({ in: "query", element, message })

const shown = (value: string | undefined) => (value === undefined || value.length > longestValue ? {} : { value })

/** What is wrong with a JSON body. */
export const ofJson = (issues: ReadonlyArray<Json.Issue>): ReadonlyArray<Fault> =>
  issues.map(({ path = "$", line, column, value, message }) => ({
    ...inBody(path.replace(/^\$\.?/u, ""), message),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...shown(value)
  }))

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const noSuchParameter = "There is no such parameter."

/** Words for faults that Effect names by its own terms. */
const plainly: Readonly<Record<string, string>> = {
  "Expected no excess property": noSuchParameter,
  "Missing key": "It is missing."
}

/** Parameters by their names, as they came. */
export type Values = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

const sent = (values: Values, name: string) => {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  return shown(typeof value === "string" ? value : value?.join(", "))
}

const nameOf = (name: string): string => name.slice(0, longestValue).toWellFormed()

/** Parameters where there are none. */
export const ofUnknown = (values: Values): ReadonlyArray<Fault> =>
  Object.keys(values).map((name) => ({
    in: "query",
    element: nameOf(name),
    ...sent(values, name),
    message: noSuchParameter
  }))

/** What is wrong with parameters, which came with these values. */
export const ofParameters = (where: Fault["in"], error: Schema.SchemaError, values: Values): ReadonlyArray<Fault> =>
  format(error.issue).issues.map(({ path = [], message }): Fault => {
    const [first] = path
    const name = String(typeof first === "object" ? first.key : (first ?? ""))
    return {
      in: where,
      element: nameOf(name),
      ...sent(values, name),
      message: plainly[message] ?? `${message}.`
    }
  })

const said = ({ element, message }: Fault): string => (element === "" ? message : `${element}: ${message}`)

/** What a problem with these faults says to people. */
export const detailOf = (faults: ReadonlyArray<Fault>): string => {
  const more = faults.length - named
  return [...faults.slice(0, named).map(said), ...(more > 0 ? [`And ${more} more.`] : [])].join(" ")
}

/** The refusal of a request with these faults. */
export const refused = (faults: ReadonlyArray<Fault>): Invalid =>
  new Invalid({ detail: detailOf(faults), errors: faults })
