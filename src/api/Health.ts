/**
 * `/health/live` and `/health/ready` for whoever runs the process: a container platform, a load balancer, a person.
 * Live says that the process answers; restart it when it does not. Ready says that it can work: each named check ended
 * well and in time, else 503 and which did not.
 *
 * The answers name checks and nothing else; what was wrong is in the log, when it begins and when it is over.
 */
import { Cause, Duration, Effect, Exit, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"

/** One thing that has to be so before work can be done. It fails when it is not. */
export interface Check {
  /** As the answer shows it, e.g. `database`. */
  readonly name: string
  readonly check: Effect.Effect<unknown, unknown>
}

/** Shorter than the probes of container platforms wait. */
const inTime = Duration.seconds(2)

export type Outcome = "ok" | "failed" | "timed out"

const outcomeOf = (exit: Exit.Exit<unknown, unknown>): Outcome => {
  if (Exit.isSuccess(exit)) return "ok"
  const isTimeout = exit.cause.reasons.some(
    (reason) => Cause.isFailReason(reason) && Cause.isTimeoutError(reason.error)
  )
  return isTimeout ? "timed out" : "failed"
}

const uncached = { headers: { "cache-control": "no-store" } }

/** The routes; add them to the server's. */
export const routes = (checks: ReadonlyArray<Check>) => {
  const last = new Map<string, Outcome>()

  const run = Effect.fnUntraced(function* ({ name, check }: Check) {
    const exit = yield* Effect.exit(Effect.timeout(check, inTime))
    const outcome = outcomeOf(exit)
    const before = last.get(name) ?? "ok"
    last.set(name, outcome)
    if (Exit.isFailure(exit) && before !== outcome)
      yield* Effect.logWarning(`not ready: ${name} ${outcome}`, exit.cause)
    if (Exit.isSuccess(exit) && before !== "ok") yield* Effect.logInfo(`ready again: ${name}`)
    return [name, outcome] as const
  })

  const ready = Effect.gen(function* () {
    const outcomes = yield* Effect.forEach(checks, run, { concurrency: "unbounded" })
    const isReady = outcomes.every(([, outcome]) => outcome === "ok")
    return HttpServerResponse.jsonUnsafe(
      { status: isReady ? "ready" : "not ready", checks: Object.fromEntries(outcomes) },
      { ...uncached, status: isReady ? 200 : 503 }
    )
  })

  return Layer.mergeAll(
    HttpRouter.add("GET", "/health/live", HttpServerResponse.jsonUnsafe({ status: "live" }, uncached)),
    HttpRouter.add("GET", "/health/ready", ready)
  )
}
