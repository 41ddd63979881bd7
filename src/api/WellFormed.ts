/**
 * Has every endpoint refuse requests that are not well-formed by one problem with all that is wrong with them, in path,
 * query, headers and body: `WellFormed` for the whole API, `WellFormedBody` inside of authentication for the groups whose
 * endpoints take JSON, so that no body of a stranger is read.
 *
 * An answer that does not fit its own schema is our fault: it is reported, and told as 500.
 */
import { Cause, Effect, ErrorReporter, Layer, Result, Schema, type Types } from "effect"
import { HttpEffect, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { type HttpApiEndpoint, HttpApiError, HttpApiMiddleware } from "effect/http-api"
import * as JsonBodies from "./JsonBodies.ts"
import { type Fault, Internal, Invalid, TooLarge, Unavailable, UnsupportedMediaType } from "./Problems.ts"
import * as RequestBody from "./RequestBody.ts"
import * as RequestFaults from "./RequestFaults.ts"

export class WellFormed extends HttpApiMiddleware.Service<WellFormed>()("throughline/api/WellFormed", {
  error: [Invalid, Internal]
}) {}

export class WellFormedBody extends HttpApiMiddleware.Service<WellFormedBody>()("throughline/api/WellFormedBody", {
  error: [Invalid, UnsupportedMediaType, TooLarge, Unavailable]
}) {}

type Route = HttpApiEndpoint.Top

/** The largest request there is a schema for, a hundred rules with all they can say, is far below it. */
const maxBytes = 1024 * 1024

/** Schemas of this API need nothing to decode, which endpoints do not say of theirs. */
const plain = (schema: Schema.Top) => Schema.make<Schema.Codec<unknown, unknown>>(schema.ast)

/** The schema of an endpoint's JSON body, where it takes one. */
const bodyOf = ({ payload }: Route) => {
  const schemas = payload.get(JsonBodies.mediaType)?.schemas
  return schemas === undefined ? undefined : plain(Schema.Union(schemas))
}

/** Everything that is wrong with the parameters of a request to this endpoint. */
const parameters = ({ params, query, headers }: Route) => {
  const slot = (where: Fault["in"], schema: Schema.Top | undefined, excess: "error" | "ignore") => {
    if (schema === undefined) return () => []
    const decode = Schema.decodeUnknownResult(plain(schema), { errors: "all", onExcessProperty: excess })
    return (values: RequestFaults.Values): ReadonlyArray<Fault> =>
      Result.match(decode(values), {
        onSuccess: () => [],
        onFailure: (error) => RequestFaults.ofParameters(where, error, values)
      })
  }
  const inPath = slot("path", params, "ignore")
  const inHeaders = slot("header", headers, "ignore")
  const inQuery =
    query === undefined ? RequestFaults.ofUnknown : slot("query", Schema.toCodecArrayFromSingle(query), "error")
  return Effect.gen(function* () {
    const route = yield* HttpRouter.RouteContext
    const request = yield* HttpServerRequest.HttpServerRequest
    const searched = yield* HttpServerRequest.ParsedSearchParams
    return [...inPath(route.params), ...inHeaders(request.headers), ...inQuery(searched)]
  })
}

type Refusal<E> = Effect.Effect<never, Types.unhandled | E, HttpRouter.Provided>

const isOurs = ({ kind }: HttpApiError.HttpApiSchemaError): boolean => kind === "Body" || kind === "ResponseHeaders"

/** Effect looks at what an endpoint has a schema for, and at nothing else: true for what stands behind other addresses. */
const hasStrays = ({ query }: Route) =>
  query === undefined
    ? Effect.map(HttpServerRequest.ParsedSearchParams, (searched) => Object.keys(searched).length > 0)
    : Effect.succeed(false)

/** Whether a request to it is judged by `WellFormedBody`, which sees all of it. */
const isJudgedWithBody = (endpoint: Route): boolean =>
  endpoint.middlewares.has(WellFormedBody) && bodyOf(endpoint) !== undefined

const wellFormed = WellFormed.of((answer, { endpoint }) => {
  const refused: Refusal<Invalid> = Effect.flatMap(parameters(endpoint), (faults) =>
    Effect.fail(RequestFaults.refused(faults))
  )
  const asked = isJudgedWithBody(endpoint)
    ? answer
    : Effect.flatMap(hasStrays(endpoint), (strays) => (strays ? refused : answer))
  return Effect.catch(asked, (error): Refusal<Invalid | Internal> => {
    if (!HttpApiError.HttpApiSchemaError.is(error)) return Effect.fail(error)
    if (isOurs(error)) return Effect.andThen(ErrorReporter.report(Cause.fail(error)), Effect.fail(new Internal({})))
    return refused
  })
})

/** The request with the body that was read of it. */
const withText = (request: HttpServerRequest.HttpServerRequest, text: string): HttpServerRequest.HttpServerRequest =>
  Object.create(request, { text: { value: Effect.succeed(text) } })

const saysWhich = HttpEffect.appendPreResponseHandler((_, response) =>
  Effect.succeed(HttpServerResponse.setHeader(response, "accept", JsonBodies.mediaType))
)

/** Refuses a request whose body is not said to be JSON, and says in the header `Accept` what is taken. */
export const requireJson = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.tapError(Effect.fromResult(JsonBodies.judgeType(request.headers["content-type"])), () => saysWhich)

const makeBody = Effect.sync(() => {
  const read = RequestBody.reader(maxBytes)
  return WellFormedBody.of((answer, { endpoint }) => {
    const schema = bodyOf(endpoint)
    if (schema === undefined) return answer
    const others = parameters(endpoint)
    return Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      yield* requireJson(request)
      const bytes = yield* read(request)
      const refused = Effect.flatMap(others, (faults) =>
        Effect.fail(RequestFaults.refused([...faults, ...JsonBodies.faultsOf(bytes, schema)]))
      )
      const { text, faults } = JsonBodies.parse(bytes)
      if (faults.length > 0 || (yield* hasStrays(endpoint))) return yield* refused
      return yield* Effect.provideService(answer, HttpServerRequest.HttpServerRequest, withText(request, text)).pipe(
        Effect.catch(
          (error): Refusal<Invalid> =>
            HttpApiError.HttpApiSchemaError.is(error) && !isOurs(error) ? refused : Effect.fail(error)
        )
      )
    })
  })
})

export const layer = Layer.mergeAll(Layer.succeed(WellFormed, wellFormed), Layer.effect(WellFormedBody, makeBody))
