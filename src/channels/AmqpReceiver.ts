/**
 * Takes messages from queues: read, commit, acknowledge, one after another in the order of each queue, for as long as
 * it runs. A message is acknowledged after `Journal.receive` has committed it, never before.
 *
 * It never ends by itself. A lost connection, a closed channel, a cancelled consumer are logged when they begin and
 * when they change, and the queue is subscribed to again with growing pauses; what was not acknowledged comes again and
 * is recognised. While the database is away, messages stay unacknowledged in hand. One that the journal refuses is put
 * aside, tried again, and buried in the dead-letter queue after `refusedFor`; one without a type is buried at once.
 */
import type { Channel, ConsumeMessage } from "amqplib"
import { Clock, Duration, Effect, FiberSet, Option, Queue, Random } from "effect"
import type { ChannelError } from "../engine/Channel.ts"
import * as Checkpoint from "../engine/Checkpoint.ts"
import { Journal, type JournalError } from "../engine/Journal.ts"
import * as AmqpConnection from "./AmqpConnection.ts"
import * as AmqpMessage from "./AmqpMessage.ts"
import type { Inbox, Settings } from "./AmqpOptions.ts"
import type { Publisher } from "./AmqpPublisher.ts"
import { pauseAfter, steadily } from "./AmqpSteady.ts"
import * as AmqpTopology from "./AmqpTopology.ts"
import * as ChannelMetrics from "./ChannelMetrics.ts"
import { textOf } from "./Polling.ts"

/** How often a message that the journal refused is tried again, and until when; then people have to look at it. */
const refusedEvery = Duration.seconds(30)
const refusedFor = Duration.toMillis(Duration.minutes(10))

/** What is done with the messages of one subscription; `aside` runs beside it for as long as it lasts. */
const handler = (
  settings: Settings,
  publisher: Publisher,
  inbox: Inbox,
  opened: AmqpConnection.Opened<Channel>,
  aside: FiberSet.FiberSet
) => {
  /** On a channel that is gone there is nothing to acknowledge: the message comes again and is recognised. */
  const acknowledge = (message: ConsumeMessage) =>
    Effect.suspend(() => {
      if (!opened.isLost()) opened.channel.ack(message)
      return Checkpoint.reached("amqp/acknowledged")
    })

  /** Bytes into the journal. */
  const commit = Effect.fnUntraced(function* (message: ConsumeMessage, label: AmqpMessage.Label, type: string) {
    const journal = yield* Journal
    const { content } = message
    const now = yield* Clock.currentTimeMillis
    const { messageId, again } = yield* journal.receive({
      channel: settings.name,
      company: inbox.company,
      type,
      fileName: label.fileName,
      correlationId: label.correlationId,
      bytes: content.length > settings.sizeLimit ? content.subarray(0, settings.sizeLimit + 1) : content,
      size: content.length,
      pickup: {
        path: label.identity.text,
        size: content.length,
        // A message with an id is the same whenever it comes. Without one every message is new, except that the broker
        // says of this one that it was delivered before.
        modifiedMs: label.identity.isOwn ? 0 : now + (yield* Random.next),
        atAnyTime: !label.identity.isOwn && message.fields.redelivered
      }
    })
    yield* ChannelMetrics.received(settings.name, content.length, again)
    yield* Effect.logDebug(again ? "had this message already" : "took a message", { messageId, type })
    yield* Checkpoint.reached("amqp/taken", messageId)
  })

  const bury = Effect.fnUntraced(function* (message: ConsumeMessage, why: string) {
    yield* publisher.bury(message, inbox, why)
    yield* Effect.logError("a message cannot be taken and is in the dead-letter queue", {
      deadLetter: settings.deadLetter,
      why
    })
    yield* ChannelMetrics.failed(settings.name, "DeadLetter")
    yield* acknowledge(message)
  })

  /** Tries until it succeeds, fails for good, or the channel is gone, whose messages are no longer ours. */
  const patiently = Effect.fnUntraced(function* <E extends ChannelError | JournalError, R>(
    attempt: Effect.Effect<void, E, R>
  ) {
    let failures = 0
    while (!opened.isLost()) {
      const failure = yield* Effect.match(attempt, { onFailure: (error) => error, onSuccess: () => undefined })
      if (failure === undefined || !failure.isRetryable) return failure
      failures += 1
      if (failures === 1) {
        yield* Effect.logWarning("a message has to wait", { problem: textOf(failure), whoActs: failure.reason.whoActs })
        yield* ChannelMetrics.failed(settings.name, failure.reason._tag)
      }
      yield* Effect.raceFirst(pauseAfter(failures), Effect.ignore(opened.lost))
    }
    return undefined
  })

  /** A message that the journal refuses holds up no other; it stays unacknowledged meanwhile. */
  const putAside = Effect.fnUntraced(function* (message: ConsumeMessage, label: AmqpMessage.Label, type: string) {
    const since = yield* Clock.currentTimeMillis
    while (!opened.isLost()) {
      yield* Effect.ignore(opened.lost).pipe(Effect.timeoutOption(refusedEvery))
      const refused = yield* patiently(commit(message, label, type))
      if (opened.isLost()) return
      if (refused === undefined) return yield* acknowledge(message)
      if ((yield* Clock.currentTimeMillis) - since > refusedFor) {
        return yield* Effect.asVoid(patiently(bury(message, `the journal refuses it: ${textOf(refused)}`)))
      }
    }
  })

  return Effect.fn("Amqp.take")(function* (message: ConsumeMessage) {
    const label = AmqpMessage.labelOf(message, inbox)
    const { type } = label
    yield* Effect.annotateCurrentSpan({ company: inbox.company, type, size: message.content.length })
    if (type === undefined) {
      const why = "it says no message type: property type, header message-type, or routing key"
      return yield* Effect.asVoid(patiently(bury(message, why)))
    }
    const refused = yield* patiently(commit(message, label, type))
    if (refused === undefined) return yield* acknowledge(message)
    yield* Effect.logWarning("a message is put aside", { problem: textOf(refused), whoActs: refused.reason.whoActs })
    yield* ChannelMetrics.failed(settings.name, refused.reason._tag)
    yield* FiberSet.run(aside, putAside(message, label, type))
  })
}

/** One subscription: until its channel or its consumer is gone, which is its failure. */
const subscription = Effect.fnUntraced(function* (
  settings: Settings,
  publisher: Publisher,
  connection: AmqpConnection.Connection,
  inbox: Inbox,
  works: Effect.Effect<void>
) {
  const opened = yield* AmqpConnection.channel(settings, connection)
  const { channel } = opened
  yield* AmqpTopology.declareInbox(settings, channel, inbox)
  yield* AmqpConnection.ask(settings, "set the prefetch", () => channel.prefetch(settings.prefetch))
  const messages = yield* Queue.unbounded<ConsumeMessage>()
  yield* AmqpConnection.ask(settings, `consume ${inbox.queue}`, () =>
    channel.consume(inbox.queue, (message) => {
      if (message !== null) Queue.offerUnsafe(messages, message)
      else {
        const text = `the broker cancelled the consumer of ${inbox.queue}`
        opened.lose(AmqpConnection.problem(settings, text, undefined, AmqpConnection.unavailable))
      }
    })
  )
  yield* works
  const take = handler(settings, publisher, inbox, opened, yield* FiberSet.make())
  while (!opened.isLost()) {
    // The loss of the channel ends the waiting, never a commit that runs.
    const ready = yield* Queue.poll(messages)
    yield* take(Option.isSome(ready) ? ready.value : yield* Effect.raceFirst(Queue.take(messages), opened.lost))
  }
  return yield* opened.lost
}, Effect.scoped)

/** Takes messages for ever. */
export const run = (settings: Settings, publisher: Publisher): Effect.Effect<never, never, Journal> => {
  const connected = Effect.fnUntraced(function* (works: Effect.Effect<void>) {
    const connection = yield* AmqpConnection.open(settings)
    yield* works
    yield* Effect.forEach(
      settings.consumes,
      (inbox) =>
        steadily(
          "messages",
          (works) => subscription(settings, publisher, connection, inbox, works),
          () => !connection.isLost()
        ).pipe(Effect.annotateLogs({ company: inbox.company, queue: inbox.queue })),
      { concurrency: "unbounded", discard: true }
    )
    return yield* connection.lost
  }, Effect.scoped)

  return steadily("messages", connected, () => true).pipe(
    Effect.andThen(Effect.never),
    Effect.annotateLogs({ channel: settings.name, broker: settings.broker })
  )
}
