/**
 * Verification as this process's configuration describes it: other providers, credentials, history and its reports, over
 * the installation. `layer` answers; `watching` looks after certificates and makes reports for as long as a process serves.
 */
import { Effect, Layer } from "effect"
import * as LightweightMessaging from "../api/LightweightMessaging.ts"
import * as ProviderCertificates from "../channels/ProviderCertificates.ts"
import * as VerificationOptions from "../channels/VerificationOptions.ts"
import * as VerificationProviders from "../channels/VerificationProviders.ts"
import { Partners } from "../partners/Partners.ts"
import * as Database from "../store/Database.ts"
import { Credentials } from "../verification/Credentials.ts"
import * as History from "../verification/History.ts"
import * as HistoryReports from "../verification/HistoryReports.ts"
import * as VerificationLive from "../verification/VerificationLive.ts"
import * as ConfigFile from "./ConfigFile.ts"

const credentials = ({ credentials: said }: VerificationOptions.VerificationOptions) =>
  Credentials.layer({
    mode: said?.mode ?? "off",
    holders: (said?.holders ?? []).map(({ did, publicKey: key, glns }) => ({ did, key, glns })),
    issuers: (said?.issuers ?? []).map((one) =>
      typeof one === "string" ? { did: one } : { did: one.did, key: one.publicKey }
    )
  })

/**
 * What answers has connections of its own, and its own sight of the configuration and the history over them: however many
 * imports and reports hold the others, it does not wait for them.
 */
const answering = VerificationLive.layer.pipe(
  Layer.provide(Layer.fresh(History.layer.pipe(Layer.provideMerge(Partners.layer)))),
  Layer.provide(Database.layerReserved)
)

/** Verification, its history and reports over it. */
export const layer = Layer.unwrap(
  Effect.map(ConfigFile.Current, ({ verification }) =>
    Layer.mergeAll(answering, HistoryReports.layer).pipe(
      Layer.provideMerge(History.layer),
      Layer.provide([VerificationProviders.layer(verification), credentials(verification)])
    )
  )
)

/** Who may ask by certificate, and whether anybody may. */
export const admitted = Layer.unwrap(
  Effect.map(ConfigFile.Current, ({ verification }) =>
    Layer.mergeAll(
      Layer.succeed(LightweightMessaging.TrustedProviders, VerificationOptions.certificates(verification)),
      Layer.succeed(LightweightMessaging.Maintenance, verification.maintenance === true)
    )
  )
)

/** What goes on beside the answering. */
export const watching = Layer.unwrap(
  Effect.map(ConfigFile.Current, ({ verification }) =>
    Layer.merge(ProviderCertificates.watch(verification), HistoryReports.working)
  )
)
