/**
 * Every endpoint of the OpenAPI document is asked what is wrong: without a body, with one that is broken or of another
 * kind, with parameters and fields that there are not, at other addresses and by other methods. Whatever is wrong, the
 * answer is a problem of one shape, and tells all of it.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { scopes } from "../../src/api/Caller.ts"
import { Fault } from "../../src/api/Problems.ts"
import * as Published from "../../src/api/Published.ts"
import type { Answer } from "./ApiServer.ts"
import { startedWithPacks } from "./VerificationWorld.ts"

interface Operation {
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string; readonly schema: object }>
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> }
}

const document: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> } = JSON.parse(
  Published.openApi()
)

/** The standard of GS1 lightweight messaging says how it answers: in lines of text (Verification.test.ts). */
const isLightweight = (path: string): boolean => path.startsWith("/verify/") || path === "/checkConnectivity"

const paths = Object.entries(document.paths).filter(([path]) => !isLightweight(path))

const operations = paths.flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
    method: method.toUpperCase(),
    path,
    /** With values that could be meant. */
    target: path.replaceAll(/\{\w+\}/gu, "1"),
    parameters,
    takes: Object.keys(requestBody?.content ?? {})
  }))
)

const takingJson = operations.filter(({ takes }) => takes.includes("application/json"))

/** A parser of its own: the shape is what clients rely on. */
const Problem = Schema.Struct({
  type: Schema.String.check(Schema.isPattern(/^urn:throughline:problem:[a-z-]+$/u)),
  title: Schema.NonEmptyString,
  status: Schema.Int,
  detail: Schema.NonEmptyString,
  errors: Schema.optionalKey(Schema.NonEmptyArray(Fault))
})

const read = Schema.decodeUnknownSync(Problem, { onExcessProperty: "error" })

/** The problem of an answer, which is one of these and has its shape. */
const problemOf = (what: string, answer: Answer, status: number) => {
  assert.strictEqual(answer.status, status, `${what}: ${answer.text}`)
  assert.strictEqual(answer.headers.get("content-type"), "application/problem+json", what)
  const problem = read(answer.json())
  assert.strictEqual(problem.status, status, what)
  if (status === 400 || status === 415) assert.isDefined(problem.errors, `${what}: ${answer.text}`)
  return { ...problem, errors: problem.errors ?? [] }
}

/** Of the console, which signs in with it: an endpoint that needs no key needs this. */
const fromConsole = { "throughline-console": "1" }
const json = { "content-type": "application/json", ...fromConsole }

const asking = Effect.gen(function* () {
  const { ask, keyFor } = yield* startedWithPacks
  const key = yield* keyFor("alder", scopes)
  return (
    method: string,
    target: string,
    body?: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = json
  ) => ask(target, { key, method, headers, ...(body === undefined ? {} : { body }) })
})

/** Bodies that no endpoint takes, and what is said of them: one fault each, at this line and column where it has any. */
const broken: ReadonlyArray<
  readonly [string, string | Uint8Array<ArrayBuffer> | undefined, RegExp, readonly [number, number] | undefined]
> = [
  ["no body", undefined, /^The body is empty\.$/u, undefined],
  ["white space", " \n", /^The body is empty\.$/u, undefined],
  ["no JSON", "<xml/>", /is not valid JSON: a value is expected/u, [1, 1]],
  ["JSON that breaks off", '{\n "a": [1,', /is not valid JSON: the text ends where a value is expected/u, [2, 10]],
  ["something behind it", "{} {}", /is not valid JSON: there is more text behind the value/u, [1, 4]],
  ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), /^The body is not valid UTF-8\.$/u, undefined],
  ["too much in each other", "[".repeat(40) + "]".repeat(40), /nested deeper than 32 levels/u, [1, 33]]
]

describe("a request that is wrong", () => {
  it("is tried at every endpoint that there is", () => {
    assert.isAtLeast(operations.length, 40)
    assert.isAtLeast(takingJson.length, 13)
  })

  it.live("by its body is told what, and where, by each endpoint that takes JSON", () =>
    Effect.gen(function* () {
      const ask = yield* asking
      for (const { method, path, target, parameters } of takingJson) {
        // What stands in the path is wrong too where it has to be a GLN; that is told beside the body.
        const inPath = parameters.some(({ name }) => name === "gln") ? 1 : 0
        for (const [what, body, message, place] of broken) {
          const { errors } = problemOf(`${method} ${path}, ${what}`, yield* ask(method, target, body), 400)
          const [fault, ...others] = errors.filter((one) => one.in === "body")
          assert.match(fault?.message ?? "", message, path)
          assert.deepStrictEqual([fault?.line, fault?.column], [place?.[0], place?.[1]], `${path}, ${what}`)
          assert.deepStrictEqual([others, errors.length], [[], 1 + inPath], path)
        }
        const twice = problemOf(
          path,
          yield* ask(method, target, '{"why": "a", "why": "b", "a\\u0000": "\\u0000"}'),
          400
        )
        assert.includeMembers(
          twice.errors.map(({ pointer }) => pointer),
          ["/why", "/a\u0000"],
          path
        )
      }
    })
  )

  it.live("by the kind of its body is told which is taken", () =>
    Effect.gen(function* () {
      const ask = yield* asking
      for (const { method, path, target } of takingJson) {
        for (const type of ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"]) {
          const answer = yield* ask(method, target, "{}", { ...fromConsole, "content-type": type })
          const { errors } = problemOf(`${method} ${path}, ${type}`, answer, 415)
          assert.deepInclude(errors[0], { in: "header", element: "content-type", value: type })
          assert.strictEqual(answer.headers.get("accept"), "application/json")
        }
        // With parameters it is JSON still: what is wrong with it is something else.
        const charset = yield* ask(method, target, "[", {
          ...fromConsole,
          "content-type": "Application/JSON; charset=utf-8"
        })
        problemOf(path, charset, 400)
      }
    })
  )

  it.live("by its size is told the limit", () =>
    Effect.gen(function* () {
      const ask = yield* asking
      const large = JSON.stringify({ why: "x".repeat(9 * 1024 * 1024) })
      for (const { method, path, target } of takingJson) problemOf(path, yield* ask(method, target, large), 413)
    })
  )

  it.live("by fields that there are not, or of other types, is told each of them", () =>
    Effect.gen(function* () {
      const ask = yield* asking
      // Set Event has fields that nobody documents: what it does not know is let alone.
      for (const { method, path, target } of takingJson.filter((one) => one.path !== "/v1/events")) {
        const body = JSON.stringify({ whyy: "misspelt", "a/b": [1], why: 5 })
        const { errors } = problemOf(path, yield* ask(method, target, body), 400)
        const unknown = errors.filter(({ message }) => message === "There is no such field.")
        assert.includeMembers(
          unknown.map(({ pointer }) => pointer),
          ["/whyy", "/a~1b"],
          path
        )
        assert.strictEqual(unknown.find(({ element }) => element === "whyy")?.value, "misspelt", path)
      }
    })
  )

  it.live("by its parameters is told each of them, and its body with them", () =>
    Effect.gen(function* () {
      const ask = yield* asking
      // Probes may ask as they like.
      const probed = operations.filter(({ path }) => path === "/metrics" || path.startsWith("/health/"))
      for (const { target } of probed) assert.strictEqual((yield* ask("GET", `${target}?x=1`)).status, 200)
      for (const { method, path, target, takes } of operations.filter((one) => !probed.includes(one))) {
        const body = takes.length === 0 ? undefined : "{"
        const answer = yield* ask(method, `${target}?limt=5&limt=6&colour=red`, body)
        const { errors } = problemOf(`${method} ${path}`, answer, 400)
        assert.includeDeepMembers(
          errors.filter((one) => one.in === "query"),
          [
            { in: "query", element: "limt", value: "5, 6", message: "There is no such parameter." },
            { in: "query", element: "colour", value: "red", message: "There is no such parameter." }
          ],
          path
        )
      }
      for (const id of ["x", "0", "-1", "1.5", "1e400"]) {
        for (const [method, path] of [
          ["GET", "/v1/messages"],
          ["GET", "/v1/outbox"],
          ["DELETE", "/v1/outbox"]
        ] as const) {
          const { errors } = problemOf(`${path}/${id}`, yield* ask(method, `${path}/${id}`), 400)
          // A text that is no number is no whole one either: one parameter, all that is wrong with it.
          for (const fault of errors) assert.deepInclude(fault, { in: "path", element: "id", value: id })
        }
      }
      const wrong = yield* ask("PUT", "/v1/rules/blocked-requesters/12?x=1", '{"reason": 5, "y": 1}')
      assert.deepStrictEqual(
        problemOf("block", wrong, 400).errors.map((fault) => [fault.in, fault.element, fault.value]),
        [
          ["path", "gln", "12"],
          ["query", "x", "1"],
          ["body", "y", "1"],
          ["body", "reason", "5"]
        ]
      )
    })
  )

  it.live("by its address or method is told that there is nothing, or what there is", () =>
    Effect.gen(function* () {
      const ask = yield* asking
      for (const { path, target } of operations) {
        problemOf(path, yield* ask("GET", `${target}/nothing/at/all`), 404)
        const allowed = operations.filter((one) => one.target === target).map((one) => one.method)
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter(
          (one) => !allowed.includes(one)
        )) {
          const answer = yield* ask(method, target)
          problemOf(`${method} ${path}`, answer, 405)
          const told = answer.headers.get("allow")?.split(", ") ?? []
          assert.includeMembers(told, allowed, path)
          assert.notInclude(told, method, path)
        }
      }
      problemOf("long", yield* ask("GET", `/v1/product-jobs/${"x".repeat(5000)}`), 404)
      problemOf("console", yield* ask("GET", "/console/nothing.js"), 404)
      problemOf("root", yield* ask("GET", "/nothing"), 404)
    })
  )
})
