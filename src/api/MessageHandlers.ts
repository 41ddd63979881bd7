/**
 * Answers the group `messages` of the API: takes documents in, and says what became of them. A document is committed to
 * the journal before the answer says that it was taken.
 */
import { Clock, Duration, Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { HttpIntake, type IntakeError } from "../channels/HttpIntake.ts"
import { Limits } from "../engine/Limits.ts"
import { Api } from "./Api.ts"
import { allowed } from "./Authentication.ts"
import { Accepted, Message, Report } from "./MessageApi.ts"
import * as MessageQueries from "./MessageQueries.ts"
import { KeyReused, NotFound, TooLarge, Unavailable } from "./Problems.ts"
import * as RequestBody from "./RequestBody.ts"
import * as Wire from "./Wire.ts"

const away = () => new Unavailable({ detail: "The journal does not answer at the moment. Ask again." })

const notTaken = (error: IntakeError) =>
  error.reason._tag === "KeyReused"
    ? new KeyReused({ detail: error.message })
    : new Unavailable({ detail: error.message })

const noMessage = (id: number) => new NotFound({ detail: `You have no message ${id}.` })

/** Statuses in which a message is still on its way. */
const underWay = new Set(["received", "processing"])

const firstLook = Duration.millis(20)
const longestPause = Duration.millis(500)

export const layer = HttpApiBuilder.group(
  Api,
  "messages",
  Effect.fn(function* (handlers) {
    const intake = yield* HttpIntake
    const queries = yield* MessageQueries.make
    const { maxBytes } = yield* Limits
    const body = RequestBody.heads(maxBytes)

    /** Looks until the message ended or the time is up; true when it ended. */
    const ended = Effect.fnUntraced(function* (id: number, seconds: number) {
      const until = (yield* Clock.currentTimeMillis) + seconds * 1000
      for (let pause = firstLook; ; pause = Duration.min(Duration.times(pause, 2), longestPause)) {
        const status = yield* Effect.orElseSucceed(queries.status(id), () => "received")
        if (status !== undefined && !underWay.has(status)) return true
        const left = until - (yield* Clock.currentTimeMillis)
        if (left <= 0) return false
        yield* Effect.sleep(Duration.min(pause, Duration.millis(left)))
      }
    })

    const view = Effect.fnUntraced(function* (company: string, id: number) {
      const row = yield* Effect.mapError(queries.message(company, id), away)
      if (row === undefined) return yield* noMessage(id)
      return yield* Wire.as(Message)({ ...row, answers: row.answers.map(Wire.plain) })
    })

    const answered = (schema: typeof Accepted | typeof Message, value: object, status: number, id: number) =>
      Effect.map(Effect.orDie(Schema.encodeUnknownEffect(schema)(value)), (json) =>
        HttpServerResponse.jsonUnsafe(json, { status, headers: { location: `/v1/messages/${id}` } })
      )

    return handlers
      .handleRaw("send", ({ params, query, headers, request }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("send")
          const { bytes, size } = yield* body(request)
          const { messageId, again } = yield* Effect.mapError(
            intake.take({
              company,
              type: params.type,
              bytes,
              size,
              fileName: query.fileName,
              idempotencyKey: headers["idempotency-key"]
            }),
            notTaken
          )
          if (size > maxBytes) {
            return yield* new TooLarge({
              detail: `The document is larger than ${maxBytes} bytes. Its beginning is journaled as message ${messageId}; its report says the same.`,
              instance: `/v1/messages/${messageId}`,
              id: messageId
            })
          }
          if (query.wait !== undefined && (yield* ended(messageId, query.wait))) {
            // The document is taken whatever happens now; if its state cannot be read, say only that.
            const message = yield* Effect.orElseSucceed(view(company, messageId), () => undefined)
            if (message !== undefined) return yield* answered(Message, message, 200, messageId)
          }
          return yield* answered(Accepted, new Accepted({ id: messageId, again }), 202, messageId)
        })
      )
      .handle("get", ({ params }) => Effect.flatMap(allowed("read"), ({ company }) => view(company, params.id)))
      .handle("report", ({ params: { id } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          const run = yield* Effect.mapError(queries.newestRun(company, id), away)
          if (run === undefined) {
            return yield* new NotFound({ detail: `You have no message ${id} that was processed.` })
          }
          return yield* Wire.as(Report)({ message: id, ...run })
        })
      )
  })
)
