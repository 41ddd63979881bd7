/**
 * Declares exchanges and queues: durable, and quorum queues, which survive the loss of a node. Declaring what is there
 * in the same way changes nothing; what is there in another way is an error that an operator has to solve, by
 * `declare: false` or by removing the old one.
 *
 * Names and arguments are those of RabbitMQ 3.10 and later (Quorum Queues: "Dead lettering", "Single Active Consumer").
 */
import type { Channel } from "amqplib"
import { Effect } from "effect"
import type { ChannelError } from "../engine/Channel.ts"
import { ask } from "./AmqpConnection.ts"
import type { Inbox, Outbox, Settings } from "./AmqpOptions.ts"

const quorum = { "x-queue-type": "quorum" }

/** Exchange and queue for what cannot even be journaled. */
export const declareDeadLetter = (settings: Settings, channel: Channel): Effect.Effect<void, ChannelError> =>
  ask(settings, `declare ${settings.deadLetter}`, async () => {
    await channel.assertExchange(settings.deadLetter, "fanout", { durable: true })
    await channel.assertQueue(settings.deadLetter, { durable: true, arguments: quorum })
    await channel.bindQueue(settings.deadLetter, settings.deadLetter, "")
  })

/**
 * A queue to take messages from. One consumer is active at a time, so that order holds when several machines consume;
 * another takes over when it goes. A broker with a limit of redeliveries (4.0 has one by default) dead-letters instead
 * of dropping, and keeps the message until the dead-letter queue has it.
 */
export const declareInbox = (settings: Settings, channel: Channel, inbox: Inbox): Effect.Effect<void, ChannelError> =>
  inbox.declare === false
    ? Effect.asVoid(ask(settings, `find the queue ${inbox.queue}`, () => channel.checkQueue(inbox.queue)))
    : Effect.andThen(
        declareDeadLetter(settings, channel),
        Effect.asVoid(
          ask(settings, `declare the queue ${inbox.queue}`, () =>
            channel.assertQueue(inbox.queue, {
              durable: true,
              arguments: {
                ...quorum,
                "x-single-active-consumer": true,
                "x-dead-letter-exchange": settings.deadLetter,
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish"
              }
            })
          )
        )
      )

const filled = (template: string, outbox: Outbox, type: string): string =>
  template
    .replaceAll("{company}", outbox.company)
    .replaceAll("{with}", outbox.with ?? "")
    .replaceAll("{type}", type)

/** Names of an outbox that is for one link only say so. */
const nameOf = ({ company, with: other }: Outbox): string => (other === undefined ? company : `${company}.${other}`)

/** Where a message for the outbox goes. */
export const route = (outbox: Outbox, type: string): { readonly exchange: string; readonly routingKey: string } => {
  const exchange = outbox.exchange ?? "throughline.out"
  const usual = exchange === "" ? queueOf(outbox) : `${nameOf(outbox)}.{type}`
  return { exchange, routingKey: filled(outbox.routingKey ?? usual, outbox, type) }
}

const queueOf = (outbox: Outbox): string => outbox.queue ?? `throughline.out.${nameOf(outbox)}`

/** What an outbox publishes to, unless it is declared by others; then publishing shows whether it is there. */
export const declareOutbox = (
  settings: Settings,
  channel: Channel,
  outbox: Outbox
): Effect.Effect<void, ChannelError> => {
  if (outbox.declare === false) return Effect.void
  const { exchange, routingKey } = route(outbox, "*")
  const queue = queueOf(outbox)
  return ask(settings, `declare the outbox of ${nameOf(outbox)}`, async () => {
    await channel.assertQueue(queue, { durable: true, arguments: quorum })
    if (exchange === "") return
    await channel.assertExchange(exchange, "topic", { durable: true })
    await channel.bindQueue(queue, exchange, routingKey)
  })
}

/** Looks for what an outbox that others declare publishes to: the exchange, or the queue behind the default exchange. */
export const findOutbox = (settings: Settings, channel: Channel, outbox: Outbox): Effect.Effect<void, ChannelError> => {
  const { exchange, routingKey } = route(outbox, "*")
  if (exchange !== "") {
    return Effect.asVoid(ask(settings, `find the exchange ${exchange}`, () => channel.checkExchange(exchange)))
  }
  // Queues of their own for message types are not known before there is a document.
  if (routingKey.includes("*")) return Effect.void
  return Effect.asVoid(ask(settings, `find the queue ${routingKey}`, () => channel.checkQueue(routingKey)))
}
