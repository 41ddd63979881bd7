/**
 * Keys by which companies come in over HTTP: `tl_`, eight characters that name the key, `_`, and 256 random bits. A key is
 * shown once, when it is made; what is kept is its SHA-256, which is enough to recognise it and not to use it.
 *
 * Making and revoking keys is in the audit trail. Revoking takes effect with the next request. Fails with `ApiKeysError` when the database does not answer.
 */
import { createHash, randomBytes, randomInt } from "node:crypto"
import { Clock, Context, Data, Effect, Layer, Redacted } from "effect"
import * as Audit from "../audit/Audit.ts"
import { isRetryable } from "../engine/Failure.ts"
import * as ApiKeyQueries from "./ApiKeyQueries.ts"

export type { KeyRow } from "./ApiKeyQueries.ts"

export class ApiKeysError extends Data.TaggedError("ApiKeysError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return "The API keys could not be read or changed"
  }
}

/** What a new key is for. */
export interface Wanted {
  readonly company: string
  readonly scopes: ReadonlyArray<string>
  readonly note: string
  readonly actor: string
}

export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** Makes a key; it cannot be shown again. */
    readonly add: (
      wanted: Wanted
    ) => Effect.Effect<{ readonly id: string; readonly key: Redacted.Redacted }, ApiKeysError>
    /** Whose key it is, and for what; undefined when it is none, or was revoked. */
    readonly find: (
      key: Redacted.Redacted
    ) => Effect.Effect<Pick<ApiKeyQueries.KeyRow, "id" | "company" | "scopes"> | undefined, ApiKeysError>
    /** Newest first, revoked ones too. */
    readonly list: (company?: string) => Effect.Effect<ReadonlyArray<ApiKeyQueries.KeyRow>, ApiKeysError>
    /** False when there is no such key; one that was revoked before stays as it is. */
    readonly revoke: (id: string, actor: string, why?: string) => Effect.Effect<boolean, ApiKeysError>
  }
>()("throughline/api/ApiKeys") {}

/** Characters that are not taken for one another when read aloud. */
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

const shape = /^tl_[a-z2-9]{8}_[\w-]{43}$/u

const digest = (key: string): Uint8Array => new Uint8Array(createHash("sha256").update(key).digest())

const failed = (cause: unknown) =>
  new ApiKeysError({ reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" }, cause })

export const layer = Layer.effect(
  ApiKeys,
  Effect.gen(function* () {
    const queries = yield* ApiKeyQueries.make
    const audit = yield* Audit.make

    const add = Effect.fn("ApiKeys.add")(function* (wanted: Wanted) {
      const id = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join("")
      const key = `tl_${id}_${randomBytes(32).toString("base64url")}`
      const createdAt = new Date(yield* Clock.currentTimeMillis)
      const { company, scopes, note: why, actor } = wanted
      const made = { act: "key.made", subject: id, after: { company, scopes } }
      yield* queries.together(
        Effect.andThen(
          queries.add({ ...wanted, id, sha256: digest(key), createdAt }),
          audit.record([made], { actor, why, at: createdAt })
        )
      )
      return { id, key: Redacted.make(key) }
    }, Effect.mapError(failed))

    const revoke = Effect.fn("ApiKeys.revoke")(
      function* (id: string, actor: string, why = "") {
        const at = new Date(yield* Clock.currentTimeMillis)
        const key = yield* queries.hold(id)
        if (key === undefined) return false
        if (key.revokedAt !== null) return true
        yield* queries.revoke(id, actor, at)
        const { company, scopes } = key
        yield* audit.record([{ act: "key.revoked", subject: id, before: { company, scopes } }], { actor, why, at })
        return true
      },
      queries.together,
      Effect.mapError(failed)
    )

    return {
      add,
      find: (key) => {
        const text = Redacted.value(key)
        return shape.test(text) ? Effect.mapError(queries.find(digest(text)), failed) : Effect.undefined
      },
      list: (company) => Effect.mapError(queries.list(company), failed),
      revoke
    }
  })
)
