/**
 * Takes product master data into the configuration: each product in full, a packaging level a product of the world. A
 * level that a record no longer names becomes inactive. Directory records follow in the same transaction,
 * as the master data rules say. Class 2; runs inside the commit transaction.
 *
 * A product keeps its key as long as it keeps one of its codes, and what master data messages do not carry (China codes'
 * level and ratio) stays.
 */
import { Effect } from "effect"
import { type Applied, type Refused, type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import { Configuration } from "../partners/Configuration.ts"
import { Partners } from "../partners/Partners.ts"
import { join, token } from "../partners/Places.ts"
import type { Company, Product } from "../partners/World.ts"
import * as World from "../partners/World.ts"
import * as WorldDirectory from "../partners/WorldDirectory.ts"
import * as WorldGtins from "../partners/WorldGtins.ts"
import {
  commercialStatuses,
  dataStatuses,
  type ItemCode,
  itemCodeTypes,
  type ProductMarket,
  packagingLevels
} from "../partners/WorldProducts.ts"
import { filled, type MarketRecord, type PackagingRecord, type ProductRecord, yesNo } from "./ProductMaster.ts"
import type { Known } from "./ProductMasterChecks.ts"
import { codeTaken, gtinTaken, notAProducer, notInDirectory, refused } from "./ProductMasterRules.ts"

const member = <A extends string>(list: ReadonlyArray<A>, value: string | undefined): A | undefined =>
  list.find((one) => one === value)

/** Fields that are filled in. */
const given = <K extends string>(fields: Readonly<Record<K, string | undefined>>): { readonly [F in K]?: string } => {
  const some: { [F in K]?: string } = {}
  for (const key in fields) {
    const value = fields[key]
    if (filled(value)) some[key] = value
  }
  return some
}

const marketOf = (market: MarketRecord): ProductMarket => {
  const [traceability, dispense] = [
    yesNo(market.traceabilityRequired ?? ""),
    yesNo(market.pointOfDispenseVerification ?? "")
  ]
  return {
    country: market.country ?? "",
    ...(traceability === undefined ? {} : { traceabilityRequired: traceability }),
    ...(dispense === undefined ? {} : { pointOfDispenseVerification: dispense }),
    ...given({ origin: market.origin }),
    distributionPartners: market.distributionPartners.filter(filled)
  }
}

const itemCodesOf = (record: ProductRecord): ReadonlyArray<ItemCode> =>
  record.itemCodes.flatMap(({ type, value }) => {
    const known = member(itemCodeTypes, type)
    return known === undefined || !filled(value) ? [] : [{ type: known, value }]
  })

/** A key of ours out of any text. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-+|-+$/gu, "")
    .slice(0, 56)

/** What is there of the sender's products. */
class Shelf {
  readonly #byCode = new Map<string, Product>()
  readonly #keys: Set<string>
  readonly #owner: string

  constructor(products: ReadonlyArray<Product>, owner: string) {
    this.#owner = owner
    this.#keys = new Set(products.map(({ id }) => id))
    for (const product of products) {
      if (product.owner !== owner) continue
      for (const { type, value } of product.codes) this.#byCode.set(join(token(type), value), product)
    }
  }

  find(type: string, value: string): Product | undefined {
    return this.#byCode.get(join(token(type), value))
  }

  /** A key that nothing has yet. */
  key(text: string): string {
    const base = slug(`${text}-${this.#owner}`)
    let key = base
    for (let count = 2; this.#keys.has(key); count++) key = `${base}-${count}`
    this.#keys.add(key)
    return key
  }
}

const codesOf = (level: PackagingRecord) =>
  level.codes.flatMap(({ type, value, path }) => (filled(type) && filled(value) ? [{ type, value, path }] : []))

const productOf = (
  record: ProductRecord,
  level: PackagingRecord,
  before: Product | undefined,
  key: string,
  owner: string
): Product => {
  const codes = codesOf(level).map(({ type, value }) => ({ type, value }))
  const [dataStatus, commercialStatus] = [
    member(dataStatuses, record.dataStatus),
    member(commercialStatuses, record.commercialStatus)
  ]
  return {
    id: before?.id ?? key,
    owner,
    name: record.name ?? "",
    packagingLevel: member(packagingLevels, level.level) ?? "EA",
    codes,
    ...given({ cnSubtype: before?.cnSubtype, codeLevel: before?.codeLevel, packageRatio: before?.packageRatio }),
    ...given({
      productCode: record.productCode,
      description: record.description,
      genericName: record.genericName,
      strength: record.strength,
      dosageForm: record.dosageForm,
      containerSize: record.containerSize,
      companyPrefix: level.companyPrefix
    }),
    ...(filled(level.quantity) ? { quantity: Number(level.quantity) } : {}),
    itemCodes: itemCodesOf(record),
    markets: record.markets.map(marketOf),
    ...(dataStatus === undefined ? {} : { dataStatus }),
    ...(commercialStatus === undefined ? {} : { commercialStatus })
  }
}

/** The products that a message makes of what is there, and codes that stand in the way. */
const merge = (known: Known, company: Company, world: World.Configuration) => {
  const owner = company.id
  const all = world.products
  const isMaker = WorldGtins.makes(company)
  const gtins = WorldGtins.of(world)
  const records = Map.groupBy(world.directory, ({ gtin }) => gtin)
  const shelf = new Shelf(all, owner)
  const products = new Map<string, Product>()
  const violations: Array<Violation> = []
  for (const record of known.products) {
    for (const level of record.packaging) {
      const codes = codesOf(level)
      for (const { type, value, path } of codes) {
        const [gtin] = WorldGtins.gtinsOf({ codes: [{ type, value }] })
        if (gtin === undefined || !isMaker || gtins.isOf(owner, gtin, records.get(gtin) ?? [])) continue
        violations.push(gtinTaken.raise({ type, value }, { path, value }))
      }
      const owners = codes.map(({ type, value }) => shelf.find(type, value))
      for (const [index, other] of owners.entries()) {
        const code = codes[index]
        if (other === undefined || code === undefined) continue
        const same = other.productCode === undefined || other.productCode === record.productCode
        if (same && !products.has(other.id)) continue
        const { type, value, path } = code
        violations.push(codeTaken.raise({ type, value, product: other.productCode ?? other.id }, { path, value }))
      }
      const before = owners.find((other) => other !== undefined)
      const product = productOf(record, level, before, before?.id ?? shelf.key(codes[0]?.value ?? ""), owner)
      products.set(product.id, product)
    }
  }
  const sent = new Set(known.products.map(({ productCode }) => productCode))
  for (const product of all) {
    if (product.owner !== owner || product.productCode === undefined || products.has(product.id)) continue
    if (sent.has(product.productCode)) products.set(product.id, { ...product, dataStatus: "INACTIVE" })
  }
  return { products: [...products.values()], violations }
}

/** Codes of the message that should be in the directory and are not, because of somebody else's record. */
const passedOver = (
  known: Known,
  owner: string,
  before: World.Configuration,
  products: ReadonlyArray<Product>
): ReadonlyArray<Violation> => {
  const changed = new Set(products.map(({ id }) => id))
  const others = before.products.filter(({ id }) => !changed.has(id))
  const reasons = new Map(
    WorldDirectory.passedOver({ ...before, products: [...others, ...products] }, owner).map(
      ({ gtin, message }) => [gtin, message] as const
    )
  )
  return known.products
    .flatMap(({ packaging }) => packaging.flatMap(codesOf))
    .flatMap(({ value, path }) => {
      const reason = reasons.get(value)
      return reason === undefined ? [] : [notInDirectory.raise({ value, reason }, { path, value })]
    })
}

export const apply = Effect.fn("ProductMaster.apply")(function* (known: Known, context: RunContext) {
  const partners = yield* Partners
  const configuration = yield* Configuration
  const directory = yield* partners.current
  const { sender } = directory.parties(known.header.sender, known.header.receiver)
  const owner = sender ?? directory.company(context.company)
  if (owner === undefined || owner.role === "consumer") {
    const place = { value: known.header.sender }
    return yield* Effect.fail<Refused>(
      refuse([notAProducer.raise({ company: owner?.id ?? known.header.sender }, place)])
    )
  }
  const { products, violations } = merge(known, owner, directory.configuration)
  if (violations.length > 0) return yield* Effect.fail<Refused>(refuse(violations))

  const world = { ...World.empty, products }
  yield* configuration
    .import(world, { actor: `message ${context.messageId}` })
    .pipe(
      Effect.catchTag("WorldError", (error) =>
        Effect.fail<Refused>(
          refuse(error.reason.faults.map(({ path, message }) => refused.raise({ fault: `${path}: ${message}` })))
        )
      )
    )
  const warnings = passedOver(known, owner.id, directory.configuration, products)
  const touched = products.flatMap(({ codes }) => codes.map(({ type, value }) => `product:${token(type)} ${value}`))
  const applied: Applied<never> = { answers: [], warnings, touched }
  return applied
})
