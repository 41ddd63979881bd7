/**
 * Questions that others answer: the provider of the product is asked, and whatever comes of it is an outcome. A provider
 * that asks us is never sent on to a third one, so that no question goes in a circle.
 */
import { Effect } from "effect"
import type { Asked, Providers } from "./Providers.ts"
import type { Responsible } from "./Responsible.ts"
import type { NotAskedReason, Outcome } from "./Verification.ts"

/** An outcome with the row of the response scenarios, or the reason, that it is recorded with. */
export interface Settled {
  readonly scenario: string
  readonly outcome: Outcome
}

/** Has the question asked where it is answered. */
export const settle = (
  providers: Providers["Service"],
  responsible: Exclude<Responsible, { readonly _tag: "Ours" | "NoImpact" }>,
  asked: Asked,
  options: { readonly at: string; readonly mayAsk: boolean }
): Effect.Effect<Settled> => {
  const about = { corrUuid: asked.corrUuid, at: options.at }
  const notAsked = (reason: NotAskedReason, detail: string, provider?: string): Settled => ({
    scenario: reason,
    outcome: { ...about, _tag: "NotAsked", reason, detail, provider }
  })
  const { gtin, expiry } = asked
  if (responsible._tag === "RecordExpired") {
    const detail = `The Lookup Directory's record of ${gtin} does not hold for expiration date ${expiry}.`
    return Effect.succeed(notAsked("RecordExpired", detail))
  }
  if (responsible._tag === "Unknown" || !options.mayAsk) {
    return Effect.succeed(notAsked("GtinUnknown", `${gtin} was not found in the Lookup Directory.`))
  }
  const { url } = responsible
  const provider = responsible.provider ?? (url === undefined ? undefined : providers.at(url))
  if (provider === undefined) {
    const detail = `${gtin} is answered for at ${url}, which is no provider of the configuration.`
    return Effect.succeed(notAsked("ProviderUnknown", detail))
  }
  return providers.ask(provider, asked, url).pipe(
    Effect.map(
      ({ verdict, responderGln }): Settled => ({
        scenario: "Provider",
        outcome: { ...about, _tag: "Answered", verdict, responderGln, inNetwork: false, provider }
      })
    ),
    Effect.catch(({ reason, detail }) => Effect.succeed(notAsked(reason._tag, detail, provider)))
  )
}
