/**
 * Product master data as JSON: the same products as MDX_PRODUCT_MASTER in XML, ours as a whole, with the names of the
 * product record of tracelink/code-samples. What a rule speaks of is an optional text here, so that the sender gets the
 * rule's text and no schema error beside it.
 */
import { Schema } from "effect"
import type { FieldName, ProductMaster } from "../src/products/ProductMaster.ts"

export const map = "THROUGHLINE_JSON_ProductMaster_1_0_IB_V1_0"
/** This module: its schema is what a run records. */
export const file = import.meta.filename

const text = Schema.optionalKey(Schema.String)
const scalar = Schema.optionalKey(Schema.Union([Schema.String, Schema.Boolean, Schema.Finite]))
const list = <S extends Schema.Top>(item: S) => Schema.optionalKey(Schema.Array(item))
const typed = Schema.Struct({ type: text, value: text })

export const schema = Schema.Struct({
  header: Schema.Struct({
    sender: Schema.NonEmptyString,
    receiver: Schema.NonEmptyString,
    controlNumber: Schema.NonEmptyString
  }),
  products: Schema.Array(
    Schema.Struct({
      productCode: text,
      productName: text,
      productDescription: text,
      genericName: text,
      strength: text,
      dosageForm: text,
      containerSize: text,
      productDataStatus: text,
      productCommercialStatus: text,
      productItemCodes: list(typed),
      productTargetMarkets: list(
        Schema.Struct({
          targetMarketCountry: text,
          traceabilityRequired: scalar,
          pointOfDispenseVerification: scalar,
          productOrigin: text,
          distributionPartnerIdentifier: list(Schema.String)
        })
      ),
      packagingInformation: list(
        Schema.Struct({
          packagingUom: text,
          companyPrefix: text,
          packagingQuantity: scalar,
          packagingItemCodes: list(typed)
        })
      )
    })
  )
})

/** Where fields stand below their part. */
const places: Readonly<Record<FieldName, string>> = {
  productCode: ".productCode",
  name: ".productName",
  description: ".productDescription",
  genericName: ".genericName",
  strength: ".strength",
  dosageForm: ".dosageForm",
  containerSize: ".containerSize",
  dataStatus: ".productDataStatus",
  commercialStatus: ".productCommercialStatus",
  itemCode: "",
  itemCodeType: ".type",
  market: "",
  country: ".targetMarketCountry",
  traceabilityRequired: ".traceabilityRequired",
  pointOfDispenseVerification: ".pointOfDispenseVerification",
  origin: ".productOrigin",
  distributionPartner: ".distributionPartnerIdentifier",
  packaging: "",
  level: ".packagingUom",
  companyPrefix: ".companyPrefix",
  quantity: ".packagingQuantity",
  code: "",
  codeType: ".type"
}

const trimmed = (value: string | boolean | number | undefined): string | undefined =>
  value === undefined ? undefined : String(value).trim()

const typedOf = ({ type, value }: typeof typed.Type, path: string) => ({
  type: trimmed(type),
  value: trimmed(value),
  path
})

export const canonical = ({ header, products }: typeof schema.Type): ProductMaster => ({
  header,
  products: products.map((product, index) => {
    const path = `$.products[${index}]`
    const at = (list: string, place: number) => `${path}.${list}[${place}]`
    return {
      productCode: trimmed(product.productCode),
      name: trimmed(product.productName),
      description: trimmed(product.productDescription),
      genericName: trimmed(product.genericName),
      strength: trimmed(product.strength),
      dosageForm: trimmed(product.dosageForm),
      containerSize: trimmed(product.containerSize),
      dataStatus: trimmed(product.productDataStatus),
      commercialStatus: trimmed(product.productCommercialStatus),
      itemCodes: (product.productItemCodes ?? []).map((code, place) => typedOf(code, at("productItemCodes", place))),
      markets: (product.productTargetMarkets ?? []).map((market, place) => ({
        country: trimmed(market.targetMarketCountry),
        traceabilityRequired: trimmed(market.traceabilityRequired),
        pointOfDispenseVerification: trimmed(market.pointOfDispenseVerification),
        origin: trimmed(market.productOrigin),
        distributionPartners: (market.distributionPartnerIdentifier ?? []).map((partner) => partner.trim()),
        path: at("productTargetMarkets", place)
      })),
      packaging: (product.packagingInformation ?? []).map((level, place) => ({
        level: trimmed(level.packagingUom),
        companyPrefix: trimmed(level.companyPrefix),
        quantity: trimmed(level.packagingQuantity),
        codes: (level.packagingItemCodes ?? []).map((code, nth) =>
          typedOf(code, `${at("packagingInformation", place)}.packagingItemCodes[${nth}]`)
        ),
        path: at("packagingInformation", place)
      })),
      path
    }
  }),
  places
})
