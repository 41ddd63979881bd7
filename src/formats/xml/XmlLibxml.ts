/**
 * libxml2 in WASM, as far as this format needs it: parse from memory, compile and apply schemas, and read the tree
 * straight from the heap (the wrapper classes of libxml2-wasm cost more than parsing). One instance a worker thread.
 *
 * Pointers are plain numbers. Everything that is opened has to be freed, which `withDocument` and `Schema.free` do, also
 * when something throws. `open` throws where the struct layout is not the one known here, so that another version of
 * libxml2-wasm is noticed at once and not by wrong values.
 */
import load, { type LibXml2 } from "libxml2-wasm/lib/libxml2raw.mjs"

export type Pointer = number

/** libxml2's parser options that are used, and no others: NOENT, DTDLOAD and HUGE stay off. */
const parseOptions = {
  noNet: 1 << 11,
  /** Line numbers beyond 65,535. */
  bigLines: 1 << 22,
  /** No external entities or DTDs. */
  noXxe: 1 << 23
}
const options = parseOptions.noNet | parseOptions.bigLines | parseOptions.noXxe

/** Byte offsets of the structs on the 32-bit heap, as libxml2-wasm 0.7.2 (libxml2 2.15) has them. */
export const offsets = {
  node: {
    type: 4,
    name: 8,
    children: 12,
    parent: 20,
    next: 24,
    previous: 28,
    namespace: 36,
    content: 40,
    attributes: 44
  },
  attribute: { name: 8, children: 12, next: 24, namespace: 36 },
  namespace: { uri: 8 },
  error: { code: 4, message: 8, level: 12, line: 20, column: 40, node: 48 }
} as const

export const nodeTypes = { element: 1, text: 3, cdata: 4 } as const

/** What libxml2 complains about; the pointer is valid only while the handler runs. */
export type OnError = (error: Pointer) => void

/** Files that a schema may import, by name; the only files libxml2 can ever open. */
export type Imports = (name: string) => Uint8Array | undefined

/** Virtual folder of schemas, so that relative imports have a base. */
export const schemaFolder = "/xsd/"

export class Libxml {
  readonly #wasm: LibXml2
  readonly #callback: Pointer
  #onError: OnError | undefined
  #imports: Imports | undefined

  private constructor(wasm: LibXml2) {
    this.#wasm = wasm
    wasm._xmlInitParser()
    this.#callback = wasm.addFunction((_: Pointer, error: Pointer) => this.#onError?.(error), "vii")
    // The built-in handlers (files) go; from now on only ours is asked.
    wasm._xmlCleanupInputCallbacks()
    this.#registerImports()
  }

  /** A fresh instance with a heap of its own. */
  static async open(): Promise<Libxml> {
    const libxml = new Libxml(await load())
    libxml.#checkLayout()
    return libxml
  }

  get heapBytes(): number {
    return this.#wasm.HEAPU8.length
  }

  /** Views of the heap; taken anew after anything that allocates. */
  get bytes(): Uint8Array {
    return this.#wasm.HEAPU8
  }

  get words(): Int32Array {
    return this.#wasm.HEAP32
  }

  /** The word at a byte address. */
  word(at: Pointer): number {
    return this.#wasm.HEAP32[at >> 2] ?? 0
  }

  /** A zero-terminated UTF-8 string, cut after `limit` bytes; `""` for a null pointer. */
  string(at: Pointer, limit = 1 << 20): string {
    if (at === 0) return ""
    // Not by emscripten's own decoder, which drops a leading U+FEFF.
    const heap = this.#wasm.HEAPU8
    const most = heap.subarray(at, at + limit)
    const end = most.indexOf(0)
    return Buffer.from(heap.buffer, at, end < 0 ? most.length : end).toString("utf8")
  }

  /** Parses UTF-8 and gives the document to `use`, 0 where there is none; frees it afterwards. */
  withDocument<A>(utf8: Uint8Array, onError: OnError, use: (document: Pointer) => A): A {
    const document = this.#parse(utf8, undefined, onError)
    try {
      return use(document)
    } finally {
      if (document !== 0) this.#wasm._xmlFreeDoc(document)
    }
  }

  root(document: Pointer): Pointer {
    return document === 0 ? 0 : this.#wasm._xmlDocGetRootElement(document)
  }

  hasDtd(document: Pointer): boolean {
    return document !== 0 && this.#wasm._xmlGetIntSubset(document) !== 0
  }

  /** Compiles a schema; throws with libxml2's words where it does not compile. */
  compile(name: string, utf8: Uint8Array, imports: Imports): Schema {
    const said: Array<string> = []
    const onError: OnError = (error) => {
      if (said.length < 10) said.push(this.string(this.word(error + offsets.error.message), 500).trim())
    }
    const document = this.#parse(utf8, `${schemaFolder}${name}`, onError)
    if (document === 0) throw new Error(said.join("; ") || "not well-formed")
    this.#imports = imports
    this.#onError = onError
    const context = this.#wasm._xmlSchemaNewDocParserCtxt(document)
    try {
      this.#wasm._xmlSchemaSetParserStructuredErrors(context, this.#callback, 0)
      const schema = this.#wasm._xmlSchemaParse(context)
      // The schema keeps pointing into its document, which therefore lives as long as the schema.
      if (schema !== 0) return { pointer: schema, document }
    } finally {
      this.#wasm._xmlSchemaFreeParserCtxt(context)
      this.#imports = undefined
      this.#onError = undefined
    }
    this.#wasm._xmlFreeDoc(document)
    throw new Error(said.join("; ") || "not a schema")
  }

  /** Validates a document; `onError` hears of every violation. */
  validate(schema: Schema, document: Pointer, onError: OnError): void {
    const context = this.#wasm._xmlSchemaNewValidCtxt(schema.pointer)
    this.#onError = onError
    try {
      this.#wasm._xmlSchemaSetValidStructuredErrors(context, this.#callback, 0)
      if (this.#wasm._xmlSchemaValidateDoc(context, document) < 0)
        throw new Error("libxml2 could not validate the document")
    } finally {
      this.#onError = undefined
      this.#wasm._xmlSchemaFreeValidCtxt(context)
    }
  }

  #parse(utf8: Uint8Array, url: string | undefined, onError: OnError): Pointer {
    const wasm = this.#wasm
    const source = this.#copy(utf8)
    // Said explicitly, because the declaration names what the file was in before it was made UTF-8.
    const encoding = this.#copy(Buffer.from("UTF-8"))
    const name = url === undefined ? 0 : this.#copy(Buffer.from(url))
    const context = wasm._xmlNewParserCtxt()
    this.#onError = onError
    try {
      wasm._xmlCtxtSetErrorHandler(context, this.#callback, 0)
      return wasm._xmlCtxtReadMemory(context, source, utf8.length, name, encoding, options)
    } finally {
      this.#onError = undefined
      wasm._xmlFreeParserCtxt(context)
      for (const pointer of [source, encoding, name]) if (pointer !== 0) wasm._free(pointer)
    }
  }

  #copy(bytes: Uint8Array): Pointer {
    const pointer = this.#wasm._malloc(bytes.length + 1)
    if (pointer === 0) throw new Error(`no memory for ${bytes.length} bytes`)
    this.#wasm.HEAPU8.set(bytes, pointer)
    this.#wasm.HEAPU8[pointer + bytes.length] = 0
    return pointer
  }

  #registerImports(): void {
    const wasm = this.#wasm
    const open = new Map<number, { readonly bytes: Uint8Array; done: number }>()
    let last = 0
    const find = (name: Pointer): Uint8Array | undefined => {
      const path = this.string(name, 4096)
      return path.startsWith(schemaFolder) ? this.#imports?.(path.slice(schemaFolder.length)) : undefined
    }
    wasm._xmlRegisterInputCallbacks(
      wasm.addFunction((name: Pointer) => (find(name) === undefined ? 0 : 1), "ii"),
      wasm.addFunction((name: Pointer) => {
        const bytes = find(name)
        if (bytes === undefined) return 0
        open.set(++last, { bytes, done: 0 })
        return last
      }, "ii"),
      wasm.addFunction((file: number, target: Pointer, length: number) => {
        const reading = open.get(file)
        if (reading === undefined) return -1
        const part = reading.bytes.subarray(reading.done, reading.done + length)
        wasm.HEAPU8.set(part, target)
        reading.done += part.length
        return part.length
      }, "iiii"),
      wasm.addFunction((file: number) => (open.delete(file) ? 0 : -1), "ii")
    )
  }

  #checkLayout(): void {
    const sample = Buffer.from('<a xmlns="urn:n"><b c="d">e</b></a>')
    const seen = this.withDocument(
      sample,
      () => {},
      (document) => {
        const { node, attribute, namespace } = offsets
        const root = this.root(document)
        const child = this.word(root + node.children)
        const given = this.word(child + node.attributes)
        const text = this.word(child + node.children)
        return [
          this.string(this.word(root + node.name)),
          this.string(this.word(this.word(child + node.namespace) + namespace.uri)),
          this.string(this.word(given + attribute.name)),
          this.string(this.word(this.word(given + attribute.children) + node.content)),
          this.string(this.word(text + node.content)),
          this.word(text + node.type),
          this.word(child + node.parent) === root
        ].join(" ")
      }
    )
    if (seen !== "a urn:n c d e 3 true")
      throw new Error(`libxml2-wasm has another memory layout than expected: ${seen}`)
  }
}

/** A compiled schema. Lives as long as its worker. */
export interface Schema {
  readonly pointer: Pointer
  readonly document: Pointer
}
