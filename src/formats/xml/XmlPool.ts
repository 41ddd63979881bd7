/**
 * A pool of worker threads, one document a worker at a time. A worker that dies, runs over the time limit or is
 * abandoned (its caller was interrupted) is replaced and its caller told; one whose WASM heap a big file has blown up is
 * replaced quietly. Idle workers do not keep the process alive; closing the scope ends them.
 */
import { Worker } from "node:worker_threads"
import { Effect, Queue, type Scope } from "effect"
import { SchemaUnusable, TimeLimit, WorkerStopped, XmlError } from "./XmlError.ts"
import type { Answer, Job, Result, Task } from "./XmlJob.ts"
import type { Plan } from "./XmlPlan.ts"
import type { ReadLimits } from "./XmlReader.ts"

export interface PoolOptions {
  readonly workers: number
  readonly timeLimitMillis: number
  readonly recycleHeapBytes: number
  readonly limits: ReadLimits
  /** What the threads run; tests put one here that misbehaves. */
  readonly entry?: URL
}

export interface PoolStats {
  readonly workers: number
  readonly busy: number
  readonly heapBytes: ReadonlyArray<number>
  readonly recycled: number
  readonly replaced: number
}

export interface Pool {
  readonly run: (task: Task, plan: Plan | undefined) => Effect.Effect<Result, XmlError>
  readonly stats: Effect.Effect<PoolStats>
}

/** A place in the pool; its worker comes and goes. */
interface Seat {
  worker: Worker | undefined
  /** Numbers of the plans the worker knows. */
  readonly known: Set<number>
  heapBytes: number
}

const entry = new URL("./XmlWorker.ts", import.meta.url)

/** Below this, copying is cheaper than handing over. */
const worthTransfer = 65_536

/** No layout: annotating with line numbers only. */
const noPlan = 0

export const make = (options: PoolOptions): Effect.Effect<Pool, never, Scope.Scope> =>
  Effect.gen(function* () {
    const seats = Array.from(
      { length: options.workers },
      (): Seat => ({ worker: undefined, known: new Set(), heapBytes: 0 })
    )
    const idle = yield* Queue.unbounded<Seat>()
    yield* Queue.offerAll(idle, seats)
    const planNumbers = new WeakMap<Plan, number>()
    let lastPlan = noPlan
    let lastJob = 0
    let busy = 0
    let recycled = 0
    let replaced = 0

    const dismiss = (seat: Seat): void => {
      const worker = seat.worker
      seat.worker = undefined
      seat.known.clear()
      seat.heapBytes = 0
      worker?.removeAllListeners()
      // A late error of a worker that nobody waits for any more must not end the process.
      worker?.on("error", () => {})
      worker?.terminate().catch(() => {})
    }

    const hire = (seat: Seat): Worker => {
      const worker = new Worker(options.entry ?? entry, { workerData: options.limits, execArgv: [] })
      seat.worker = worker
      worker.unref()
      // While idle, nobody else listens.
      worker.on("error", () => dismissIfStill(seat, worker))
      worker.on("exit", () => dismissIfStill(seat, worker))
      return worker
    }

    const dismissIfStill = (seat: Seat, worker: Worker): void => {
      if (seat.worker === worker) dismiss(seat)
    }

    const numberOf = (plan: Plan): number => {
      const known = planNumbers.get(plan)
      if (known !== undefined) return known
      lastPlan++
      planNumbers.set(plan, lastPlan)
      return lastPlan
    }

    const jobFor = (seat: Seat, task: Task, bytes: Uint8Array, plan: Plan | undefined): Job => {
      const planNumber = plan === undefined ? noPlan : numberOf(plan)
      const isNew = !seat.known.has(planNumber)
      seat.known.add(planNumber)
      return { ...task, bytes, id: ++lastJob, planNumber, plan: isNew ? plan : undefined }
    }

    const perform = (seat: Seat, task: Task, plan: Plan | undefined) =>
      Effect.callback<Result, XmlError>((resume) => {
        const worker = seat.worker ?? hire(seat)
        // A copy of its own: cloning a view would clone all of the buffer behind it.
        const bytes = new Uint8Array(task.bytes)
        const job = jobFor(seat, task, bytes, plan)
        const settle = (): void => {
          clearTimeout(timer)
          worker.off("message", onMessage)
          worker.off("error", onError)
          worker.off("exit", onExit)
          worker.unref()
        }
        const fail = (reason: WorkerStopped | TimeLimit): void => {
          settle()
          dismissIfStill(seat, worker)
          replaced++
          resume(Effect.fail(new XmlError({ reason })))
        }
        const onMessage = (answer: Answer): void => {
          if (answer.job !== job.id) return
          settle()
          seat.heapBytes = answer.heapBytes
          if (answer.heapBytes > options.recycleHeapBytes) {
            recycled++
            dismiss(seat)
          }
          resume(Effect.succeed(answer.result))
        }
        const onError = (cause: unknown): void =>
          fail(new WorkerStopped({ detail: cause instanceof Error ? cause.message : String(cause) }))
        const onExit = (code: number): void => fail(new WorkerStopped({ detail: `exit code ${code}` }))
        const timer = setTimeout(
          () => fail(new TimeLimit({ milliseconds: options.timeLimitMillis })),
          options.timeLimitMillis
        )
        // Before the listeners of an idle worker, which would take the seat away first.
        worker.prependListener("error", onError)
        worker.prependListener("exit", onExit)
        worker.on("message", onMessage)
        worker.ref()
        worker.postMessage(job, bytes.length < worthTransfer ? [] : [bytes.buffer])
        return Effect.sync(() => {
          settle()
          dismissIfStill(seat, worker)
        })
      })

    const run = (task: Task, plan: Plan | undefined) =>
      Effect.acquireUseRelease(
        Queue.take(idle).pipe(Effect.tap(() => Effect.sync(() => void busy++))),
        (seat) => perform(seat, task, plan),
        (seat) => Effect.sync(() => void busy--).pipe(Effect.andThen(Queue.offer(idle, seat)))
      ).pipe(Effect.flatMap(checked))

    yield* Effect.addFinalizer(() => Effect.sync(() => seats.forEach(dismiss)))

    return {
      run,
      stats: Effect.sync(() => ({
        workers: seats.filter(({ worker }) => worker !== undefined).length,
        busy,
        heapBytes: seats.flatMap(({ worker, heapBytes }) => (worker === undefined ? [] : [heapBytes])),
        recycled,
        replaced
      }))
    }
  })

const checked = (result: Result): Effect.Effect<Result, XmlError> => {
  if (result.kind === "failed")
    return Effect.fail(new XmlError({ reason: new WorkerStopped({ detail: result.detail }) }))
  if (result.kind !== "schema-unusable") return Effect.succeed(result)
  const { schemaPath, detail } = result
  return Effect.fail(new XmlError({ reason: new SchemaUnusable({ schemaPath, detail }) }))
}
