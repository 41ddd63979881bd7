/**
 * The connection to one partner's SFTP server: opened when first needed, kept, shared by all transfers, opened again when
 * it was lost, closed with its scope. A connect costs a third of a second, so nobody opens one for a file.
 *
 * After a failed connect the server is left alone for a growing while, and whoever asks meanwhile gets the same error at
 * once: a dead partner costs nobody time, and a wrong password does not lock the account. Fails with `ChannelError`.
 */
import { Clock, Effect, Random, type Scope, Semaphore } from "effect"
import type { ChannelError } from "../engine/Channel.ts"
import * as SftpError from "./SftpError.ts"
import type { HostKeys } from "./SftpHostKeys.ts"
import type { Filled } from "./SftpOptions.ts"
import * as SftpSession from "./SftpSession.ts"

export interface Connection {
  /**
   * Runs requests on the connection, as a transfer among a bounded number. `what` completes "cannot ...". When
   * interrupted, the requests under way are abandoned, not taken back.
   */
  readonly use: <A>(
    what: string,
    requests: (session: SftpSession.Session, signal: AbortSignal) => Promise<A>
  ) => Effect.Effect<A, ChannelError>
}

/** Waiting time after the first failed connect, in ms; it doubles. */
const firstPause = 250

/** The longest: a partner that comes back is met within it. Short enough that all is well again within 30 s. */
const longestPause = 10_000

/** For those who turn us away: every try may count against the account. */
const longestRefusedPause = 60_000

interface Failure {
  readonly error: ChannelError
  readonly until: number
  readonly count: number
}

export const make = (
  server: Filled,
  keys: HostKeys,
  patience: SftpSession.Patience
): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const transfers = yield* Semaphore.make(server.concurrency)
    const connecting = yield* Semaphore.make(1)
    let session: SftpSession.Session | undefined
    let failure: Failure | undefined
    let isClosed = false

    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        isClosed = true
        session?.close()
      })
    )

    const failed = Effect.fnUntraced(function* (error: ChannelError) {
      const count = (failure?.count ?? 0) + 1
      const isRefused = error.reason._tag === "Refused" || error.reason._tag === "Untrusted"
      const longest = isRefused ? longestRefusedPause : longestPause
      const pause = Math.min(firstPause * 2 ** Math.min(count - 1, 16), longest) * (0.75 + 0.25 * (yield* Random.next))
      failure = { error, until: (yield* Clock.currentTimeMillis) + pause, count }
    })

    const connect = Effect.tryPromise({
      try: (signal) => SftpSession.open(server, keys, patience, signal),
      catch: (cause) => SftpError.ofStep("connect", cause)
    }).pipe(Effect.tapError(failed))

    const current = connecting.withPermit(
      Effect.gen(function* () {
        if (session?.isOpen() === true) return session
        if (isClosed) return yield* SftpError.make("the channel is closed", SftpError.unavailable)
        if (failure !== undefined && (yield* Clock.currentTimeMillis) < failure.until) return yield* failure.error
        // Should the scope have closed meanwhile, nobody would close what comes now.
        session = yield* Effect.tap(connect, (opened) => Effect.sync(() => isClosed && opened.close()))
        failure = undefined
        return session
      })
    )

    const use = <A>(what: string, requests: (session: SftpSession.Session, signal: AbortSignal) => Promise<A>) =>
      transfers.withPermit(
        Effect.flatMap(current, (session) =>
          Effect.tryPromise({
            try: (signal) => requests(session, signal),
            catch: (cause) => SftpError.ofStep(what, cause)
          })
        )
      )

    return { use }
  })
