/**
 * scripts/throughline.js with a small program in place of src/main.ts: arguments and exit codes go through, a signal
 * arrives once, and nothing is left behind when the starting process is killed.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Says what it was given and who it is; `stay` keeps it alive until a signal, which takes it half a second. */
const program = `
const say = (what: unknown) => console.log(JSON.stringify(what))
const [what, code] = process.argv.slice(2)
say({ pid: process.pid, args: process.argv.slice(2), major: Number(process.versions.node.split(".")[0]) })
if (what === "exit") process.exitCode = Number(code)
if (what === "abort") process.kill(process.pid, "SIGKILL")
if (what === "stay") {
  setInterval(() => {}, 1000)
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      say({ signal })
      setTimeout(() => process.exit(7), 500)
    })
  }
}
`

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const until = async (what: string, condition: () => boolean) => {
  for (let look = 0; !condition(); look++) {
    if (look > 200) throw new Error(`${what} did not happen in 10 s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe("scripts/throughline.js", () => {
  let folder = ""

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "throughline-start-"))
    await cp(join(root, "scripts"), join(folder, "scripts"), { recursive: true })
    for (const file of ["package.json", "package-lock.json"]) await cp(join(root, file), join(folder, file))
    await symlink(join(root, "node_modules"), join(folder, "node_modules"))
    await mkdir(join(folder, "src"))
    await writeFile(join(folder, "src", "main.ts"), program)
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  const start = (...args: ReadonlyArray<string>) => {
    const child = spawn(process.execPath, [join(folder, "scripts", "throughline.js"), ...args])
    return watch(child)
  }

  const watch = (child: ChildProcess) => {
    const said: Array<string> = []
    child.stdout?.on("data", (chunk) => said.push(...String(chunk).split("\n").filter(Boolean)))
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
    const first = async (): Promise<{
      readonly pid: number
      readonly args: ReadonlyArray<string>
      readonly major: number
    }> => {
      await until("the first line", () => said.length > 0)
      return JSON.parse(said[0] ?? "")
    }
    return { child, said, ended, first }
  }

  it("passes arguments on, runs a Node that reads TypeScript, and gives back the exit code", async () => {
    const { ended, first } = start("exit", "3", "--json", "a b")
    expect(await ended).toBe(3)
    const { args, major } = await first()
    expect(args).toEqual(["exit", "3", "--json", "a b"])
    expect(major).toBeGreaterThanOrEqual(22)
  })

  it("says by its exit code that a signal ended the program", async () =>
    expect(await start("abort").ended).toBe(128 + 9))

  it("passes a signal on once, however often the terminal and npm repeat it", async () => {
    const { child, said, ended, first } = start("stay")
    await first()
    for (let copy = 0; copy < 3; copy++) child.kill("SIGINT")
    expect(await ended).toBe(7)
    expect(said.slice(1)).toEqual(['{"signal":"SIGINT"}'])
  })

  it("stops the program when it is killed itself", async () => {
    const { child, said, first } = start("stay")
    const { pid } = await first()
    child.kill("SIGKILL")
    await until("the end of the program", () => !isAlive(pid))
    expect(said.slice(1)).toEqual(['{"signal":"SIGTERM"}'])
  })

  it("stops with the npm that started it", async () => {
    const npm = `
      const { spawn } = require("node:child_process")
      const env = { ...process.env, npm_lifecycle_event: "start" }
      spawn(process.execPath, ["scripts/throughline.js", "stay"], { stdio: "inherit", env })
      setInterval(() => {}, 1000)
    `
    const { child, first } = watch(spawn(process.execPath, ["--eval", npm], { cwd: folder }))
    const { pid } = await first()
    child.kill("SIGKILL")
    await until("the end of the program", () => !isAlive(pid))
  })
})
