/**
 * What reports are narrowed by: each filter once, with its schema and what it says to people; a report names those it
 * takes. `decode` reads what somebody gave and fails with all that is wrong in one sentence.
 */
import { Effect, Result, Schema, SchemaIssue } from "effect"
import { Day } from "../partners/WorldFields.ts"
import { type ReportsError, wrongFilter } from "./ReportsError.ts"

const Word = Schema.String.check(Schema.isNonEmpty({ message: "must not be empty" }))

/** A filter as people are told of it. */
export interface Filter {
  readonly about: string
  /** What stands for its value in help, e.g. `DAY`; a switch has none. */
  readonly value?: string | undefined
  /** Given several times, it takes rows that one of them fits. */
  readonly many?: boolean | undefined
}

const day = "DAY"

export const filters = {
  company: { about: "Whose documents and serials (its key in the world); needed when there are several", value: "KEY" },
  product: { about: "Of this product: key, SKU or GTIN", value: "PRODUCT", many: true },
  warehouse: { about: "At this warehouse: key or name", value: "WAREHOUSE", many: true },
  serial: { about: "This serial number: bare, or with its product in any spelling", value: "SERIAL", many: true },
  inStock: { about: "Only what is in stock" },
  vendor: { about: "From this vendor: key or name", value: "VENDOR", many: true },
  manufacturer: { about: "Of GTINs under a company prefix of this company: key or name", value: "COMPANY" },
  lot: { about: "Of this lot", value: "LOT", many: true },
  po: { about: "Of this purchase order number", value: "NUMBER", many: true },
  order: { about: "Of this sales order number", value: "NUMBER", many: true },
  session: { about: "Of this receive session", value: "ID", many: true },
  receivedOn: { about: "Received on this day", value: day },
  from: { about: "From this day on", value: day },
  to: { about: "Up to this day", value: day }
} as const satisfies Readonly<Record<string, Filter>>

export type FilterName = keyof typeof filters

export const filterOf = (name: FilterName): Filter => filters[name]

const Words = Schema.Array(Word)

/** What somebody chose; a report decodes only the filters it takes. */
const fields = {
  company: Schema.optionalKey(Word),
  product: Schema.optionalKey(Words),
  warehouse: Schema.optionalKey(Words),
  serial: Schema.optionalKey(Words),
  inStock: Schema.optionalKey(Schema.Boolean),
  vendor: Schema.optionalKey(Words),
  manufacturer: Schema.optionalKey(Word),
  lot: Schema.optionalKey(Words),
  po: Schema.optionalKey(Words),
  order: Schema.optionalKey(Words),
  session: Schema.optionalKey(Words),
  receivedOn: Schema.optionalKey(Day),
  from: Schema.optionalKey(Day),
  to: Schema.optionalKey(Day)
}

const Chosen = Schema.Struct(fields)
export type Chosen = typeof Chosen.Type

const decodeChosen = Schema.decodeUnknownResult(Chosen, { errors: "all" })
const issues = SchemaIssue.makeFormatterStandardSchemaV1()

/** The name people write: `in-stock`. */
export const flagOf = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)

/** Those of these filters that are left to choose where the company is given. */
export const ofCompany = (takes: ReadonlyArray<FilterName>): ReadonlyArray<FilterName> =>
  takes.filter((name) => name !== "company")

/** Reads filters of a report that takes these and needs some of them. */
export const decode = Effect.fnUntraced(function* (
  given: Readonly<Record<string, unknown>>,
  { takes, needs }: { readonly takes: ReadonlyArray<FilterName>; readonly needs: ReadonlyArray<FilterName> }
): Effect.fn.Return<Chosen, ReportsError> {
  const isTaken = (name: string) => takes.some((one) => one === name)
  const all = Object.entries(given).filter(([, value]) => value !== undefined)
  const present = Object.fromEntries(all.filter(([name]) => isTaken(name)))
  const decoded = decodeChosen(present)
  const wrong = Result.isFailure(decoded)
    ? issues(decoded.failure.issue).issues.map(({ path = [], message }) => ({
        filter: String(path[0] ?? ""),
        why: message
      }))
    : []
  const foreign = all
    .filter(([name]) => !isTaken(name))
    .map(([filter]) => ({ filter, why: "is no filter of this report" }))
  const missing = needs
    .filter((name) => present[name] === undefined)
    .map((filter) => ({ filter, why: `is needed: ${filterOf(filter).about.toLowerCase()}` }))
  const faults = [...wrong, ...foreign, ...missing]
  if (Result.isFailure(decoded) || faults.length > 0) {
    const told = faults.map(({ filter, why }) => `${flagOf(filter)} ${why}`)
    return yield* wrongFilter(
      `The filters make no sense: ${told.join("; ")}.`,
      `It takes: ${takes.map(flagOf).join(", ")}.`,
      faults
    )
  }
  return decoded.success
})

/** The filters chosen, in words. */
export const told = (chosen: Chosen, company: string): string =>
  [
    `company ${company}`,
    ...Object.entries({ ...chosen, company: undefined }).flatMap(([name, value]) => {
      if (value === undefined || value === false) return []
      return [value === true ? flagOf(name).replaceAll("-", " ") : `${flagOf(name)} ${[value].flat().join(", ")}`]
    })
  ].join("  ·  ")
