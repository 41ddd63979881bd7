/**
 * The order part of the configuration as questions and answers: which product is that, what does it want, which channel
 * runs that warehouse, what did the desk decide. Made once a directory and kept beside it.
 *
 * Pure. What is not there is `undefined`; rules say what that means.
 */
import type { Directory } from "../partners/Directory.ts"
import { addTo, join } from "../partners/Places.ts"
import type { Company, Product } from "../partners/World.ts"
import {
  companySettings,
  type DeskSetting,
  type DeskSettingName,
  type PartnerChannel,
  type ShippingPreferences,
  type Tool,
  type Warehouse
} from "../partners/WorldOrders.ts"

/** Where a setting of the desk is asked for. */
export interface Scope {
  readonly owner: string
  readonly tool: Tool
  readonly product?: string | undefined
  readonly vendor?: string | undefined
}

export interface TradeIndex {
  readonly directory: Directory
  /** The company's product of this code: GTIN in 14 digits, UPC and EAN padded, or SKU. */
  readonly product: (
    owner: string,
    code: { readonly gtin?: string | undefined; readonly sku?: string | undefined }
  ) => Product | undefined
  readonly productByKey: (key: string) => Product | undefined
  readonly preferences: (product: Product) => ShippingPreferences | undefined
  /** True when each unit of the product is to be scanned: its own preference, else the company's default. */
  readonly requiresSerial: (product: Product) => boolean
  readonly warehouse: (owner: string, name: string) => Warehouse | undefined
  readonly warehouseByKey: (key: string) => Warehouse | undefined
  /** The channel that runs a warehouse. */
  readonly channelOf: (warehouse: string) => PartnerChannel | undefined
  readonly channel: (key: string) => PartnerChannel | undefined
  /** Channels between the two, either kind. */
  readonly channelsBetween: (owner: string, partner: string) => ReadonlyArray<PartnerChannel>
  /**
   * The setting that holds in a scope: the one for product and vendor before the one for product, vendor, all. One of the
   * whole company holds whatever the tool.
   */
  readonly setting: (name: DeskSettingName, scope: Scope) => DeskSetting | undefined
  /** A company of the world by its key, a number or its name. */
  readonly party: (text: string) => Company | undefined
}

/** A GTIN of 8, 12, 13 or 14 digits as 14; undefined for anything else. */
export const gtin14 = (text: string): string | undefined =>
  /^(?:\d{8}|\d{12,14})$/u.test(text) ? text.padStart(14, "0") : undefined

/** The codes of a product of one type. */
export const codesOf = (product: Product, type: string): ReadonlyArray<string> =>
  product.codes.filter((code) => code.type.toUpperCase() === type).map(({ value }) => value)

/** A line's GTIN that is none of the product its SKU names; undefined where the two agree, or one of them is not said. */
export const foreignGtin = (
  product: Product,
  { gtin, sku }: { readonly gtin?: string | undefined; readonly sku?: string | undefined }
): string | undefined => {
  const gtins = codesOf(product, "GTIN-14")
  if (gtin === undefined || sku === undefined || gtins.length === 0 || !codesOf(product, "SKU").includes(sku))
    return undefined
  return gtins.includes(gtin14(gtin) ?? gtin) ? undefined : gtin
}

/** A product's SKU, else its first GTIN, else its key: what people know it by. */
export const productName = (product: Product): string =>
  codesOf(product, "SKU")[0] ?? codesOf(product, "GTIN-14")[0] ?? product.id

const scopeKey = (name: string, owner: string, tool: string, product = "", vendor = "") =>
  join(name, owner, tool, product, vendor)

const make = (directory: Directory): TradeIndex => {
  const { warehouses, partnerChannels, shippingPreferences, deskSettings } = directory.orders
  const products = new Map(directory.products.map((product) => [product.id, product]))
  const preferred = new Map(shippingPreferences.map((each) => [each.product, each]))
  const byKey = new Map(warehouses.map((each) => [each.id, each]))
  const channels = new Map(partnerChannels.map((each) => [each.id, each]))
  const runs = new Map<string, PartnerChannel>()
  const between = new Map<string, Array<PartnerChannel>>()
  for (const channel of partnerChannels) {
    for (const warehouse of channel.warehouses) runs.set(warehouse, channel)
    addTo(between, join(channel.owner, channel.partner), channel)
  }
  const settings = new Map(
    deskSettings.map((each) => [scopeKey(each.setting, each.owner, each.tool, each.product, each.vendor), each])
  )
  const names = new Map(directory.companies.map((company) => [company.name, company]))

  const setting: TradeIndex["setting"] = (name, { owner, tool: asked, product, vendor }) => {
    const tool = companySettings.has(name) ? "client" : asked
    const at = (ofProduct?: string, ofVendor?: string) => settings.get(scopeKey(name, owner, tool, ofProduct, ofVendor))
    return (
      (product === undefined || vendor === undefined ? undefined : at(product, vendor)) ??
      (product === undefined ? undefined : at(product)) ??
      (vendor === undefined ? undefined : at(undefined, vendor)) ??
      at()
    )
  }
  const preferences = (product: Product) => preferred.get(product.id)
  const warehouse: TradeIndex["warehouse"] = (owner, name) => {
    const known = byKey.get(name)
    if (known !== undefined) return known.owner === owner ? known : undefined
    const location = directory.location(undefined, name)?.location?.id
    return warehouses.find(
      (each) => each.owner === owner && ((location !== undefined && each.location === location) || each.name === name)
    )
  }

  return {
    directory,
    product: (owner, { gtin, sku }) => {
      const bySku = sku === undefined ? undefined : directory.product(owner, "SKU", sku)
      if (bySku !== undefined || gtin === undefined) return bySku
      return directory.product(owner, "GTIN-14", gtin14(gtin) ?? gtin)
    },
    productByKey: (key) => products.get(key),
    preferences,
    requiresSerial: (product) =>
      preferences(product)?.requireSerialScan ??
      setting("requireSerialScan", { owner: product.owner, tool: "client" })?.on ??
      false,
    warehouse,
    warehouseByKey: (key) => byKey.get(key),
    channelOf: (key) => runs.get(key),
    channel: (key) => channels.get(key),
    channelsBetween: (owner, partner) => between.get(join(owner, partner)) ?? [],
    setting,
    party: (text) => directory.company(text) ?? directory.companyByNumber(text) ?? names.get(text)
  }
}

const made = new WeakMap<Directory, TradeIndex>()

/** The index of a directory, made once. */
export const of = (directory: Directory): TradeIndex => {
  const known = made.get(directory)
  if (known !== undefined) return known
  const index = make(directory)
  made.set(directory, index)
  return index
}
