/** A worker that misbehaves as its task says: the first path is what to do. */
import { parentPort } from "node:worker_threads"
import type { Job } from "../../../src/formats/xml/XmlJob.ts"

parentPort?.on("message", (job: Job) => {
  const order = job.kind === "locate" ? job.paths[0] : undefined
  if (order === "exit") process.exit(3)
  if (order === "throw") throw new Error("thrown in the worker")
  if (order === "hang") for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
  if (order === "exit later") setTimeout(() => process.exit(4), 20)
  parentPort?.postMessage({ job: job.id, result: { kind: "locate", positions: new Map() }, heapBytes: 1 })
})
