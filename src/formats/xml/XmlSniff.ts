/**
 * A first look at bytes of unknown quality: are they XML at all, in which encoding, what is the root, and what does the
 * header claim. It reads 64 KB at most, whatever the size, and never fails; on broken files it answers what it can, so
 * that even a report about an unreadable file can name its sender and control number.
 */
import { characters, detect, type Encoding, type EncodingName, isMisfit, view } from "./XmlEncoding.ts"
import { Namespaces, scan, unescaped } from "./XmlScan.ts"

/** What bytes claim to be, from their first 64 KB. */
export interface Sniffed {
  readonly kind: "xml" | "empty" | "archive" | "html" | "json" | "pdf" | "binary" | "text"
  /** For people: `a ZIP archive`, `HTML`. */
  readonly looksLike: string
  /** Name of the encoding as it will be read, e.g. `UTF-8`; the declared one where it is not supported. */
  readonly encoding: string
  readonly root: { readonly namespace: string; readonly local: string } | undefined
  readonly doctype: boolean
  /** Best effort, even where the rest of the file is broken; undefined where not found. */
  readonly header: Header
}

export interface Header {
  readonly fileSenderNumber: string | undefined
  readonly fileReceiverNumber: string | undefined
  readonly fileControlNumber: string | undefined
  readonly fileDate: string | undefined
  readonly fileTime: string | undefined
}

/** Enough for any prolog and header that occurs; bounds the cost for any file. */
const sniffBytes = 65_536
/** Header values are identifiers; a longer one is not worth repeating in a report. */
const headerLength = 200

const signatures: ReadonlyArray<readonly [kind: Sniffed["kind"], looksLike: string, bytes: ReadonlyArray<number>]> = [
  ["archive", "a ZIP archive", [0x50, 0x4b, 0x03, 0x04]],
  ["archive", "an empty ZIP archive", [0x50, 0x4b, 0x05, 0x06]],
  ["archive", "a gzip file", [0x1f, 0x8b]],
  ["archive", "a bzip2 file", [0x42, 0x5a, 0x68]],
  ["archive", "an xz file", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["archive", "a 7z archive", [0x37, 0x7a, 0xbc, 0xaf]],
  ["pdf", "a PDF", [0x25, 0x50, 0x44, 0x46]]
]

const nothing: Header = {
  fileSenderNumber: undefined,
  fileReceiverNumber: undefined,
  fileControlNumber: undefined,
  fileDate: undefined,
  fileTime: undefined
}

const answer = (kind: Sniffed["kind"], looksLike: string, encoding: string): Sniffed => ({
  kind,
  looksLike,
  encoding,
  root: undefined,
  doctype: false,
  header: nothing
})

export const sniff = (bytes: Uint8Array): Sniffed => {
  if (bytes.length === 0) return answer("empty", "an empty file", "UTF-8")
  for (const [kind, looksLike, signature] of signatures) {
    if (signature.every((byte, at) => bytes[at] === byte)) return answer(kind, looksLike, "binary")
  }
  const encoding = detect(bytes)
  // A declared encoding we do not support is still ASCII in its markup: the header can be found.
  const readAs: Encoding = isMisfit(encoding) ? { name: "ISO-8859-1", bom: 0, declared: undefined } : encoding
  const { text } = view(bytes, readAs, sniffBytes)
  const start = text.trimStart()
  const name = isMisfit(encoding) ? "unsupported" : encoding.name
  if (start === "")
    return bytes.length <= sniffBytes
      ? answer("empty", "nothing but white space", name)
      : answer("text", "white space", name)
  // UTF-32 by its byte order mark: XML perhaps, but not to be read.
  if (isMisfit(encoding) && !start.startsWith("<")) return answer("xml", "XML", name)
  if (!start.startsWith("<")) {
    if (control.test(text)) return answer("binary", "binary data", name)
    return start.startsWith("{") || start.startsWith("[")
      ? answer("json", "JSON", name)
      : answer("text", "plain text", name)
  }
  const plain = withoutComments(text)
  if (html.test(plain)) return answer("html", "HTML", name)
  return { ...answer("xml", "XML", name), ...prolog(text, readAs.name), header: header(plain, readAs.name) }
}

/** Control characters that text does not have; written by exclusion. */
const control = /[^\t\n\f\r\u{20}-\u{10ffff}]/u
const html = /^\s*<(?:!doctype\s+html|html)[\s>]/iu

const withoutComments = (text: string): string => {
  let plain = ""
  let at = 0
  for (let start = text.indexOf("<!--"); start >= 0; start = text.indexOf("<!--", at)) {
    const end = text.indexOf("-->", start + 4)
    plain += text.slice(at, start)
    if (end < 0) return plain
    at = end + 3
  }
  return plain + text.slice(at)
}

const prolog = (text: string, encoding: EncodingName): Pick<Sniffed, "root" | "doctype"> => {
  let doctype = false
  let root: Sniffed["root"]
  scan(text, {
    doctype: () => {
      doctype = true
      return false
    },
    open: (start, nameEnd, end) => {
      const namespaces = new Namespaces()
      namespaces.enter(text.slice(nameEnd, end))
      const name = characters(namespaces.resolve(text.slice(start + 1, nameEnd)), encoding)
      root = { namespace: name.slice(1, name.lastIndexOf("}")), local: name.slice(name.lastIndexOf("}") + 1) }
      return false
    }
  })
  return { root, doctype }
}

const header = (plain: string, encoding: EncodingName): Header => {
  const find = (local: string): string | undefined => {
    const found = new RegExp(`<(?:[^\\s<>/:]+:)?${local}(?:\\s[^<>]*)?>([^<]{0,${headerLength * 4}})<`, "u").exec(
      plain
    )?.[1]
    const value = found === undefined ? "" : unescaped(characters(found, encoding)).trim().slice(0, headerLength)
    return value === "" ? undefined : value
  }
  return {
    fileSenderNumber: find("FileSenderNumber"),
    fileReceiverNumber: find("FileReceiverNumber"),
    fileControlNumber: find("FileControlNumber"),
    fileDate: find("FileDate"),
    fileTime: find("FileTime")
  }
}
