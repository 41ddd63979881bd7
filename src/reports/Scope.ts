/**
 * What a report is about, made of what somebody chose and the configuration of the moment: the company, its products by
 * packaging code, warehouses and vendors by key, serials as the repository keeps them. `Words` are what rows are told in:
 * names of companies and warehouses, SKUs and names of products.
 *
 * A filter that names something that is not there fails with `ReportsError`; nothing is guessed.
 */
import { Effect } from "effect"
import * as Gs1Epc from "../formats/Gs1Epc.ts"
import * as SerialText from "../orders/SerialText.ts"
import * as TradeIndex from "../orders/TradeIndex.ts"
import type { Directory } from "../partners/Directory.ts"
import type { Product } from "../partners/World.ts"
import { gtinsOf, prefixOf } from "../partners/WorldGtins.ts"
import type { DeskSettingName } from "../partners/WorldOrders.ts"
import type { Chosen } from "./Filters.ts"
import { type ReportsError, wrongFilter } from "./ReportsError.ts"

/** Values for statements: words are keys of the world, or numbers of documents. */
export interface Scope {
  readonly company: string
  /** Packaging codes of the products meant, in columns. */
  readonly codeTypes: ReadonlyArray<string>
  readonly codes: ReadonlyArray<string>
  /** The key of the product of each code. */
  readonly codeProducts: ReadonlyArray<string>
  /** Keys of the products meant; undefined when all are. */
  readonly products: ReadonlyArray<string> | undefined
  readonly warehouses: ReadonlyArray<string> | undefined
  /** Keys and names by which documents may name the vendors meant. */
  readonly vendors: ReadonlyArray<string> | undefined
  /** Serials meant, in columns; an empty prefix means any. */
  readonly serials: ReadonlyArray<string> | undefined
  readonly prefixes: ReadonlyArray<string>
  readonly inStock: boolean
  readonly lots: ReadonlyArray<string> | undefined
  readonly purchaseOrders: ReadonlyArray<string> | undefined
  readonly salesOrders: ReadonlyArray<string> | undefined
  readonly sessions: ReadonlyArray<string> | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  /** Products of which each unit is to be scanned. */
  readonly requiring: ReadonlyArray<string>
  /** What identities of serials begin with, for each code of the products meant. */
  readonly heads: ReadonlyArray<string>
  /** The company's settings: one flat list of a purchase order's serials; serials on orders, and on invoices. */
  readonly flat: boolean
  readonly onOrders: boolean
  readonly onInvoices: boolean
}

export interface Words {
  /** Name of a company by its key; what is no key is a name already. */
  readonly company: (text: string | null) => string | undefined
  readonly warehouse: (key: string | null) => string | undefined
  /** What the company calls a product: SKU, else GTIN. */
  readonly product: (key: string | null) => string | undefined
  readonly productName: (key: string | null) => string | undefined
  /** The same by packaging code, which stands for itself where the company has no such product. */
  readonly productOf: (codeType: string, code: string) => string
}

const listed = (words: ReadonlyArray<string>): string => (words.length === 0 ? "none" : words.join(", "))

/** The company: the one that is named, else the owner of the products named, else the only one that has warehouses. */
const companyOf = Effect.fnUntraced(function* (
  chosen: Chosen,
  directory: Directory
): Effect.fn.Return<string, ReportsError> {
  if (chosen.company !== undefined) {
    if (directory.company(chosen.company) !== undefined) return chosen.company
    return yield* wrongFilter(
      `There is no company "${chosen.company}".`,
      `There are: ${listed(directory.companies.map(({ id }) => id))}.`
    )
  }
  const named = new Set(
    (chosen.product ?? []).flatMap((text) =>
      directory.products.filter((one) => isMeant(one, text)).map(({ owner }) => owner)
    )
  )
  const houses = new Set(directory.orders.warehouses.map(({ owner }) => owner))
  const candidates =
    named.size > 0 ? named : houses.size > 0 ? houses : new Set(directory.products.map(({ owner }) => owner))
  const [only] = candidates
  if (only !== undefined && candidates.size === 1) return only
  return yield* wrongFilter(
    candidates.size === 0
      ? "There is no company with products."
      : "Several companies have products: say which with --company.",
    candidates.size === 0 ? undefined : `There are: ${listed([...candidates])}.`
  )
})

const isMeant = (product: Product, text: string): boolean => {
  const gtin = TradeIndex.gtin14(text)
  return (
    product.id === text || product.codes.some(({ value }) => value === text || (gtin !== undefined && value === gtin))
  )
}

/** Products of the company that are meant; undefined when all are. */
const productsOf = Effect.fnUntraced(function* (
  { product, manufacturer }: Chosen,
  company: string,
  index: TradeIndex.TradeIndex
): Effect.fn.Return<ReadonlyArray<Product> | undefined, ReportsError> {
  const own = index.directory.products.filter(({ owner }) => owner === company)
  const named = product?.map((text) => ({ text, found: own.filter((one) => isMeant(one, text)) }))
  const unknown = named?.filter(({ found }) => found.length === 0).map(({ text }) => text) ?? []
  if (unknown.length > 0) {
    return yield* wrongFilter(
      `${company} has no product ${unknown.map((text) => `"${text}"`).join(", ")}.`,
      "A product goes by its key, SKU or GTIN in the world."
    )
  }
  const meant = named === undefined ? undefined : [...new Set(named.flatMap(({ found }) => found))]
  if (manufacturer === undefined) return meant
  const maker = index.party(manufacturer)
  if (maker === undefined) return yield* wrongFilter(`There is no company "${manufacturer}".`)
  return (meant ?? own).filter((one) => gtinsOf(one).some((gtin) => prefixOf(maker, gtin) !== undefined))
})

const warehousesOf = Effect.fnUntraced(function* (
  { warehouse }: Chosen,
  company: string,
  index: TradeIndex.TradeIndex
): Effect.fn.Return<ReadonlyArray<string> | undefined, ReportsError> {
  if (warehouse === undefined) return undefined
  const keys: Array<string> = []
  for (const text of warehouse) {
    const found = index.warehouse(company, text)
    if (found === undefined) {
      const own = index.directory.orders.warehouses.filter(({ owner }) => owner === company).map(({ id }) => id)
      return yield* wrongFilter(`${company} has no warehouse "${text}".`, `There are: ${listed(own)}.`)
    }
    keys.push(found.id)
  }
  return keys
})

/** A serial as people write it, as columns of the repository: the whole text where it names its product, and bare. */
const serialsOf = (texts: ReadonlyArray<string> | undefined, ignoreCase: boolean) => {
  const pairs = texts?.flatMap((text) => {
    const trimmed = text.trim()
    const { serial, gtin } = SerialText.scanned(trimmed, ignoreCase)
    const epc = Gs1Epc.read(trimmed)
    const whole = /^(?<prefix>sku:[^:]*:[^:]*:|00(?=\d{18}$))(?<serial>.+)$/su.exec(trimmed)?.groups
    return [
      { prefix: "", serial: trimmed },
      ...(ignoreCase ? [{ prefix: "", serial: trimmed.toUpperCase() }] : []),
      ...(gtin === undefined ? [] : [{ prefix: `01${gtin}21`, serial }]),
      ...(epc?.kind === "sgtin" ? [{ prefix: `01${epc.gtin14}21`, serial: epc.serial }] : []),
      ...(epc?.kind === "sscc" ? [{ prefix: "00", serial: epc.sscc }] : []),
      ...(whole === undefined ? [] : [{ prefix: whole["prefix"] ?? "", serial: whole["serial"] ?? "" }])
    ]
  })
  return { serials: pairs?.map(({ serial }) => serial), prefixes: pairs?.map(({ prefix }) => prefix) ?? [] }
}

const vendorsOf = ({ vendor }: Chosen, index: TradeIndex.TradeIndex) =>
  vendor?.flatMap((text) => {
    const party = index.party(text)
    return party === undefined ? [text] : [text, party.id, party.name]
  })

/** What the identity of a serial begins with under each code of a product. */
const headsOf = ({ owner, codes }: Product): ReadonlyArray<string> =>
  codes.flatMap(({ type, value }) => {
    if (type.toUpperCase() === "SKU") return [`sku:${owner}:${encodeURIComponent(value)}:`]
    return TradeIndex.gtin14(value) === undefined ? [] : [`01${value.padStart(14, "0")}21`]
  })

/** The scope of a report. */
export const resolve = Effect.fn("Scope.resolve")(function* (
  chosen: Chosen,
  directory: Directory
): Effect.fn.Return<Scope, ReportsError> {
  const index = TradeIndex.of(directory)
  const company = yield* companyOf(chosen, directory)
  const meant = yield* productsOf(chosen, company, index)
  const own = directory.products.filter(({ owner }) => owner === company)
  const codes = (meant ?? own).flatMap((product) => product.codes.map((code) => ({ ...code, product: product.id })))
  const isOn = (setting: DeskSettingName) => index.setting(setting, { owner: company, tool: "client" })?.on === true
  const scope: Scope = {
    company,
    codeTypes: codes.map(({ type }) => type.toUpperCase()),
    codes: codes.map(({ value }) => value),
    codeProducts: codes.map(({ product }) => product),
    products: meant?.map(({ id }) => id),
    warehouses: yield* warehousesOf(chosen, company, index),
    vendors: vendorsOf(chosen, index),
    ...serialsOf(chosen.serial, isOn("ignoreSerialCase")),
    inStock: chosen.inStock ?? false,
    lots: chosen.lot,
    purchaseOrders: chosen.po,
    salesOrders: chosen.order,
    sessions: chosen.session,
    from: chosen.from ?? chosen.receivedOn,
    to: chosen.to ?? chosen.receivedOn,
    requiring: own.filter(index.requiresSerial).map(({ id }) => id),
    heads: (meant ?? own).flatMap(headsOf),
    flat: isOn("simpleSerialGrid"),
    onOrders: isOn("showOnOrderDetails"),
    onInvoices: isOn("showOnInvoice")
  }
  return scope
})

/** The words of a company. */
export const words = (directory: Directory, company: string): Words => {
  const index = TradeIndex.of(directory)
  const product = (key: string | null) => (key === null ? undefined : index.productByKey(key))
  return {
    company: (text) => (text === null ? undefined : (directory.company(text)?.name ?? text)),
    warehouse: (key) => (key === null ? undefined : (index.warehouseByKey(key)?.name ?? key)),
    product: (key) => {
      const found = product(key)
      return found === undefined ? (key ?? undefined) : TradeIndex.productName(found)
    },
    productName: (key) => product(key)?.name,
    productOf: (codeType, code) => {
      const found = directory.product(company, codeType, code)
      return found === undefined ? code : TradeIndex.productName(found)
    }
  }
}
