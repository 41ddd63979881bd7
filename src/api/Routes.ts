/**
 * The API's routes with what belongs to them alone; the services that others use too (verification, product information,
 * partners, the journal) come from the installation. The OpenAPI
 * document and the page made from it (`/docs`) are served beside them, to everybody.
 */
import { Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { HttpOutbox } from "../channels/Http.ts"
import * as HttpIntake from "../channels/HttpIntake.ts"
import { Reports } from "../reports/Reports.ts"
import { Trace } from "../serials/Trace.ts"
import { ResponseDesk } from "../verification/ResponseDesk.ts"
import { Api } from "./Api.ts"
import * as Authentication from "./Authentication.ts"
import * as EventHandlers from "./EventHandlers.ts"
import * as EventJobs from "./EventJobs.ts"
import * as HistoryHandlers from "./HistoryHandlers.ts"
import * as LookUpHandlers from "./LookUpHandlers.ts"
import * as MessageHandlers from "./MessageHandlers.ts"
import * as OutboxHandlers from "./OutboxHandlers.ts"
import * as ProductHandlers from "./ProductHandlers.ts"
import * as ReferenceRoutes from "./ReferenceRoutes.ts"
import * as RuleHandlers from "./RuleHandlers.ts"
import * as SessionHandlers from "./SessionHandlers.ts"
import * as VerificationHandlers from "./VerificationHandlers.ts"
import * as WellFormed from "./WellFormed.ts"

const handlers = Layer.mergeAll(
  MessageHandlers.layer,
  OutboxHandlers.layer,
  VerificationHandlers.layer,
  EventHandlers.layer,
  HistoryHandlers.layer,
  RuleHandlers.layer,
  ProductHandlers.layer,
  LookUpHandlers.layer,
  SessionHandlers.layer
)

const api = HttpApiBuilder.layer(Api).pipe(
  Layer.provide(handlers),
  Layer.provide([Authentication.layer, WellFormed.layer]),
  Layer.provide([HttpIntake.layer, HttpOutbox.layer, EventJobs.layer, ResponseDesk.layer, Reports.layer, Trace.layer]),
  Layer.provide(Authentication.identities)
)

export const routes = Layer.merge(api, ReferenceRoutes.routes)
