/**
 * Publishes: one connection, opened when first needed and again after it was lost, and on it one channel for each
 * address of a company, so that a missing exchange of one closes nothing of another. A message counts as sent when the broker
 * confirmed it, which for a quorum queue means that a majority has it on disk, and did not return it.
 *
 * Every failure is a `ChannelError` worth another try; whether the broker has the message is then not known, and the
 * same message is published again.
 */
import type { ConfirmChannel, ConsumeMessage, Options } from "amqplib"
import { Clock, Duration, Effect, Exit, Scope, Semaphore } from "effect"
import type { ChannelError, ChannelReason, OutgoingFile } from "../engine/Channel.ts"
import * as AmqpConnection from "./AmqpConnection.ts"
import * as AmqpMessage from "./AmqpMessage.ts"
import { addressOf, type Inbox, type Outbox, type Settings } from "./AmqpOptions.ts"
import * as AmqpTopology from "./AmqpTopology.ts"

export interface Publisher {
  readonly deliver: (outbox: Outbox, file: OutgoingFile) => Effect.Effect<void, ChannelError>
  /** Puts a message that cannot be taken into the dead-letter queue. */
  readonly bury: (message: ConsumeMessage, inbox: Inbox, why: string) => Effect.Effect<void, ChannelError>
}

/** A channel for one address, in a scope of its own. */
interface Line {
  readonly opened: AmqpConnection.Opened<ConfirmChannel>
  readonly scope: Scope.Closeable
  /** What the broker said when it returned the message just sent. */
  returned: string | undefined
}

/** A connection and the channels on it. */
interface Link {
  readonly connection: AmqpConnection.Connection
  readonly scope: Scope.Closeable
  readonly lines: Map<string, Line>
}

type Route = ReturnType<typeof AmqpTopology.route>

const unroutable: ChannelReason = { _tag: "Unroutable", isRetryable: true, whoActs: "operator" }

/** Key of the line for dead letters; no company has an empty key. */
const deadLetters = ""

/** After a failed try to connect, others do not try for this long: two hundred companies would, one after another. */
const respite = 1000

export const make = Effect.fnUntraced(function* (settings: Settings): Effect.fn.Return<Publisher, never, Scope.Scope> {
  const problem = (message: string, cause?: unknown, reason?: ChannelReason) =>
    AmqpConnection.problem(settings, message, cause, reason)
  const outboxes = new Map(settings.delivers.map((outbox) => [addressOf(outbox), outbox]))
  const turns = new Map([deadLetters, ...outboxes.keys()].map((address) => [address, Semaphore.makeUnsafe(1)]))
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

  const scope = yield* Effect.scope
  const opening = yield* Semaphore.make(1)
  let current: Link | undefined

  /** The connection; one that was lost is left and another opened. */
  const link = Effect.gen(function* () {
    if (current !== undefined && !current.connection.isLost()) return current
    if (current !== undefined) yield* Scope.close(current.scope, Exit.void)
    current = undefined
    const own = yield* Scope.fork(scope)
    const connection = yield* connect.pipe(
      Scope.provide(own),
      Effect.onError(() => Scope.close(own, Exit.void))
    )
    current = { connection, scope: own, lines: new Map() }
    return current
  }).pipe(opening.withPermit)

  const leave = ({ lines }: Link, address: string) =>
    Effect.suspend(() => {
      const line = lines.get(address)
      lines.delete(address)
      return line === undefined ? Effect.void : Scope.close(line.scope, Exit.void)
    })

  /** The channel of an address; called in its turn. */
  const lineOf = Effect.fnUntraced(function* (link: Link, address: string) {
    const known = link.lines.get(address)
    if (known !== undefined && !known.opened.isLost()) return known
    yield* leave(link, address)
    const own = yield* Scope.fork(link.scope)
    const opened = yield* AmqpConnection.confirming(settings, link.connection).pipe(
      Effect.tap(({ channel }) => {
        const outbox = outboxes.get(address)
        return outbox === undefined
          ? AmqpTopology.declareDeadLetter(settings, channel)
          : AmqpTopology.declareOutbox(settings, channel, outbox)
      }),
      Scope.provide(own),
      Effect.onError(() => Scope.close(own, Exit.void))
    )
    const line: Line = { opened, scope: own, returned: undefined }
    opened.channel.on("return", ({ fields }) => {
      line.returned = "replyText" in fields ? `${fields.replyText}` : "no route"
    })
    link.lines.set(address, line)
    return line
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

  const send = Effect.fnUntraced(function* (
    address: string,
    { exchange, routingKey }: Route,
    bytes: Uint8Array,
    options: Options.Publish
  ) {
    const now = yield* link
    const stopped = now.connection.blocked()
    const isBlocked = (why: string) =>
      problem(`${settings.broker} takes no messages for now: ${why}`, undefined, AmqpConnection.blocked)
    if (stopped !== undefined) return yield* isBlocked(stopped)
    const line = yield* lineOf(now, address)
    yield* confirmed(line, exchange, routingKey, bytes, options).pipe(
      Effect.timeoutOrElse({
        duration: Duration.seconds(settings.confirmTimeout),
        orElse: () => {
          const why = now.connection.blocked()
          const silent = `${settings.broker} confirmed nothing within ${settings.confirmTimeout} s`
          return Effect.fail(why === undefined ? problem(silent, undefined, AmqpConnection.timeout) : isBlocked(why))
        }
      }),
      Effect.andThen(
        Effect.suspend(() => {
          if (line.returned === undefined) return Effect.void
          const text = `"${routingKey}" of the exchange "${exchange}" leads to no queue (${line.returned})`
          return Effect.fail(problem(text, undefined, unroutable))
        })
      ),
      // A confirmation that comes late must not pass for the next one's; and a queue that is gone is declared anew.
      Effect.onError(() => leave(now, address))
    )
  })

  /** One message of an address at a time: the one that is returned is then surely the one just sent. */
  const publish = (address: string, ...message: [Route, Uint8Array, Options.Publish]) => {
    const turn = turns.get(address)
    return turn === undefined ? send(address, ...message) : turn.withPermit(send(address, ...message))
  }

  return {
    deliver: (outbox, file) =>
      publish(addressOf(outbox), AmqpTopology.route(outbox, file.type), file.bytes, AmqpMessage.propertiesOf(file)),
    bury: (message, inbox, why) =>
      publish(
        deadLetters,
        { exchange: settings.deadLetter, routingKey: inbox.queue },
        message.content,
        AmqpMessage.deadPropertiesOf(message, inbox, why)
      )
  }
})
