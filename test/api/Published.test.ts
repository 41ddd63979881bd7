/**
 * The OpenAPI document says what is answered beside the API too, and its examples are true: each is asked of a running
 * server as it stands there, and the answer compared.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { scopes } from "../../src/api/Caller.ts"
import * as Published from "../../src/api/Published.ts"
import { startedWithPacks } from "./VerificationWorld.ts"

interface Schema {
  readonly type?: string
  readonly description?: string
  readonly examples?: ReadonlyArray<unknown>
  readonly $ref?: string
}

interface Operation {
  readonly tags: ReadonlyArray<string>
  readonly parameters: ReadonlyArray<{
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Schema
  }>
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}

const document: {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
} = JSON.parse(Published.openApi())

const beside = Object.entries(document.paths).flatMap(([path, { get }]) =>
  get?.tags.some((tag) => tag === "providers" || tag === "process") ? [{ path, ...get }] : []
)

const resolved = (schema: Schema | undefined): Schema =>
  document.components.schemas[schema?.$ref?.split("/").at(-1) ?? ""] ?? schema ?? {}

/** Moments, versions and cursors differ from day to day; that they are there is all that an example says of them. */
const timeless = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, one) =>
      /^(?:verificationTimestamp|updatedAt|cursor|version)$/u.test(name) ? "..." : one
    )
  )

describe("the document", () => {
  it("says what numbers in addresses mean, and how large they may be", () => {
    const numbers = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.values(operations).flatMap(({ parameters }) =>
        parameters
          .filter(({ name }) => ["limit", "after", "wait"].includes(name))
          .map(({ name, schema }) => ({ at: `${path} ${name}`, name, said: schema.description ?? "" }))
      )
    )
    assert.isAtLeast(numbers.length, 6)
    for (const { at, name, said } of numbers)
      assert.match(said, name === "limit" ? /: 1 to \d+, \d+ unless given$/u : /./u, at)
  })
})

describe("what is answered beside the API", () => {
  it("is in the document, with an example of each answer that is not text of its own", () => {
    assert.sameMembers(
      beside.map(({ path }) => path),
      [
        "/verify/gtin/{gtin}/lot/{lot}/ser/{ser}",
        "/checkConnectivity",
        "/ld/records",
        "/health/live",
        "/health/ready",
        "/metrics"
      ]
    )
    for (const { path, parameters } of beside)
      for (const one of parameters.filter(({ required }) => required))
        assert.lengthOf(one.schema.examples ?? [], 1, `${path} ${one.name}`)
  })

  it.live("is answered as its examples say", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", scopes)
      for (const { path, parameters, responses } of beside) {
        const given = parameters.flatMap(({ schema, ...one }) =>
          schema.examples === undefined ? [] : [{ ...one, value: String(schema.examples[0]) }]
        )
        const of = (place: string) =>
          given.filter((one) => one.in === place).map(({ name, value }): [string, string] => [name, value])
        const target = of("path").reduce(
          (at, [name, value]) => at.replace(`{${name}}`, encodeURIComponent(value)),
          path
        )
        const answer = yield* ask(`${target}?${new URLSearchParams(of("query"))}`, {
          key,
          headers: Object.fromEntries(of("header"))
        })
        assert.strictEqual(answer.status, 200, `${path}: ${answer.text}`)
        const [[type, media] = []] = Object.entries(responses["200"]?.content ?? {})
        assert.strictEqual(answer.headers.get("content-type"), type, path)
        const [example] = resolved(media?.schema).examples ?? []
        if (type === "application/json") assert.deepStrictEqual(timeless(answer.json()), timeless(example), path)
        else assert.match(answer.text, /^# HELP throughline_/mu)
      }
    })
  )

  it.live("is refused with the statuses and kinds of text that the document says", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", scopes)
      const send = yield* keyFor("dogwood", ["send"])
      const verify = "/verify/gtin/00992326050107/lot/1/ser/1"
      const asked = [
        [verify, key, "GET"],
        [verify, undefined, "GET"],
        [verify, send, "GET"],
        [verify, key, "POST"],
        [`/verify/gtin/00614141999996/lot/1/ser/1?exp=271231&reqGLN=9521234000044`, key, "GET"],
        ["/checkConnectivity", key, "GET"],
        ["/checkConnectivity", undefined, "GET"],
        ["/ld/records?limit=0", key, "GET"],
        ["/ld/records?since=999", key, "GET"],
        ["/ld/records", undefined, "GET"]
      ] as const
      const statuses: Array<number> = []
      for (const [target, by, method] of asked) {
        const answer = yield* ask(target, { method, ...(by === undefined ? {} : { key: by }) })
        statuses.push(answer.status)
        const [path = ""] = target.split("?")
        const said = beside.find((one) => one.path === (path.startsWith("/verify/") ? beside[0]?.path : path))
        assert.include(
          Object.keys(said?.responses[answer.status]?.content ?? {}),
          answer.headers.get("content-type"),
          target
        )
      }
      assert.deepStrictEqual(statuses, [400, 401, 403, 405, 404, 400, 401, 400, 410, 401])
    })
  )
})
