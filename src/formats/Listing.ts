/**
 * Remarks about a document as a plain list, one a line: for documents that cannot carry comments of ours, and for formats
 * that have none at all.
 */

/** A remark: about the element at `path`, or else near `line`, or else about the whole document. */
export interface Note {
  readonly path?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly text: string
}

/** The sender's document with comments, or a plain text listing (UTF-8) where comments cannot be put in. */
export interface Annotated {
  readonly kind: "document" | "listing"
  readonly bytes: Uint8Array
}

/** The remarks alone, one a line, for documents that cannot carry comments. */
export const listing = (notes: ReadonlyArray<Note>): Annotated => {
  const lines = notes.map(({ path, line, column, text }) => {
    const where = [
      ...(line === undefined ? [] : [`line ${line}`]),
      ...(column === undefined ? [] : [`column ${column}`]),
      ...(path === undefined ? [] : [path])
    ]
    return `${where.length === 0 ? "document" : where.join(", ")}: ${text.replace(/\s+/gu, " ").trim()}\n`
  })
  return { kind: "listing", bytes: Buffer.from(lines.join(""), "utf8") }
}
