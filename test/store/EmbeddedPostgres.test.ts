/**
 * The embedded server among real processes that start together, leave, and are killed at the worst moments. Each test
 * has a data folder of its own; user.ts is the process.
 */
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process"
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as EmbeddedPostgres from "../../src/store/EmbeddedPostgres.ts"
import { isAlive } from "../../src/store/embedded/Process.ts"

const program = fileURLToPath(new URL("user.ts", import.meta.url))
const folders: Array<string> = []

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-pg-"))
  folders.push(folder)
  chmodSync(folder, 0o755)
  return folder
}

interface Line {
  readonly port?: number
  readonly folder?: string
  readonly isStartedHere?: boolean
  readonly n?: number
  readonly rows?: number
  readonly error?: string
  readonly failure?: string
}

/** A process that uses the server of a folder. */
class User {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  readonly lines: AsyncIterator<string>
  readonly ended: Promise<unknown>

  constructor(folder: string, answerMs?: number, account?: { readonly uid: number; readonly gid: number }) {
    const args = ["--disable-warning=ExperimentalWarning", program, folder]
    this.child = spawn(process.execPath, answerMs === undefined ? args : [...args, String(answerMs)], {
      stdio: ["pipe", "pipe", "inherit"],
      ...account
    })
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
    this.ended = new Promise((resolve) => this.child.on("close", resolve))
  }

  /** The next answer; lines of the log are passed over. */
  async next(): Promise<Line> {
    for (;;) {
      const line = await this.lines.next()
      if (line.done === true) throw new Error("The process ended")
      if (line.value.startsWith("{")) return JSON.parse(line.value)
    }
  }

  /** Inserts a row and returns its number, or the error. */
  ask() {
    this.child.stdin.write("ask\n")
    return this.next()
  }

  leave() {
    this.child.stdin.end()
    return this.ended
  }

  kill() {
    this.child.kill("SIGKILL")
    return this.ended
  }
}

const pidOf = (folder: string) => Number(readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n")[0])
const isRunning = (folder: string) => existsSync(join(folder, "data", "postmaster.pid"))

const until = async (what: () => boolean | Promise<boolean>) => {
  for (let tries = 0; tries < 1500; tries++) {
    if (await what()) return
    await setTimeout(20)
  }
  throw new Error("It did not happen")
}

afterAll(() => {
  for (const folder of folders) {
    if (isRunning(folder) && isAlive(pidOf(folder))) process.kill(pidOf(folder), "SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  }
})

describe.concurrent("an embedded server", { timeout: 60_000 }, () => {
  for (const count of [2, 4]) {
    it(`is started once by ${count} processes at once, and stopped by the last to leave`, async () => {
      const folder = newFolder()
      const users = Array.from({ length: count }, () => new User(folder))
      const lines = await Promise.all(users.map((user) => user.next()))
      assert.strictEqual(lines.filter((line) => line.isStartedHere === true).length, 1)
      assert.strictEqual(new Set(lines.map((line) => line.port)).size, 1)
      // The one that started it goes first; the others must not notice.
      const starter = lines.findIndex((line) => line.isStartedHere === true)
      await users[starter]?.leave()
      const others = users.filter((_, index) => index !== starter)
      const numbers = await Promise.all(others.map((user) => user.ask()))
      assert.deepStrictEqual(
        numbers.map(({ n }) => n).sort(),
        Array.from({ length: count - 1 }, (_, i) => i + 1)
      )
      await Promise.all(others.map((user) => user.leave()))
      assert.isFalse(isRunning(folder))
    })
  }

  it("outlives the killed process that started it, and the next one adopts it", async () => {
    const folder = newFolder()
    const first = new User(folder)
    assert.isTrue((await first.next()).isStartedHere)
    assert.strictEqual((await first.ask()).n, 1)
    await first.kill()
    const pid = pidOf(folder)
    const second = new User(folder)
    assert.isFalse((await second.next()).isStartedHere)
    assert.strictEqual(pidOf(folder), pid)
    assert.strictEqual((await second.ask()).rows, 2)
    await second.leave()
    assert.isFalse(isRunning(folder))
  })

  it("is made anew when the process was killed while it made the data", async () => {
    const folder = newFolder()
    for (const ms of [150, 350, 550]) {
      const user = new User(folder)
      await setTimeout(ms)
      await user.kill()
    }
    const user = new User(folder)
    assert.isNumber((await user.next()).port)
    assert.strictEqual((await user.ask()).n, 1)
    await user.leave()
  })

  it("starts again after it was killed while nobody used it", async () => {
    const folder = newFolder()
    const first = new User(folder)
    await first.next()
    await first.ask()
    await first.kill()
    process.kill(pidOf(folder), "SIGKILL")
    const second = new User(folder)
    assert.isTrue((await second.next()).isStartedHere)
    assert.strictEqual((await second.ask()).rows, 2)
    await second.leave()
  })

  it("is started again, once and on its port, when it is killed in use", async () => {
    const folder = newFolder()
    const users = [new User(folder), new User(folder)]
    for (const user of users) await user.next()
    const pid = pidOf(folder)
    process.kill(pid, "SIGKILL")
    await until(async () => (await users[0]?.ask())?.n !== undefined)
    await until(async () => (await users[1]?.ask())?.n !== undefined)
    assert.notStrictEqual(pidOf(folder), pid)
    for (const user of users) await user.leave()
    assert.isFalse(isRunning(folder))
  })

  it("is not fooled by a pid file of another process", async () => {
    const folder = newFolder()
    const first = new User(folder)
    await first.next()
    await first.leave()
    // As after a restart of the machine: the number is taken by some other program.
    const file = join(folder, "data", "postmaster.pid")
    writeFileSync(file, `${process.pid}\n${join(folder, "data")}\n1700000000\n5432\n\n127.0.0.1\n  1234  5678\nready\n`)
    const second = new User(folder)
    assert.isTrue((await second.next()).isStartedHere)
    await second.leave()
  })

  it("is replaced when it runs but does not answer", async () => {
    const folder = newFolder()
    const first = new User(folder)
    await first.next()
    await first.kill()
    const pid = pidOf(folder)
    process.kill(pid, "SIGSTOP")
    const second = new User(folder, 500)
    assert.isTrue((await second.next()).isStartedHere)
    assert.notStrictEqual(pidOf(folder), pid)
    await second.leave()
  })

  it("refuses data of another version and a lost password, and says what to do", async () => {
    const folder = newFolder()
    const first = new User(folder)
    await first.next()
    await first.kill()
    const password = readFileSync(join(folder, "password"), "utf8")
    writeFileSync(join(folder, "password"), "other")
    assert.include((await new User(folder).next()).failure, "refuses the password")
    writeFileSync(join(folder, "password"), password)
    const second = new User(folder)
    await second.next()
    await second.leave()
    writeFileSync(join(folder, "data", "PG_VERSION"), "9\n")
    assert.include((await new User(folder).next()).failure, "belongs to PostgreSQL 9")
  })

  for (const [platform, arch, words] of [
    ["sunos", "sparc", "There is no embedded PostgreSQL for sunos-sparc. Set DATABASE_URL"],
    ["win32", "x64", "There is no embedded PostgreSQL for win32-x64. Set DATABASE_URL"],
    [process.platform, process.arch === "arm" ? "ia32" : "arm", "Run npm ci"]
  ] as const) {
    it.live(`says what to do on ${platform}-${arch}`, () =>
      Effect.gen(function* () {
        const options = { folder: "unused", platform: { platform, arch } }
        const error = yield* Effect.flip(Effect.scoped(EmbeddedPostgres.acquire(options)))
        assert.include(error.message, words)
        assert.deepStrictEqual([error.isRetryable, error.whoActs], [false, "operator"])
      })
    )
  }
})

const nobody = { uid: 65534, gid: 65534 }
/** Only root can become somebody else; as an ordinary user, all tests above ran as one. */
const isRoot = process.getuid?.() === 0
const canNobodyRunUs = isRoot && spawnSync(process.execPath, ["--check", program], { cwd: "/", ...nobody }).status === 0

if (canNobodyRunUs) {
  it("runs for an ordinary user under that user, and root may join", async () => {
    const folder = newFolder()
    chownSync(folder, nobody.uid, nobody.gid)
    const user = new User(folder, undefined, nobody)
    assert.isTrue((await user.next()).isStartedHere)
    const second = new User(folder)
    assert.isFalse((await second.next()).isStartedHere)
    await user.leave()
    assert.strictEqual((await second.ask()).n, 1)
    await second.leave()
    assert.isFalse(isRunning(folder))
    const third = new User(folder, undefined, nobody)
    assert.isTrue((await third.next()).isStartedHere)
    await third.leave()
  })
}

if (isRoot) {
  it("is placed where its account can reach the data, when root keeps the folder closed", async () => {
    const closed = newFolder()
    chmodSync(closed, 0o700)
    const folder = join(closed, "project", "postgres")
    mkdirSync(folder, { recursive: true })
    const user = new User(folder)
    const where = (await user.next()).folder ?? ""
    folders.push(where)
    assert.match(where, /^\/var\/lib\/throughline\//)
    assert.strictEqual(readFileSync(join(folder, "data-is-in"), "utf8").trim(), where)
    await user.leave()
    const again = new User(folder)
    assert.strictEqual((await again.next()).folder, where)
    assert.strictEqual((await again.ask()).n, 1)
    await again.leave()
  })
}
