/**
 * What the API says when it does not do what was asked: problem details of RFC 9457, each with a `type` that programs can
 * rely on and a `detail` for people. Malformed requests are answered with 400 and every fault by Effect's own problem.
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

/** Everything that is wrong with the request, each with the place it stands at. */
export class Invalid extends HttpApiError.Problem<Invalid>()(
  "Invalid",
  { type: type("invalid"), status: 400, title: "Bad Request" },
  { errors: Schema.Array(Schema.Struct({ element: Schema.String, message: Schema.String })) }
) {}

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
