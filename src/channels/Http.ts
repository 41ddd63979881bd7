/**
 * The HTTP channel. Companies post documents to `POST /v1/messages/{type}` (the API calls `HttpIntake`); ours reach them
 * in one of two ways: posted to the address that the configuration gives for the company, or put into an outbox from
 * which it fetches and acknowledges them.
 *
 * Delivering is at least once. A document in the outbox is there until it is acknowledged, and again when it is
 * delivered again; its bytes are those of the journal. Fails with `ChannelError`.
 */
import { Clock, Context, Data, Effect, Layer } from "effect"
import { type Channel, ChannelError, type ChannelReason, type OutgoingFile } from "../engine/Channel.ts"
import { isRetryable } from "../engine/Failure.ts"
import * as ChannelMetrics from "./ChannelMetrics.ts"
import { addressOf } from "./Channels.ts"
import * as HttpQueries from "./HttpQueries.ts"
import * as HttpWebhook from "./HttpWebhook.ts"

export type { OutboxItem } from "./HttpQueries.ts"

export const name = "http"

/** The outbox could not be read or changed. */
export class OutboxError extends Data.TaggedError("OutboxError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}

/** What companies fetch from. They see and acknowledge only what is theirs. */
export class HttpOutbox extends Context.Service<
  HttpOutbox,
  {
    readonly offer: (company: string, messageId: number) => Effect.Effect<void, OutboxError>
    /** Not acknowledged yet and with an id above `after`, oldest first. */
    readonly list: (
      company: string,
      filter: { readonly type: string | undefined; readonly after: number; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<HttpQueries.OutboxItem>, OutboxError>
    /** Acknowledged ones too; undefined when there is none. */
    readonly item: (
      company: string,
      messageId: number
    ) => Effect.Effect<HttpQueries.OutboxItem | undefined, OutboxError>
    /** Repeatable. False when there is no such document. */
    readonly acknowledge: (company: string, messageId: number) => Effect.Effect<boolean, OutboxError>
  }
>()("throughline/channels/HttpOutbox") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const queries = yield* HttpQueries.make
      const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis))
      const failed = (cause: unknown) =>
        new OutboxError({
          reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" },
          cause
        })
      return {
        offer: (company, messageId) =>
          Effect.flatMap(now, (at) => queries.offer(company, messageId, at)).pipe(Effect.mapError(failed)),
        list: (company, filter) => Effect.mapError(queries.list(company, filter), failed),
        item: (company, messageId) => Effect.mapError(queries.item(company, messageId), failed),
        acknowledge: (company, messageId) =>
          Effect.flatMap(now, (at) => queries.acknowledge(company, messageId, at)).pipe(Effect.mapError(failed))
      }
    })
  )
}

export interface Options {
  /** Keys of the companies that there are. */
  readonly companies: Effect.Effect<ReadonlyArray<string>, unknown>
  /** Where documents are posted to, by address (a company, or a company and a link of it); the others fetch theirs. */
  readonly webhooks?: ReadonlyMap<string, HttpWebhook.Webhook> | undefined
}

const problem = (reason: ChannelReason, message: string, cause?: unknown) =>
  new ChannelError({ channel: name, reason, message, cause })

const away: ChannelReason = { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }
const noDestination: ChannelReason = { _tag: "NoDestination", isRetryable: false, whoActs: "operator" }

export const make = (options: Options): Effect.Effect<Channel, never, HttpOutbox> =>
  Effect.map(HttpOutbox, (outbox) => {
    /** Companies that were there when they were first delivered to; the others are asked for. */
    const known = new Set<string>()
    const find = Effect.fnUntraced(function* (company: string) {
      if (known.has(company)) return
      const companies = yield* Effect.mapError(options.companies, (cause) =>
        problem(away, "the list of companies cannot be read", cause)
      )
      if (!companies.includes(company)) return yield* problem(noDestination, `there is no company "${company}"`)
      known.add(company)
    })

    const deliver = Effect.fn("Http.deliver")(
      function* (file: OutgoingFile) {
        const { company, messageId } = file
        yield* find(company)
        const webhook = options.webhooks?.get(addressOf(file))
        if (webhook !== undefined) return yield* HttpWebhook.deliver(webhook, file)
        yield* outbox
          .offer(company, messageId)
          .pipe(Effect.mapError((cause) => problem(away, "the outbox cannot be written", cause)))
      },
      Effect.tapError((error) => ChannelMetrics.failed(name, error.reason._tag))
    )

    return { name, deliver }
  })

/** Answers to a request without a document that say nothing about one with: the method, or what is missing in it. */
const saysNothing = new Set([400, 404, 405, 406, 409, 411, 415, 422, 428, 501])

/**
 * Tries whether a partner's server answers and lets us in. It is asked without a document; that it will not have such a
 * request, or knows the address for documents only, does not matter, and is what comes of it.
 */
export const reach = (webhook: HttpWebhook.Webhook): Effect.Effect<string | undefined, ChannelError> => {
  const { host } = new URL(webhook.url)
  return Effect.tryPromise({
    try: async (signal) => {
      const headers = HttpWebhook.authorization(webhook)
      const response = await fetch(webhook.url, { method: "OPTIONS", redirect: "manual", headers, signal })
      await HttpWebhook.beginningOf(response)
      return response.status
    },
    catch: (cause) => HttpWebhook.unreached(host, cause)
  }).pipe(
    Effect.timeoutOrElse({
      duration: "15 seconds",
      orElse: () => Effect.fail(problem(away, `${host} did not answer in 15 seconds`))
    }),
    Effect.flatMap((status) => {
      const said = `answered ${status} to a request without a document (OPTIONS)`
      if (status < 300) return Effect.undefined
      return saysNothing.has(status)
        ? Effect.succeed(`${host} is reached and ${said}: whether it takes documents there, the first one tells`)
        : Effect.fail(problem(HttpWebhook.reasonOf(status), `${host} ${said}`))
    })
  )
}
