/**
 * What the engine asks of a channel: hand over one file, and take files in for as long as it runs. Implementations are
 * in `src/channels`; one contract suite tests them all.
 *
 * Delivery is at least once: a channel may be asked to deliver the same file again, with identical bytes and name, and
 * must take that as a success. Receiving acknowledges a source only after `Journal.receive` has committed.
 */
import type { Effect } from "effect"
import { Context, Data } from "effect"

/** One outbound document on its way. */
export interface OutgoingFile {
  readonly company: string
  /** Set where the destination is that of one link: the company at its other end. */
  readonly other?: string | undefined
  readonly type: string
  readonly fileName: string
  readonly bytes: Uint8Array
  readonly messageId: number
  readonly controlNumber: string
  /** The correlation id of the message it answers, where that one came from the same company and had one. */
  readonly inReplyTo?: string | undefined
}

/** What went wrong at the edge, whether trying again may help, and who has to act. */
export type ChannelReason =
  /** The other side or the disk is away for now. */
  | { readonly _tag: "Unavailable"; readonly isRetryable: true; readonly whoActs: "nobody" }
  /** No room, no permission: comes back when somebody has mended it. */
  | { readonly _tag: "Blocked"; readonly isRetryable: true; readonly whoActs: "operator" }
  /** No answer in time; whether the document arrived is not known, so it is sent again. */
  | { readonly _tag: "Timeout"; readonly isRetryable: true; readonly whoActs: "nobody" }
  /** The other side turns us away: credentials, rights, a host key, something that is not there or declared otherwise. */
  | { readonly _tag: "Refused"; readonly isRetryable: true; readonly whoActs: "operator" }
  /** The other side took the document and had nowhere to put it. */
  | { readonly _tag: "Unroutable"; readonly isRetryable: true; readonly whoActs: "operator" }
  /** The other side is not who it was: nothing is sent before an operator has found out why; what is queued waits. */
  | { readonly _tag: "Untrusted"; readonly isRetryable: true; readonly whoActs: "operator" }
  /** A different document already lies under this name. */
  | { readonly _tag: "Conflict"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** The other side looked at the document and will not have it; the same bytes will not be taken later either. */
  | { readonly _tag: "Rejected"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** The destination is not configured. */
  | { readonly _tag: "NoDestination"; readonly isRetryable: false; readonly whoActs: "operator" }

export class ChannelError extends Data.TaggedError("ChannelError")<{
  readonly channel: string
  readonly reason: ChannelReason
  readonly message: string
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}

/** How handing over one document went: undefined when the other side has it. */
export type Outcome = ChannelError | undefined

/** A channel by its name, e.g. `folder`. */
export interface Channel {
  readonly name: string
  readonly deliver: (file: OutgoingFile) => Effect.Effect<void, ChannelError>
  /**
   * The first of these documents and as many of those behind it as cost less together, in their order: how each of them
   * went, up to the first that failed. None behind that one is handed over.
   */
  readonly deliverSome?: (files: ReadonlyArray<OutgoingFile>) => Effect.Effect<ReadonlyArray<Outcome>>
}

/**
 * Finds the channel a delivery goes through. Destinations read `channel:company`, e.g. `folder:acme-printing`, or
 * `channel:company/other` for what goes a way of its own on one link.
 */
export class Channels extends Context.Service<
  Channels,
  {
    /** Hands over the first of these documents, or as many as the channel takes at once; how each of them went. */
    readonly deliver: (destination: string, files: ReadonlyArray<OutgoingFile>) => Effect.Effect<ReadonlyArray<Outcome>>
  }
>()("throughline/engine/Channels") {}

/**
 * Where a company's documents of a type go, as a destination; `other` is the company at the other end of the link they
 * are about, when that is known. Installations with other channels than folders provide their own.
 */
export const Destinations = Context.Reference<(company: string, type: string, other?: string | undefined) => string>(
  "throughline/engine/Destinations",
  { defaultValue: () => (company) => `folder:${company}` }
)
