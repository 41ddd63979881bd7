/**
 * The certificates of the links to other verification providers: when each ends, and a watch that tells it in time, by a
 * log line a day and a metric; `EmailCertificates` tells it by e-mail. Files are read at start; a renewed certificate needs a restart.
 */
import { Clock, Duration, Effect, Layer, Metric } from "effect"
import { certificateOf, type VerificationOptions } from "./VerificationOptions.ts"

export interface Held {
  readonly provider: string
  readonly subject: string
  readonly fingerprint: string
  /** Milliseconds. */
  readonly validTo: number
  readonly daysLeft: number
  readonly standing: "valid" | "ends soon" | "expired"
}

/** A new certificate takes its provider's people some weeks. */
const soon = 30
const day = 86_400_000

const secondsLeft = Metric.gauge("throughline_verification_certificate_seconds_left", {
  description: "Time until the certificate for a provider ends, in seconds; negative afterwards"
})

/** The certificates that we show, in the order of their providers. */
export const list = ({ providers = {} }: VerificationOptions, now: number): ReadonlyArray<Held> =>
  Object.entries(providers).flatMap(([provider, { certificate: pem }]) => {
    const certificate = pem === undefined ? undefined : certificateOf(pem)
    if (certificate === undefined) return []
    const validTo = Date.parse(certificate.validTo)
    const daysLeft = Math.floor((validTo - now) / day)
    return [
      {
        provider,
        subject: certificate.subject.replaceAll("\n", ", "),
        fingerprint: certificate.fingerprint256,
        validTo,
        daysLeft,
        standing: validTo <= now ? "expired" : daysLeft < soon ? "ends soon" : "valid"
      } as const
    ]
  })

const look = Effect.fnUntraced(function* (options: VerificationOptions) {
  const now = yield* Clock.currentTimeMillis
  for (const { provider, validTo, daysLeft, standing } of list(options, now)) {
    yield* Metric.update(Metric.withAttributes(secondsLeft, { provider }), (validTo - now) / 1000)
    const facts = { provider, validTo: new Date(validTo).toISOString() }
    if (standing === "expired") {
      yield* Effect.logError(`The certificate for ${provider} has expired: it answers nobody who shows it`, facts)
    } else if (standing === "ends soon") {
      yield* Effect.logWarning(`The certificate for ${provider} ends in ${daysLeft} days`, facts)
    }
  }
})

/** Looks at start and every day. */
export const watch = (options: VerificationOptions) =>
  Layer.effectDiscard(
    Effect.forkScoped(look(options).pipe(Effect.andThen(Effect.sleep(Duration.days(1))), Effect.forever))
  )
