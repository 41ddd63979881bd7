/**
 * Product master data: a producer sends its products, each in full, and they are shared with consumers and the product
 * directory as its data rules say. TraceLink Product Information Exchange, product syncing APIs (2024.6).
 */
import { Duration } from "effect"
import * as Master from "../mappings/TL_XML_MDX_ProductMaster_1_0_IB_V1_0.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import * as ProductMasterApply from "../src/products/ProductMasterApply.ts"
import { checks, type Known } from "../src/products/ProductMasterChecks.ts"
import { refusals } from "../src/products/ProductMasterRules.ts"
import { type ProductError, type ProductServices, withSettings } from "../src/products/ProductSettings.ts"

export const productMaster = Pipeline.define<Known, never, ProductError, ProductServices>({
  name: "product-master",
  summary: "Takes a producer's products, with packaging levels, codes and markets.",
  accepts: withSettings(
    XmlMessage.accepts({ type: "MDX_PRODUCT_MASTER", layout: Master.layout, canonical: Master.canonical })
  ),
  check: checks,
  raises: refusals,
  apply: ProductMasterApply.apply,
  reply: undefined,
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
})
