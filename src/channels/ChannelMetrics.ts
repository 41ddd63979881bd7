/**
 * What channels count. Labels are the channel's name and a reason, never a company or a file: the number of time
 * series stays small whatever partners send.
 */
import { Effect, Metric } from "effect"

const filesReceived = Metric.counter("throughline_files_received_total", {
  description: "Files and messages taken in by a channel and committed to the journal",
  incremental: true
})

const bytesReceived = Metric.counter("throughline_received_bytes_total", {
  description: "Bytes taken in by a channel and committed to the journal",
  incremental: true
})

const filesAgain = Metric.counter("throughline_files_again_total", {
  description: "Files that had been committed before and only had to be moved away",
  incremental: true
})

const fileFailures = Metric.counter("throughline_file_failures_total", {
  description: "Tries to take a file or to write one that did not succeed, by reason",
  incremental: true
})

/** A file was committed. */
export const received = (channel: string, bytes: number, again: boolean): Effect.Effect<void> =>
  again
    ? Metric.update(Metric.withAttributes(filesAgain, { channel }), 1)
    : Effect.andThen(
        Metric.update(Metric.withAttributes(filesReceived, { channel }), 1),
        Metric.update(Metric.withAttributes(bytesReceived, { channel }), bytes)
      )

/** A file could not be taken or written; `reason` is one of a few words. */
export const failed = (channel: string, reason: string): Effect.Effect<void> =>
  Metric.update(Metric.withAttributes(fileFailures, { channel, reason }), 1)
