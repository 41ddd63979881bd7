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

type Elsewhere = Extract<Responsible, { readonly _tag: "Elsewhere" }>

/** The configured provider that answers; undefined when there is none. */
export const providerOf = (providers: Providers["Service"], { provider, url }: Elsewhere): string | undefined => {
  if (provider === undefined) return url === undefined ? undefined : providers.at(url)
  return providers.keys.includes(provider) ? provider : undefined
}

/** Why nobody can be asked although the directory knows who answers. */
export const unknownProvider = (gtin: string, { provider, url }: Elsewhere): string =>
  `${gtin} is answered for ${provider === undefined ? `at ${url}` : `by ${provider}`}, which is no provider of the configuration.`

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
  const provider = providerOf(providers, responsible)
  if (provider === undefined) {
    return Effect.succeed(notAsked("ProviderUnknown", unknownProvider(gtin, responsible), responsible.provider))
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
