/**
 * Other verification providers, as this room needs them: which there are, and asking one. How they are reached stands in
 * the channels; nothing here does. Without any, every product of somebody else is one that nobody could be asked about.
 */
import { Context, Data, Effect, Layer } from "effect"
import type { NotAskedReason, Request, Verdict } from "./Verification.ts"

/** What a provider answered, checked. */
export interface ProviderAnswer {
  readonly verdict: Verdict
  readonly responderGln: string
  /** As the provider says it, ISO 8601. */
  readonly at: string
}

/** Why a provider gave no answer. */
export class ProviderError extends Data.TaggedError("ProviderError")<{
  readonly reason: {
    readonly _tag: Exclude<NotAskedReason, "GtinUnknown" | "RecordExpired"> | "GtinUnknown"
    readonly isRetryable: boolean
    readonly whoActs: "nobody" | "operator"
  }
  readonly provider: string
  readonly detail: string
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.detail
  }
}

/** A question as it is put to a provider. */
export interface Asked extends Request {
  readonly requesterGln: string
  readonly corrUuid: string
  readonly context: string
}

export class Providers extends Context.Service<
  Providers,
  {
    /** Keys of the configured providers, in their order. */
    readonly keys: ReadonlyArray<string>
    /** The provider whose service is at this address. */
    readonly at: (url: string) => string | undefined
    /** Asks it, in time or not at all; at `url` where a directory record gives one. */
    readonly ask: (
      provider: string,
      asked: Asked,
      url?: string | undefined
    ) => Effect.Effect<ProviderAnswer, ProviderError>
  }
>()("throughline/verification/Providers") {
  /** Nobody. */
  static readonly none = Layer.succeed(this, {
    keys: [],
    at: () => undefined,
    ask: (provider) =>
      Effect.fail(
        new ProviderError({
          reason: { _tag: "ProviderUnknown", isRetryable: false, whoActs: "operator" },
          provider,
          detail: `There is no provider ${provider} in the configuration.`
        })
      )
  })
}
