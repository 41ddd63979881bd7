/**
 * The application identifiers (AIs) that trade items, logistic units, places and their batches carry, as data: format,
 * length, character set, check digit, whether an FNC1 has to end the value, and which other AIs each needs or excludes.
 * `Gs1Elements` and `Gs1DigitalLink` read and write by this table.
 *
 * Pure. Source: GS1 General Specifications, section 3; the formats as in gs1/gs1-syntax-dictionary.
 */
import { hasCheckDigit, isCset39, isCset82, isDigits, readDate } from "./Gs1.ts"

/** Which characters a value has: digits, character set 82, or character set 39. */
export type CharacterSet = "N" | "X" | "Y"

/** A part of a value that stands under rules of its own. */
interface Part {
  readonly set: CharacterSet
  readonly min: number
  readonly max: number
  readonly check: "none" | "checkDigit" | "date"
}

export interface Definition {
  readonly ai: string
  /** As the specification prints it: `N14`, `X..20`, `N14+N4`. */
  readonly format: string
  /** The name people know it by. */
  readonly title: string
  /** Ends by its length: no FNC1 follows (the predefined-length table). */
  readonly closed: boolean
  readonly parts: ReadonlyArray<Part>
  readonly min: number
  readonly max: number
  /** Sets of AIs one of which has to stand beside it. */
  readonly needs: ReadonlyArray<string>
  readonly excludes: ReadonlyArray<string>
  /** Identifies something by itself: may stand first in a Digital Link. */
  readonly key: boolean
  /** Its short name in older Digital Links. */
  readonly name: string | undefined
}

interface Row {
  readonly ai: string
  readonly format: string
  readonly title: string
  readonly fixed?: boolean
  readonly check?: Part["check"]
  readonly needs?: ReadonlyArray<string>
  readonly excludes?: ReadonlyArray<string>
  readonly key?: boolean
  readonly name?: string
}

const item = ["01", "02", "8006"]
const dated = { format: "N6", fixed: true, check: "date", needs: item } as const
const place = { format: "N13", fixed: true, check: "checkDigit" } as const
const national = { format: "X..20", needs: ["01"] } as const

const rows: ReadonlyArray<Row> = [
  { ai: "00", format: "N18", title: "SSCC", fixed: true, check: "checkDigit", key: true, name: "sscc" },
  {
    ai: "01",
    format: "N14",
    title: "GTIN",
    fixed: true,
    check: "checkDigit",
    excludes: ["02", "37"],
    key: true,
    name: "gtin"
  },
  { ai: "02", format: "N14", title: "CONTENT", fixed: true, check: "checkDigit", needs: ["37"], excludes: ["01"] },
  { ai: "10", format: "X..20", title: "BATCH/LOT", needs: item, name: "lot" },
  { ai: "11", title: "PROD DATE", ...dated },
  { ai: "12", title: "DUE DATE", ...dated, needs: ["8020"] },
  { ai: "13", title: "PACK DATE", ...dated },
  { ai: "15", title: "BEST BEFORE", ...dated },
  { ai: "16", title: "SELL BY", ...dated },
  { ai: "17", title: "USE BY OR EXPIRY", ...dated, name: "exp" },
  { ai: "20", format: "N2", title: "VARIANT", fixed: true, needs: item },
  { ai: "21", format: "X..20", title: "SERIAL", needs: ["01", "03", "8006"], excludes: ["235"], name: "ser" },
  { ai: "22", format: "X..20", title: "CPV", needs: ["01"], name: "cpv" },
  { ai: "30", format: "N..8", title: "VAR. COUNT", needs: ["01", "02"] },
  { ai: "37", format: "N..8", title: "COUNT", needs: ["00", "02"] },
  { ai: "235", format: "X..28", title: "TPX", needs: ["01"] },
  { ai: "240", format: "X..30", title: "ADDITIONAL ID", needs: item },
  { ai: "241", format: "X..30", title: "CUST. PART No.", needs: item },
  { ai: "250", format: "X..30", title: "SECONDARY SERIAL", needs: ["21"] },
  { ai: "251", format: "X..30", title: "REF. TO SOURCE", needs: item },
  { ai: "254", format: "X..20", title: "GLN EXTENSION COMPONENT", needs: ["414"] },
  { ai: "400", format: "X..30", title: "ORDER NUMBER" },
  { ai: "401", format: "X..30", title: "GINC" },
  { ai: "410", title: "SHIP TO LOC", ...place },
  { ai: "411", title: "BILL TO", ...place },
  { ai: "412", title: "PURCHASE FROM", ...place },
  { ai: "413", title: "SHIP FOR LOC", ...place },
  { ai: "414", title: "LOC No.", ...place, key: true, name: "gln" },
  { ai: "415", title: "PAY TO", ...place },
  { ai: "416", title: "PROD/SERV LOC", ...place },
  { ai: "417", title: "PARTY", ...place, key: true, name: "party" },
  { ai: "710", title: "NHRN PZN", ...national },
  { ai: "711", title: "NHRN CIP", ...national },
  { ai: "712", title: "NHRN CN", ...national },
  { ai: "713", title: "NHRN DRN", ...national },
  { ai: "714", title: "NHRN AIM", ...national },
  { ai: "715", title: "NHRN NDC", ...national },
  { ai: "716", title: "NHRN AIC", ...national },
  { ai: "8003", format: "N14+X..16", title: "GRAI", key: true },
  { ai: "8004", format: "X..30", title: "GIAI", key: true },
  { ai: "8006", format: "N14+N4", title: "ITIP", check: "checkDigit", key: true },
  { ai: "8010", format: "Y..30", title: "CPID", key: true },
  { ai: "8020", format: "X..25", title: "REF No.", needs: ["415"] },
  { ai: "90", format: "X..30", title: "INTERNAL" },
  ...Array.from({ length: 9 }, (_, at) => ({ ai: `${91 + at}`, format: "X..90", title: "INTERNAL" }))
]

const isCharacterSet = (text: string | undefined): text is CharacterSet => text === "N" || text === "X" || text === "Y"

/** `N14+X..16` as its parts; a check digit is that of the first one. */
const partsOf = (format: string, check: Part["check"]): ReadonlyArray<Part> =>
  format.split("+").flatMap((text, index) => {
    const [, set, open, length] = /^([NXY])(\.\.)?(\d+)$/u.exec(text) ?? []
    if (!isCharacterSet(set)) return []
    const max = Number(length)
    // The second part of a compound is the one that may be missing.
    const min = open === undefined ? max : index === 0 ? 1 : 0
    return [{ set, min, max, check: index === 0 ? check : "none" }]
  })

const define = ({
  ai,
  format,
  title,
  fixed,
  check = "none",
  needs = [],
  excludes = [],
  key,
  name
}: Row): Definition => {
  const parts = partsOf(format, check)
  const sum = (of: "min" | "max") => parts.reduce((total, part) => total + part[of], 0)
  return {
    ai,
    format,
    title,
    closed: fixed === true,
    parts,
    min: sum("min"),
    max: sum("max"),
    needs,
    excludes,
    key: key === true,
    name
  }
}

/** Every AI that is known here, in the order of the table. */
export const definitions: ReadonlyArray<Definition> = rows.map(define)

const byAi = new Map(definitions.map((definition) => [definition.ai, definition]))
const byName = new Map(
  definitions.flatMap((definition) => (definition.name === undefined ? [] : [[definition.name, definition]]))
)

/** The AI, when it is one of the table. */
export const definitionOf = (ai: string): Definition | undefined => byAi.get(ai)

/** The AI that goes by a short name in Digital Links: `gtin`, `lot`, `ser`. */
export const named = (name: string): Definition | undefined => byName.get(name)

/** The AI a text begins with; no AI is the beginning of another. */
export const at = (text: string, from: number): Definition | undefined => {
  for (const length of [2, 3, 4]) {
    const found = byAi.get(text.slice(from, from + length))
    if (found !== undefined) return found
  }
  return undefined
}

export type ValueFault = "bad length" | "bad character" | "bad check digit" | "bad date"

const sets: Readonly<Record<CharacterSet, (text: string) => boolean>> = { N: isDigits, X: isCset82, Y: isCset39 }

/** Only 29 February depends on the year, and every fourth year has one. */
const anyYear = 2000

/** What is wrong with a value; undefined when it is right. */
export const wrong = (
  definition: Definition,
  value: string,
  options: { readonly checkDigits?: boolean | undefined } = {}
): ValueFault | undefined => {
  if (value.length < definition.min || value.length > definition.max) return "bad length"
  let from = 0
  for (const { set, max, check } of definition.parts) {
    const part = value.slice(from, from + max)
    from += max
    if (part !== "" && !sets[set](part)) return "bad character"
    if (check === "checkDigit" && options.checkDigits !== false && !hasCheckDigit(part)) return "bad check digit"
    if (check === "date" && readDate(part, anyYear) === undefined) return "bad date"
  }
  return undefined
}
