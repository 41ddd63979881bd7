/**
 * Everything that a server answers to programs, as one HttpApi value: the API, and what bare routes answer beside it. The
 * OpenAPI document (docs/generated/openapi.json, `GET /openapi.json`) and the reference page are made from it.
 */
import { OpenApi } from "effect/http-api"
import { Api } from "./Api.ts"
import { Process } from "./ProcessApi.ts"
import { Providers } from "./ProviderApi.ts"

export class Published extends Api.add(Providers, Process) {}

/** The OpenAPI 3.1 document, indented for people. */
export const openApi = (): string => `${JSON.stringify(OpenApi.fromApi(Published), null, 2)}\n`
