/**
 * Writes a value as a document of its layout: elements in the order the fields are declared, shared parents once,
 * namespaces on the root, two blanks of indentation. What is written here is read back the same (white space of
 * `collapse` fields apart, which reads collapsed).
 *
 * Fails with `Unwritable` for a character that XML 1.0 cannot carry; it never writes a document that does not parse.
 */
import { Effect } from "effect"
import { Unwritable, XmlError } from "./XmlError.ts"
import type { Fields, Layout, WriteFields } from "./XmlLayout.ts"
import { isField, type Name, type Plan, type PlanNode, type Row, type Slot } from "./XmlPlan.ts"

/** What is to be written for one slot. */
type Cell =
  | { readonly kind: "text"; readonly value: string; readonly attributes: ReadonlyArray<string | undefined> }
  | { readonly kind: "list"; readonly values: ReadonlyArray<string>; readonly attributes: ReadonlyArray<Column> }
  | { readonly kind: "rows"; readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>> }
  | { readonly kind: "empty" }

type Column = ReadonlyArray<unknown> | string | undefined

/** Everything but the characters of XML 1.0, section 2.2. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u

const textEscapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" }
const attributeEscapes: Readonly<Record<string, string>> = {
  ...textEscapes,
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;"
}

const escapeText = (value: string): string =>
  /[&<>\r]/u.test(value) ? value.replace(/[&<>\r]/gu, (found) => textEscapes[found] ?? found) : value

const escapeAttribute = (value: string): string =>
  /[&<>"\t\n\r]/u.test(value) ? value.replace(/[&<>"\t\n\r]/gu, (found) => attributeEscapes[found] ?? found) : value

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null
const isArray = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)
const member = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined)
const strings = (values: unknown): ReadonlyArray<string> =>
  isArray(values) ? values.map((value) => (typeof value === "string" ? value : "")) : []

/** Sorts the value's parts into the layout's slots, by field name. */
const gather = (fields: Fields, value: unknown, prefix: string, cells: Map<string, Cell>): void => {
  if (!isRecord(value)) return
  for (const [name, field] of Object.entries(fields)) {
    const part = value[name]
    if (part === undefined || part === null) continue
    const dotted = `${prefix}${name}`
    if (!isField(field)) {
      gather(field, part, `${dotted}.`, cells)
      continue
    }
    switch (field._tag) {
      case "Text": {
        const attributes = member(part, "attributes")
        cells.set(dotted, {
          kind: "text",
          value: asText(isRecord(part) ? member(part, "value") : part) ?? "",
          attributes: Object.keys(field.attributes).map((key) => asText(member(attributes, key)))
        })
        break
      }
      case "List": {
        const columns = member(part, "attributes")
        const values = strings(isArray(part) ? part : member(part, "values"))
        if (values.length > 0) {
          cells.set(dotted, {
            kind: "list",
            values,
            attributes: Object.keys(field.attributes).map((key) => asColumn(member(columns, key)))
          })
        }
        break
      }
      case "Present":
        if (part === true) cells.set(dotted, { kind: "empty" })
        break
      case "Rows":
        if (isArray(part) && part.length > 0) cells.set(dotted, { kind: "rows", rows: part.filter(isRecord) })
        break
      case "Group":
        cells.set(dotted, { kind: "empty" })
        gather(field.fields, part, `${dotted}.`, cells)
    }
  }
}

const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)
const asColumn = (value: unknown): Column => (typeof value === "string" || isArray(value) ? value : undefined)

/** Writes the tree into lines; one instance writes one document. */
class Writer {
  readonly lines: Array<string> = ['<?xml version="1.0" encoding="UTF-8"?>']
  readonly #plan: Plan
  readonly #cells: ReadonlyMap<string, Cell>
  readonly #filled = new Map<PlanNode, boolean>()

  constructor(plan: Plan, cells: ReadonlyMap<string, Cell>) {
    this.#plan = plan
    this.#cells = cells
    const declarations = Object.entries(plan.namespaces).map(([prefix, uri]) =>
      prefix === plan.defaultPrefix ? ` xmlns="${escapeAttribute(uri)}"` : ` xmlns:${prefix}="${escapeAttribute(uri)}"`
    )
    this.#element(plan.root, declarations.join(""), "")
  }

  #cellsOf(node: PlanNode): ReadonlyArray<readonly [Slot, Cell]> {
    return node.slots.flatMap((number) => {
      const slot = this.#plan.slots[number]
      const cell = slot === undefined ? undefined : this.#cells.get(slot.field)
      return slot === undefined || cell === undefined ? [] : [[slot, cell] as const]
    })
  }

  #hasContent(node: PlanNode): boolean {
    const known = this.#filled.get(node)
    if (known !== undefined) return known
    const filled = this.#cellsOf(node).length > 0 || node.children.some((child) => this.#hasContent(child))
    this.#filled.set(node, filled)
    return filled
  }

  #name(name: Name): string {
    return name.step.startsWith(`${this.#plan.defaultPrefix}:`) ? name.local : name.step
  }

  #attributes(names: ReadonlyArray<Name>, values: ReadonlyArray<string | undefined>): string {
    return names
      .map(({ step }, at) => {
        const value = values[at]
        return value === undefined ? "" : ` ${step}="${escapeAttribute(value)}"`
      })
      .join("")
  }

  #children(node: PlanNode, indent: string): void {
    for (const child of node.children) if (this.#hasContent(child)) this.#node(child, indent)
  }

  #node(node: PlanNode, indent: string): void {
    let attributes = ""
    let text = ""
    for (const [slot, cell] of this.#cellsOf(node)) {
      if (cell.kind === "list") {
        this.#list(node, slot, cell, indent)
        return
      }
      if (cell.kind === "rows" && slot.row !== undefined) {
        for (const row of cell.rows) this.#row(slot.row.node, slot.row, row, indent)
        return
      }
      if (cell.kind === "text") {
        attributes += this.#attributes(slot.attributes, cell.attributes)
        text += cell.value
      }
    }
    this.#element(node, attributes, text, indent)
  }

  #element(node: PlanNode, attributes: string, text: string, indent = ""): void {
    const name = this.#name(node)
    if (node.children.some((child) => this.#hasContent(child))) {
      this.lines.push(`${indent}<${name}${attributes}>${escapeText(text)}`)
      this.#children(node, `${indent}  `)
      this.lines.push(`${indent}</${name}>`)
    } else this.#leaf(name, attributes, text, indent)
  }

  #leaf(name: string, attributes: string, text: string, indent: string): void {
    this.lines.push(
      text === "" ? `${indent}<${name}${attributes}/>` : `${indent}<${name}${attributes}>${escapeText(text)}</${name}>`
    )
  }

  #list(node: PlanNode, slot: Slot, cell: Cell & { readonly kind: "list" }, indent: string): void {
    const name = this.#name(node)
    const constant = cell.attributes.every((column) => column === undefined || typeof column === "string")
    const shared = constant ? this.#attributes(slot.attributes, cell.attributes.map(asText)) : undefined
    cell.values.forEach((value, at) => {
      const attributes =
        shared ??
        this.#attributes(
          slot.attributes,
          cell.attributes.map((column) => asText(isArray(column) ? column[at] : column))
        )
      this.#leaf(name, attributes, value, indent)
    })
  }

  /** One row: like an element of the plan, with columns for slots. */
  #row(node: PlanNode, row: Row, values: Readonly<Record<string, unknown>>, indent: string): void {
    let attributes = ""
    let text = ""
    for (const number of node.slots) {
      const column = row.columns[number]
      const value = column === undefined ? undefined : asText(values[column.key])
      if (column === undefined || value === undefined) continue
      if (column.attribute === undefined) text += value
      else attributes += this.#attributes([column.attribute], [value])
    }
    const name = this.#name(node)
    const inside = node.children.filter((child) => rowHasContent(child, row, values))
    if (inside.length === 0) {
      this.#leaf(name, attributes, text, indent)
      return
    }
    this.lines.push(`${indent}<${name}${attributes}>${escapeText(text)}`)
    for (const child of inside) this.#row(child, row, values, `${indent}  `)
    this.lines.push(`${indent}</${name}>`)
  }
}

const rowHasContent = (node: PlanNode, row: Row, values: Readonly<Record<string, unknown>>): boolean =>
  node.slots.some((number) => typeof values[row.columns[number]?.key ?? ""] === "string") ||
  node.children.some((child) => rowHasContent(child, row, values))

/** Every string that goes into the document, with the place it goes to. */
function* written(plan: Plan, cells: ReadonlyMap<string, Cell>): Generator<readonly [path: string, value: string]> {
  for (const slot of plan.slots) {
    const at = [plan.root.step, ...slot.steps].map((step) => `/${step}`).join("")
    const cell = cells.get(slot.field)
    if (cell?.kind === "text") {
      yield [at, cell.value]
      for (const value of cell.attributes) yield [at, value ?? ""]
    } else if (cell?.kind === "list") {
      for (const [index, value] of cell.values.entries()) yield [`${at}[${index + 1}]`, value]
      for (const column of cell.attributes) for (const value of [column ?? []].flat()) yield [at, String(value ?? "")]
    } else if (cell?.kind === "rows") {
      for (const [index, row] of cell.rows.entries())
        for (const value of Object.values(row)) yield [`${at}[${index + 1}]`, String(value ?? "")]
    }
  }
}

const unwritable = (plan: Plan, cells: ReadonlyMap<string, Cell>): XmlError => {
  for (const [path, value] of written(plan, cells)) {
    const found = illegal.exec(value)?.[0]?.codePointAt(0)
    if (found !== undefined) {
      const code = `U+${found.toString(16).toUpperCase().padStart(4, "0")}`
      return new XmlError({ reason: new Unwritable({ path, detail: `XML has no place for the character ${code}` }) })
    }
  }
  return new XmlError({
    reason: new Unwritable({ path: `/${plan.root.step}`, detail: "a character that XML cannot carry" })
  })
}

/** The value as a document, UTF-8 text with XML declaration and final line end. */
export const write = <F extends Fields>(layout: Layout<F>, value: WriteFields<F>): Effect.Effect<string, XmlError> =>
  Effect.suspend(() => {
    const cells = new Map<string, Cell>()
    gather(layout.fields, value, "", cells)
    const document = `${new Writer(layout.plan, cells).lines.join("\n")}\n`
    return illegal.test(document) ? Effect.fail(unwritable(layout.plan, cells)) : Effect.succeed(document)
  })
