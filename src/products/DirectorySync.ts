/**
 * Keeps the product directory in step with those of other providers, both ways: `page` gives them what changed of ours
 * since their cursor, `sync` takes what changed of theirs since ours. Only our own records are given, never what others
 * told us: so no record goes round in circles.
 *
 * A page and the cursor behind it are written together, so a sync that dies goes on where it ended, and reading a page
 * twice changes nothing. A provider whose directory was set back (a restored backup) says that it does not know our
 * cursor; then everything of it is read anew, and what it does not tell any more goes when it has told all. Fails with
 * `DirectorySyncError`.
 */
import { createHash } from "node:crypto"
import { Clock, Context, Data, Duration, Effect, Layer, Result, Schema } from "effect"
import { isRetryable } from "../engine/Failure.ts"
import { Partners } from "../partners/Partners.ts"
import * as DirectoryConflict from "./DirectoryConflict.ts"
import * as Queries from "./DirectoryQueries.ts"
import * as Wire from "./DirectoryWire.ts"
import * as ProductIndex from "./ProductIndex.ts"

export type DirectorySyncReason =
  /** The provider cannot be reached, or answers with an error. */
  | { readonly _tag: "PeerDown"; readonly isRetryable: true; readonly whoActs: "nobody" }
  /** It answers something that is no page. */
  | { readonly _tag: "PeerWrong"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** It does not let us read. */
  | { readonly _tag: "PeerRefused"; readonly isRetryable: false; readonly whoActs: "operator" }
  | { readonly _tag: "NoPeer"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** HTTP 400: a cursor or limit that is none. */
  | { readonly _tag: "Malformed"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** HTTP 410: a cursor into a history that is not ours, or no more. */
  | { readonly _tag: "CursorUnknown"; readonly isRetryable: false; readonly whoActs: "sender" }
  | { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }

export class DirectorySyncError extends Data.TaggedError("DirectorySyncError")<{
  readonly reason: DirectorySyncReason
  readonly detail: string
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.detail
  }
}

/** How other providers are read: over HTTP in a running installation. */
export class DirectoryPeers extends Context.Service<
  DirectoryPeers,
  {
    /** Keys of the configured providers. */
    readonly keys: ReadonlyArray<string>
    /** A page as the provider answered it; `CursorUnknown` when it does not know the cursor. */
    readonly page: (
      provider: string,
      since: string | undefined,
      limit: number
    ) => Effect.Effect<Wire.WirePage, DirectorySyncError>
  }
>()("throughline/products/DirectoryPeers") {
  /** No provider at all. */
  static readonly none = Layer.succeed(DirectoryPeers, {
    keys: [],
    page: (provider) => Effect.fail(noPeer(provider))
  })
}

/** The error of a provider that is not configured. */
export const noPeer = (provider: string): DirectorySyncError =>
  new DirectorySyncError({
    reason: { _tag: "NoPeer", isRetryable: false, whoActs: "operator" },
    detail: `There is no provider ${provider} in the configuration.`
  })

const unavailable = (cause: unknown): DirectorySyncError =>
  new DirectorySyncError({
    reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" },
    detail: "The product directory could not be read or written",
    cause
  })

/** Records of a page: some 400 kB, and enough that a million take a thousand round trips. */
const pageSize = 1000
export const largestPage = 10_000
/** How often a running installation reads the others: a new product is verifiable elsewhere within this time. */
const every = Duration.minutes(10)

/** What a sync did. */
export interface Synced {
  readonly provider: string
  readonly taken: number
  /** Of those taken: records that the provider withdrew. */
  readonly withdrawn: number
  readonly pages: number
  /** True when everything was read anew. */
  readonly anew: boolean
  readonly unread: ReadonlyArray<Wire.Unread>
  /** GTINs of those taken that we, or others, claim for the same dates (DirectoryConflict says who answers). */
  readonly contested: ReadonlyArray<string>
}

const isUnknownCursor = (error: DirectorySyncError): boolean => error.reason._tag === "CursorUnknown"

/**
 * A cursor names the last version it has seen, by number and by what it was: after a restored backup the same numbers are
 * given again, to other versions, and who saw the former ones must be told so. Nothing was seen at 0.
 */
const cursorOf = (id: number, seen: Pick<Queries.OwnVersion, "key" | "value" | "at">): string => {
  const text = JSON.stringify([seen.key, seen.value, seen.at.toISOString()])
  return `${id}-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`
}
const origin = "0"

const decodePage = Schema.decodeUnknownResult(Wire.WirePage)

/** A page out of what a provider answered. */
export const pageOf = (provider: string, body: unknown): Effect.Effect<Wire.WirePage, DirectorySyncError> =>
  Effect.fromResult(
    Result.mapError(
      decodePage(body),
      (cause) =>
        new DirectorySyncError({
          reason: { _tag: "PeerWrong", isRetryable: false, whoActs: "operator" },
          detail: `${provider} answered no page of directory records: ${cause.message}`,
          cause
        })
    )
  )

const make = Effect.gen(function* () {
  const queries = yield* Queries.make
  const peers = yield* DirectoryPeers
  const partners = yield* Partners

  const page = Effect.fn("DirectorySync.page")(function* (since = origin, limit: number | undefined) {
    const size = Math.min(limit ?? pageSize, largestPage)
    const [, number] = /^(\d{1,15})(?:-[\da-f]{16})?$/u.exec(since) ?? []
    if (number === undefined || !(size > 0)) {
      return yield* new DirectorySyncError({
        reason: { _tag: "Malformed", isRetryable: false, whoActs: "sender" },
        detail: `since is a cursor as the page before gave it, limit a number from 1 to ${largestPage}`
      })
    }
    const after = Number(number)
    const seen = since === origin ? undefined : yield* Effect.mapError(queries.versionAt(after), unavailable)
    if (since !== origin && (seen === undefined || cursorOf(after, seen) !== since)) {
      return yield* new DirectorySyncError({
        reason: { _tag: "CursorUnknown", isRetryable: false, whoActs: "sender" },
        detail: `the cursor ${since} is none of ours: read everything anew, without since`
      })
    }
    const rows = yield* Effect.mapError(queries.versionsSince(after, size + 1), unavailable)
    const shown = rows.slice(0, size)
    const records: ReadonlyArray<Wire.WireRecord> = shown.flatMap(Wire.ofVersion)
    const last = shown.at(-1)
    const answer: Wire.Page = {
      records,
      cursor: last === undefined ? since : cursorOf(last.id, last),
      more: rows.length > size
    }
    return answer
  })

  /** GTINs of records just taken that we or other providers claim for the same dates. */
  const contestedOf = Effect.fnUntraced(function* (provider: string, taken: ReadonlyArray<Queries.ForeignRecord>) {
    const gtins = [...new Set(taken.flatMap(({ gtin, deleted }) => (deleted ? [] : [gtin])))]
    if (gtins.length === 0) return []
    const index = ProductIndex.of(yield* Effect.mapError(partners.current, unavailable))
    const claims = Map.groupBy(yield* Effect.mapError(queries.holding(gtins), unavailable), ({ gtin }) => gtin)
    return gtins.filter((gtin) =>
      DirectoryConflict.contenders(index.records(gtin), claims.get(gtin) ?? []).includes(provider)
    )
  })

  const sync = Effect.fn("DirectorySync.sync")(function* (provider: string) {
    if (!peers.keys.includes(provider)) return yield* noPeer(provider)
    const unread: Array<Wire.Unread> = []
    const counts = { taken: 0, withdrawn: 0, pages: 0 }
    const contested: Array<string> = []
    let { cursor, pass, anew } = yield* Effect.mapError(queries.reading(provider), unavailable)
    let known = pass
    let isRestarted = false
    for (;;) {
      const asked = yield* Effect.result(peers.page(provider, cursor, pageSize))
      if (Result.isFailure(asked)) {
        if (isRestarted || cursor === undefined || !isUnknownCursor(asked.failure)) return yield* asked.failure
        isRestarted = true
        pass = known + 1
        anew = true
        cursor = undefined
        continue
      }
      const told = asked.success
      const at = new Date(yield* Clock.currentTimeMillis)
      const { records, unread: some } = Wire.read(provider, told, at)
      unread.push(...some)
      const before = known
      const reading = { cursor: told.cursor, pass, anew: anew && told.more }
      const took = yield* Effect.mapError(
        queries.together(
          Effect.gen(function* () {
            // Another process began to read everything anew: what we were told may be from before.
            if ((yield* queries.holdPass(provider)) !== before) return undefined
            const took = yield* queries.take(records, anew ? pass : undefined)
            if (anew && !told.more) yield* queries.forgetUntold(provider, pass)
            yield* queries.setReading(provider, reading, at)
            return took
          })
        ),
        unavailable
      )
      if (took === undefined) break
      contested.push(...(yield* contestedOf(provider, records)))
      known = pass
      counts.taken += took.taken
      counts.withdrawn += took.withdrawn
      counts.pages += 1
      // A provider that says there is more and does not move would hold us for ever.
      if (!told.more || told.cursor === cursor) break
      cursor = told.cursor
    }
    const synced: Synced = { provider, ...counts, anew, unread, contested: [...new Set(contested)] }
    return synced
  })

  const told = Effect.mapError(queries.told, unavailable)

  return { page, sync, told, providers: peers.keys }
})

export class DirectorySync extends Context.Service<
  DirectorySync,
  {
    /** What changed of our records since a cursor; all of them without one. */
    readonly page: (
      since: string | undefined,
      limit: number | undefined
    ) => Effect.Effect<Wire.Page, DirectorySyncError>
    /** Takes what changed of a provider's records since the last time. */
    readonly sync: (provider: string) => Effect.Effect<Synced, DirectorySyncError>
    /** What is here of each provider, those that are configured no more among them. */
    readonly told: Effect.Effect<ReadonlyArray<Queries.Told>, DirectorySyncError>
    /** Providers that can be synced with. */
    readonly providers: ReadonlyArray<string>
  }
>()("throughline/products/DirectorySync") {
  static readonly layer = Layer.effect(this, make)

  /** Reads every provider now and every ten minutes, for as long as its scope is open. */
  static readonly running = Layer.effectDiscard(
    Effect.gen(function* () {
      const { providers, sync } = yield* DirectorySync
      const once = (provider: string) =>
        Effect.catch(
          Effect.tap(
            sync(provider),
            Effect.fnUntraced(function* ({ unread, contested }) {
              if (unread.length > 0)
                yield* Effect.logWarning(
                  `${provider} told ${unread.length} directory records that cannot be read`,
                  unread[0]
                )
              if (contested.length > 0)
                yield* Effect.logWarning(
                  `${provider} claims ${contested.length} GTINs that others claim too`,
                  contested[0]
                )
            })
          ),
          (error) => Effect.logWarning(`the directory of ${provider} could not be read`, error.message)
        )
      const all = Effect.forEach(providers, once, { concurrency: 4, discard: true })
      if (providers.length > 0) yield* Effect.forkScoped(Effect.forever(Effect.andThen(all, Effect.sleep(every))))
    })
  )
}
