/**
 * Gives class 1 checks the settings of the installation: the enumerations that the public documents did not keep are
 * configuration, so what a document reads as is joined with the settings of the moment.
 *
 * Also names what all SNX pipelines may fail with and what they need.
 */
import { Effect } from "effect"
import type { Accepts, Envelope } from "../engine/Pipeline.ts"
import type { Xml, XmlError } from "../formats/Xml.ts"
import { Partners } from "../partners/Partners.ts"
import type { PartnersError } from "../partners/PartnersError.ts"
import type { StorageError } from "./SerialQueries.ts"
import type { Serials } from "./Serials.ts"
import type { SerialsError } from "./SerialsError.ts"
import type { Known } from "./SnxMessage.ts"
import type { SqlClient } from "./SnxQueries.ts"

/** What a stage of an SNX pipeline may fail with; a bad message is not among it. */
export type SnxError = XmlError | PartnersError | SerialsError | StorageError

/** What the stages need. */
export type SnxServices = Xml | Partners | Serials | SqlClient

/** The same way in, its canonical value joined with the settings. */
export const withSettings = <C extends { readonly header: Envelope }, E, R>(
  accepts: Accepts<C, E, R>
): Accepts<Known<C>, E | PartnersError, R | Partners> => ({
  ...accepts,
  read: (bytes) =>
    Effect.gen(function* () {
      const { canonical, findings } = yield* accepts.read(bytes)
      if (canonical === undefined) return { canonical, findings }
      const partners = yield* Partners
      const { settings } = yield* partners.current
      return { canonical: { ...canonical, settings }, findings }
    })
})
