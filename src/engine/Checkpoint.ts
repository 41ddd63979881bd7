/**
 * The places between two steps of the way of a message, by name. Nothing happens there, unless a test provides
 * `Checkpoint`: then it is told which step was reached and may end the process on the spot, to see that nothing is lost
 * or doubled when a machine does. Costs one look into the fiber's context.
 */
import { Context, Effect } from "effect"

/** Every step boundary, in the order in which a message passes them. */
export const steps = [
  /** A finished file stands in an inbox; nothing was read. */
  "folder/found",
  /** An idempotency key is bound to the bytes of a request; the journal has nothing. */
  "http/reserved",
  /** Bytes are in memory, the journal has nothing. */
  "journal/read",
  /** The bytes are committed; nobody was told. */
  "journal/committed",
  /** The channel knows that they are; the file is still in the inbox. */
  "folder/taken",
  /** The file is in the archive. */
  "folder/moved",
  /** The bytes are committed; the file is still in the inbox on the server. */
  "sftp/taken",
  /** The server has moved or removed the file. */
  "sftp/moved",
  /** The bytes are committed; the broker waits for the acknowledgement. */
  "amqp/taken",
  /** The acknowledgement is on its way to the broker. */
  "amqp/acknowledged",
  /** The bytes are committed; the request is not answered. */
  "http/taken",
  /** The message is claimed; nothing was done for it. */
  "flow/claimed",
  /** Class 1 is decided, outside any transaction. */
  "flow/prepared",
  /** The commit transaction is open, the message locked. */
  "flow/opened",
  /** Effects are made, in the savepoint. */
  "flow/applied",
  /** Run, outputs and status are written; the transaction is not committed. */
  "flow/finished",
  /** The transaction is committed; nothing was woken or announced. */
  "flow/committed",
  /** Deliveries are claimed; nothing was handed over. */
  "delivery/claimed",
  /** The channel has the document; that is not recorded. */
  "delivery/handed-over",
  /** A batch of deliveries is recorded. */
  "delivery/recorded"
] as const

export type Step = (typeof steps)[number]

/** What is done at a step; `messageId` is undefined where the message has none yet, or there are several. */
export const Checkpoint = Context.Reference<(step: Step, messageId: number | undefined) => Effect.Effect<void>>(
  "throughline/engine/Checkpoint",
  { defaultValue: () => () => Effect.void }
)

/** Says that a step was reached. */
export const reached = (step: Step, messageId?: number): Effect.Effect<void> =>
  Effect.flatMap(Checkpoint, (told) => told(step, messageId))
