/**
 * `npm test`: everything that has to hold before a change is done, each step under its heading, ending at the first that
 * fails. `npm test -- PATTERN...` runs the tests alone, those that match (any argument of vitest is understood).
 * Plain JavaScript, so that it can install the dependencies and the pinned Node first.
 *
 * Prints the totals of the tests as a last line, `N passed, N failed, N skipped`. Exit code 1 when a step fails; with
 * CI set, also when the full run skipped a test: a missing component must not pass for a tested one.
 */
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environment, install, nodePath, root } from "./install.js"

/** Scripts of package.json, in the order of how fast they find something. */
const checks = [
  ["Types", "types"],
  ["Effect diagnostics", "effect"],
  ["Format and lint", "lint"],
  ["Import directions", "imports"],
  ["Unused code", "unused"]
]

/** Runs a step, under its heading: a shell command of package.json, or the arguments of Node. */
const run = (/** @type {string} */ title, /** @type {string | string[]} */ step, shown = step, more = {}) => {
  const [command, args] = typeof step === "string" ? [step, []] : [node, step]
  console.log(`\n== ${title}: ${shown}`)
  const from = performance.now()
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...env, ...more },
    shell: typeof step === "string"
  })
  console.log(`   ${status === 0 ? "ok" : "failed"} after ${((performance.now() - from) / 1000).toFixed(1)} s`)
  return status === 0
}

/** Totals of a report of vitest; a file that failed without a failing test (it could not be loaded) counts as one. */
const totalsOf = (/** @type {string} */ file) => {
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { testResults: [] }
  const isFailed = ({ status }) => status === "failed"
  const broken = report.testResults.filter((result) => isFailed(result) && !result.assertionResults.some(isFailed))
  return {
    passed: report.numPassedTests ?? 0,
    failed: (report.numFailedTests ?? 0) + broken.length,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0)
  }
}

const testsWith = (/** @type {string[]} */ args) => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-test-"))
  const file = join(folder, "report.json")
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
  try {
    const reports = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`]
    const ok = run("Tests", [vitest, "run", ...reports, ...args], ["vitest run", ...args].join(" "))
    return { ok, totals: totalsOf(file) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const end = (
  /** @type {string | undefined} */ failed,
  /** @type {ReturnType<typeof totalsOf> | undefined} */ totals
) => {
  if (failed !== undefined) console.log(`\nFailed: ${failed}.`)
  if (totals !== undefined) console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  process.exit(failed === undefined ? 0 : 1)
}

const prepare = () => {
  try {
    install()
    return nodePath()
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}

/** What the databases of all tests at once and their logs come to, with room to spare. */
const scratchBytes = 4 * 2 ** 30

/**
 * A folder in memory for the servers of throw-away databases, where the machine has one with room: tests make and drop
 * thousands of databases of hundreds of files, which a disk's file system takes many times as long for.
 */
const scratchFolder = () => {
  const memory = "/dev/shm"
  if (!existsSync(memory)) return undefined
  const { bavail, bsize } = statfsSync(memory)
  if (bavail * bsize < scratchBytes) return undefined
  const folder = mkdtempSync(join(memory, "throughline-test-"))
  // As root, PostgreSQL runs as another user, who has to get there.
  chmodSync(folder, 0o755)
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const node = prepare()
const scratch = scratchFolder()
const env = {
  ...environment(node),
  ...(scratch === undefined ? {} : { TEST_DATABASE_FOLDER: join(scratch, "tests") })
}
const isCi = !["", "0", "false"].includes(process.env.CI ?? "")
const patterns = process.argv.slice(2)

if (patterns.length > 0) {
  const { ok, totals } = testsWith(patterns)
  end(ok ? undefined : "tests", totals)
}

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
for (const [title, name] of checks) {
  if (!run(title, scripts[name])) end(`${title.toLowerCase()} (npm run ${name})`)
}

// Servers and browsers that tests talk to. Only a machine that is there for this gets programs installed unasked.
for (const server of isCi ? ["sshd.ts", "rabbitmq.ts", "browsers.ts"] : []) {
  spawnSync(node, [join("scripts", server), "install"], { cwd: root, stdio: "inherit", env })
}

// Tests of channels speak to real servers. Where one cannot be installed its tests are skipped, which CI does not allow.
spawnSync(node, [join("scripts", "rabbitmq.ts"), "install"], { cwd: root, stdio: "inherit", env })

const { ok, totals } = testsWith([])
if (!ok) end("tests", totals)
if (isCi && totals.skipped > 0) end("tests were skipped, which CI does not allow", totals)

const replay = [join("scripts", "throughline.js"), "replay", "samples"]
const apart = scratch === undefined ? {} : { DATABASE_FOLDER: join(scratch, "cases") }
const cases = run("Cases", replay, "throughline replay samples", apart)
end(cases ? undefined : "cases (npm run -s throughline -- replay samples)", totals)
