/**
 * Small questions about processes: run a program to its end under an account, is a process alive, what is its command
 * line. Unix only, like the embedded server.
 */
import { execFile, spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { Effect } from "effect"

/** The account a program runs under; undefined means our own. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

export interface Ended {
  /** 0 is success; -1 when a signal ended it or it could not be started at all. */
  readonly code: number
  /** What it wrote to both streams. */
  readonly output: string
}

/** No PG* variables: they would bend where PostgreSQL's programs look. Messages stay English, since we read them. */
export const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }

/** The folder `/` as working directory: the account may not be allowed into ours. */
export const under = (account: Account | undefined) => ({
  cwd: "/",
  env: environment,
  ...(account === undefined ? {} : { uid: account.uid, gid: account.gid })
})

/** Runs a program and waits for its end. Never fails; interrupting it ends the program. */
export const run = (command: string, args: ReadonlyArray<string>, account: Account | undefined) =>
  Effect.callback<Ended>((resume) => {
    const child = spawn(command, args, { ...under(account), stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    const keep = (chunk: Buffer) => {
      output += chunk.toString("utf8")
    }
    child.stdout.on("data", keep)
    child.stderr.on("data", keep)
    child.on("error", (error) => resume(Effect.succeed({ code: -1, output: error.message })))
    child.on("close", (code) => resume(Effect.succeed({ code: code ?? -1, output })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** True also for processes that other accounts own. */
export const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** Asks a process to end or to act; false when it is gone or not ours. */
export const signal = (pid: number, name: NodeJS.Signals) => {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/**
 * The command line of a process. Empty for one that has ended and waits for its parent to notice (a zombie), undefined
 * when it cannot be learnt.
 */
export const commandLine = (pid: number): Effect.Effect<string | undefined> =>
  process.platform === "linux"
    ? Effect.promise(() =>
        readFile(`/proc/${pid}/cmdline`, "utf8").then(
          (line) => line.replaceAll("\0", " ").trim(),
          () => undefined
        )
      )
    : Effect.callback((resume) => {
        execFile("ps", ["-ww", "-o", "command=", "-p", String(pid)], (error, line) =>
          resume(Effect.succeed(error === null ? line.trim() : undefined))
        )
      })
