/**
 * Set Event requests of several serial numbers: kept, worked on in the background some at a time, and asked for later. A
 * request that is taken is committed; a process that dies in the middle leaves it to another, which goes on where the
 * last part was kept, so a part's questions may be asked and recorded twice. Some requests are worked on at a time, one
 * of each company: a long list that a slow provider answers holds up nobody else's.
 *
 * Fails with `EventJobsError` when the database does not answer; the background work then waits and goes on.
 */
import { randomUUID } from "node:crypto"
import {
  Clock,
  Context,
  Data,
  Duration,
  Effect,
  Latch,
  Layer,
  Option,
  Predicate,
  Result,
  Schema,
  Semaphore
} from "effect"
import { isRetryable } from "../engine/Failure.ts"
import { Verification } from "../verification/Verification.ts"
import { ItemOutcome } from "./EventApi.ts"
import * as EventOutcome from "./EventOutcome.ts"
import * as EventQueries from "./EventQueries.ts"
import * as SetEvent from "./SetEvent.ts"

export class EventJobsError extends Data.TaggedError("EventJobsError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return "Set Event requests could not be read or written"
  }
}

/** A request with what is known of it. */
export interface Job {
  readonly id: string
  readonly caller: string
  /** Undefined when it cannot be read any more. */
  readonly event: SetEvent.SetEvent | undefined
  readonly outcomes: ReadonlyArray<ItemOutcome>
  readonly isDone: boolean
}

export class EventJobs extends Context.Service<
  EventJobs,
  {
    /** Commits it; gives the id to ask with. */
    readonly submit: (
      company: string,
      caller: string,
      event: SetEvent.SetEvent
    ) => Effect.Effect<string, EventJobsError>
    readonly find: (company: string, id: string) => Effect.Effect<Job | undefined, EventJobsError>
  }
>()("throughline/api/EventJobs") {}

/** Requests worked on at a time, each of another company. */
const workers = 8
/** Questions of one request asked at a time: enough that they share look-ups, few enough that others at the door are answered too. */
const together = 64
/** Serial numbers whose outcomes are kept at a time. */
const part = 512
/** A part takes seconds, even where another provider is slow; whoever holds a request longer is dead. */
const lease = Duration.minutes(5)
/** What kills the process this often must not be tried for ever. */
const mostAttempts = 3

const givenUp: ItemOutcome = {
  status: "PIE_FAILURE",
  message: "Could not ask. The process was ended each time it tried; please tell whoever runs it."
}

const unreadable: ItemOutcome = {
  status: "PIE_FAILURE",
  message: "Could not ask. The request cannot be read any more; please tell whoever runs it."
}

/** How often to look for what another process took and left. */
const lookAgain = Duration.seconds(10)

const failed = (cause: unknown) =>
  new EventJobsError({ reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" }, cause })

const decodeOutcomes = Schema.decodeUnknownOption(Schema.Array(ItemOutcome))

/** What can be an id; nothing else is worth a look. */
const isId = (text: string): boolean => /^[\w-]+$/u.test(text)

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** A stored request, read as it was when it came. */
const jobOf = ({ id, caller, event, outcomes, finishedAt }: EventQueries.EventRow): Job => ({
  id,
  caller,
  event: Result.getOrUndefined(SetEvent.judge(event))?.event,
  outcomes: Option.getOrElse(decodeOutcomes(outcomes), () => Array.from(listOf(outcomes), () => unreadable)),
  isDone: finishedAt !== null
})

/** Serial numbers of a request that cannot be read: as many as it seems to list. */
const seeming = (event: unknown): number =>
  Predicate.hasProperty(event, "serialNumberList") ? listOf(event.serialNumberList).length : 1

export const layer = Layer.effect(
  EventJobs,
  Effect.gen(function* () {
    const queries = yield* EventQueries.make
    const verification = yield* Verification
    const arrivals = yield* Latch.make(false)
    /** Companies that are being worked for here; looked at and added to by one at a time. */
    const busy = new Set<string>()
    const taking = yield* Semaphore.make(1)

    const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis))
    const leaseFrom = (at: Date) => new Date(at.getTime() + Duration.toMillis(lease))

    const giveUp = Effect.fn("EventJobs.giveUp")(function* (row: EventQueries.EventRow) {
      const { event, outcomes } = jobOf(row)
      const count = event?.serialNumberList.length ?? seeming(row.event)
      const rest = Array.from({ length: Math.max(0, count - outcomes.length) }, () => (event ? givenUp : unreadable))
      const at = yield* now
      yield* queries.keep(row.id, outcomes.length, rest, leaseFrom(at), at)
    })

    const work = Effect.fn("EventJobs.work")(function* (row: EventQueries.EventRow) {
      // Whatever is wrong with it, it ends.
      if (row.attempts > mostAttempts) return yield* giveUp(row)
      const { id, event, outcomes } = jobOf(row)
      if (event === undefined) {
        // Perhaps a newer process can; the lease leaves it to others.
        return yield* Effect.logWarning(`the Set Event request ${id} cannot be read`)
      }
      const all = event.serialNumberList
      const ask = (item: (typeof all)[number]) => EventOutcome.ofItem(verification, row.company, event, item)
      for (let from = outcomes.length; from < all.length; from += part) {
        const done = yield* Effect.forEach(all.slice(from, from + part), ask, { concurrency: together })
        const at = yield* now
        const isOurs = yield* queries.keep(id, from, done, leaseFrom(at), from + part < all.length ? null : at)
        if (!isOurs) return
      }
    })

    const take = Effect.gen(function* () {
      const at = yield* now
      const row = yield* queries.take(at, leaseFrom(at), [...busy])
      if (row !== undefined) busy.add(row.company)
      return row
    }).pipe(taking.withPermit)

    const next = Effect.gen(function* () {
      // Closed before the look: what comes after it is not missed.
      yield* arrivals.close
      const row = yield* take
      if (row === undefined) yield* Effect.timeoutOption(arrivals.await, lookAgain)
      else {
        // There may be more: of others now, of this company when this one is done.
        yield* arrivals.open
        yield* work(row).pipe(
          Effect.onInterrupt(() => Effect.ignore(queries.release(row.id))),
          // What is wrong with one request holds up no other.
          Effect.catchCause((cause) => Effect.logWarning(`the Set Event request ${row.id} stands still`, cause)),
          Effect.ensuring(Effect.sync(() => busy.delete(row.company)))
        )
      }
    }).pipe(
      Effect.catchCause((cause) =>
        Effect.andThen(Effect.logWarning("Set Event requests stand still", cause), Effect.sleep(lookAgain))
      )
    )
    yield* Effect.forkScoped(
      Effect.forEach(Array(workers).keys(), () => Effect.forever(next), { concurrency: workers, discard: true })
    )

    const submit = Effect.fn("EventJobs.submit")(function* (company: string, caller: string, event: SetEvent.SetEvent) {
      const id = randomUUID()
      yield* queries.add({ id, company, caller, event, at: yield* now })
      yield* arrivals.open
      return id
    }, Effect.mapError(failed))

    const find = Effect.fn("EventJobs.find")(function* (company: string, id: string) {
      if (!isId(id)) return undefined
      const row = yield* Effect.mapError(queries.find(company, id), failed)
      return row === undefined ? undefined : jobOf(row)
    })

    return { submit, find }
  })
)
