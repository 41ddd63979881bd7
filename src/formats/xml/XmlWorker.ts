/**
 * Entry of a worker thread: takes one job after the other, answers each with its result and the size of its heap. A job
 * that throws is answered as failed; a fault that takes WASM or the thread down ends the worker, which the pool notices.
 */
import { parentPort, workerData } from "node:worker_threads"
import type { Answer, Job, Result } from "./XmlJob.ts"
import { Libxml } from "./XmlLibxml.ts"
import type { Plan } from "./XmlPlan.ts"
import { Reader, type ReadLimits } from "./XmlReader.ts"
import { UnusableSchema } from "./XmlSchemas.ts"

const limits: ReadLimits = workerData
const libxml = await Libxml.open()
const reader = new Reader(libxml, limits)
/** Plans by number: each travels to a worker once. */
const plans = new Map<number, Plan>()

const perform = (job: Job): Result => {
  if (job.plan !== undefined) plans.set(job.planNumber, job.plan)
  const plan = plans.get(job.planNumber)
  switch (job.kind) {
    case "read":
      if (plan === undefined) throw new Error("a document cannot be read without a layout")
      return { kind: "read", reading: reader.read(job.bytes, plan, job.schemaPath) }
    case "locate":
      return { kind: "locate", positions: reader.locate(job.bytes, plan ?? { namespaces: {} }, job.paths) }
    case "annotate":
      return { kind: "annotate", annotated: reader.annotate(job.bytes, plan, job.notes) }
  }
}

const attempt = (job: Job): Result => {
  try {
    return perform(job)
  } catch (cause) {
    // An aborted WASM instance cannot be used again.
    if (cause instanceof Error && cause.name === "RuntimeError") throw cause
    const detail = cause instanceof Error ? cause.message : String(cause)
    return cause instanceof UnusableSchema
      ? { kind: "schema-unusable", schemaPath: cause.schemaPath, detail }
      : { kind: "failed", detail }
  }
}

/** Below this, copying is cheaper than handing over. */
const worthTransfer = 65_536

/** Buffers that change hands instead of being copied. */
const buffersOf = (result: Result): Array<ArrayBuffer> => {
  if (result.kind !== "read") return []
  return (result.reading.cells ?? []).flatMap((cell) =>
    cell.kind === "list"
      ? [cell.values, ...cell.attributes].flatMap((packed) =>
          packed === undefined || packed.bytes.length < worthTransfer ? [] : [packed.bytes.buffer]
        )
      : []
  )
}

parentPort?.on("message", (job: Job) => {
  const result = attempt(job)
  const answer: Answer = { job: job.id, result, heapBytes: libxml.heapBytes }
  parentPort?.postMessage(answer, buffersOf(result))
})
