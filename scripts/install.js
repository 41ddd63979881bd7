/**
 * Makes sure the dependencies of package-lock.json are installed and says which Node runs the project. Every entry
 * script calls it first, so that a fresh clone needs no step by hand. Plain JavaScript: it has to run on the Node that
 * happens to be there (20 or newer), before the pinned one exists.
 *
 * Throws an Error with a sentence for the reader when the installation fails or no Node is new enough. npm's own output
 * goes to stderr, so that the output of a command stays clean.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const modules = join(root, "node_modules")

/** Node removes types by itself since 22.18; Effect's platform package asks for 22.19. */
const oldest = [22, 19]

/**
 * True when npm's record of what it installed (written last by `npm ci` and `npm install`) holds every package of the
 * lock file in the same version. Packages for other platforms are optional and may be absent.
 */
const isInstalled = () => {
  const record = join(modules, ".package-lock.json")
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, "utf8")).packages
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === "") return true
    const found = installed[path]
    return found === undefined ? optional === true : found.version === version
  })
}

const npm = (/** @type {string[]} */ ...args) => {
  // npm tells its children where it is; that one surely runs on the Node that runs us.
  const own = process.env.npm_execpath
  const [command, first] = own?.endsWith(".js") ? [process.execPath, [own]] : ["npm", []]
  const { error, status } = spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: command === "npm" && process.platform === "win32"
  })
  if (error !== undefined) throw new Error(`npm could not be started: ${error.message}`)
  return status === 0
}

const isAlive = (/** @type {number} */ pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}

/** Runs `work` while no other process of this checkout does; a lock whose owner died is taken over. */
const alone = (/** @type {() => void} */ work) => {
  const folder = join(root, ".throughline")
  const lock = join(folder, "install.pid")
  mkdirSync(folder, { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" })
      break
    } catch (error) {
      if (error.code !== "EEXIST") throw error
    }
    const owner = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  try {
    work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Installs what is missing or out of date; quick (a few milliseconds) when nothing is. */
export const install = () => {
  if (isInstalled()) return
  alone(() => {
    if (isInstalled()) return
    console.error("Installing dependencies (npm ci) ...")
    // Development dependencies are needed even when NODE_ENV says production: the pinned Node is one.
    if (!npm("ci", "--include=dev", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error")) {
      throw new Error("The dependencies could not be installed; npm's message is above.")
    }
  })
}

const versionOf = (/** @type {string} */ node) => {
  const { status, stdout } = spawnSync(node, ["--version"], { encoding: "utf8" })
  return status === 0 ? stdout.trim().slice(1).split(".").map(Number) : undefined
}

const isNewEnough = (/** @type {number[]} */ [major = 0, minor = 0]) =>
  major > oldest[0] || (major === oldest[0] && minor >= oldest[1])

/**
 * The Node to run the project with: the pinned one, or, where npm does not run install scripts or has no binary for the
 * platform, the one that runs this script if it is new enough.
 */
export const nodePath = () => {
  const pinned = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node")
  const running = process.versions.node.split(".").map(Number)
  if (existsSync(pinned) && versionOf(pinned) !== undefined) return pinned
  if (isNewEnough(running)) return process.execPath
  // npm leaves a package without its install script when `ignore-scripts` is set; once more, for this package alone.
  if (npm("rebuild", "node", "--ignore-scripts=false", "--loglevel=error") && existsSync(pinned)) return pinned
  throw new Error(
    `Node ${oldest.join(".")} or newer is needed. The pinned one could not be installed (${pinned}), ` +
      `and this is ${process.versions.node}.`
  )
}

/** The environment in which `node` is the Node given and the project's tools are found by name. */
export const environment = (/** @type {string} */ node) => ({
  ...process.env,
  PATH: [dirname(node), join(modules, ".bin"), process.env.PATH ?? ""].join(delimiter)
})
