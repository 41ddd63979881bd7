/**
 * The HTTP API as one value: server, typed client (`HttpApiClient.make(Api)`) and the OpenAPI document
 * (Published.ts) come from it. Companies send documents, see what became of them,
 * fetch what is for them, and verify products; each sees only what is its own.
 *
 * Who asks is an API key (`Authorization: Bearer tl_...`) or a client certificate that the configuration gives to a
 * company. Everything that goes wrong is a problem of RFC 9457.
 */
import { HttpApi, OpenApi } from "effect/http-api"
import { version } from "../engine/Version.ts"
import { Events } from "./EventApi.ts"
import { History } from "./HistoryApi.ts"
import { Reports, Serials } from "./LookUpApi.ts"
import { Messages } from "./MessageApi.ts"
import { Outbox } from "./OutboxApi.ts"
import { Directory, Products } from "./ProductApi.ts"
import { Rules } from "./RuleApi.ts"
import { Self, Session } from "./SessionApi.ts"
import { Verifications } from "./VerificationApi.ts"
import { WellFormed } from "./WellFormed.ts"

export class Api extends HttpApi.make("throughline")
  .add(Messages)
  .add(Outbox)
  .add(Verifications)
  .add(Events)
  .add(History)
  .add(Rules)
  .add(Products)
  .add(Directory)
  .add(Serials)
  .add(Reports)
  .add(Self)
  .add(Session)
  .middleware(WellFormed)
  // Everything that is wrong with a request, not what is found first.
  .annotate(HttpApi.ParseOptions, { errors: "all" })
  // A parameter or field that there is not is a misspelt one: left out, it would do nothing and say nothing.
  .annotate(HttpApi.QueryParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotate(HttpApi.PayloadParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotateMerge(
    OpenApi.annotations({
      title: "Throughline",
      version,
      description: "Send documents, see what became of them, fetch what is for you, and verify products."
    })
  ) {}
