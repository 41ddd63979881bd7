/**
 * A connection to RabbitMQ and channels on it as scoped resources: opened in time or refused with a `ChannelError` that
 * says who has to act, watched, and closed with the scope, also when the broker no longer answers.
 *
 * Nothing here reconnects; whoever uses a connection waits for `lost` and opens another.
 */
import { Socket } from "node:net"
import type { Channel, ChannelModel, ConfirmChannel } from "amqplib"
import * as amqplib from "amqplib"
import { Deferred, Duration, Effect, Predicate, Redacted, type Scope } from "effect"
import { ChannelError, type ChannelReason } from "../engine/Channel.ts"
import type { Settings } from "./AmqpOptions.ts"

export interface Connection {
  readonly model: ChannelModel
  /** Why the broker takes no messages for now (memory, disk); undefined while it does. */
  readonly blocked: () => string | undefined
  readonly isLost: () => boolean
  /** Fails when the connection is gone. */
  readonly lost: Effect.Effect<never, ChannelError>
}

/** A channel and what became of it. */
export interface Opened<C extends Channel> {
  readonly channel: C
  readonly isLost: () => boolean
  /** Fails when the channel is gone, with what the broker said. */
  readonly lost: Effect.Effect<never, ChannelError>
  /** Ends the channel's use from our side, e.g. when the broker cancelled the consumer. */
  readonly lose: (error: ChannelError) => void
}

export const unavailable: ChannelReason = { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }
export const timeout: ChannelReason = { _tag: "Timeout", isRetryable: true, whoActs: "nobody" }
export const refused: ChannelReason = { _tag: "Refused", isRetryable: true, whoActs: "operator" }
export const blocked: ChannelReason = { _tag: "Blocked", isRetryable: true, whoActs: "operator" }

/** Reply codes of AMQP 0-9-1 by which a broker refuses what we ask; others are about its own state. */
const refusals = new Set([402, 403, 404, 406, 530])
/** "resource-error": no more memory, disk or handles. */
const shortage = 506

/** A broker that knows the user closes the connection when the virtual host is none of his; its words are not passed on. */
const closedWhenOpened = /Expected ConnectionOpenOk; got <ConnectionClose/u

const codeOf = (cause: unknown): unknown => (Predicate.hasProperty(cause, "code") ? cause.code : undefined)

const reasonOf = (cause: unknown): ChannelReason => {
  const code = codeOf(cause)
  const text = cause instanceof Error ? cause.message : ""
  if (typeof code === "number") return refusals.has(code) ? refused : code === shortage ? blocked : unavailable
  // What is said before a connection stands has no code of its own.
  if (/ACCESS[_-]REFUSED|NOT[_-]ALLOWED|SASL mechanism/u.test(text) || closedWhenOpened.test(text)) return refused
  if (typeof code === "string" && /CERT|_TLS_|SELF_SIGNED|ERR_SSL/u.test(code)) return refused
  return code === "ETIMEDOUT" || text.includes("ETIMEDOUT") ? timeout : unavailable
}

/** Wraps what happened with who can do something about it. */
export const problem = (settings: Settings, message: string, cause?: unknown, reason?: ChannelReason): ChannelError =>
  new ChannelError({
    channel: settings.name,
    message: cause instanceof Error ? `${message}: ${cause.message}` : message,
    reason: reason ?? reasonOf(cause),
    cause
  })

const ignore = () => {}

/** Sockets of brokers that stopped answering stay open without this. The library does not show its socket. */
const destroy = (model: ChannelModel): void => {
  if (Predicate.hasProperty(model.connection, "stream") && model.connection.stream instanceof Socket) {
    model.connection.stream.destroy()
  }
}

const close = (model: ChannelModel): Effect.Effect<void> =>
  Effect.promise(() => model.close().catch(ignore)).pipe(
    Effect.timeoutOption("2 seconds"),
    Effect.andThen(Effect.sync(() => destroy(model)))
  )

const dial = (settings: Settings): Effect.Effect<ChannelModel, ChannelError> =>
  Effect.callback<ChannelModel, ChannelError>((resume) => {
    let abandoned = false
    const { address, credentials, heartbeat, connectTimeout, tls } = settings
    const options = {
      ...address,
      username: credentials.username,
      password: Redacted.value(credentials.password),
      heartbeat
    }
    const socket = {
      // Without it every confirmation waits 40 ms for a delayed acknowledgement of TCP.
      noDelay: true,
      keepAlive: true,
      timeout: connectTimeout * 1000,
      clientProperties: { connection_name: "throughline" },
      ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls?.key === undefined ? {} : { key: Redacted.value(tls.key) })
    }
    amqplib.connect(options, socket).then(
      (model) => {
        // Without a listener an error would end the process; what it says comes again with `close`.
        model.on("error", ignore)
        if (abandoned) model.close().catch(ignore)
        else resume(Effect.succeed(model))
      },
      (cause) => {
        const isHost = cause instanceof Error && closedWhenOpened.test(cause.message)
        const why = isHost ? `, whose virtual host is not there or not open to ${credentials.username}` : ""
        resume(Effect.fail(problem(settings, `cannot connect to ${settings.broker}${why}`, cause)))
      }
    )
    return Effect.sync(() => {
      abandoned = true
    })
  }).pipe(
    Effect.timeoutOrElse({
      duration: Duration.seconds(settings.connectTimeout),
      orElse: () =>
        Effect.fail(
          problem(settings, `no answer from ${settings.broker} within ${settings.connectTimeout} s`, "", timeout)
        )
    })
  )

export const open = Effect.fn("Amqp.connect")(function* (
  settings: Settings
): Effect.fn.Return<Connection, ChannelError, Scope.Scope> {
  const model = yield* Effect.acquireRelease(dial(settings), close, { interruptible: true })
  const gone = yield* Deferred.make<never, ChannelError>()
  let why: string | undefined
  let isLost = false
  const end = (cause?: Error) => {
    isLost = true
    Deferred.doneUnsafe(gone, Effect.fail(problem(settings, `the connection to ${settings.broker} ended`, cause)))
  }
  model.on("error", end)
  model.on("close", end)
  model.on("blocked", (reason) => {
    why = reason
  })
  model.on("unblocked", () => {
    why = undefined
  })
  return { model, blocked: () => why, isLost: () => isLost, lost: Deferred.await(gone) }
})

/** A question to the broker that it has to answer in time. */
export const ask = <A>(settings: Settings, what: string, question: () => Promise<A>): Effect.Effect<A, ChannelError> =>
  Effect.tryPromise({ try: question, catch: (cause) => problem(settings, `cannot ${what}`, cause) }).pipe(
    Effect.timeoutOrElse({
      duration: Duration.seconds(settings.connectTimeout),
      orElse: () => Effect.fail(problem(settings, `cannot ${what}: no answer from ${settings.broker}`, "", timeout))
    })
  )

const watch = Effect.fnUntraced(function* <C extends Channel>(settings: Settings, channel: C) {
  const gone = yield* Deferred.make<never, ChannelError>()
  let isLost = false
  const lose = (error: ChannelError) => {
    isLost = true
    Deferred.doneUnsafe(gone, Effect.fail(error))
  }
  channel.on("error", (cause: unknown) => lose(problem(settings, "the broker closed the channel", cause)))
  channel.on("close", () => lose(problem(settings, "the channel was closed")))
  const opened: Opened<C> = { channel, isLost: () => isLost, lost: Deferred.await(gone), lose }
  return opened
})

/** The broker gives back what was not acknowledged on it. */
const closeChannel = (channel: Channel): Effect.Effect<void> =>
  Effect.promise(() => channel.close().catch(ignore)).pipe(Effect.timeoutOption("2 seconds"), Effect.asVoid)

const scoped = <C extends Channel>(settings: Settings, make: () => Promise<C>) =>
  Effect.acquireRelease(ask(settings, "open a channel", make), closeChannel, { interruptible: true }).pipe(
    Effect.flatMap((channel) => watch(settings, channel))
  )

/** A channel to consume on. */
export const channel = (
  settings: Settings,
  { model }: Connection
): Effect.Effect<Opened<Channel>, ChannelError, Scope.Scope> => scoped(settings, () => model.createChannel())

/** A channel that says of each message whether the broker has it. */
export const confirming = (
  settings: Settings,
  { model }: Connection
): Effect.Effect<Opened<ConfirmChannel>, ChannelError, Scope.Scope> =>
  scoped(settings, () => model.createConfirmChannel())
