/**
 * What the engine asks about companies: may this one say that, where do answers go, does it want to hear of successes.
 * The partners room implements it; the engine knows no more of partners than this.
 *
 * Asked inside a transaction it answers as that transaction sees the configuration.
 */
import type { Effect } from "effect"
import { Context, Data } from "effect"

/** The configuration could not be read; always worth another try. */
export class PartiesError extends Data.TaggedError("PartiesError")<{
  readonly reason: { readonly _tag: "Unreadable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}

/** One moment's view of the companies. */
export interface PartiesView {
  /**
   * True when `sender` is a number of the channel's company or of one that a link lets it speak for. Alternate
   * identifiers hold on the link with the receiver only.
   */
  readonly speaksFor: (company: string, sender: string, receiver: string) => boolean
  /** True when a link of the company asks for a processing response on success too. */
  readonly wantsSuccess: (company: string) => boolean
  /** Display name for texts; the key when unknown. */
  readonly nameOf: (company: string) => string
  /**
   * The other end of the link that an answer to `company` is about: of the two companies of the message it answers, the
   * one it came `from` and its `receiver`, the one that is not `company` itself and has a link with it. Undefined when
   * there is none.
   */
  readonly counterpart: (
    company: string,
    answered: { readonly from: string; readonly sender: string | undefined; readonly receiver: string | undefined }
  ) => string | undefined
  /** A number the company goes by in headers of reports; undefined when it has none. */
  readonly numberOf: (company: string) => string | undefined
  /** Namespace of `IEProcessingAckMessage`; the documents do not show it. */
  readonly reportNamespace: string
}

export class Parties extends Context.Service<Parties, { readonly view: Effect.Effect<PartiesView, PartiesError> }>()(
  "throughline/engine/Parties"
) {}

/**
 * Newest version of the configuration as the statement before saw it: what reads the configuration in the course of a
 * message need not ask again. Undefined outside of the flow.
 */
export const SeenConfiguration = Context.Reference<number | undefined>("throughline/engine/SeenConfiguration", {
  defaultValue: () => undefined
})
