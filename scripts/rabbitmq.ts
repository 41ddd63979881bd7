/**
 * A RabbitMQ broker of our own for tests and benches: Debian's rabbitmq-server on loopback, with its own ports, node
 * name, cookie, port mapper, configuration and data below `.throughline/`. Another broker on the machine is never
 * touched, asked or stopped, and no system service is started.
 *
 *   node scripts/rabbitmq.ts install   installs rabbitmq-server with apt; does nothing when it is there, when there is
 *                                      no apt, or without root, and says so in one line
 *   node scripts/rabbitmq.ts run       runs a broker until it is interrupted, and prints its address
 */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { connect, createServer } from "node:net"
import { delimiter, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as apt from "./apt.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** A broker takes 3 to 6 s to start on two cores; a busy machine takes longer. */
const startWithin = 90_000

/** A running broker. */
export interface Broker {
  /** With user and password; virtual host `/`. */
  readonly url: string
  readonly port: number
  /** Ends it like a power cut; data and ports stay. */
  readonly kill: () => Promise<void>
  /** Starts it again after `kill`, with the same data, ports and password. */
  readonly resume: () => Promise<void>
  /** Makes it stand still, and go on: connections stay, nobody answers. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** Runs `rabbitmqctl` against it; takes one to three seconds. */
  readonly control: (...args: ReadonlyArray<string>) => Promise<string>
  /** Stops it and removes its data. */
  readonly stop: () => Promise<void>
}

/** Folders that distributions and packages put the scripts of RabbitMQ in. Debian's wrapper in /usr/sbin wants root. */
const places = [
  "/usr/lib/rabbitmq/bin",
  "/opt/rabbitmq/sbin",
  "/usr/local/sbin",
  "/opt/homebrew/sbin",
  ...(process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "" && folder !== "/usr/sbin")
]

/** The folder with rabbitmq-server and rabbitmqctl; undefined where RabbitMQ is not installed. */
export const find = (): string | undefined =>
  places.find((folder) => existsSync(join(folder, "rabbitmq-server")) && existsSync(join(folder, "rabbitmqctl")))

/** Installs RabbitMQ where that is possible; undefined when it is there, otherwise why it is not. */
export const install = (): string | undefined => {
  if (find() !== undefined) return undefined
  if (apt.obstacle() !== undefined) return apt.obstacle()
  return apt.install("rabbitmq-server") && find() !== undefined ? undefined : "apt could not install rabbitmq-server"
}

/** A port that nobody listens on now. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Speaks the first eight bytes of AMQP: a broker that is up answers, one that starts does not. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true })
    const end = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.setTimeout(2000, () => end(false))
    socket.once("error", () => end(false))
    socket.once("end", () => end(false))
    socket.once("data", () => end(true))
    socket.once("connect", () => socket.write(Buffer.from("AMQP\0\0\x09\x01", "latin1")))
  })

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

const ended = (child: ChildProcess): Promise<unknown> =>
  isRunning(child) ? new Promise((resolve) => child.once("exit", resolve)) : Promise.resolve()

const pidIn = (file: string): number => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0)

const isAlive = (pid: number): boolean => {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Ends the brokers whose starting process was killed. A process is ours when its environment names the folder. */
const endLeftovers = (home: string): void => {
  for (const name of readdirSync(home).filter((name) => name.startsWith("rabbitmq-"))) {
    const folder = join(home, name)
    if (isAlive(pidIn(join(folder, "owner.pid")))) continue
    for (const file of ["broker.pid", "epmd.pid"]) {
      const pid = pidIn(join(folder, file))
      try {
        if (pid > 0 && readFileSync(`/proc/${pid}/environ`, "latin1").includes(folder)) process.kill(pid, "SIGKILL")
      } catch {
        // It is gone, or not ours.
      }
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Few schedulers that sleep when idle, and small logs: a test broker has little to do. */
const small = "+S 1:1 +SDcpu 1:1 +SDio 2 +sbwt none +sbwtdcpu none +sbwtdio none"

/** Starts a broker whose data is in `.throughline/rabbitmq-NAME-PID`. Fails with the end of its log. */
export const start = async (name: string): Promise<Broker> => {
  const scripts = find()
  if (scripts === undefined) throw new Error("RabbitMQ is not installed: node scripts/rabbitmq.ts install")
  const home = join(root, ".throughline")
  mkdirSync(home, { recursive: true })
  endLeftovers(home)
  const folder = join(home, `rabbitmq-${name}-${process.pid}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, "owner.pid"), `${process.pid}`)
  const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()]
  const password = randomBytes(12).toString("hex")
  const at = (file: string): string => join(folder, file)
  const write = (file: string, lines: ReadonlyArray<string>): void =>
    writeFileSync(at(file), `${lines.join("\n")}\n`, { mode: 0o600 })
  write("rabbitmq.conf", [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    "default_user = throughline",
    `default_pass = ${password}`,
    "vm_memory_high_watermark.absolute = 512MB",
    "disk_free_limit.absolute = 10MB",
    "raft.wal_max_size_bytes = 4194304",
    "log.console = true",
    "log.console.level = warning",
    "log.file = false"
  ])
  // Consumers that do not acknowledge in time are looked for every second instead of every minute.
  write("advanced.config", ["[{rabbit, [{channel_tick_interval, 1000}]}]."])
  write("enabled_plugins", ["[]."])
  write("env.conf", [])
  write(".erlang.cookie", [randomBytes(16).toString("hex")])
  chmodSync(at(".erlang.cookie"), 0o400)
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    LANG: "C.UTF-8",
    HOME: folder,
    ERL_EPMD_PORT: `${mapper}`,
    ERL_EPMD_ADDRESS: "127.0.0.1",
    ERL_MAX_PORTS: "4096",
    RABBITMQ_NODENAME: `throughline-${name}-${process.pid}@localhost`,
    RABBITMQ_DIST_PORT: `${distribution}`,
    RABBITMQ_CONF_ENV_FILE: at("env.conf"),
    RABBITMQ_CONFIG_FILE: at("rabbitmq.conf"),
    RABBITMQ_ADVANCED_CONFIG_FILE: at("advanced.config"),
    RABBITMQ_ENABLED_PLUGINS_FILE: at("enabled_plugins"),
    RABBITMQ_MNESIA_BASE: at("data"),
    RABBITMQ_LOG_BASE: at("log"),
    RABBITMQ_PID_FILE: at("node.pid"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `${small} -kernel inet_dist_use_interface {127,0,0,1}`,
    // The script then becomes the broker instead of minding it, so that our signals reach it.
    RUNNING_UNDER_SYSTEMD: "true"
  }
  const launch = (command: string, args: ReadonlyArray<string>, pidFile: string): ChildProcess => {
    const log = openSync(at("broker.log"), "a")
    const child = spawn(command, args, { env, cwd: folder, stdio: ["ignore", log, log] })
    closeSync(log)
    child.on("error", () => {})
    writeFileSync(at(pidFile), `${child.pid ?? 0}`)
    return child
  }
  const epmd = launch("epmd", ["-port", `${mapper}`, "-address", "127.0.0.1"], "epmd.pid")
  let broker = epmd
  const end = (): void => {
    for (const child of [broker, epmd]) if (isRunning(child)) child.kill("SIGKILL")
  }
  process.once("exit", end)

  const resume = async (): Promise<void> => {
    broker = launch(join(scripts, "rabbitmq-server"), [], "broker.pid")
    const until = Date.now() + startWithin
    while (!(await answers(port))) {
      if (!isRunning(broker) || Date.now() > until) {
        end()
        throw new Error(`RabbitMQ did not start: ${readFileSync(at("broker.log"), "utf8").slice(-2000)}`)
      }
      await sleep(50)
    }
  }
  const kill = async (): Promise<void> => {
    broker.kill("SIGKILL")
    await ended(broker)
  }
  const freeze = (): void => void broker.kill("SIGSTOP")
  const thaw = (): void => void broker.kill("SIGCONT")
  const stop = async (): Promise<void> => {
    // Nothing in it is worth keeping, and an orderly end takes seconds.
    await kill()
    epmd.kill("SIGKILL")
    await ended(epmd)
    process.removeListener("exit", end)
    rmSync(folder, { recursive: true, force: true })
  }
  const control = async (...args: ReadonlyArray<string>): Promise<string> => {
    const options = { env, cwd: folder, encoding: "utf8", timeout: 60_000 } as const
    return (await promisify(execFile)(join(scripts, "rabbitmqctl"), ["-q", ...args], options)).stdout
  }

  await resume()
  return { url: `amqp://throughline:${password}@127.0.0.1:${port}`, port, kill, resume, freeze, thaw, control, stop }
}

if (import.meta.main) {
  const [command] = process.argv.slice(2)
  if (command === "install") {
    const why = install()
    if (why !== undefined) console.log(`RabbitMQ is not there: ${why}. Tests that need it are skipped.`)
  } else if (command === "run") {
    const broker = await start("run")
    console.log(broker.url)
    const lasting = setInterval(() => {}, 60_000)
    const end = () => {
      clearInterval(lasting)
      void broker.stop()
    }
    process.once("SIGINT", end)
    process.once("SIGTERM", end)
  } else {
    console.error("Usage: node scripts/rabbitmq.ts install | run")
    process.exitCode = 2
  }
}
