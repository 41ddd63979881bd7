/**
 * Canonical paths of nodes of a parsed document: the layout's prefixes instead of the sender's, list items with their
 * place, other elements only from the second on, names of foreign namespaces as `Q{uri}name`. Asking for nodes in
 * document order costs one step a sibling over all of them, not one walk from the start each.
 */
import type { Pointer } from "./XmlLibxml.ts"
import type { Plan, PlanNode } from "./XmlPlan.ts"
import type { Tree } from "./XmlTree.ts"

export class Paths {
  readonly #tree: Tree
  readonly #plan: Plan
  readonly #prefixes: ReadonlyMap<string, string>
  /** By parent and name: the last node asked for and its place among its like. */
  readonly #last = new Map<string, { readonly node: Pointer; readonly place: number }>()

  constructor(tree: Tree, plan: Plan) {
    this.#tree = tree
    this.#plan = plan
    this.#prefixes = new Map(Object.entries(plan.namespaces).map(([prefix, uri]) => [uri, prefix]))
  }

  /** A name as paths write it. */
  name(uri: string, local: string): string {
    if (uri === "") return local
    const prefix = this.#prefixes.get(uri)
    return prefix === undefined ? `Q{${uri}}${local}` : `${prefix}:${local}`
  }

  of(node: Pointer): string {
    const lineage = [node]
    for (let at = this.#tree.parent(node); at !== 0; at = this.#tree.parent(at)) lineage.unshift(at)
    let path = ""
    let planned: PlanNode | undefined
    for (const [depth, at] of lineage.entries()) {
      planned = depth === 0 ? this.#plan.root : planned?.children.find((child) => this.#tree.is(at, child))
      path += `/${this.name(this.#tree.uri(at), this.#tree.local(at))}${this.#index(at, depth, planned)}`
    }
    return path
  }

  #index(node: Pointer, depth: number, planned: PlanNode | undefined): string {
    if (depth === 0) return ""
    const place = this.#place(node)
    const repeated = planned?.slots.some((number) => {
      const kind = this.#plan.slots[number]?.kind
      return kind === "list" || kind === "rows"
    })
    return place > 1 || repeated === true ? `[${place}]` : ""
  }

  #place(node: Pointer): number {
    const local = this.#tree.local(node)
    const uri = this.#tree.uri(node)
    const key = `${this.#tree.parent(node)} {${uri}}${local}`
    const known = this.#last.get(key)
    let place = 1
    if (known?.node === node) place = known.place
    else {
      for (let at = this.#tree.previous(node); at !== 0; at = this.#tree.previous(at)) {
        if (at === known?.node) {
          place += known.place
          break
        }
        if (this.#tree.isElement(at) && this.#tree.local(at) === local && this.#tree.uri(at) === uri) place++
      }
    }
    this.#last.set(key, { node, place })
    return place
  }
}
