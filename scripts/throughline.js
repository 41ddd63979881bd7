#!/usr/bin/env node
/**
 * Starts Throughline from a checkout: `node scripts/throughline.js serve`. Installs the dependencies if they are missing
 * or changed, then runs src/main.ts on the pinned Node with all arguments. Plain JavaScript: an older Node (20) can run it.
 *
 * The exit code is the program's; one that a signal ended gives 128 + the signal's number. SIGINT and SIGTERM are passed
 * on once, so the program ends in good order; asked again after a second, it is killed. It never outlives this process
 * (followParent.js), nor this process the npm that started it.
 */
import { spawn } from "node:child_process"
import { constants } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { install, nodePath, root } from "./install.js"

/** A second Ctrl-C after this many milliseconds is meant; before, it is the terminal's and npm's copy of the first. */
const secondSignalMs = 1000

/** How often to look whether the npm that started us is still there. */
const parentLookMs = 500

const start = () => {
  install()
  const follow = pathToFileURL(join(root, "scripts", "followParent.js")).href
  const child = spawn(
    nodePath(),
    [
      "--disable-warning=ExperimentalWarning",
      "--import",
      follow,
      join(root, "src", "main.ts"),
      ...process.argv.slice(2)
    ],
    {
      // The fourth stream is never written to: its end tells the program that we are gone.
      stdio: ["inherit", "inherit", "inherit", "pipe"],
      // Compiled modules are kept, so that every start after the first takes a third less; one that cannot be kept is no fault.
      env: {
        NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"),
        ...process.env,
        THROUGHLINE_LIFELINE: "3"
      },
      // A group of its own: Ctrl-C reaches the program through us, once, and not from the terminal as well.
      detached: process.platform !== "win32"
    }
  )

  let askedAt = 0
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    const now = Date.now()
    if (askedAt === 0) {
      askedAt = now
      child.kill(signal)
    } else if (now - askedAt > secondSignalMs) {
      child.kill("SIGKILL")
    }
  }
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)

  // Only under npm: somebody who starts this script in the background and closes the shell wants it to stay.
  const parent = process.ppid
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== parent && askedAt === 0 && stop("SIGTERM"), parentLookMs).unref()
  }

  child.on("error", (error) => {
    console.error(`Node could not be started: ${error.message}`)
    process.exit(2)
  })
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]))
}

try {
  start()
} catch (error) {
  console.error(error.message)
  process.exit(2)
}
