/**
 * Product master data, as XML, JSON or CSV: a producer sends its products, each in full, and they are shared with
 * consumers and the product directory as its data rules say. TraceLink Product Information Exchange, product syncing APIs (2024.6).
 */
import { Duration } from "effect"
import * as Csv from "../mappings/THROUGHLINE_CSV_ProductMaster_1_0_IB_V1_0.ts"
import * as Json from "../mappings/THROUGHLINE_JSON_ProductMaster_1_0_IB_V1_0.ts"
import * as Xml from "../mappings/TL_XML_MDX_ProductMaster_1_0_IB_V1_0.ts"
import * as CsvMessage from "../src/engine/CsvMessage.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import * as ProductMasterApply from "../src/products/ProductMasterApply.ts"
import { checks, type Known } from "../src/products/ProductMasterChecks.ts"
import { refusals } from "../src/products/ProductMasterRules.ts"
import { type ProductError, type ProductServices, withSettings } from "../src/products/ProductSettings.ts"

const type = "MDX_PRODUCT_MASTER"

const shared = {
  check: checks,
  raises: refusals,
  apply: ProductMasterApply.apply,
  reply: undefined,
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
}

export const productMaster = Pipeline.define<Known, never, ProductError, ProductServices>({
  ...shared,
  name: "product-master",
  summary: "Takes a producer's products, with packaging levels, codes and markets.",
  accepts: withSettings(XmlMessage.accepts({ type, layout: Xml.layout, canonical: Xml.canonical }))
})

export const productMasterJson = Pipeline.define<Known, never, ProductError, ProductServices>({
  ...shared,
  name: "product-master-json",
  summary: "Takes a producer's products from JSON.",
  accepts: withSettings(JsonMessage.accepts({ ...Json, type }))
})

export const productMasterCsv = Pipeline.define<Known, never, ProductError, ProductServices>({
  ...shared,
  name: "product-master-csv",
  summary: "Takes a producer's products from CSV, one packaging code a row.",
  accepts: withSettings(CsvMessage.accepts({ ...Csv, type }))
})
