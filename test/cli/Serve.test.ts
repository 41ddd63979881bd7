/**
 * `throughline serve` as people run it: real processes over an embedded database and folders of their own. What it says
 * to do is done, and what it says will happen happens; it stops when asked, and starts again on what it left.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, describe, it } from "vitest"

/** As scripts/throughline.js does: stripping the types of the console's modules is called experimental. */
const quietly = ["--disable-warning=ExperimentalWarning"]

const root = fileURLToPath(new URL("../..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "throughline-serve-"))
// As root the server runs under another account, which has to get there.
chmodSync(folder, 0o755)
const exchange = join(folder, "exchange")

const started: Array<ChildProcess> = []

const environment = (): NodeJS.ProcessEnv => {
  const { DATABASE_URL: _, ...rest } = process.env
  return { ...rest, DATABASE_FOLDER: join(folder, "postgres"), NO_COLOR: "1" }
}

/** A process of the program, with what it has printed so far. */
const throughline = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [...quietly, join(root, "src", "main.ts"), ...args], {
    env: environment(),
    cwd: folder
  })
  started.push(child)
  const printed = { out: "", err: "" }
  child.stdout.on("data", (data) => {
    printed.out += data
  })
  child.stderr.on("data", (data) => {
    printed.err += data
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", resolve)
  })
  return { child, printed, ended }
}

const limit = 20_000

/** Waits until something is so. */
const until = async (what: string, is: () => boolean, said: () => string): Promise<void> => {
  const end = performance.now() + limit
  while (!is()) {
    if (performance.now() > end) throw new Error(`not within ${limit / 1000} s: ${what}\n${said()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const serve = async (...args: ReadonlyArray<string>) => {
  const running = throughline("serve", "--exchange", exchange, "--port", "0", ...args)
  const said = () => running.printed.out + running.printed.err
  await until("it says where it can be reached", () => /http:\/\/127\.0\.0\.1:\d+/u.test(said()), said)
  const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/u.exec(said()) ?? []
  return { ...running, said, url }
}

const outbox = (company: string, type: string): ReadonlyArray<string> => {
  const path = join(exchange, company, "outbox", type)
  return existsSync(path) ? readdirSync(path).sort() : []
}

afterAll(() => {
  for (const child of started) child.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

describe("throughline serve", () => {
  it("does in a fresh folder what the demo says", { timeout: 120_000 }, async () => {
    const { child, printed, ended, said, url } = await serve("--demo")
    const commands = [...printed.out.matchAll(/^ {2}cp (\S+) (\S+)$/gmu)].map(([, from = "", to = ""]) => ({
      from,
      to
    }))
    assert.isAtLeast(commands.length, 4, said())

    for (const path of ["/health/live", "/health/ready", "/metrics"]) {
      assert.strictEqual((await fetch(url + path)).status, 200, path)
    }

    const [good, , , broken] = commands
    copyFileSync(good?.from ?? "", join(good?.to ?? "", "transfer.xml"))
    await until("the answer is there", () => outbox("cedar-packaging", "SNX_TRANSFER").length === 1, said)
    copyFileSync(broken?.from ?? "", join(broken?.to ?? "", "broken.xml"))
    await until("the report is there", () => outbox("birch-printing", "IE_PROCESSING_RESPONSE").length === 3, said)
    await until("it tells of both", () => / {2}broken\.xml {2}map_in_failed/u.test(printed.out), said)
    assert.match(printed.out, / {2}transfer\.xml {2}processed\n {3}-> \S+SNX_TRANSFER_\d+\.xml\n/u)

    const listed = throughline("messages", "--direction", "in", "--json")
    assert.strictEqual(await listed.ended, 0, listed.printed.err)
    const statuses = listed.printed.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).status)
    assert.deepStrictEqual(statuses, ["map_in_failed", "processed"])

    const second = throughline("serve", "--exchange", exchange, "--port", new URL(url).port)
    assert.strictEqual(await second.ended, 2)
    assert.match(second.printed.err, /in use/u)

    const asked = performance.now()
    child.kill("SIGTERM")
    assert.strictEqual(await ended, 0, said())
    assert.isBelow(performance.now() - asked, 10_000)
    assert.strictEqual(printed.err, "")
  })

  it("starts again on what it left, and is quiet", { timeout: 60_000 }, async () => {
    const { child, printed, ended, said } = await serve()
    copyFileSync(
      join(root, "samples/demo/birch-printing/inbox/SNX_TRANSFER/2-by-list.xml"),
      join(exchange, "birch-printing/inbox/SNX_TRANSFER/list.xml")
    )
    await until("the answer is there", () => outbox("cedar-packaging", "SNX_TRANSFER").length === 2, said)
    child.kill("SIGINT")
    assert.strictEqual(await ended, 0, said())
    assert.strictEqual(printed.out, "")
    const logged = printed.err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    assert.deepStrictEqual(
      logged.map(({ level, message }) => [level, message[0]]),
      [["INFO", "serving"]]
    )
  })

  it("says what is wrong with its surroundings, with exit code 2", { timeout: 60_000 }, async () => {
    const elsewhere = spawn(process.execPath, [join(root, "src", "main.ts"), "messages"], {
      env: { ...environment(), DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" }
    })
    let told = ""
    elsewhere.stderr.on("data", (data) => {
      told += data
    })
    const code = await new Promise((resolve) => {
      elsewhere.on("close", resolve)
    })
    assert.strictEqual(code, 2)
    assert.match(told, /DATABASE_URL/u)
    assert.notMatch(told, /\n {4}at /u)
  })
})
