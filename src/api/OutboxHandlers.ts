/**
 * Answers the group `outbox` of the API: what waits for a company that fetches its documents, their exact bytes, and that
 * it has them. Nothing leaves the list but by an acknowledgement.
 */
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import * as Http from "../channels/Http.ts"
import * as HttpWebhook from "../channels/HttpWebhook.ts"
import { Journal } from "../engine/Journal.ts"
import { Api } from "./Api.ts"
import { allowed } from "./Authentication.ts"
import { OutboxItem } from "./OutboxApi.ts"
import { NotFound, Unavailable } from "./Problems.ts"

const away = () => new Unavailable({ detail: "The outbox does not answer at the moment. Ask again." })

const noDocument = (id: number) => new NotFound({ detail: `There is no document ${id} for you.` })

/** Documents listed at a time, unless the caller says otherwise. */
const usualPage = 100

const itemOf = ({ controlNumber, replyTo, at, ...item }: Http.OutboxItem): OutboxItem =>
  new OutboxItem({
    ...item,
    ...(controlNumber === null ? {} : { controlNumber }),
    ...(replyTo === null ? {} : { replyTo }),
    at: at.toISOString()
  })

export const layer = HttpApiBuilder.group(
  Api,
  "outbox",
  Effect.fn(function* (handlers) {
    const outbox = yield* Http.HttpOutbox
    const journal = yield* Journal

    return handlers.handleAll({
      list: ({ query: { type, after = 0, limit = usualPage } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("fetch")
          const items = yield* Effect.mapError(outbox.list(company, { type, after, limit }), away)
          return items.map(itemOf)
        }),
      fetch: ({ params: { id } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("fetch")
          const item = yield* Effect.mapError(outbox.item(company, id), away)
          if (item === undefined) return yield* noDocument(id)
          const bytes = yield* Effect.mapError(journal.bytes(id), away)
          return HttpServerResponse.uint8Array(bytes, {
            contentType: HttpWebhook.mediaType(item.fileName),
            headers: {
              "content-disposition": HttpWebhook.disposition(item.fileName),
              "throughline-message-id": `${id}`,
              "throughline-message-type": item.type
            }
          })
        }),
      acknowledge: ({ params: { id } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("fetch")
          const was = yield* Effect.mapError(outbox.acknowledge(company, id), away)
          return was ? undefined : yield* noDocument(id)
        })
    })
  })
)
