/**
 * A layout says, as data, where the values of one map version stand in its XML. The same layout reads, writes and
 * names places, so a mapping is written once. Files in `mappings/` are made with these builders.
 *
 * A layout that contradicts itself (undeclared prefix, the same field name used as element and as group) throws when
 * it is declared: that is a fault of the program, found by loading it. Nothing else here fails.
 */
import type { Attributes, Declared, Fields, Group, Leaf, List, Present, Rows, Text, Whitespace } from "./XmlField.ts"
import { lower, type Plan } from "./XmlPlan.ts"

export type { Attributes, Declared, Field, Fields } from "./XmlField.ts"

type NoAttributes = Readonly<Record<never, string>>

/** A declared layout, with its lowered plan that travels to the workers. */
export interface Layout<out F extends Fields = Fields> {
  readonly mapVersion: string
  readonly fields: F
  readonly plan: Plan
}

/** What is needed of a layout when its fields do not matter. */
export interface AnyLayout {
  readonly mapVersion: string
  readonly plan: Plan
}

/** What a text field reads as. The element being absent is `undefined`; present but empty is the value `""`. */
export interface TextValue<A extends Attributes> {
  /** Of the first occurrence. */
  readonly value: string
  readonly occurrences: number
  readonly attributes: { readonly [K in keyof A]: string | undefined }
}

/** Columns of a list, all of the same length. An attribute that no item carries is `undefined` as a whole. */
export interface ListValue<A extends Attributes> {
  readonly values: ReadonlyArray<string>
  readonly attributes: { readonly [K in keyof A]: ReadonlyArray<string | undefined> | undefined }
}

export type ReadField<T> =
  T extends Text<infer A>
    ? TextValue<A> | undefined
    : T extends List<infer A>
      ? ListValue<A>
      : T extends Present
        ? boolean
        : T extends Rows<infer C>
          ? ReadonlyArray<{ readonly [K in keyof C]: string | undefined }>
          : T extends Group<infer F>
            ? ReadFields<F> | undefined
            : T extends Fields
              ? ReadFields<T>
              : never

export type ReadFields<F extends Fields> = { readonly [K in keyof F]: ReadField<F[K]> }

/** The value a document of this layout reads as. */
export type Read<L> = L extends Layout<infer F> ? ReadFields<F> : never

export type WriteField<T> =
  T extends Text<infer A>
    ?
        | string
        | { readonly value: string; readonly attributes?: { readonly [K in keyof A]?: string | undefined } }
        | undefined
    : T extends List<infer A>
      ?
          | ReadonlyArray<string>
          | {
              readonly values: ReadonlyArray<string>
              /** One value an item, or one string for all of them. */
              readonly attributes?: { readonly [K in keyof A]?: ReadonlyArray<string | undefined> | string | undefined }
            }
          | undefined
      : T extends Present
        ? boolean | undefined
        : T extends Rows<infer C>
          ? ReadonlyArray<{ readonly [K in keyof C]?: string | undefined }> | undefined
          : T extends Group<infer F>
            ? WriteFields<F> | undefined
            : T extends Fields
              ? WriteFields<T> | undefined
              : never

export type WriteFields<F extends Fields> = { readonly [K in keyof F]?: WriteField<F[K]> }

/** What can be written with a layout; everything it reads can be. */
export type Write<L> = L extends Layout<infer F> ? WriteFields<F> : never

/** Names of the fields, nested ones with dots: `header.fileSenderNumber`. */
export type FieldName<F> = {
  [K in keyof F & string]: F[K] extends Leaf
    ? K
    : F[K] extends Group<infer G>
      ? K | `${K}.${FieldName<G>}`
      : F[K] extends Fields
        ? `${K}.${FieldName<F[K]>}`
        : never
}[keyof F & string]

type FieldAt<F, N extends string> = N extends `${infer Head}.${infer Rest}`
  ? Head extends keyof F
    ? F[Head] extends Group<infer G>
      ? FieldAt<G, Rest>
      : FieldAt<F[Head], Rest>
    : never
  : N extends keyof F
    ? F[N]
    : never

/** Attribute keys of the field with that name. */
export type AttributeName<F, N extends string> =
  FieldAt<F, N> extends { readonly attributes: infer A } ? keyof A & string : never

const noAttributes: NoAttributes = {}

interface PlainOptions {
  readonly whitespace?: Whitespace
}

interface AttributeOptions<A extends Attributes> extends PlainOptions {
  readonly attributes: A
}

/** An element with text, by its path below the root. */
export function text<const A extends Attributes>(path: string, options: AttributeOptions<A>): Text<A>
export function text(path: string, options?: PlainOptions): Text<NoAttributes>
export function text(path: string, options?: Partial<AttributeOptions<Attributes>>): Text {
  return {
    _tag: "Text",
    path,
    attributes: options?.attributes ?? noAttributes,
    whitespace: options?.whitespace ?? "collapse"
  }
}

/** A repeated element with text. */
export function list<const A extends Attributes>(path: string, options: AttributeOptions<A>): List<A>
export function list(path: string, options?: PlainOptions): List<NoAttributes>
export function list(path: string, options?: Partial<AttributeOptions<Attributes>>): List {
  return {
    _tag: "List",
    path,
    attributes: options?.attributes ?? noAttributes,
    whitespace: options?.whitespace ?? "collapse"
  }
}

/** Whether the element is there, whatever it holds. */
export const present = (path: string): Present => ({ _tag: "Present", path })

/** Fields inside one element; their paths start below it. A second occurrence adds to the occurrences of its fields. */
export const group = <const F extends Fields>(path: string, fields: F): Group<F> => ({ _tag: "Group", path, fields })

/**
 * A short table: columns are paths below the row element, `cmn:Code`, `cmn:Code/@type`, `@id`, or `.` for its text. Rows
 * may stand inside other rows, declared before them: the column `..` says in which of those, counted from 0. Such a layout
 * is for reading.
 */
export const rows = <const C extends Readonly<Record<string, string>>>(path: string, columns: C): Rows<C> => ({
  _tag: "Rows",
  path,
  columns
})

/** Declares a layout. */
export const layout = <const F extends Fields>(declared: Declared<F>): Layout<F> => ({
  mapVersion: declared.mapVersion,
  fields: declared.fields,
  plan: lower(declared)
})

/** Path of the root element, for what concerns the whole document. */
export const rootPath = (of: AnyLayout): string => `/${of.plan.root.step}`

/**
 * Canonical path of a field, in the layout's prefixes. `index` is 0-based; a list item always shows its place
 * (`Serial[37]` for index 36), another element only from the second occurrence on.
 */
export const path = <F extends Fields>(of: Layout<F>, field: NoInfer<FieldName<F>>, index?: number): string =>
  pathOf(of, field, index)

/** Canonical path of an attribute of a field: `…/cmn:PackagingItemCode/@type`. */
export const attributePath = <F extends Fields, N extends NoInfer<FieldName<F>>>(
  of: Layout<F>,
  field: N,
  attribute: AttributeName<F, N>,
  index?: number
): string => {
  const name = of.plan.slots.find((slot) => slot.field === field)?.attributes.find(({ key }) => key === attribute)?.step
  return `${pathOf(of, field, index)}/@${name ?? attribute}`
}

const pathOf = (of: AnyLayout, field: string, index: number | undefined): string => {
  const slot = of.plan.slots.find((candidate) => candidate.field === field)
  const at = `/${of.plan.root.step}${(slot?.steps ?? []).map((step) => `/${step}`).join("")}`
  const repeated = slot?.kind === "list" || slot?.kind === "rows"
  return index === undefined || (index === 0 && !repeated) ? at : `${at}[${index + 1}]`
}
