/**
 * Answers the groups `session` and `me` of the API. A key that is none is refused in the words that every other request
 * with it gets.
 */
import { Effect, Layer } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Partners } from "../partners/Partners.ts"
import { Api } from "./Api.ts"
import { Caller } from "./Caller.ts"
import { Forbidden, Unauthorized, Unavailable } from "./Problems.ts"
import { Me } from "./SessionApi.ts"
import * as Sessions from "./Sessions.ts"

const away = () => new Unavailable({ detail: "Signing in is not possible at the moment. Try again." })

const session = HttpApiBuilder.group(
  Api,
  "session",
  Effect.fn(function* (handlers) {
    const sessions = yield* Sessions.Sessions
    return handlers.handleAll({
      begin: ({ payload, request }) =>
        Effect.gen(function* () {
          // A page of another site must not sign people in either: they would work under somebody else's name.
          if (!Sessions.fromConsole(request))
            return yield* new Forbidden({ detail: `Sign in from the console (header ${Sessions.consoleHeader}).` })
          const begun = yield* Effect.mapError(sessions.begin(payload.key), away)
          if (begun === undefined) return yield* new Unauthorized({ detail: "This is no key that is known." })
          return Sessions.setCookie(request, begun.token)(HttpServerResponse.empty())
        }),
      end: ({ request }) =>
        Effect.gen(function* () {
          const token = Sessions.tokenOf(request)
          if (token !== undefined) yield* Effect.mapError(sessions.end(token), away)
          return Sessions.clearCookie(request)(HttpServerResponse.empty())
        })
    })
  })
)

const me = HttpApiBuilder.group(
  Api,
  "me",
  Effect.fn(function* (handlers) {
    const partners = yield* Partners
    return handlers.handle("get", () =>
      Effect.gen(function* () {
        const { company, scopes } = yield* Caller
        const directory = yield* Effect.mapError(partners.current, away)
        return new Me({
          company,
          name: directory.company(company)?.name ?? company,
          scopes,
          contexts: directory.settings.verificationContexts
        })
      })
    )
  })
)

export const layer = Layer.mergeAll(session, me)
