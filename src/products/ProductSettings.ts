/**
 * What pipelines of product information may fail with and need, and the settings of the installation for their class 1
 * checks: which packaging code types there are is configuration.
 */
import { Effect } from "effect"
import type { Accepts } from "../engine/Pipeline.ts"
import type { Xml, XmlError } from "../formats/Xml.ts"
import type { Configuration } from "../partners/Configuration.ts"
import { Partners } from "../partners/Partners.ts"
import type { PartnersError } from "../partners/PartnersError.ts"
import type { ProductMaster } from "./ProductMaster.ts"
import type { Known } from "./ProductMasterChecks.ts"

/** What a stage may fail with; a bad message is not among it. */
export type ProductError = XmlError | PartnersError

/** What the stages need. */
export type ProductServices = Xml | Partners | Configuration

/** The same way in, its canonical value joined with the settings. */
export const withSettings = <E, R>(
  accepts: Accepts<ProductMaster, E, R>
): Accepts<Known, E | PartnersError, R | Partners> => ({
  ...accepts,
  read: (bytes) =>
    Effect.gen(function* () {
      const { canonical, findings } = yield* accepts.read(bytes)
      if (canonical === undefined) return { canonical, findings }
      const { settings } = yield* Partners.use((partners) => partners.current)
      return { canonical: { ...canonical, settings }, findings }
    })
})
