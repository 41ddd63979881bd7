/**
 * The groups `session` and `me` of the API: how people sign in at the console, and who a caller is. Declarations only;
 * SessionHandlers.ts answers. Programs need no session: they send their key with each request.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Authenticated, Scope } from "./Caller.ts"
import { about } from "./Fields.ts"
import { Forbidden, Unauthorized, Unavailable } from "./Problems.ts"
import { WellFormedBody } from "./WellFormed.ts"

export class SignIn extends Schema.Class<SignIn>("SignIn")({
  key: Schema.RedactedFromValue(Schema.String.check(Schema.isMaxLength(200)))
}) {}

/** Who asks. */
export class Me extends Schema.Class<Me>("Me")({
  company: Schema.String,
  name: Schema.String,
  scopes: Schema.Array(Scope),
  contexts: Schema.Array(Schema.String).annotate({ description: "Reasons for which it may verify" })
}) {}

export class Session extends HttpApiGroup.make("session")
  .add(
    HttpApiEndpoint.post("begin", "/v1/session", {
      payload: SignIn,
      success: HttpApiSchema.NoContent,
      error: [Forbidden, Unauthorized, Unavailable]
    }).annotateMerge(
      about("Sign in at the console", "Sets a cookie that counts on requests with the header `throughline-console`.")
    ),
    HttpApiEndpoint.delete("end", "/v1/session", {
      success: HttpApiSchema.NoContent,
      error: [Unavailable]
    }).annotateMerge(about("Sign out", "May be repeated."))
  )
  .middleware(WellFormedBody)
  .annotateMerge(OpenApi.annotations({ description: "For people at the console" })) {}

export class Self extends HttpApiGroup.make("me")
  .add(
    HttpApiEndpoint.get("get", "/v1/me", { success: Me, error: [Unavailable] }).annotateMerge(
      about("Who you are", "The company your key or certificate speaks for, and what it may do.")
    )
  )
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Who you are" })) {}
