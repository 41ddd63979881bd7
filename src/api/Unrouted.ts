/**
 * Answers requests that no route of a server takes, by a problem as everything else: 405 with the methods that there are
 * where the address is known, 404 where it is not.
 */
import { Context, Effect, Layer, type Types } from "effect"
import {
  FindMyWay,
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  HttpServerRespondable,
  HttpServerResponse
} from "effect/http"
import { MethodNotAllowed, NotFound } from "./Problems.ts"

/** Methods that somebody may ask with, in the order in which `Allow` tells them. */
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const

/** The methods that an address is known for. */
class Known extends Context.Service<Known, { readonly methodsOf: (url: string) => ReadonlyArray<string> }>()(
  "throughline/api/Unrouted/Known"
) {}

/** Hands routes on to the server's router, and remembers where they are. */
const remembering = Layer.effectContext(
  Effect.gen(function* () {
    const router = yield* HttpRouter.HttpRouter
    const known = FindMyWay.make<true>()
    const remember = (method: string, path: FindMyWay.PathInput) => {
      if (method === "*") known.all(path, true)
      else known.on(method, path, true)
    }
    const remembered = HttpRouter.HttpRouter.of({
      ...router,
      add: (method, path, handler, options) => {
        remember(method, path)
        return router.add(method, path, handler, options)
      },
      addAll: (routes) => {
        for (const { method, path } of routes) remember(method, path)
        return router.addAll(routes)
      }
    })
    const methodsOf = (url: string) =>
      methods.filter((method) => known.find(method === "HEAD" ? "GET" : method, url) !== undefined)
    return Context.make(HttpRouter.HttpRouter, remembered).pipe(Context.add(Known, Known.of({ methodsOf })))
  })
)

/** An address as a problem tells it. */
const shown = (url: string): string => {
  const path = url.split("?", 1)[0] ?? ""
  return path.length > 100 ? `${path.slice(0, 100)}…` : path
}

const answer = (request: HttpServerRequest.HttpServerRequest, allowed: ReadonlyArray<string>) => {
  const place = shown(request.url)
  if (allowed.length === 0)
    return HttpServerRespondable.toResponse(new NotFound({ detail: `There is nothing at ${place}.` }))
  const detail = `${place} is for ${allowed.join(", ")}.`
  return Effect.map(HttpServerRespondable.toResponse(new MethodNotAllowed({ detail })), (response) =>
    HttpServerResponse.setHeader(response, "allow", allowed.join(", "))
  )
}

const isUnrouted = (error: unknown): boolean =>
  HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"

type Answered = Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  Types.unhandled,
  HttpServerRequest.HttpServerRequest
>

/** For all routes of a server. */
const answering = HttpRouter.middleware(
  Effect.gen(function* () {
    const { methodsOf } = yield* Known
    return (answered) =>
      Effect.catch(
        answered,
        (error): Answered =>
          isUnrouted(error)
            ? Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => answer(request, methodsOf(request.url)))
            : Effect.fail(error)
      )
  }),
  { global: true }
)

/** Routes, and an answer to whatever they do not take. */
export const over = <A, E, R>(routes: Layer.Layer<A, E, R>) =>
  Layer.merge(routes, answering).pipe(Layer.provide(remembering))
