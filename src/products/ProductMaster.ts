/**
 * Product master data as messages bring it (`MDX_PRODUCT_MASTER`), whatever their format: products, each in full, with
 * their packaging levels, codes, item codes and markets. Mappings fill it, `ProductMasterRules` look at it.
 *
 * Plain data. Values are texts as they stood there; one that is absent is `undefined`. Every part knows its place in its
 * own document, so that rules name it in the sender's terms.
 *
 * Source: TraceLink Product Information Exchange, product syncing APIs (2024.6), which show the root and say that each
 * record is sent in full and many may go in one message; names of fields after the JSON schemas of tracelink/code-samples.
 */
import type { Envelope } from "../engine/Pipeline.ts"

/** The fields of a product or packaging level, by the names that places use. */
export type FieldName =
  | "productCode"
  | "name"
  | "description"
  | "genericName"
  | "strength"
  | "dosageForm"
  | "containerSize"
  | "dataStatus"
  | "commercialStatus"
  | "itemCode"
  | "itemCodeType"
  | "market"
  | "country"
  | "traceabilityRequired"
  | "pointOfDispenseVerification"
  | "origin"
  | "distributionPartner"
  | "packaging"
  | "level"
  | "companyPrefix"
  | "quantity"
  | "code"
  | "codeType"

/** A value of a kind, with its place. */
export interface TypedValue {
  readonly type: string | undefined
  readonly value: string | undefined
  readonly path: string
}

export interface MarketRecord {
  readonly country: string | undefined
  readonly traceabilityRequired: string | undefined
  readonly pointOfDispenseVerification: string | undefined
  readonly origin: string | undefined
  readonly distributionPartners: ReadonlyArray<string>
  readonly path: string
}

export interface PackagingRecord {
  readonly level: string | undefined
  readonly companyPrefix: string | undefined
  readonly quantity: string | undefined
  readonly codes: ReadonlyArray<TypedValue>
  readonly path: string
}

export interface ProductRecord {
  readonly productCode: string | undefined
  readonly name: string | undefined
  readonly description: string | undefined
  readonly genericName: string | undefined
  readonly strength: string | undefined
  readonly dosageForm: string | undefined
  readonly containerSize: string | undefined
  readonly dataStatus: string | undefined
  readonly commercialStatus: string | undefined
  readonly itemCodes: ReadonlyArray<TypedValue>
  readonly markets: ReadonlyArray<MarketRecord>
  readonly packaging: ReadonlyArray<PackagingRecord>
  readonly path: string
}

export interface ProductMaster {
  readonly header: Envelope
  readonly products: ReadonlyArray<ProductRecord>
  /** What stands behind a part's path to name a field of it, e.g. `/mdx:ProductName`. */
  readonly places: Readonly<Record<FieldName, string>>
}

/** True when something stands there. */
export const filled = (text: string | undefined): text is string => text !== undefined && text !== ""

/** Yes and no as messages write them; undefined for anything else. */
export const yesNo = (text: string): boolean | undefined => {
  const word = text.toLowerCase()
  if (word === "true" || word === "1" || word === "yes") return true
  return word === "false" || word === "0" || word === "no" ? false : undefined
}
