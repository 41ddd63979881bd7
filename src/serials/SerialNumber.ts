/**
 * Serial numbers as messages write them: "GS1 AI format without parentheses" (`01` + GTIN-14 + `21` + serial, `00` +
 * SSCC) and the native 20-digit China code; and numbers under a company's own SKU, `sku:` company `:` SKU
 * (percent-encoded) `:` serial, which no message writes. That text is a number's identity. It falls into a prefix, shared by all
 * numbers of one packaging code, and the serial; lists are worked on as such columns, never as an object a number.
 *
 * Text that is no serial number is a result with a fault, never an exception. Check digits are not judged here: the
 * documents' own examples carry wrong ones (`Gs1.hasCheckDigit` tells).
 */
import { Result } from "effect"

/** Encodings of serial numbers (TraceLink SNM Response, "NumberEncoding"). */
export const encodings = ["AI(01)+AI(21)", "AI(00)", "CN-EDMC"] as const
/** How a number is written; `SKU` is ours. */
export type Encoding = (typeof encodings)[number] | "SKU"

/** One number taken apart. `code` is the 14 digits after AI 01: a GTIN or NTIN. */
export type SerialNumber =
  | { readonly encoding: "AI(01)+AI(21)"; readonly code: string; readonly serial: string }
  | { readonly encoding: "AI(00)"; readonly serial: string }
  | { readonly encoding: "CN-EDMC"; readonly serial: string }
  /** `code` is company and SKU as the text has them: `acme:ABC%2F1`. */
  | { readonly encoding: "SKU"; readonly code: string; readonly serial: string }

/** Why a text is no serial number. */
export type Fault =
  /** Nothing there. */
  | "empty"
  /** Does not begin like any known encoding. */
  | "unknown encoding"
  /** Not built as the format that was named for it. */
  | "not as its format says"
  /** AI 21 takes 1 to 20 characters of GS1 character set 82. */
  | "bad serial"

const aliases: Readonly<Record<string, Encoding>> = {
  "AI(01)+AI(21)": "AI(01)+AI(21)",
  "AI(01)(21)": "AI(01)+AI(21)",
  AI_01_AI_21: "AI(01)+AI(21)",
  "SGTIN-96": "AI(01)+AI(21)",
  "SGTIN-198": "AI(01)+AI(21)",
  "AI(00)": "AI(00)",
  AI_00: "AI(00)",
  "SSCC-96": "AI(00)",
  "CN-EDMC": "CN-EDMC",
  CN_EDMC: "CN-EDMC",
  CN_CUR_CODE: "CN-EDMC"
}

/** The encoding a token of a message means, whatever its case; undefined for a token that is none. */
export const encodingOf = (token: string): Encoding | undefined => aliases[token.trim().toUpperCase()]

const gtinHead = /^01\d{14}21/u
const cset82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/u
const sscc = /^00\d{18}$/u
const china = /^\d{20}$/u
const gtinPrefixLength = 18

const skuHead = /^sku:[a-z0-9][a-z0-9-]{0,63}:(?:[^:\s%]|%[0-9A-F]{2}){1,300}:/u
/** Serials under a SKU are whatever a label or a warehouse says: anything printable without blanks around it. */
const skuSerial = /^(?=.{1,100}$)[^\s\p{C}](?:\P{C}*[^\s\p{C}])?$/u

/** What stands before the serial: `01…21`, `00`, `sku:…:`, or nothing for a China code. */
export const prefixOf = (encoding: Encoding, code = ""): string =>
  encoding === "AI(01)+AI(21)" ? `01${code}21` : encoding === "AI(00)" ? "00" : encoding === "SKU" ? `sku:${code}:` : ""

/** What numbers of a company's SKU begin with. */
export const prefixOfSku = (company: string, sku: string): string =>
  `sku:${company}:${encodeURIComponent(sku.toWellFormed())}:`

/** True for the prefix of numbers under a SKU. */
export const isOfSku = (prefix: string): boolean => prefix.startsWith("sku:")

/** What numbers begin with that read as this packaging code; undefined for one that numbers do not tell. */
export const prefixOfItem = ({
  owner,
  codeType,
  code
}: {
  readonly owner: string
  readonly codeType: string
  readonly code: string
}): string | undefined => {
  const type = codeType.toUpperCase()
  if (type === "SKU") return prefixOfSku(owner, code)
  return ["GTIN-14", "NTIN"].includes(type) && /^\d{14}$/u.test(code) ? prefixOf("AI(01)+AI(21)", code) : undefined
}

/** Company and SKU of a prefix. */
export const skuOf = (prefix: string): { readonly company: string; readonly sku: string } | undefined => {
  const match = /^sku:([^:]*):([^:]*):$/u.exec(prefix)
  if (match === null) return undefined
  const [, company = "", sku = ""] = match
  const decoded = Result.try(() => decodeURIComponent(sku))
  return { company, sku: Result.isSuccess(decoded) ? decoded.success : sku }
}

/** Encoding and code of a prefix that `prefixOf` made. */
export const ofPrefix = (prefix: string): { readonly encoding: Encoding; readonly code: string } =>
  prefix === ""
    ? { encoding: "CN-EDMC", code: "" }
    : prefix === "00"
      ? { encoding: "AI(00)", code: "" }
      : isOfSku(prefix)
        ? { encoding: "SKU", code: prefix.slice("sku:".length, -1) }
        : { encoding: "AI(01)+AI(21)", code: prefix.slice(2, 16) }

/** Prefix length of a text, or the fault. The one place that knows how the texts are built. */
const headLength = (text: string, encoding: Encoding | undefined): number | Fault => {
  if (text === "") return "empty"
  if ((encoding === undefined || encoding === "AI(01)+AI(21)") && gtinHead.test(text)) {
    return cset82.test(text.slice(gtinPrefixLength)) ? gtinPrefixLength : "bad serial"
  }
  if ((encoding === undefined || encoding === "AI(00)") && sscc.test(text)) return 2
  if ((encoding === undefined || encoding === "CN-EDMC") && china.test(text)) return 0
  if (encoding === undefined || encoding === "SKU") {
    const sku = skuHead.exec(text)?.[0]
    if (sku !== undefined) return skuSerial.test(text.slice(sku.length)) ? sku.length : "bad serial"
  }
  return encoding === undefined ? "unknown encoding" : "not as its format says"
}

/** Reads one number. With a format it must be of that format; without, the text itself tells. */
export const parse = (text: string, format?: Encoding): Result.Result<SerialNumber, Fault> => {
  const head = headLength(text, format)
  if (typeof head === "string") return Result.fail(head)
  const { encoding, code } = ofPrefix(text.slice(0, head))
  const serial = text.slice(head)
  return Result.succeed(
    encoding === "AI(01)+AI(21)" || encoding === "SKU" ? { encoding, code, serial } : { encoding, serial }
  )
}

/** The number as messages write it; the inverse of `parse`. */
export const print = (number: SerialNumber): string =>
  prefixOf(number.encoding, "code" in number ? number.code : "") + number.serial

/** Numbers of one prefix out of a list: `serials[i]` stood at `positions[i]`. */
export interface Group {
  readonly prefix: string
  readonly encoding: Encoding
  /** GTIN or NTIN, company and SKU; empty for SSCCs and China codes. */
  readonly code: string
  readonly positions: ReadonlyArray<number>
  readonly serials: ReadonlyArray<string>
}

/** A list taken apart; groups in the order of their first number. */
export interface Parsed {
  readonly groups: ReadonlyArray<Group>
  /** Texts that are no serial numbers; `faults[i]` says why the one at `positions[i]` is none. */
  readonly bad: { readonly positions: ReadonlyArray<number>; readonly faults: ReadonlyArray<Fault> }
}

/** Reads a list of any length. `formats` runs parallel to it, undefined where a number names none. */
export const parseAll = (
  values: ReadonlyArray<string>,
  formats?: ReadonlyArray<Encoding | undefined> | undefined
): Parsed => {
  const groups = new Map<
    string,
    { readonly prefix: string; readonly positions: Array<number>; readonly serials: Array<string> }
  >()
  const bad = { positions: [] as number[], faults: [] as Fault[] }
  let last: { readonly prefix: string; readonly positions: Array<number>; readonly serials: Array<string> } | undefined
  values.forEach((text, position) => {
    const head = headLength(text, formats?.[position])
    if (typeof head === "string") {
      bad.positions.push(position)
      bad.faults.push(head)
      return
    }
    const prefix = text.slice(0, head)
    if (last?.prefix !== prefix) {
      last = groups.get(prefix)
      if (last === undefined) {
        last = { prefix, positions: [], serials: [] }
        groups.set(prefix, last)
      }
    }
    last.positions.push(position)
    last.serials.push(text.slice(head))
  })
  return { groups: [...groups.values()].map((group) => ({ ...group, ...ofPrefix(group.prefix) })), bad }
}

/** Positions of texts that stood earlier in the list already. */
export const repeated = (values: ReadonlyArray<string>): ReadonlyArray<number> => {
  const seen = new Set<string>()
  const positions: Array<number> = []
  values.forEach((value, position) => {
    if (seen.size === seen.add(value).size) positions.push(position)
  })
  return positions
}
