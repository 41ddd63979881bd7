/**
 * The plan is a layout lowered to plain data: names resolved to namespaces, elements merged into one tree in the order
 * they are written, and one numbered slot a field. It is what workers receive (it survives structured cloning), what
 * the tree is read by and what documents are written from.
 *
 * Lowering throws on an undeclared prefix or an empty path: both are faults of the program, not of any document.
 */
import type { Attributes, Declared, Field, Fields } from "./XmlField.ts"

/** A name with its namespace, and how the layout writes it. */
export interface Name {
  /** Namespace URI, `""` for none. */
  readonly uri: string
  readonly local: string
  /** With the layout's prefix: `cmn:Serial`. */
  readonly step: string
}

export interface AttributeSlot extends Name {
  readonly key: string
}

/** Where one field's value goes. */
export interface Slot {
  readonly kind: "text" | "list" | "present" | "group" | "rows"
  /** Dotted name of the field. */
  readonly field: string
  /** Steps below the root. */
  readonly steps: ReadonlyArray<string>
  readonly attributes: ReadonlyArray<AttributeSlot>
  readonly preserve: boolean
  /** Of rows: the tree below one row element. Slot numbers inside are column numbers. */
  readonly row: Row | undefined
}

export interface Row {
  readonly columns: ReadonlyArray<{
    readonly key: string
    readonly attribute: Name | undefined
    /** The slot whose rows this one stands in: the column tells which of them, from 0. */
    readonly within?: number | undefined
  }>
  readonly node: PlanNode
}

/** An element of the plan. */
export interface PlanNode extends Name {
  readonly children: ReadonlyArray<PlanNode>
  /** Slots filled from this element. */
  readonly slots: ReadonlyArray<number>
}

export interface Plan {
  readonly mapVersion: string
  readonly namespaces: Readonly<Record<string, string>>
  readonly defaultPrefix: string | undefined
  /** The root as it is written. */
  readonly root: PlanNode
  /** Every accepted root name. */
  readonly roots: ReadonlyArray<Name>
  readonly slots: ReadonlyArray<Slot>
}

interface Growing extends Name {
  readonly children: Array<Growing>
  readonly slots: Array<number>
}

export const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

const resolve = (namespaces: Readonly<Record<string, string>>, step: string): Name => {
  const colon = step.indexOf(":")
  if (colon < 0) return { uri: "", local: step, step }
  const prefix = step.slice(0, colon)
  const uri = prefix === "xml" ? xmlNamespace : namespaces[prefix]
  if (uri === undefined) throw new Error(`XML layout: the prefix of "${step}" is not declared`)
  return { uri, local: step.slice(colon + 1), step }
}

const stepsOf = (path: string): ReadonlyArray<string> => {
  const steps = path.split("/")
  if (steps.some((step) => step === "")) throw new Error(`XML layout: "${path}" is not a path below the root`)
  return steps
}

/** Fields carry a tag; a plain object of fields does not (so no field may be called `_tag`). */
export const isField = (value: Field | Fields): value is Field => "_tag" in value

/** Lowers a layout. */
export const lower = <F extends Fields>(declared: Declared<F>): Plan => {
  const names = declared.namespaces
  const grow = (step: string): Growing => ({ ...resolve(names, step), children: [], slots: [] })
  const slots: Array<Slot> = []
  const root = grow(declared.roots[0])

  const descend = (from: Growing, steps: ReadonlyArray<string>): Growing => {
    let at = from
    for (const step of steps) {
      const name = resolve(names, step)
      let next = at.children.find((child) => child.uri === name.uri && child.local === name.local)
      if (next === undefined) {
        next = { ...name, children: [], slots: [] }
        at.children.push(next)
      }
      at = next
    }
    return at
  }

  const attributesOf = (attributes: Attributes): ReadonlyArray<AttributeSlot> =>
    Object.entries(attributes).map(([key, step]) => ({ key, ...resolve(names, step) }))

  /** The rows that a path stands in, declared before. */
  const around = (steps: ReadonlyArray<string>): number | undefined => {
    const found = slots.findLastIndex(
      (slot) =>
        slot.kind === "rows" && slot.steps.length < steps.length && slot.steps.every((step, at) => step === steps[at])
    )
    return found < 0 ? undefined : found
  }

  const rowOf = (columns: Readonly<Record<string, string>>, above: ReadonlyArray<string>): Row => {
    const node = grow(above.at(-1) ?? "")
    const lowered = Object.entries(columns).map(([key, path], number) => {
      if (path === "..") {
        const within = around(above)
        if (within === undefined) throw new Error(`XML layout: "${above.join("/")}" stands in no rows`)
        return { key, attribute: undefined, within }
      }
      const steps = path === "." ? [] : stepsOf(path)
      const last = steps.at(-1)
      const attribute = last?.startsWith("@") === true ? resolve(names, last.slice(1)) : undefined
      descend(node, attribute === undefined ? steps : steps.slice(0, -1)).slots.push(number)
      return { key, attribute }
    })
    return { columns: lowered, node }
  }

  const add = (fields: Fields, from: Growing, above: ReadonlyArray<string>, prefix: string): void => {
    for (const [name, field] of Object.entries(fields)) {
      const dotted = `${prefix}${name}`
      if (!isField(field)) {
        add(field, from, above, `${dotted}.`)
        continue
      }
      const steps = stepsOf(field.path)
      const node = descend(from, steps)
      const all = [...above, ...steps]
      node.slots.push(slots.length)
      const base = { field: dotted, steps: all, attributes: [], preserve: false, row: undefined }
      switch (field._tag) {
        case "Text":
        case "List":
          slots.push({
            ...base,
            kind: field._tag === "Text" ? "text" : "list",
            attributes: attributesOf(field.attributes),
            preserve: field.whitespace === "preserve"
          })
          break
        case "Present":
          slots.push({ ...base, kind: "present" })
          break
        case "Rows":
          slots.push({ ...base, kind: "rows", row: rowOf(field.columns, all) })
          break
        case "Group":
          slots.push({ ...base, kind: "group" })
          add(field.fields, node, all, `${dotted}.`)
      }
    }
  }

  add(declared.fields, root, [], "")
  refuseUnwritable(root, slots, declared.defaultPrefix)
  return {
    mapVersion: declared.mapVersion,
    namespaces: names,
    defaultPrefix: declared.defaultPrefix,
    root,
    roots: declared.roots.map((step) => resolve(names, step)),
    slots
  }
}

/** With a default namespace, a name without namespace or an attribute in the default one could not be written. */
const refuseUnwritable = (node: PlanNode, slots: ReadonlyArray<Slot>, prefix: string | undefined): void => {
  if (prefix === undefined) return
  const attributes = node.slots.flatMap((number) => slots[number]?.attributes ?? [])
  if (node.uri === "" || attributes.some(({ step }) => step.startsWith(`${prefix}:`))) {
    throw new Error(`XML layout: "${node.step}" cannot be written below the default namespace "${prefix}"`)
  }
  for (const child of node.children) refuseUnwritable(child, slots, prefix)
}
