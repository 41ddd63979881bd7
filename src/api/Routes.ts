/**
 * The API's routes with everything they stand on but the journal and the database; add them to the server's. The OpenAPI
 * document is served beside them, to everybody.
 */
import { Layer } from "effect"
import { HttpApiBuilder, HttpApiMiddleware } from "effect/http-api"
import { HttpOutbox } from "../channels/Http.ts"
import * as HttpIntake from "../channels/HttpIntake.ts"
import { Api } from "./Api.ts"
import * as ApiKeys from "./ApiKeys.ts"
import * as Authentication from "./Authentication.ts"
import * as EventHandlers from "./EventHandlers.ts"
import * as EventJobs from "./EventJobs.ts"
import * as MessageHandlers from "./MessageHandlers.ts"
import * as OutboxHandlers from "./OutboxHandlers.ts"
import * as VerificationHandlers from "./VerificationHandlers.ts"

export const routes = HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(
  Layer.provide([MessageHandlers.layer, OutboxHandlers.layer, VerificationHandlers.layer, EventHandlers.layer]),
  Layer.provide([Authentication.layer, HttpApiMiddleware.layerProblemDetails({ includeDetails: true })]),
  Layer.provide([HttpIntake.layer, HttpOutbox.layer, ApiKeys.layer, EventJobs.layer])
)
