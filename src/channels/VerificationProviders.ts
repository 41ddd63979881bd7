/**
 * Asks other verification providers over HTTPS, each with the certificate that is dedicated to it. An attempt has a
 * time limit; what may pass (no connection, 408, 5xx) is tried again; a provider that keeps failing is left alone for a
 * while (circuit breaker) and then tried with one question.
 *
 * Fails with `ProviderError`, always within (retries + 1) x (time limit + pause). Redirections are not followed: questions
 * go where the configuration says. A record's own address is used when it is under the provider's.
 */
import { Duration, Effect, Layer, Metric, Schedule } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { isUnder, providerAt } from "../products/ProviderAddress.ts"
import * as Messaging from "../verification/Messaging.ts"
import { type Asked, Providers } from "../verification/Providers.ts"
import { networkReason } from "./HttpWebhook.ts"
import * as ProviderHttp from "./ProviderHttp.ts"
import * as VerificationAnswer from "./VerificationAnswer.ts"
import type { Provider, VerificationOptions } from "./VerificationOptions.ts"

/** The law gives a day, practice a second: whoever has a unit in hand waits for this. */
const defaultTimeout = 10
const defaultRetries = 2
const defaultBreakAfter = 5
const defaultBreakSeconds = 30
const pause = "200 millis"

/** Answers are some 300 bytes; one larger than this is none. */
const largest = 64 * 1024
const asked = Metric.counter("throughline_verification_provider_requests_total", {
  description: "Questions put to other verification providers, by provider and outcome",
  incremental: true
})

/** One provider. */
const make = Effect.fnUntraced(function* (id: string, options: Provider) {
  const {
    url: base,
    version = "1.3.0",
    timeoutSeconds = defaultTimeout,
    retries = defaultRetries,
    breakAfter = defaultBreakAfter,
    breakSeconds = defaultBreakSeconds
  } = options
  const agent = yield* Effect.acquireRelease(
    Effect.sync(() => ProviderHttp.agentOf(options)),
    (agent) => Effect.sync(() => agent.destroy())
  )
  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(breakAfter),
    openDuration: Duration.seconds(breakSeconds)
  })
  const error = (tag: VerificationAnswer.ReasonTag, detail: string) => VerificationAnswer.providerError(id, tag, detail)

  const attempt = (question: Asked, address: string) =>
    ProviderHttp.get(Messaging.addressOf(address, question, version), agent, {
      largest,
      headers: {
        accept: "application/json",
        ...(version === "1.3.0" ? { "gs1us-version": version } : {}),
        ...(question.presentation === undefined ? {} : { "atp-authorization": question.presentation })
      }
    }).pipe(
      Effect.mapError((cause) => error("ProviderDown", `${id} cannot be reached: ${networkReason(cause)}.`)),
      Effect.timeoutOrElse({
        duration: Duration.seconds(timeoutSeconds),
        orElse: () => Effect.fail(error("ProviderTimeout", `${id} did not answer in ${timeoutSeconds} s.`))
      }),
      Effect.flatMap((response) => Effect.fromResult(VerificationAnswer.read(id, response, question.corrUuid)))
    )

  const ask = Effect.fn("VerificationProviders.ask")(function* (question: Asked, url: string | undefined) {
    const address = url !== undefined && isUnder(base, url) ? new URL(url).href : base
    return yield* attempt(question, address).pipe(
      Effect.retry({ times: retries, schedule: Schedule.spaced(pause), while: ({ isRetryable }) => isRetryable }),
      // A refusal or an unknown GTIN is said by a provider that is well.
      breaker.execute({
        key: id,
        classify: (exit) =>
          exit._tag === "Success"
            ? CircuitBreaker.success
            : exit.cause.reasons.some(
                  (reason) =>
                    reason._tag === "Fail" && (reason.error.isRetryable || reason.error.reason._tag === "InvalidAnswer")
                )
              ? CircuitBreaker.failure()
              : CircuitBreaker.ignored
      }),
      Effect.catchTag("CircuitBreakerError", () =>
        Effect.fail(error("ProviderDown", `${id} has been failing and is left alone for a while.`))
      ),
      Effect.tap(() => Metric.update(Metric.withAttributes(asked, { provider: id, outcome: "answered" }), 1)),
      Effect.tapError(({ reason }) =>
        Metric.update(Metric.withAttributes(asked, { provider: id, outcome: reason._tag }), 1)
      )
    )
  })
  return { ask }
})

/** The configured providers. */
export const layer = ({ providers = {} }: VerificationOptions) =>
  Layer.effect(
    Providers,
    Effect.gen(function* () {
      const made = new Map<string, Effect.Success<ReturnType<typeof make>>>()
      for (const [id, options] of Object.entries(providers)) made.set(id, yield* make(id, options))
      const addresses = Object.entries(providers).map(([provider, { url }]) => ({ provider, url }))
      const ask: Providers["Service"]["ask"] = (provider, question, url) => {
        const found = made.get(provider)
        if (found !== undefined) return found.ask(question, url)
        const detail = `There is no provider ${provider} in the configuration.`
        return Effect.fail(VerificationAnswer.providerError(provider, "ProviderUnknown", detail))
      }
      return {
        keys: [...made.keys()],
        at: (url: string) => providerAt(addresses, url),
        ask
      }
    })
  ).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))
