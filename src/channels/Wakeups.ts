/**
 * Spreads work over machines with RabbitMQ: the id of every received message goes through one quorum queue, and one of
 * the processes that have room takes it. Only ids travel; the claim in the database decides who processes a message, so
 * a lost, late or repeated id does no harm.
 *
 * It never fails. While the broker is away, processes wake themselves and look for work at their own interval.
 */
import type { Channel, ConsumeMessage } from "amqplib"
import { Duration, Effect, Latch, Layer, Queue } from "effect"
import type { ChannelError } from "../engine/Channel.ts"
import { type WakeupService, Wakeups } from "../engine/Wakeups.ts"
import * as AmqpConnection from "./AmqpConnection.ts"
import * as AmqpOptions from "./AmqpOptions.ts"
import { steadily } from "./AmqpSteady.ts"

/** The broker, and the queue. Installations that share a virtual host need queues of their own. */
export interface Options
  extends Pick<AmqpOptions.Options, "url" | "username" | "password" | "tls" | "heartbeat" | "connectTimeout"> {
  /** Default `throughline.work`. */
  readonly queue?: string
}

/** An id that nobody took for this long is old news: workers have looked by themselves since. */
const lifetime = Duration.minutes(1)

/** More ids than this wait only while nobody works; the oldest are dropped then. */
const longest = 10_000

/** Ids a process holds while it has no room. One: the others go to processes that have. */
const prefetch = 1

const declare = (settings: AmqpOptions.Settings, queue: string, channel: Channel): Effect.Effect<void, ChannelError> =>
  Effect.asVoid(
    AmqpConnection.ask(settings, `declare ${queue}`, () =>
      channel.assertQueue(queue, {
        durable: true,
        arguments: {
          "x-queue-type": "quorum",
          "x-max-length": longest,
          "x-overflow": "drop-head",
          "x-message-ttl": Duration.toMillis(lifetime)
        }
      })
    )
  )

export const make = Effect.fnUntraced(function* ({ queue = "throughline.work", ...options }: Options) {
  const settings = AmqpOptions.settings({ ...options, name: "wakeups" })
  const annotated = Effect.annotateLogs({ channel: settings.name, broker: settings.broker, queue })
  /** Where ids are published, while there is such a place. */
  let open: { readonly connection: AmqpConnection.Connection; readonly channel: Channel } | undefined
  const wanted = yield* Latch.make(false)

  const announcing = Effect.fnUntraced(function* (works: Effect.Effect<void>) {
    // A process that receives nothing announces nothing and needs no connection for it.
    yield* wanted.await
    const connection = yield* AmqpConnection.open(settings)
    const { channel, lost } = yield* AmqpConnection.channel(settings, connection)
    yield* declare(settings, queue, channel)
    yield* works
    open = { connection, channel }
    return yield* lost.pipe(
      Effect.ensuring(
        Effect.sync(() => {
          open = undefined
        })
      )
    )
  }, Effect.scoped)
  yield* Effect.forkScoped(annotated(steadily("announcements of work", announcing, () => true)))

  const announce = (messageId: number) =>
    Effect.suspend(() => {
      if (open === undefined || open.connection.blocked() !== undefined) return Effect.as(wanted.open, false)
      try {
        // Not confirmed: who looks by himself finds what was not announced.
        open.channel.sendToQueue(queue, Buffer.from(`${messageId}`), { persistent: true, messageId: `${messageId}` })
        return Effect.succeed(true)
      } catch {
        return Effect.succeed(false)
      }
    })

  const hearing = (woken: (messageId: number) => Effect.Effect<void>) =>
    Effect.fnUntraced(function* (works: Effect.Effect<void>) {
      const connection = yield* AmqpConnection.open(settings)
      const opened = yield* AmqpConnection.channel(settings, connection)
      const { channel } = opened
      yield* declare(settings, queue, channel)
      yield* AmqpConnection.ask(settings, "set the prefetch", () => channel.prefetch(prefetch))
      const heard = yield* Queue.unbounded<ConsumeMessage>()
      yield* AmqpConnection.ask(settings, `consume ${queue}`, () =>
        channel.consume(queue, (message) => {
          if (message !== null) Queue.offerUnsafe(heard, message)
          else opened.lose(AmqpConnection.problem(settings, `the broker cancelled the consumer of ${queue}`))
        })
      )
      yield* works
      while (!opened.isLost()) {
        const message = yield* Effect.raceFirst(Queue.take(heard), opened.lost)
        yield* Effect.raceFirst(woken(Number(message.content.toString())), opened.lost)
        if (!opened.isLost()) channel.ack(message)
      }
      return yield* opened.lost
    }, Effect.scoped)

  const service: WakeupService = {
    announce,
    hear: (woken) => annotated(steadily("wake-ups", hearing(woken), () => true)).pipe(Effect.andThen(Effect.never))
  }
  return service
})

/** To be provided to `Journal.layer` and `Worker.layer`; without it they get along alone. */
export const layer = (options: Options) => Layer.effect(Wakeups, make(options))
