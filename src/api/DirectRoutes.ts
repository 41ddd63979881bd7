/**
 * Requests that are answered on the runtime's bare server, before any routing: for the one thing that is asked a thousand
 * times more often than all others, where a router and its objects cost as much as the answer. Everything else is a route.
 *
 * A handler has to answer every request that it gets, and never throws. It gets those whose path is its prefix, or begins
 * with it where it ends with a slash, for as long as its scope is open.
 */
import { IncomingMessage, type Server, ServerResponse } from "node:http"
import { Context, Effect, type Scope } from "effect"

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export class DirectRoutes extends Context.Service<
  DirectRoutes,
  { readonly add: (prefix: string, handler: Handler) => Effect.Effect<void, never, Scope.Scope> }
>()("throughline/api/DirectRoutes") {}

/** What may follow a whole path: nothing, or a query. */
const isEnd = (next: string | undefined): boolean => next === undefined || next === "?"

/** Takes the requests of a server that belong to handlers; it does not matter who listens to the others, nor since when. */
export const over = (server: Pick<Server, "emit">): DirectRoutes["Service"] => {
  const handlers = new Map<string, Handler>()
  const emit = server.emit
  const handlerOf = (target: string): Handler | undefined => {
    for (const [prefix, handler] of handlers) {
      if (target.startsWith(prefix) && (prefix.endsWith("/") || isEnd(target[prefix.length]))) return handler
    }
    return undefined
  }
  Object.defineProperty(server, "emit", {
    value: (event: string, ...values: ReadonlyArray<unknown>): unknown => {
      const [request, response] = values
      if (event === "request" && request instanceof IncomingMessage && response instanceof ServerResponse) {
        const handler = handlerOf(request.url ?? "")
        if (handler !== undefined) {
          handler(request, response)
          return true
        }
      }
      return Reflect.apply(emit, server, [event, ...values])
    }
  })
  return DirectRoutes.of({
    add: (prefix, handler) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          handlers.set(prefix, handler)
        }),
        () => Effect.sync(() => handlers.delete(prefix))
      )
  })
}
