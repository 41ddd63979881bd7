/**
 * The RabbitMQ channel (AMQP 0-9-1): takes messages from queues, publishes documents to exchanges. Use it where a
 * partner or an own program speaks through a broker; the queue a message comes in by says which company is speaking.
 *
 * Receiving: a message is acknowledged after its bytes were committed, in the order of its queue, and one that comes
 * again is recognised. Delivering: persistent, confirmed by the broker, returned when nothing is bound; at least once,
 * and every resend identical. What a broker does, dying included, is an error to try again after or a pause.
 */
import type * as Library from "amqplib"
import { Effect, type Scope } from "effect"
import type { Channel, ChannelError, ChannelReason, OutgoingFile } from "../engine/Channel.ts"
import type { Journal } from "../engine/Journal.ts"
import * as AmqpConnection from "./AmqpConnection.ts"
import * as AmqpOptions from "./AmqpOptions.ts"
import * as AmqpPublisher from "./AmqpPublisher.ts"
import * as AmqpReceiver from "./AmqpReceiver.ts"
import * as AmqpTopology from "./AmqpTopology.ts"
import * as ChannelMetrics from "./ChannelMetrics.ts"
import { addressOf } from "./Channels.ts"
import * as FileNames from "./FileNames.ts"

/** Options as a Schema, for configuration files. */
export const Options = AmqpOptions.Options
export interface Options extends AmqpOptions.Options {}

export interface AmqpChannel extends Channel {
  /** Takes messages for as long as it runs; it waits for a broker that is away and never fails. */
  readonly receive: Effect.Effect<never, ChannelError, Journal>
  /** One connects and logs in, one for each queue and exchange finds or declares it. */
  readonly trials: ReadonlyArray<{ readonly name: string; readonly run: Effect.Effect<void, ChannelError> }>
}

const noDestination: ChannelReason = { _tag: "NoDestination", isRetryable: false, whoActs: "operator" }

/** Connects when first needed; everything is closed with the scope. */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<AmqpChannel, never, Scope.Scope> {
  const settings = AmqpOptions.settings(options)
  const publisher = yield* AmqpPublisher.make(settings)
  const outboxes = new Map(settings.delivers.map((outbox) => [AmqpOptions.addressOf(outbox), outbox]))

  const deliver = Effect.fn("Amqp.deliver")(
    function* (file: OutgoingFile) {
      const outbox = outboxes.get(addressOf(file))
      if (outbox === undefined) {
        const text = `nothing says where messages for "${addressOf(file)}" are published`
        return yield* AmqpConnection.problem(settings, text, undefined, noDestination)
      }
      if (!FileNames.isTypeFolder(file.type)) {
        return yield* AmqpConnection.problem(settings, `"${file.type}" is no message type`, undefined, noDestination)
      }
      yield* publisher.deliver(outbox, file)
    },
    Effect.tapError((error) => ChannelMetrics.failed(settings.name, error.reason._tag))
  )

  const trial = (attempt: (channel: Library.Channel) => Effect.Effect<void, ChannelError>) =>
    AmqpConnection.open(settings).pipe(
      Effect.flatMap((connection) => AmqpConnection.channel(settings, connection)),
      Effect.flatMap(({ channel }) => attempt(channel)),
      Effect.scoped
    )

  const trials = [
    { name: settings.name, run: trial(() => Effect.void) },
    ...settings.consumes.map((inbox) => ({
      name: `${settings.name}:${inbox.queue}`,
      run: trial((channel) => AmqpTopology.declareInbox(settings, channel, inbox))
    })),
    ...settings.delivers.map((outbox) => ({
      name: `${settings.name}:${AmqpOptions.addressOf(outbox)}`,
      run: trial((channel) =>
        outbox.declare === false
          ? AmqpTopology.findOutbox(settings, channel, outbox)
          : AmqpTopology.declareOutbox(settings, channel, outbox)
      )
    }))
  ]

  return { name: settings.name, deliver, receive: AmqpReceiver.run(settings, publisher), trials }
})
