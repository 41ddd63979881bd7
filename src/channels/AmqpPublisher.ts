/**
 * Publishes: one connection, opened when first needed and again after it was lost, and on it one channel for each
 * company, so that a missing exchange of one closes nothing of another. A message counts as sent when the broker
 * confirmed it, which for a quorum queue means that a majority has it on disk, and did not return it.
 *
 * Every failure is a `ChannelError` worth another try; whether the broker has the message is then not known, and the
 * same message is published again.
 */
import type { ConfirmChannel, ConsumeMessage, Options } from "amqplib"
import { Clock, Duration, Effect, RcMap, RcRef, type Scope, Semaphore } from "effect"
import type { ChannelError, ChannelReason, OutgoingFile } from "../engine/Channel.ts"
import * as AmqpConnection from "./AmqpConnection.ts"
import * as AmqpMessage from "./AmqpMessage.ts"
import type { Inbox, Outbox, Settings } from "./AmqpOptions.ts"
import * as AmqpTopology from "./AmqpTopology.ts"

export interface Publisher {
  readonly deliver: (outbox: Outbox, file: OutgoingFile) => Effect.Effect<void, ChannelError>
  /** Puts a message that cannot be taken into the dead-letter queue. */
  readonly bury: (message: ConsumeMessage, inbox: Inbox, why: string) => Effect.Effect<void, ChannelError>
}

/** A channel for one company; one message at a time, so that a returned message is surely the one just sent. */
interface Line {
  readonly opened: AmqpConnection.Opened<ConfirmChannel>
  readonly turn: Semaphore.Semaphore
  returned: string | undefined
}

interface Link {
  readonly connection: AmqpConnection.Connection
  readonly lines: RcMap.RcMap<string, Line, ChannelError>
}

const unroutable: ChannelReason = { _tag: "Unroutable", isRetryable: true, whoActs: "operator" }

/** Key of the line for dead letters; no company has an empty key. */
const deadLetters = ""

/** An unused connection is closed after this; a batch of deliveries rarely pauses longer. */
const idle = Duration.minutes(1)

/** After a failed try to connect, others do not try for this long: two hundred companies would, one after another. */
const respite = 1000

export const make = Effect.fnUntraced(function* (settings: Settings): Effect.fn.Return<Publisher, never, Scope.Scope> {
  const problem = (message: string, cause?: unknown, reason?: ChannelReason) =>
    AmqpConnection.problem(settings, message, cause, reason)
  const outboxes = new Map(settings.delivers.map((outbox) => [outbox.company, outbox]))
  let failed: { readonly at: number; readonly error: ChannelError } | undefined

  const connect = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (failed !== undefined && now - failed.at < respite) return yield* failed.error
    return yield* AmqpConnection.open(settings).pipe(
      Effect.tapError((error) =>
        Effect.map(Clock.currentTimeMillis, (at) => {
          failed = { at, error }
        })
      )
    )
  })

  const openLine = Effect.fnUntraced(function* (connection: AmqpConnection.Connection, company: string) {
    const opened = yield* AmqpConnection.confirming(settings, connection)
    const outbox = outboxes.get(company)
    yield* outbox === undefined
      ? AmqpTopology.declareDeadLetter(settings, opened.channel)
      : AmqpTopology.declareOutbox(settings, opened.channel, outbox)
    const line: Line = { opened, turn: yield* Semaphore.make(1), returned: undefined }
    opened.channel.on("return", ({ fields }) => {
      line.returned = "replyText" in fields ? `${fields.replyText}` : "no route"
    })
    return line
  })

  const links = yield* RcRef.make({
    acquire: Effect.gen(function* () {
      const connection = yield* connect
      const lines = yield* RcMap.make({
        lookup: (company: string) => openLine(connection, company),
        idleTimeToLive: idle
      })
      const link: Link = { connection, lines }
      return link
    }),
    idleTimeToLive: idle
  })

  /** The current connection; one that was lost is left behind. */
  const current = Effect.gen(function* () {
    const link = yield* RcRef.get(links)
    if (!link.connection.isLost()) return link
    yield* RcRef.invalidate(links)
    return yield* RcRef.get(links)
  })

  const lineOf = Effect.fnUntraced(function* ({ lines }: Link, company: string) {
    const line = yield* RcMap.get(lines, company)
    if (!line.opened.isLost()) return line
    yield* RcMap.invalidate(lines, company)
    return yield* RcMap.get(lines, company)
  })

  const confirmed = (line: Line, exchange: string, routingKey: string, bytes: Uint8Array, options: Options.Publish) =>
    Effect.callback<void, ChannelError>((resume) => {
      line.returned = undefined
      const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      try {
        line.opened.channel.publish(exchange, routingKey, content, options, (error: unknown) => {
          if (error === null || error === undefined) resume(Effect.void)
          // The channel's end says why; a refusal of this message alone means a full queue or no majority.
          else if (line.opened.isLost()) resume(line.opened.lost)
          else resume(Effect.fail(problem(`the broker refused the message`, error, AmqpConnection.blocked)))
        })
      } catch (cause) {
        resume(Effect.fail(problem("the message cannot be published", cause)))
      }
    })

  const publish = Effect.fnUntraced(function* (
    company: string,
    { exchange, routingKey }: { readonly exchange: string; readonly routingKey: string },
    bytes: Uint8Array,
    options: Options.Publish
  ) {
    const link = yield* current
    const stopped = link.connection.blocked()
    const isBlocked = (why: string) =>
      problem(`${settings.broker} takes no messages for now: ${why}`, undefined, AmqpConnection.blocked)
    if (stopped !== undefined) return yield* isBlocked(stopped)
    const line = yield* lineOf(link, company)
    yield* line.turn.withPermit(
      confirmed(line, exchange, routingKey, bytes, options).pipe(
        Effect.timeoutOrElse({
          duration: Duration.seconds(settings.confirmTimeout),
          orElse: () => {
            const why = link.connection.blocked()
            const silent = `${settings.broker} confirmed nothing within ${settings.confirmTimeout} s`
            return Effect.fail(why === undefined ? problem(silent, undefined, AmqpConnection.timeout) : isBlocked(why))
          }
        }),
        Effect.andThen(
          Effect.suspend(() =>
            line.returned === undefined
              ? Effect.void
              : Effect.fail(
                  problem(
                    `"${routingKey}" of the exchange "${exchange}" leads to no queue (${line.returned})`,
                    undefined,
                    unroutable
                  )
                )
          )
        ),
        // A confirmation that comes late must not pass for the next one's; and a queue that is gone is declared anew.
        Effect.tapError(() => RcMap.invalidate(link.lines, company))
      )
    )
  }, Effect.scoped)

  return {
    deliver: (outbox, file) =>
      publish(outbox.company, AmqpTopology.route(outbox, file.type), file.bytes, AmqpMessage.propertiesOf(file)),
    bury: (message, inbox, why) =>
      publish(
        deadLetters,
        { exchange: settings.deadLetter, routingKey: inbox.queue },
        message.content,
        AmqpMessage.deadPropertiesOf(message, inbox, why)
      )
  }
})
