/**
 * Who asks the API, and what for: the scopes of keys, the caller of a request, and the middleware that finds it out
 * (Authentication.ts answers for it). Declarations only.
 */
import { Context, Schema } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { Unauthorized, Unavailable } from "./Problems.ts"

/**
 * What a key may be used for: to send documents, to see what became of them and look up what the company has, to fetch
 * and acknowledge answers, to verify products and see the history of that, to change products, rules and directory.
 */
export const scopes = ["send", "read", "fetch", "verify", "manage"] as const
export const Scope = Schema.Literals(scopes)
export type Scope = typeof Scope.Type

/** Who asks. */
export class Caller extends Context.Service<
  Caller,
  {
    readonly company: string
    readonly scopes: ReadonlyArray<Scope>
    /** For the log: `key 7h2k...` or `certificate 9f86...`. */
    readonly by: string
  }
>()("throughline/api/Caller") {}

export class Authenticated extends HttpApiMiddleware.Service<Authenticated, { provides: Caller }>()(
  "throughline/api/Authenticated",
  { security: { key: HttpApiSecurity.bearer }, error: [Unauthorized, Unavailable] }
) {}
