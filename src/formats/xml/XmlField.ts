/**
 * The fields a layout is made of, as plain data: one element, a list, a group, a table, or the mere presence of one. Types
 * only; the builders are in XmlLayout, the lowering into what workers read by in XmlPlan.
 */

/** XML attribute names by the field's own key: `{ type: "type" }`. Prefixed names (`xsi:type`) are resolved. */
export type Attributes = Readonly<Record<string, string>>

/**
 * How white space of a value is read. `collapse` (default) treats it as `xs:token` does: trimmed, inner runs of blanks,
 * tabs and line ends become one blank, because files touched by hand carry line ends around values. `preserve` keeps
 * the exact text. It holds for the field's attributes too; columns of rows always collapse.
 */
export type Whitespace = "collapse" | "preserve"

/** One element with text. */
export interface Text<out A extends Attributes = Attributes> {
  readonly _tag: "Text"
  readonly path: string
  readonly attributes: A
  readonly whitespace: Whitespace
}

/** A repeated element with text, read as columns. */
export interface List<out A extends Attributes = Attributes> {
  readonly _tag: "List"
  readonly path: string
  readonly attributes: A
  readonly whitespace: Whitespace
}

/** Whether an element is there at all. */
export interface Present {
  readonly _tag: "Present"
  readonly path: string
}

/** An element that holds other fields; absent as a whole, or there. */
export interface Group<out F extends Fields = Fields> {
  readonly _tag: "Group"
  readonly path: string
  readonly fields: F
}

/** A repeated element with a few values inside, one object a row. For short tables only: use `list` for serials. */
export interface Rows<out C extends Readonly<Record<string, string>> = Readonly<Record<string, string>>> {
  readonly _tag: "Rows"
  readonly path: string
  readonly columns: C
}

export type Leaf = Text | List | Present | Rows
export type Field = Leaf | Group

/** Fields by name. A plain nested object only groups names; it has no element of its own. */
export interface Fields {
  readonly [name: string]: Field | Fields
}

export interface Declared<F extends Fields> {
  readonly mapVersion: string
  /** Prefixes used in the paths of this layout, by which errors are reported; senders may use others. */
  readonly namespaces: Readonly<Record<string, string>>
  /** Written as the default namespace; the other prefixes are declared on the root. */
  readonly defaultPrefix?: string
  /** Accepted names of the root element. The first is written. */
  readonly roots: readonly [string, ...ReadonlyArray<string>]
  readonly fields: F
}
