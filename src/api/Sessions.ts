/**
 * Sessions of people at the console: an API key is shown once and stands behind a cookie from then on, for a working day
 * or until it is revoked. The cookie is not readable by scripts, is not sent by other sites' pages (`SameSite=Strict`),
 * and counts only on requests that say they come from the console itself (`fromConsole`), which a page of another site
 * cannot make a browser say. What is kept is a digest of its token.
 *
 * Fails with `SessionsError` when the database does not answer.
 */
import { createHash, randomBytes } from "node:crypto"
import { IncomingMessage } from "node:http"
import { TLSSocket } from "node:tls"
import { Clock, Context, Data, Duration, Effect, Layer, type Redacted } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { isRetryable } from "../engine/Failure.ts"
import { ApiKeys, type KeyRow } from "./ApiKeys.ts"
import * as SessionQueries from "./SessionQueries.ts"

export class SessionsError extends Data.TaggedError("SessionsError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return "Sessions could not be read or changed"
  }
}

type Owner = Pick<KeyRow, "id" | "company" | "scopes">

export class Sessions extends Context.Service<
  Sessions,
  {
    /** Begins one for whoever shows this key; undefined when it is none, or was revoked. */
    readonly begin: (
      key: Redacted.Redacted
    ) => Effect.Effect<{ readonly token: string; readonly owner: Owner } | undefined, SessionsError>
    /** Whose it is; undefined when it is none or over. */
    readonly find: (token: string) => Effect.Effect<Owner | undefined, SessionsError>
    /** Repeatable. */
    readonly end: (token: string) => Effect.Effect<void, SessionsError>
  }
>()("throughline/api/Sessions") {}

/** A working day: who comes back tomorrow signs in again. */
const lasts = Duration.hours(12)

/** The header by which the console says that a request is its own. */
export const consoleHeader = "throughline-console"

type Request = HttpServerRequest.HttpServerRequest

/** Whether the connection, or the proxy before it, is encrypted. */
const isEncrypted = ({ source, headers }: Request): boolean =>
  (source instanceof IncomingMessage && source.socket instanceof TLSSocket) || headers["x-forwarded-proto"] === "https"

/** Browsers keep a name with this prefix to this host, this path and encrypted connections. */
const nameOf = (request: Request): string => `${isEncrypted(request) ? "__Host-" : ""}throughline_session`

/** True for requests that the console's own scripts make. */
export const fromConsole = ({ headers }: Request): boolean =>
  headers[consoleHeader] !== undefined && (headers["sec-fetch-site"] ?? "same-origin") === "same-origin"

/** The token in a request's cookie; undefined where it does not count. */
export const tokenOf = (request: Request): string | undefined =>
  fromConsole(request) ? request.cookies[nameOf(request)] : undefined

const options = (request: Request) =>
  ({ path: "/", httpOnly: true, sameSite: "strict", secure: isEncrypted(request) }) as const

/** A response that gives the browser the token, until the browser is closed. */
export const setCookie = (request: Request, token: string) => (response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.setCookieUnsafe(response, nameOf(request), token, options(request))

/** A response that takes the token away. */
export const clearCookie = (request: Request) => (response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.expireCookieUnsafe(response, nameOf(request), options(request))

const digest = (token: string): Uint8Array => new Uint8Array(createHash("sha256").update(token).digest())

const failed = (cause: unknown) =>
  new SessionsError({ reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" }, cause })

export const layer = Layer.effect(
  Sessions,
  Effect.gen(function* () {
    const queries = yield* SessionQueries.make
    const keys = yield* ApiKeys
    const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis))

    const begin = Effect.fn("Sessions.begin")(function* (key: Redacted.Redacted) {
      const owner = yield* keys.find(key)
      if (owner === undefined) return undefined
      const token = randomBytes(32).toString("base64url")
      const at = yield* now
      const until = new Date(at.getTime() + Duration.toMillis(lasts))
      yield* queries.begin({ sha256: digest(token), key: owner.id, at, until })
      return { token, owner }
    }, Effect.mapError(failed))

    const find = (token: string) =>
      Effect.mapError(
        Effect.flatMap(now, (at) => queries.find(digest(token), at)),
        failed
      )

    return { begin, find, end: (token) => Effect.mapError(queries.end(digest(token)), failed) }
  })
)
