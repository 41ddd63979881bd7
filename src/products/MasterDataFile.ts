/**
 * Product master data as consumers download it: what producers share with a company, as CSV (a row a packaging code) or
 * JSON. Only what it may see: active products of a market that a master data rule opens for download, and of their markets
 * those that such a rule names.
 *
 * Pure; the same configuration and request give the same bytes.
 */
import * as Csv from "../formats/Csv.ts"
import { token } from "../partners/Places.ts"
import { responderOf } from "../partners/WorldDirectory.ts"
import type { ProductMarket } from "../partners/WorldProducts.ts"
import { isMarket, masterDataRulesFor } from "./DataRules.ts"
import type { ProductIndex, Shared } from "./ProductIndex.ts"

export const formats = ["csv", "json"] as const
export type Format = (typeof formats)[number]

/** What to download; without a filter everything that may be seen. */
export interface Wanted {
  readonly format: Format
  /** Only packaging codes of this type. */
  readonly codeType?: string | undefined
  /** Only products of this producer. */
  readonly owner?: string | undefined
  /** Only products whose keys are these. */
  readonly only?: ReadonlySet<string> | undefined
}

/** A product as it is told. */
export interface Told {
  readonly owner: string
  readonly ownerName: string
  readonly ownerGln: string | undefined
  readonly productCode: string | undefined
  readonly productName: string
  readonly productDescription: string | undefined
  readonly genericName: string | undefined
  readonly strength: string | undefined
  readonly dosageForm: string | undefined
  readonly containerSize: string | undefined
  readonly productCommercialStatus: string | undefined
  readonly productItemCodes: ReadonlyArray<{ readonly type: string; readonly value: string }>
  readonly productTargetMarkets: ReadonlyArray<ProductMarket>
  readonly packagingUom: string
  readonly companyPrefix: string | undefined
  readonly packagingQuantity: number | undefined
  readonly packagingItemCodes: ReadonlyArray<{ readonly type: string; readonly value: string }>
}

const tell = ({ product, owner, rules }: Shared, codeType: string | undefined): Told => {
  const open = masterDataRulesFor(rules, product).filter(({ download }) => download)
  const shows = ({ country }: ProductMarket) =>
    isMarket(country) && open.some(({ market }) => market === "ALL" || market === country)
  return {
    owner: owner.id,
    ownerName: owner.name,
    ownerGln: responderOf(owner),
    productCode: product.productCode,
    productName: product.name,
    productDescription: product.description,
    genericName: product.genericName,
    strength: product.strength,
    dosageForm: product.dosageForm,
    containerSize: product.containerSize,
    productCommercialStatus: product.commercialStatus,
    productItemCodes: product.itemCodes,
    productTargetMarkets: product.markets.filter(shows),
    packagingUom: product.packagingLevel,
    companyPrefix: product.companyPrefix,
    packagingQuantity: product.quantity,
    packagingItemCodes: product.codes.filter(({ type }) => codeType === undefined || token(type) === token(codeType))
  }
}

/** What a company may see of what it asks for, by the keys of the products. */
export const told = (index: ProductIndex, company: string, wanted: Omit<Wanted, "format">): ReadonlyArray<Told> =>
  index
    .visibleTo(company)
    .filter(
      ({ product, owner }) =>
        (wanted.owner === undefined || owner.id === wanted.owner) &&
        (wanted.only === undefined || wanted.only.has(product.id))
    )
    .map((shared) => tell(shared, wanted.codeType))
    .filter(({ packagingItemCodes }) => packagingItemCodes.length > 0)

const columns = [
  "Owner",
  "Owner GLN",
  "Product Code",
  "Product Name",
  "Description",
  "Generic Name",
  "Strength",
  "Dosage Form",
  "Container Size",
  "Commercial Status",
  "Item Codes",
  "Target Markets",
  "Packaging Level",
  "Company Prefix",
  "Quantity",
  "Code Type",
  "Code"
]

const rowsOf = (one: Told): ReadonlyArray<ReadonlyArray<string>> =>
  one.packagingItemCodes.map(({ type, value }) => [
    one.ownerName,
    one.ownerGln ?? "",
    one.productCode ?? "",
    one.productName,
    one.productDescription ?? "",
    one.genericName ?? "",
    one.strength ?? "",
    one.dosageForm ?? "",
    one.containerSize ?? "",
    one.productCommercialStatus ?? "",
    one.productItemCodes.map((code) => `${code.type}:${code.value}`).join(" | "),
    one.productTargetMarkets.map(({ country }) => country).join(" | "),
    one.packagingUom,
    one.companyPrefix ?? "",
    one.packagingQuantity === undefined ? "" : `${one.packagingQuantity}`,
    type,
    value
  ])

/** The file. Cells that a spreadsheet would take for formulas are written so that it does not. */
export const write = (products: ReadonlyArray<Told>, format: Format): Uint8Array => {
  const text =
    format === "json"
      ? `${JSON.stringify({ products }, null, 2)}\n`
      : [columns, ...products.flatMap(rowsOf)].map((row) => Csv.record(row, { safe: true })).join("")
  return new TextEncoder().encode(text)
}
