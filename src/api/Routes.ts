/**
 * The API's routes with everything they stand on but the journal and the database; add them to the server's. The OpenAPI
 * document is served beside them, to everybody.
 */
import { Layer } from "effect"
import { HttpApiBuilder, HttpApiMiddleware } from "effect/http-api"
import { HttpOutbox } from "../channels/Http.ts"
import * as HttpIntake from "../channels/HttpIntake.ts"
import { RuleDesk } from "../products/RuleDesk.ts"
import { ResponseDesk } from "../verification/ResponseDesk.ts"
import { Api } from "./Api.ts"
import * as ApiKeys from "./ApiKeys.ts"
import * as Authentication from "./Authentication.ts"
import * as EventHandlers from "./EventHandlers.ts"
import * as EventJobs from "./EventJobs.ts"
import * as HistoryHandlers from "./HistoryHandlers.ts"
import * as MessageHandlers from "./MessageHandlers.ts"
import * as OutboxHandlers from "./OutboxHandlers.ts"
import * as RuleHandlers from "./RuleHandlers.ts"
import * as SessionHandlers from "./SessionHandlers.ts"
import * as Sessions from "./Sessions.ts"
import * as VerificationHandlers from "./VerificationHandlers.ts"

const handlers = Layer.mergeAll(
  MessageHandlers.layer,
  OutboxHandlers.layer,
  VerificationHandlers.layer,
  EventHandlers.layer,
  HistoryHandlers.layer,
  RuleHandlers.layer,
  SessionHandlers.layer
)

export const routes = HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(
  Layer.provide(handlers),
  Layer.provide([Authentication.layer, HttpApiMiddleware.layerProblemDetails({ includeDetails: true })]),
  Layer.provide([
    HttpIntake.layer,
    HttpOutbox.layer,
    EventJobs.layer,
    Sessions.layer,
    RuleDesk.layer,
    ResponseDesk.layer
  ]),
  Layer.provide(ApiKeys.layer)
)
