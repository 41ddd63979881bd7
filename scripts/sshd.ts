/**
 * A real SSH server for tests and for trying things out: Debian's sshd on loopback, on a free port, with host keys, a login
 * key, a configuration and data of its own, never the system's. Root runs it as an account that may do
 * as little as anywhere. It ends with the process that started it, also when that one is killed.
 *
 *   node scripts/sshd.ts install   installs openssh-server with apt; does nothing when it is there, when there is no apt,
 *                                  or without root, and says so in one line
 *   node scripts/sshd.ts run       runs a server until it is interrupted, and says how to reach it
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import * as apt from "./apt.ts"

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))

const isRoot = process.getuid?.() === 0

/** A program where it mostly is, or in the search path. */
const programOf = (name: string): string | undefined => {
  const folders = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/sbin",
    "/opt/homebrew/sbin",
    ...(process.env["PATH"] ?? "").split(delimiter)
  ]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** The server's program; undefined when it is not installed. */
export const find = (): string | undefined => programOf("sshd")

/** Installs the program where that is our right; gives it, or undefined when it is missing still. Quiet when it works. */
export const install = (): string | undefined => {
  if (find() === undefined) apt.install("openssh-server")
  return find()
}

export interface Options {
  /** Name of its folder under `.throughline/`; what lies there is removed at the start. */
  readonly name: string
  /** Largest file the server can write, in blocks of 512 bytes, as on a full disk. */
  readonly fileBlocks?: number
}

export interface Sshd {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Where a login finds itself: what the partner sees as `/home`. */
  readonly data: string
  /** The private key that may log in, as OpenSSH writes it. */
  readonly key: string
  /** The public host key, `ssh-ed25519 AAAA...`. */
  readonly hostKey: () => string
  /** Makes a folder below `data` that the server may use. */
  readonly folder: (path: string) => string
  /** Starts it, or starts it again. */
  readonly start: () => Promise<void>
  /** Kills it and everybody's connections, at once. */
  readonly kill: () => Promise<void>
  /** Gives it another host key, as a rebuilt server has. It must be started again. */
  readonly changeHostKey: () => void
  /** Kills it and removes its folder. */
  readonly remove: () => Promise<void>
}

const keygen = (path: string) => {
  rmSync(path, { force: true })
  rmSync(`${path}.pub`, { force: true })
  const program = programOf("ssh-keygen")
  if (program === undefined) throw new Error("ssh-keygen is not installed; it comes with OpenSSH")
  const { status, stderr } = spawnSync(program, ["-q", "-t", "ed25519", "-N", "", "-C", "throughline", "-f", path])
  if (status !== 0) throw new Error(`ssh-keygen failed: ${stderr}`)
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(address)))
    })
  })

interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Accounts of every Linux. `nobody` comes last: systemd calls its password locked, and sshd lets no such account in. */
const account = (): Account | undefined => {
  if (!isRoot) return undefined
  const lines = readFileSync("/etc/passwd", "utf8").split("\n")
  const known = lines
    .map((line) => line.split(":"))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
  for (const wanted of ["daemon", "games", "nobody"]) {
    const found = known.find(({ name }) => name === wanted)
    if (found !== undefined) return { ...found, name: wanted }
  }
  throw new Error("there is no account to run sshd with: neither daemon nor games nor nobody")
}

/** From 9.8 on, who fails to log in is kept out for a while unless the configuration says no; older ones do not know the word. */
const isSince = (program: string, version: number): boolean => {
  const { stderr, stdout } = spawnSync(program, ["-V"], { encoding: "utf8" })
  return Number(/OpenSSH_(\d+\.\d+)/u.exec(`${stderr}${stdout}`)?.[1] ?? 0) >= version
}

/** True when everybody may pass through a folder and those above it. */
const isReachable = (folder: string): boolean =>
  folder === dirname(folder) || ((statSync(folder).mode & 0o001) !== 0 && isReachable(dirname(folder)))

const homeOf = (name: string, owner: Account | undefined): string => {
  const usual = join(checkout, ".throughline")
  mkdirSync(usual, { recursive: true })
  const tag = createHash("sha256").update(checkout).digest("hex").slice(0, 8)
  const base = owner === undefined || isReachable(realpathSync(usual)) ? usual : join(tmpdir(), `throughline-${tag}`)
  const home = join(base, "sshd", name)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  return realpathSync(home)
}

/** Every process with its parent; from /proc where there is one, because `ps` is not everywhere. */
const processes = (): ReadonlyArray<readonly [number, number]> => {
  if (!existsSync("/proc/self/stat")) {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    return stdout.split("\n").map((line) => {
      const [pid = 0, parent = 0] = line.trim().split(/\s+/u).map(Number)
      return [pid, parent]
    })
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map((pid) => {
      try {
        // The second field is the program's name in brackets, and may hold anything.
        const rest = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? ""
        return [Number(pid), Number(rest.split(" ")[1])]
      } catch {
        return [Number(pid), 0]
      }
    })
}

/** Processes whose ancestor is `root`, it included: a connection has one of its own, in a group of its own. */
const family = (root: number): ReadonlyArray<number> => {
  const all = processes()
  const found = [root]
  for (let at = 0; at < found.length; at++) {
    for (const [pid, parent] of all) if (parent === found[at]) found.push(pid)
  }
  return found
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port })
    socket.setTimeout(1000)
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-")))
    for (const event of ["error", "timeout", "close"]) socket.once(event, () => end(false))
    const end = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
  })

/** Prepares a server with a folder of its own; `start` starts it. Throws when sshd is not installed. */
export const make = async ({ name, fileBlocks }: Options): Promise<Sshd> => {
  const program = find()
  if (program === undefined) throw new Error("sshd is not installed; on Debian: apt-get install openssh-server")
  const owner = account()
  const home = homeOf(name, owner)
  const own = (path: string) => {
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
    return path
  }
  const user =
    owner?.name ?? process.env["USER"] ?? process.env["LOGNAME"] ?? spawnSync("id", ["-un"]).stdout.toString().trim()
  const at = (file: string) => join(home, file)
  own(home)
  mkdirSync(at("data"))
  own(at("data"))
  keygen(at("login"))
  writeFileSync(at("authorized_keys"), readFileSync(at("login.pub")))
  const changeHostKey = () => {
    keygen(at("host"))
    own(at("host"))
  }
  changeHostKey()
  const port = await freePort()
  writeFileSync(
    at("config"),
    [
      ...(isSince(program, 9.8) ? ["PerSourcePenalties no"] : []),
      "ListenAddress 127.0.0.1",
      `Port ${port}`,
      `HostKey ${at("host")}`,
      `AuthorizedKeysFile ${at("authorized_keys")}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "UseDNS no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "MaxStartups 100",
      "MaxSessions 100",
      "LogLevel VERBOSE",
      `Subsystem sftp internal-sftp -d ${at("data")}`,
      `ForceCommand internal-sftp -d ${at("data")}`,
      ""
    ].join("\n")
  )

  let keeper: ChildProcess | undefined
  let listener = 0

  const start = async () => {
    const limit = fileBlocks === undefined ? "" : `trap "" XFSZ; ulimit -f ${fileBlocks};`
    const command = [program, "-D", "-f", at("config"), "-E", at("log")]
    // The shell's own standard input ends when we do, however that comes about; then the server is ended too.
    const script = `${limit} "$@" </dev/null >/dev/null & echo $!; cat >/dev/null; kill $!`
    const child = spawn("/bin/sh", ["-c", script, "sh", ...command], {
      stdio: ["pipe", "pipe", "ignore"],
      cwd: home,
      ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid })
    })
    keeper = child
    listener = await new Promise<number>((resolve, reject) => {
      child.once("error", reject)
      child.once("exit", () => reject(new Error("sshd did not start")))
      child.stdout?.once("data", (data) => resolve(Number(String(data).trim())))
    })
    for (let tries = 0; !(await answers(port)); tries++) {
      if (tries > 200) throw new Error(`sshd does not answer; ${at("log")}: ${readFileSync(at("log"), "utf8")}`)
      await sleep(25)
    }
  }

  const kill = async () => {
    const child = keeper
    if (child === undefined) return
    keeper = undefined
    for (const pid of family(listener)) {
      try {
        process.kill(pid, "SIGKILL")
      } catch {
        // It ended by itself in between.
      }
    }
    const gone =
      child.exitCode !== null ? Promise.resolve() : new Promise<void>((done) => child.once("exit", () => done()))
    child.stdin?.end()
    await gone
  }

  return {
    host: "127.0.0.1",
    port,
    user,
    data: at("data"),
    key: readFileSync(at("login"), "utf8"),
    hostKey: () => readFileSync(at("host.pub"), "utf8").split(" ").slice(0, 2).join(" ").trim(),
    folder: (path) => {
      let folder = at("data")
      for (const part of path.split("/")) {
        folder = join(folder, part)
        if (existsSync(folder)) continue
        mkdirSync(folder)
        chmodSync(own(folder), 0o755)
      }
      return folder
    },
    start,
    kill,
    changeHostKey,
    remove: async () => {
      await kill()
      rmSync(home, { recursive: true, force: true })
    }
  }
}

const main = async (command: string | undefined) => {
  if (install() === undefined) {
    console.error("sshd is not installed. On Debian, as root: apt-get install openssh-server")
    if (command === "run") process.exitCode = 1
  } else if (command === "run") {
    const sshd = await make({ name: "run" })
    await sshd.start()
    for (const folder of ["inbox/SNX_TRANSFER", "outbox"]) sshd.folder(folder)
    console.log(`port ${sshd.port}, user ${sshd.user}, key ${join(dirname(sshd.data), "login")}, files in ${sshd.data}`)
    process.once("SIGINT", () => void sshd.remove().then(() => process.exit(0)))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2])
