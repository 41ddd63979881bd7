/**
 * Takes in what a company posted: the bytes are journaled and committed before it returns, and only then may the request
 * be answered. With an idempotency key a request may be repeated as often as one likes: same key, type and bytes give
 * the message there is; the same key for anything else is refused, whichever process meets it.
 *
 * Fails with `IntakeError`; then nothing was journaled.
 */
import { createHash } from "node:crypto"
import { Clock, Context, Data, Effect, Layer } from "effect"
import * as Checkpoint from "../engine/Checkpoint.ts"
import { isRetryable } from "../engine/Failure.ts"
import { Journal, type JournalError, type Received } from "../engine/Journal.ts"
import * as ChannelMetrics from "./ChannelMetrics.ts"
import * as FileNames from "./FileNames.ts"
import { name } from "./Http.ts"
import * as HttpQueries from "./HttpQueries.ts"

export type IntakeReason =
  /** The key was used for another document. */
  | { readonly _tag: "KeyReused"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** The database does not answer, or will not take it. */
  | { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }

export class IntakeError extends Data.TaggedError("IntakeError")<{
  readonly reason: IntakeReason
  readonly message: string
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}

/** One request. */
export interface Posted {
  /** The company that the request was authenticated as. */
  readonly company: string
  readonly type: string
  /** Of a document over the size limit its beginning. */
  readonly bytes: Uint8Array
  /** Of the whole document. */
  readonly size: number
  readonly fileName: string | undefined
  readonly idempotencyKey: string | undefined
}

export class HttpIntake extends Context.Service<
  HttpIntake,
  { readonly take: (posted: Posted) => Effect.Effect<Received, IntakeError> }
>()("throughline/channels/HttpIntake") {}

const unavailable = (cause: unknown) =>
  new IntakeError({
    reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" },
    message: "The document was not taken: the journal does not answer. Send it again.",
    cause
  })

const keyReused = new IntakeError({
  reason: { _tag: "KeyReused", isRetryable: false, whoActs: "sender" },
  message: "This idempotency key was used before, for another document or type. Use a new key for a new document."
})

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

export const layer = Layer.effect(
  HttpIntake,
  Effect.gen(function* () {
    const queries = yield* HttpQueries.make
    const journal = yield* Journal

    const take = Effect.fn("HttpIntake.take")(
      function* (posted: Posted) {
        const { company, type, bytes, size, idempotencyKey } = posted
        yield* Effect.annotateCurrentSpan({ company, type, size })
        if (idempotencyKey !== undefined) {
          const sha256 = new Uint8Array(createHash("sha256").update(bytes).digest())
          const at = new Date(yield* Clock.currentTimeMillis)
          const first = yield* queries
            .reserve({ company, key: idempotencyKey, type, sha256, at })
            .pipe(Effect.mapError(unavailable))
          if (first !== undefined && !(first.type === type && sameBytes(first.sha256, sha256))) return yield* keyReused
          yield* Checkpoint.reached("http/reserved")
        }
        const received = yield* journal
          .receive({
            channel: name,
            company,
            type,
            fileName: FileNames.safe(posted.fileName ?? `${type}.xml`),
            bytes,
            size,
            // Not by the whole size: of one over the limit that does not say it, it depends on how the bytes came.
            pickup:
              idempotencyKey === undefined
                ? undefined
                : { path: `${company}/${idempotencyKey}`, size: bytes.length, modifiedMs: 0 }
          })
          .pipe(Effect.mapError((error: JournalError) => unavailable(error)))
        yield* ChannelMetrics.received(name, size, received.again)
        yield* Checkpoint.reached("http/taken", received.messageId)
        return received
      },
      Effect.tapError((error) => ChannelMetrics.failed(name, error.reason._tag))
    )

    return { take }
  })
)
