/**
 * What the API says when it does not do what was asked: problem details of RFC 9457, each with a `type` that programs can
 * rely on and a `detail` for people. Requests that are wrong are told every fault at once (`errors`), whoever found it.
 */
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"

const type = <const Name extends string>(name: Name): `urn:throughline:problem:${Name}` =>
  `urn:throughline:problem:${name}`

/** No key, one that is not known or was revoked, or a certificate that belongs to no company. */
export class Unauthorized extends HttpApiError.Problem<Unauthorized>()("Unauthorized", {
  type: type("unauthorized"),
  status: 401,
  title: "Unauthorized"
}) {}

/** The key is good, but not for this. */
export class Forbidden extends HttpApiError.Problem<Forbidden>()("Forbidden", {
  type: type("forbidden"),
  status: 403,
  title: "Forbidden"
}) {}

/** Not there, or not the caller's: which of them is not said. */
export class NotFound extends HttpApiError.Problem<NotFound>()("NotFound", {
  type: type("not-found"),
  status: 404,
  title: "Not Found"
}) {}

/** What was asked for has been, and is no more. */
export class Gone extends HttpApiError.Problem<Gone>()("Gone", {
  type: type("gone"),
  status: 410,
  title: "Gone"
}) {}

/** There is something, but not for this method; the header `Allow` says for which. */
export class MethodNotAllowed extends HttpApiError.Problem<MethodNotAllowed>()("MethodNotAllowed", {
  type: type("method-not-allowed"),
  status: 405,
  title: "Method Not Allowed"
}) {}

/** Where its beginning was journaled, `id` is its message. */
export class TooLarge extends HttpApiError.Problem<TooLarge>()(
  "TooLarge",
  {
    type: type("too-large"),
    status: 413,
    title: "Content Too Large"
  },
  { id: Schema.optionalKey(Schema.Finite) }
) {}

/** The idempotency key stands for another document. */
export class KeyReused extends HttpApiError.Problem<KeyReused>()("KeyReused", {
  type: type("key-reused"),
  status: 422,
  title: "Idempotency Key Reused"
}) {}

/** Nothing was done; the same request may be sent again. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()("Unavailable", {
  type: type("unavailable"),
  status: 503,
  title: "Service Unavailable"
}) {}

/** One thing that is wrong with a request. */
export const Fault = Schema.Struct({
  in: Schema.Literals(["path", "query", "header", "body"]).annotate({ description: "Where in the request" }),
  element: Schema.String.annotate({
    description: "Name of the parameter, or a path such as `records[0].reason`; empty for all of it"
  }),
  pointer: Schema.optionalKey(
    Schema.String.annotate({ description: "The same place of a JSON body as a JSON Pointer (RFC 6901)" })
  ),
  line: Schema.optionalKey(Schema.Int.annotate({ description: "Of a JSON body" })),
  column: Schema.optionalKey(Schema.Int),
  value: Schema.optionalKey(Schema.String.annotate({ description: "What was sent, where it is short" })),
  message: Schema.String
})
export type Fault = typeof Fault.Type

/** Everything that is wrong with the request, each with the place it stands at. */
export class Invalid extends HttpApiError.Problem<Invalid>()(
  "Invalid",
  { type: type("invalid"), status: 400, title: "Bad Request" },
  { errors: Schema.Array(Fault) }
) {}

/** The body is of a kind that is not taken here; the header `Accept` says which is. */
export class UnsupportedMediaType extends HttpApiError.Problem<UnsupportedMediaType>()(
  "UnsupportedMediaType",
  { type: type("unsupported-media-type"), status: 415, title: "Unsupported Media Type" },
  { errors: Schema.Array(Fault) }
) {}

/** Our fault; the log says more. */
export class Internal extends HttpApiError.Problem<Internal>()("Internal", {
  type: type("internal"),
  status: 500,
  title: "Internal Server Error"
}) {}

/** The request contradicts what there is; `detail` says what. */
export class Conflict extends HttpApiError.Problem<Conflict>()("Conflict", {
  type: type("conflict"),
  status: 409,
  title: "Conflict"
}) {}

/** The answer was not ready in time; ask again. */
export class TooSlow extends HttpApiError.Problem<TooSlow>()("TooSlow", {
  type: type("too-slow"),
  status: 408,
  title: "Request Timeout"
}) {}
