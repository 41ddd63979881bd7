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

/** What is told of a product, by the names that requests choose from. */
export const fields = [
  "owner",
  "ownerName",
  "ownerGln",
  "productCode",
  "productName",
  "productDescription",
  "genericName",
  "strength",
  "dosageForm",
  "containerSize",
  "productCommercialStatus",
  "productItemCodes",
  "productTargetMarkets",
  "packagingUom",
  "companyPrefix",
  "packagingQuantity",
  "packagingItemCodes"
] as const
export type Field = (typeof fields)[number]

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

type Code = Told["packagingItemCodes"][number]

interface Column {
  readonly field: Field
  readonly names: ReadonlyArray<string>
  readonly cells: (one: Told, code: Code | undefined) => ReadonlyArray<string | undefined>
}

const column = (field: Field, name: string, cell: (one: Told) => string | undefined): Column => ({
  field,
  names: [name],
  cells: (one) => [cell(one)]
})

const columns: ReadonlyArray<Column> = [
  column("ownerName", "Owner", (one) => one.ownerName),
  column("ownerGln", "Owner GLN", (one) => one.ownerGln),
  column("productCode", "Product Code", (one) => one.productCode),
  column("productName", "Product Name", (one) => one.productName),
  column("productDescription", "Description", (one) => one.productDescription),
  column("genericName", "Generic Name", (one) => one.genericName),
  column("strength", "Strength", (one) => one.strength),
  column("dosageForm", "Dosage Form", (one) => one.dosageForm),
  column("containerSize", "Container Size", (one) => one.containerSize),
  column("productCommercialStatus", "Commercial Status", (one) => one.productCommercialStatus),
  column("productItemCodes", "Item Codes", (one) =>
    one.productItemCodes.map((code) => `${code.type}:${code.value}`).join(" | ")
  ),
  column("productTargetMarkets", "Target Markets", (one) =>
    one.productTargetMarkets.map(({ country }) => country).join(" | ")
  ),
  column("packagingUom", "Packaging Level", (one) => one.packagingUom),
  column("companyPrefix", "Company Prefix", (one) => one.companyPrefix),
  column("packagingQuantity", "Quantity", (one) => one.packagingQuantity?.toString()),
  {
    field: "packagingItemCodes",
    names: ["Code Type", "Code"],
    cells: (_, code) => [code?.type, code?.value]
  }
]

const csv = (products: ReadonlyArray<Told>, shown: ReadonlySet<Field>): string => {
  const wanted = columns.filter(({ field }) => shown.has(field))
  const rows = products.flatMap((one) =>
    (shown.has("packagingItemCodes") ? one.packagingItemCodes : [undefined]).map((code) =>
      wanted.flatMap(({ cells }) => cells(one, code).map((cell) => cell ?? ""))
    )
  )
  return [wanted.flatMap(({ names }) => names), ...rows].map((row) => Csv.record(row, { safe: true })).join("")
}

const json = (products: ReadonlyArray<Told>, shown: ReadonlySet<Field>): string => {
  const picked = products.map((one) =>
    Object.fromEntries(fields.filter((name) => shown.has(name)).map((name) => [name, one[name]]))
  )
  return `${JSON.stringify({ products: picked }, null, 2)}\n`
}

/**
 * The file, with these fields only where some are named. Cells that a spreadsheet would take for formulas are written so
 * that it does not.
 */
export const write = (
  products: ReadonlyArray<Told>,
  format: Format,
  only: ReadonlyArray<Field> | undefined = undefined
): Uint8Array => {
  const shown = new Set(only === undefined || only.length === 0 ? fields : only)
  return new TextEncoder().encode(format === "json" ? json(products, shown) : csv(products, shown))
}
