/**
 * A real RabbitMQ for channel tests: asked for by name (see brokerSetup.ts), with a partner who speaks AMQP by himself.
 * Where RabbitMQ is not installed tests say that they are skipped, except that under CI they fail.
 */
import * as amqplib from "amqplib"
import { Effect, Schedule, type Scope } from "effect"
import { beforeAll, describe, inject } from "vitest"
import { find } from "../../scripts/rabbitmq.ts"
import * as Amqp from "../../src/channels/Amqp.ts"
import { companies, eventually, type Harness } from "../contracts/ChannelContract.ts"

const isCi = !["", "0", "false"].includes(process.env["CI"] ?? "")

/** Tests that need a broker. */
export const describeWithBroker = (name: string, tests: () => void): void => {
  const is = find() !== undefined || isCi
  const why = is ? "" : " (skipped: RabbitMQ is not installed; as root: node scripts/rabbitmq.ts install)"
  describe.runIf(is)(`${name}${why}`, tests)
}

const askDoor = async (name: string, act: string, body = ""): Promise<string> => {
  const response = await fetch(`${inject("brokerDoor")}/${name}/${act}`, { method: "POST", body })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

/** A broker that may be asked for its address, killed, started again and told things. */
export class TestBroker {
  url = ""
  readonly #name: string

  constructor(name: string) {
    this.#name = name
    beforeAll(async () => {
      this.url = await askDoor(name, "url")
    }, 120_000)
  }

  readonly kill = Effect.promise(() => askDoor(this.#name, "kill"))
  readonly resume = Effect.promise(() => askDoor(this.#name, "resume"))
  readonly freeze = Effect.promise(() => askDoor(this.#name, "freeze"))
  readonly thaw = Effect.promise(() => askDoor(this.#name, "thaw"))
  /** rabbitmqctl. */
  readonly control = (...args: ReadonlyArray<string>) =>
    Effect.promise(() => askDoor(this.#name, "control", args.join("\n")))
  /** Messages of a queue, in flight ones too, as its replicated state has them. */
  readonly messages = (queue: string) =>
    Effect.map(
      this.control(
        "eval",
        `element(2, ra:consistent_query({'%2F_${queue}', node()}, fun rabbit_fifo:query_messages_total/1)).`
      ),
      Number
    )
}

/** A connection of the partner. */
export const partnerOf = (url: string): Effect.Effect<amqplib.ConfirmChannel, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const connection = await amqplib.connect(url, { noDelay: true })
      connection.on("error", () => {})
      const channel = await connection.createConfirmChannel()
      channel.on("error", () => {})
      return { connection, channel }
    }),
    ({ connection }) => Effect.promise(() => connection.close().catch(() => {}))
  ).pipe(Effect.map(({ channel }) => channel))

let count = 0

/** Names that no other test uses. */
export const fresh = (): string => `t${process.pid}-${++count}`

/** What a broker tells of the messages of a queue, all of them taken. */
export const drain = async (channel: amqplib.Channel, queue: string): Promise<ReadonlyArray<amqplib.GetMessage>> => {
  const taken: Array<amqplib.GetMessage> = []
  for (let one = await channel.get(queue); one !== false; one = await channel.get(queue)) {
    taken.push(one)
    channel.ack(one)
  }
  return taken
}

/** Publishes, and again when the broker refuses: a queue that was declared a moment ago may have no leader yet. */
export const publish = (
  channel: amqplib.ConfirmChannel,
  queue: string,
  bytes: Uint8Array,
  options: amqplib.Options.Publish
): Effect.Effect<void> =>
  Effect.tryPromise(async () => {
    channel.sendToQueue(queue, Buffer.from(bytes), { persistent: true, ...options })
    await channel.waitForConfirms()
  }).pipe(Effect.retry({ times: 20, schedule: Schedule.spaced("100 millis") }), Effect.orDie)

/** Options with queues of its own for both companies; short times. */
export const optionsFor = (url: string, name: string) => ({
  name: "amqp",
  url,
  consumes: companies.map((company) => ({ queue: `${name}.in.${company}`, company })),
  delivers: companies.map((company) => ({ company, exchange: `${name}.out`, queue: `${name}.out.${company}` })),
  deadLetter: `${name}.dead`,
  heartbeat: 5,
  connectTimeout: 5,
  confirmTimeout: 3
})

/** All its trials; fails with the first fault. */
export const tried = ({ trials }: Amqp.AmqpChannel) => Effect.forEach(trials, ({ run }) => run, { discard: true })

/** The channel and its partner on a broker. */
export const harness = (broker: TestBroker) =>
  Effect.gen(function* () {
    const name = fresh()
    const options = optionsFor(broker.url, name)
    const channel = yield* Amqp.make(options)
    const partner = yield* partnerOf(broker.url)
    yield* tried(channel)
    const put = new Map<string, Array<string>>()
    const delivered = new Map<
      string,
      Array<{ readonly type: string; readonly name: string; readonly bytes: Uint8Array }>
    >()
    const harness: Harness & { readonly name: string; readonly channel: Amqp.AmqpChannel } = {
      name,
      channel,
      receive: channel.receive,
      partner: {
        put: (company, type, fileName, bytes) =>
          Effect.suspend(() => {
            const queue = `${name}.in.${company}`
            const names = put.get(queue) ?? []
            put.set(queue, [...names, fileName])
            return publish(partner, queue, bytes, {
              type,
              messageId: `${names.length + 1}`,
              headers: { "file-name": fileName }
            })
          }),
        // Messages are acknowledged in order, so those left are the last ones.
        unacknowledged: (company) =>
          Effect.map(broker.messages(`${name}.in.${company}`), (left) =>
            left === 0 ? [] : (put.get(`${name}.in.${company}`) ?? []).slice(-left)
          ),
        delivered: (company, type) =>
          Effect.promise(async () => {
            const queue = `${name}.out.${company}`
            const all = delivered.get(queue) ?? []
            delivered.set(queue, all)
            for (const { properties, content } of await drain(partner, queue)) {
              all.push({
                type: `${properties.type}`,
                name: `${properties.headers?.["file-name"]}`,
                bytes: new Uint8Array(content)
              })
            }
            return all.filter((one) => one.type === type).map(({ name, bytes }) => ({ name, bytes }))
          })
      }
    }
    return harness
  })

export const until = (what: string, is: () => boolean) => eventually(what, Effect.sync(is))
