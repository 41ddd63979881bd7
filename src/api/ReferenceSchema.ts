/**
 * JSON Schema as people read it: a type in one line, with links to what is defined elsewhere, and a table of the fields
 * of each definition. Pure; everything that comes from the document is escaped.
 */
import { Predicate } from "effect"

export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

export const code = (text: string): string => `<code>${escaped(text)}</code>`

/** Text in which backticks mean code. */
export const prose = (text: string): string =>
  text
    .split(/`([^`]*)`/u)
    .map((part, index) => (index % 2 === 1 ? code(part) : escaped(part)))
    .join("")

/** The document calls what travels over the wire "Encoded"; to readers it is the thing itself. */
const plain = (name: string): string => name.replace(/Encoded\d*$/u, "")

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (Predicate.isObject(value) ? { ...value } : {})

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const link = (ref: string): string => {
  const name = plain(ref.slice(ref.lastIndexOf("/") + 1))
  return `<a href="#schema-${escaped(name)}">${escaped(name)}</a>`
}

/** More than this many words of a list are in the way of reading. */
const mostWords = 24

const words = (values: ReadonlyArray<unknown>): string => {
  const shown = values.slice(0, mostWords).map((value) => code(String(value)))
  return values.length > mostWords ? `${shown.join(", ")}, …` : shown.join(", ")
}

/** A type in one line. */
export const typeOf = (schema: unknown): string => {
  const { $ref, type, items, anyOf, oneOf, allOf, format, additionalProperties, properties, ...rest } = fieldsOf(schema)
  const values = listOf(rest["enum"])
  if (typeof $ref === "string") return link($ref)
  if (values.length > 0) return words(values)
  if ("const" in rest) return code(String(rest["const"]))
  const union = [...listOf(anyOf), ...listOf(oneOf)]
  if (union.length > 0) return [...new Set(union.map(typeOf))].join(" or ")
  if (type === "array") return `list of ${typeOf(items)}`
  if (type === "object" && Predicate.isObject(properties)) {
    const required = new Set(listOf(rest["required"]))
    const fields = Object.entries(properties).map(
      ([name, field]) => `${code(name)}${required.has(name) ? "" : "?"}: ${typeOf(field)}`
    )
    return `{ ${fields.join("; ")} }`
  }
  if (type === "object" && Predicate.isObject(additionalProperties)) return `object of ${typeOf(additionalProperties)}`
  const [only] = listOf(allOf)
  if (type === undefined && only !== undefined) return typeOf(only)
  return typeof type === "string" ? `${type}${typeof format === "string" ? ` (${escaped(format)})` : ""}` : "anything"
}

/** The example of a value that is one word. */
const exampleOf = (schema: Fields): string | undefined => {
  const [example] = listOf(schema["examples"])
  return typeof example === "string" ? `(for example \`${example}\`)` : undefined
}

/** What is said about a schema, its limits and its example included. */
export const descriptionOf = (schema: unknown): string => {
  const all = [fieldsOf(schema), ...listOf(fieldsOf(schema)["allOf"]).map(fieldsOf)]
  const of = (name: string) => all.map((one) => one[name]).find((value) => value !== undefined)
  const limits = [
    ["at least", of("minimum")],
    ["at most", of("maximum")],
    ["no longer than", of("maxLength")]
  ].flatMap(([what, value]) => (typeof value === "number" ? [`${what} ${value}`] : []))
  const said = of("description")
  const text = typeof said === "string" ? said : ""
  return [text, limits.length === 0 ? "" : `(${limits.join(", ")})`, exampleOf(fieldsOf(schema)) ?? ""]
    .filter((part) => part !== "")
    .join(" ")
}

const definition = (name: string, schema: unknown): string => {
  const { properties, ...rest } = fieldsOf(schema)
  const required = new Set(listOf(rest["required"]))
  const rows = Object.entries(fieldsOf(properties)).map(
    ([field, of]) =>
      `<tr><td>${code(field)}</td><td>${typeOf(of)}</td><td>${required.has(field) ? "" : "Optional. "}${prose(descriptionOf(of))}</td></tr>`
  )
  const body =
    rows.length === 0
      ? `<p>${typeOf(schema)}</p>`
      : `<table><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.join("")}</tbody></table>`
  const examples = listOf(rest["examples"])
    .filter(Predicate.isObject)
    .map((example) => `<pre>${escaped(JSON.stringify(example, null, 2))}</pre>`)
  return `<section id="schema-${escaped(plain(name))}"><h3>${escaped(plain(name))}</h3><p>${prose(descriptionOf(rest))}</p>${body}${examples.join("")}</section>`
}

/** Every definition, by name. */
export const definitions = (schemas: Fields): string =>
  Object.entries(schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => definition(name, schema))
    .join("\n")
