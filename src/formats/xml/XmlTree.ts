/**
 * Reads a layout's fields out of a parsed document in one walk over libxml2's own nodes, whatever prefixes the sender
 * used. Lists come back packed (bytes between separators), because 100,000 strings would cost more to hand from thread
 * to thread than to read.
 *
 * The walk also finds what libxml2 does not limit: nesting, attributes and texts longer than configured. It stops there
 * and says where.
 */
import { type Libxml, nodeTypes, offsets, type Pointer } from "./XmlLibxml.ts"
import type { Packed } from "./XmlPacked.ts"
import { Packer } from "./XmlPacked.ts"
import type { Name, Plan, PlanNode, Slot } from "./XmlPlan.ts"

/** What one slot holds. Attributes are in the order of the slot's own. */
export type Cell =
  | { readonly kind: "absent" }
  | { readonly kind: "present" }
  | {
      readonly kind: "text"
      readonly value: string
      readonly occurrences: number
      readonly attributes: ReadonlyArray<string | undefined>
    }
  | { readonly kind: "list"; readonly values: Packed; readonly attributes: ReadonlyArray<Packed | undefined> }
  | { readonly kind: "rows"; readonly rows: ReadonlyArray<ReadonlyArray<string | undefined>> }

export interface Limits {
  readonly maxDepth: number
  readonly maxAttribute: number
  readonly maxText: number
}

/** Why the walk stopped. */
export interface Excess {
  readonly rule: "xml/too-deep" | "xml/attribute-too-long" | "xml/text-too-long"
  readonly limit: number
  readonly node: Pointer
}

/** An element of the plan with what it gathers. */
interface Gathering {
  readonly node: PlanNode
  readonly children: ReadonlyArray<Gathering>
  readonly takes: ReadonlyArray<Taking>
}

/** A slot while it is being filled. */
interface Taking {
  readonly slot: Slot
  occurrences: number
  value: string
  attributes: Array<string | undefined>
  readonly values: Packer
  readonly columns: Array<Packer | undefined>
  readonly rows: Array<Array<string | undefined>>
}

const { node: N, attribute: A, namespace: NS } = offsets

/** Reads one document. Holds pointers: use it only while the document lives. */
export class Tree {
  readonly #libxml: Libxml
  readonly #plan: Plan
  readonly #limits: Limits
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #strings = new Map<Pointer, string>()
  readonly #takings: Array<Taking> = []
  readonly #packer = new Packer(1024)

  constructor(libxml: Libxml, plan: Plan, limits: Limits) {
    this.#libxml = libxml
    this.#plan = plan
    this.#limits = limits
    // Nothing below allocates on the heap, so its views stay valid.
    this.#words = libxml.words
    this.#bytes = libxml.bytes
  }

  /** Whether a node bears the name. */
  is(node: Pointer, name: Name): boolean {
    return this.local(node) === name.local && this.uri(node) === name.uri
  }

  /** Local name; libxml2 keeps each name once a document, so they are decoded once. */
  local(node: Pointer): string {
    return this.#interned(this.#word(node + N.name))
  }

  uri(node: Pointer): string {
    const namespace = this.#word(node + N.namespace)
    return namespace === 0 ? "" : this.#interned(this.#word(namespace + NS.uri))
  }

  /** Reads all slots, or says what is too long or too deep. */
  read(root: Pointer): ReadonlyArray<Cell> | Excess {
    const gathering = this.#prepare(this.#plan.root)
    const excess = this.#walk(root, gathering)
    return excess ?? this.#takings.map(finish)
  }

  #word(at: Pointer): number {
    return this.#words[at >> 2] ?? 0
  }

  #interned(at: Pointer): string {
    let text = this.#strings.get(at)
    if (text === undefined) {
      text = this.#libxml.string(at)
      this.#strings.set(at, text)
    }
    return text
  }

  #prepare(node: PlanNode): Gathering {
    const takes = node.slots.flatMap((number) => {
      const slot = this.#plan.slots[number]
      if (slot === undefined) return []
      const columns = slot.attributes.map(() => undefined)
      const taking: Taking = {
        slot,
        occurrences: 0,
        value: "",
        attributes: [],
        values: new Packer(),
        columns,
        rows: []
      }
      this.#takings[number] = taking
      return [taking]
    })
    return { node, takes, children: node.children.map((child) => this.#prepare(child)) }
  }

  /** Depth first without recursion: the nesting is the sender's. */
  #walk(root: Pointer, gathering: Gathering): Excess | undefined {
    const { maxDepth } = this.#limits
    const path: Array<Gathering | undefined> = []
    let above: Gathering | undefined
    let at = root
    let current: Gathering | undefined = gathering
    // Siblings of a list share name and namespace pointers: the last look-up answers for all of them.
    let lastAbove: Gathering | undefined
    let lastName = 0
    let lastNamespace = 0
    let last: Gathering | undefined
    for (;;) {
      if (this.#word(at + N.type) === nodeTypes.element) {
        if (path.length >= maxDepth) return { rule: "xml/too-deep", limit: maxDepth, node: at }
        if (path.length > 0) {
          const name = this.#word(at + N.name)
          const namespace = this.#word(at + N.namespace)
          if (above === lastAbove && name === lastName && namespace === lastNamespace) current = last
          else {
            current = above === undefined ? undefined : above.children.find(({ node }) => this.is(at, node))
            lastAbove = above
            lastName = name
            lastNamespace = namespace
            last = current
          }
        }
        const excess = this.#takeAttributesFit(at) ?? (current === undefined ? undefined : this.#take(at, current))
        if (excess !== undefined) return excess
        const child = this.#word(at + N.children)
        if (child !== 0 && !this.#isTextOnly(child)) {
          path.push(above)
          above = current
          at = child
          continue
        }
      }
      for (;;) {
        if (path.length === 0) return undefined
        const next = this.#word(at + N.next)
        if (next !== 0) {
          at = next
          break
        }
        at = this.#word(at + N.parent)
        above = path.pop()
      }
    }
  }

  #isTextOnly(child: Pointer): boolean {
    return this.#word(child + N.type) === nodeTypes.text && this.#word(child + N.next) === 0
  }

  #takeAttributesFit(node: Pointer): Excess | undefined {
    const { maxAttribute } = this.#limits
    for (let at = this.#word(node + N.attributes); at !== 0; at = this.#word(at + A.next)) {
      const value = this.#word(at + A.children)
      if (value !== 0 && this.#isLonger(this.#word(value + N.content), maxAttribute)) {
        return { rule: "xml/attribute-too-long", limit: maxAttribute, node }
      }
    }
    return undefined
  }

  /** In bytes, which is where memory goes; characters beyond ASCII count as two to four. */
  #isLonger(at: Pointer, limit: number): boolean {
    if (at === 0) return false
    for (let end = at; end <= at + limit; end++) if (this.#bytes[end] === 0) return false
    return true
  }

  #take(node: Pointer, { takes }: Gathering): Excess | undefined {
    for (const taking of takes) {
      taking.occurrences++
      const { slot } = taking
      if (slot.kind === "text") {
        if (taking.occurrences > 1) continue
        taking.value = this.#text(node, slot.preserve)
        taking.attributes = slot.attributes.map((name) => this.#attribute(node, name, slot.preserve))
        if (taking.value.length > this.#limits.maxText) {
          return { rule: "xml/text-too-long", limit: this.#limits.maxText, node }
        }
      } else if (slot.kind === "list") this.#takeItem(node, taking)
      else if (slot.kind === "rows") this.#takeRow(node, taking)
    }
    return undefined
  }

  #takeItem(node: Pointer, taking: Taking): void {
    this.#pack(node, taking.values, taking.slot.preserve)
    taking.values.next()
    const { attributes } = taking.slot
    for (let number = 0; number < attributes.length; number++) {
      const name = attributes[number]
      if (name === undefined) continue
      let column = taking.columns[number]
      const value = this.#word(node + N.attributes) === 0 ? 0 : this.#findAttribute(node, name)
      if (value === 0) {
        column?.absent()
        continue
      }
      if (column === undefined) {
        column = new Packer()
        for (let before = 1; before < taking.occurrences; before++) column.absent()
        taking.columns[number] = column
      }
      const content = this.#word(value + A.children)
      if (content !== 0) column.add(this.#bytes, this.#word(content + N.content), taking.slot.preserve)
      column.next()
    }
  }

  #takeRow(node: Pointer, taking: Taking): void {
    const { row } = taking.slot
    if (row === undefined) return
    const values: Array<string | undefined> = row.columns.map(({ within }) =>
      within === undefined ? undefined : String((this.#takings[within]?.occurrences ?? 1) - 1)
    )
    const visit = (at: Pointer, planned: PlanNode): void => {
      for (const number of planned.slots) {
        const column = row.columns[number]
        if (column === undefined || values[number] !== undefined) continue
        values[number] =
          column.attribute === undefined ? this.#text(at, false) : this.#attribute(at, column.attribute, false)
      }
      if (planned.children.length === 0) return
      for (let child = this.#word(at + N.children); child !== 0; child = this.#word(child + N.next)) {
        if (this.#word(child + N.type) !== nodeTypes.element) continue
        const next = planned.children.find((candidate) => this.is(child, candidate))
        if (next !== undefined) visit(child, next)
      }
    }
    visit(node, row.node)
    taking.rows.push(values)
  }

  /** Adds an element's own text, also where comments or CDATA sections part it. */
  #pack(node: Pointer, into: Packer, preserve: boolean): void {
    for (let child = this.#word(node + N.children); child !== 0; child = this.#word(child + N.next)) {
      const type = this.#word(child + N.type)
      if (type === nodeTypes.text || type === nodeTypes.cdata)
        into.add(this.#bytes, this.#word(child + N.content), preserve)
    }
  }

  #text(node: Pointer, preserve: boolean): string {
    this.#packer.reset()
    this.#pack(node, this.#packer, preserve)
    return this.#packer.text()
  }

  #findAttribute(node: Pointer, { local, uri }: Name): Pointer {
    for (let at = this.#word(node + N.attributes); at !== 0; at = this.#word(at + A.next)) {
      if (this.local(at) === local && this.uri(at) === uri) return at
    }
    return 0
  }

  #attribute(node: Pointer, name: Name, preserve: boolean): string | undefined {
    const found = this.#findAttribute(node, name)
    if (found === 0) return undefined
    const content = this.#word(found + A.children)
    this.#packer.reset()
    if (content !== 0) this.#packer.add(this.#bytes, this.#word(content + N.content), preserve)
    return this.#packer.text()
  }

  /** Start of an element's text, for reports; `undefined` where it holds elements. */
  excerpt(node: Pointer, limit: number): string | undefined {
    let text = ""
    for (let child = this.#word(node + N.children); child !== 0; child = this.#word(child + N.next)) {
      const type = this.#word(child + N.type)
      if (type === nodeTypes.element) return undefined
      if (type === nodeTypes.text || type === nodeTypes.cdata) {
        if (text.length < limit) text += this.#libxml.string(this.#word(child + N.content), limit * 4)
      }
    }
    return text.length > limit ? `${text.slice(0, limit)}…` : text
  }

  /** Start of an attribute's value, by local name. */
  attributeExcerpt(node: Pointer, local: string, limit: number): string | undefined {
    for (let at = this.#word(node + N.attributes); at !== 0; at = this.#word(at + A.next)) {
      if (this.local(at) !== local) continue
      const content = this.#word(at + A.children)
      return content === 0 ? "" : this.#libxml.string(this.#word(content + N.content), limit)
    }
    return undefined
  }

  parent(node: Pointer): Pointer {
    const parent = this.#word(node + N.parent)
    return this.#word(parent + N.type) === nodeTypes.element ? parent : 0
  }

  previous(node: Pointer): Pointer {
    return this.#word(node + N.previous)
  }

  isElement(node: Pointer): boolean {
    return this.#word(node + N.type) === nodeTypes.element
  }
}

const finish = (taking: Taking): Cell => {
  const { slot, occurrences } = taking
  switch (slot.kind) {
    case "list":
      return { kind: "list", values: taking.values.done(), attributes: taking.columns.map((column) => column?.done()) }
    case "rows":
      return { kind: "rows", rows: taking.rows }
    case "text":
      return occurrences === 0
        ? { kind: "absent" }
        : { kind: "text", value: taking.value, occurrences, attributes: taking.attributes }
    default:
      return occurrences === 0 ? { kind: "absent" } : { kind: "present" }
  }
}
