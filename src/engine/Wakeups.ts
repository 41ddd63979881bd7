/**
 * How processes that share a database tell each other that there is work. Without it each finds its own work at once
 * and that of others when it looks again (`Limits.poll`); with it, work is told to a process that has room for it.
 *
 * It may lose what it is told and tell it twice: the claim in the database decides who does what, and every process
 * looks by itself now and then.
 */
import { Context, Effect } from "effect"

export interface WakeupService {
  /** Tells that a message may be claimed. Does not wait; false when nobody could be told. */
  readonly announce: (messageId: number) => Effect.Effect<boolean>
  /**
   * Runs `woken` for each announcement that is for this process, one after another, for as long as it runs. While
   * `woken` waits, announcements go to other processes.
   */
  readonly hear: (woken: (messageId: number) => Effect.Effect<void>) => Effect.Effect<never>
}

/** Nobody is told unless an installation provides a way. */
export const Wakeups = Context.Reference<WakeupService>("throughline/engine/Wakeups", {
  defaultValue: () => ({ announce: () => Effect.succeed(false), hear: () => Effect.never })
})
