/**
 * The HTTP server of a Throughline process: routes given to it, on one address. Health and metrics are such routes; the
 * API and the console join them.
 *
 * Fails with `ServerError` when it cannot listen, saying what to change. Closing its scope stops new requests and lets
 * those under way end.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createSecureServer } from "node:https"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Data, Duration, Effect, Layer, Predicate } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import * as DirectRoutes from "./DirectRoutes.ts"
import * as RequestTarget from "./RequestTarget.ts"
import * as Unrouted from "./Unrouted.ts"

export class ServerError extends Data.TaggedError("ServerError")<{
  readonly reason: {
    readonly _tag: "AddressInUse" | "NotAllowed" | "Unavailable"
    readonly isRetryable: boolean
    readonly whoActs: "operator"
  }
  readonly message: string
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}

export interface Options {
  /** 0 takes a free one. */
  readonly port: number
  /** Who can reach it: `127.0.0.1` this machine only, `0.0.0.0` everybody. */
  readonly host: string
  /** Serves HTTPS when given; PEM texts. */
  readonly tls?: Tls | undefined
}

export interface Tls {
  readonly certificate: string
  readonly key: string
  /** Authorities whose certificates may say by their name which company a client is. */
  readonly clientAuthorities?: ReadonlyArray<string> | undefined
}

/**
 * Clients are asked for a certificate and may do without: health checks have none, and whether one speaks for a company
 * is decided by the routes that need to know.
 */
const listener = (tls: Tls | undefined) =>
  tls === undefined
    ? createServer()
    : createSecureServer({
        cert: tls.certificate,
        key: tls.key,
        requestCert: true,
        rejectUnauthorized: false,
        // None means none: left out, everybody whom an authority of the public signed would count as signed.
        ca: [...(tls.clientAuthorities ?? [])]
      })

/** Time that requests under way get when the process is stopped: below the ten seconds until platforms kill. */
const grace = Duration.seconds(5)

const explain = ({ host, port }: Options, cause: unknown): ServerError => {
  const code = Predicate.hasProperty(cause, "code") ? cause.code : undefined
  const error = (tag: ServerError["reason"]["_tag"], isRetryable: boolean, message: string) =>
    new ServerError({ reason: { _tag: tag, isRetryable, whoActs: "operator" }, message, cause })
  if (code === "EADDRINUSE") {
    return error("AddressInUse", true, `port ${port} on ${host} is in use; stop what listens there or set another port`)
  }
  if (code === "EACCES") return error("NotAllowed", false, `this user may not listen on port ${port} of ${host}`)
  return error("Unavailable", false, `cannot listen on ${host}:${port}: ${String(cause)}`)
}

/**
 * Requests that come while the routes are being made wait for them; Node would leave them without an answer. Gives what
 * lets them in.
 */
const holding = (server: ReturnType<typeof listener>): Effect.Effect<void> => {
  const held: Array<readonly [IncomingMessage, ServerResponse]> = []
  const hold = (request: IncomingMessage, response: ServerResponse) => {
    if (server.listenerCount("request") === 1) held.push([request, response])
  }
  server.on("request", hold)
  return Effect.sync(() => {
    server.off("request", hold)
    for (const [request, response] of held.splice(0)) server.emit("request", request, response)
  })
}

/** Serves the routes for as long as its scope is open; gives the server, whose address says the port it got. */
export const layer = <E, R>(routes: Layer.Layer<never, E, R>, options: Options) =>
  Layer.suspend(() => serving(routes, options))

const serving = <E, R>(routes: Layer.Layer<never, E, R>, options: Options) => {
  const { port, host } = options
  const node = listener(options.tls)
  const letIn = holding(node)
  const server = Effect.gen(function* () {
    // Added first, so it runs last: a connection that is kept alive must not end at a server that nobody is behind.
    yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
    const direct = DirectRoutes.over(node)
    const served = yield* NodeHttpServer.make(() => node, { port, host, gracefulShutdownTimeout: grace })
    return Context.make(HttpServer.HttpServer, served).pipe(Context.add(DirectRoutes.DirectRoutes, direct))
  }).pipe(Effect.mapError((error) => explain(options, error.cause)))
  const listening = Layer.merge(Layer.effectContext(server), NodeHttpServer.layerHttpServices)
  return HttpRouter.serve(Unrouted.over(Layer.merge(routes, RequestTarget.check)), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provideMerge(listening),
    Layer.tap(() => letIn)
  )
}
