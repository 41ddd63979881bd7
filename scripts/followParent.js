/**
 * Loaded by throughline.js into the program (`node --import`): when the starting process is gone, however it ended, the
 * program is asked to stop as by SIGTERM. Without it a killed `npm start` would leave a server behind.
 *
 * Does nothing in a process or thread that was not started that way, and never keeps one alive.
 */
import { Socket } from "node:net"
import { isMainThread } from "node:worker_threads"

const descriptor = process.env.THROUGHLINE_LIFELINE

if (isMainThread && descriptor !== undefined) {
  // Processes that the program starts inherit its environment, but not the stream.
  delete process.env.THROUGHLINE_LIFELINE
  const lifeline = new Socket({ fd: Number(descriptor), readable: true, writable: false })
  lifeline.on("error", () => {})
  lifeline.on("close", () => process.kill(process.pid, "SIGTERM"))
  lifeline.resume()
  lifeline.unref()
}
