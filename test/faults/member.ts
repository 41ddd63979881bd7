/**
 * A process of an installation that fault tests kill: `node member.ts JSON`, the database in DATABASE_URL. It is what
 * `throughline serve` and `throughline worker` are, with shorter times, and can be told to end itself with SIGKILL, or
 * to stand still until SIGUSR2, when it reaches a step for the n-th time. Says `ready` and `standing` on its standard
 * output. Ends when its standard input does: with the test that started it.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Duration, Effect, Layer, Logger, References } from "effect"
import * as Installation from "../../src/cli/Installation.ts"
import { Checkpoint, type Step } from "../../src/engine/Checkpoint.ts"
import * as Delivery from "../../src/engine/Delivery.ts"
import * as Limits from "../../src/engine/Limits.ts"
import * as Worker from "../../src/engine/Worker.ts"
import * as Database from "../../src/store/Database.ts"
import * as MemberChannels from "./MemberChannels.ts"

/** What a process is told. */
export interface Orders {
  /**
   * `serve` takes documents, processes and delivers; `relieve` is another that takes them from servers and queues when it
   * may; `receive` only takes files; `work` does the rest.
   */
  readonly role: "serve" | "relieve" | "receive" | "work"
  /** Channels besides folders. */
  readonly lines?: MemberChannels.LineOrders | undefined
  readonly exchange: string
  readonly leaseMs: number
  /** Claims after which a message counts as poison. */
  readonly maxAttempts: number
  readonly concurrency: number
  /** Where it ends or stands still. */
  readonly at?: Fault | undefined
}

export interface Fault {
  readonly step: Step
  /** Counted from 1. */
  readonly pass: number
  /** Only passes of this message count. */
  readonly messageId?: number | undefined
  readonly act: "die" | "stand"
}

const orders: Orders = JSON.parse(process.argv[2] ?? "{}")
const say = (word: string) => Effect.sync(() => process.stdout.write(`${word}\n`))

let passes = 0

const goOn = Effect.callback<void>((resume) => {
  process.once("SIGUSR2", () => resume(Effect.void))
})

const checkpoint = (step: Step, messageId: number | undefined) =>
  Effect.suspend(() => {
    const { at } = orders
    if (at?.step !== step || (at.messageId !== undefined && at.messageId !== messageId)) return Effect.void
    passes += 1
    if (passes !== at.pass) return Effect.void
    if (at.act === "stand") return Effect.andThen(say("standing"), goOn)
    process.kill(process.pid, "SIGKILL")
    return Effect.never
  })

const limits = Layer.succeed(Limits.Limits, {
  ...Limits.defaults,
  lease: Duration.millis(orders.leaseMs),
  maxAttempts: orders.maxAttempts,
  concurrency: orders.concurrency,
  poll: Duration.millis(100)
})

const installation = Installation.over.pipe(
  Layer.provideMerge(Layer.mergeAll(Installation.xml, Database.layer, MemberChannels.surroundings(orders.lines))),
  Layer.provideMerge(limits)
)

const working = Worker.layer.pipe(
  Layer.provide(Delivery.layer),
  Layer.provide(MemberChannels.delivering(orders.exchange, orders.lines))
)

const folders = MemberChannels.byFolders(orders.exchange)
const lines = MemberChannels.byLines(orders.lines)

const roles = {
  serve: Layer.mergeAll(working, folders, lines, MemberChannels.byHttp(orders.lines)),
  relieve: Layer.mergeAll(working, lines),
  receive: folders,
  work: working
}

const program = Effect.andThen(say("ready"), Effect.never).pipe(
  Effect.provide(roles[orders.role].pipe(Layer.provide(installation))),
  Effect.provideService(Checkpoint, checkpoint),
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.provide(Logger.layer([Logger.consoleLogFmt]))
)

process.stdin.resume().on("end", () => process.kill(process.pid, "SIGKILL"))

NodeRuntime.runMain(program)
