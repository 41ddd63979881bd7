/**
 * Numbers and rules are looked at when a question is asked: what a transaction committed is answered from at once, and a
 * rule that changes adds and withdraws in the same moment.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as World from "../../src/partners/World.ts"
import { Serials } from "../../src/serials/Serials.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as NumberQueries from "../../src/verification/NumberQueries.ts"
import { type Question, statusCode, Verification } from "../../src/verification/Verification.ts"
import { batch, companies, europeGtin, glns, gtin, ours, put, started, unknownGtin, world } from "./Site.ts"

const asking = Effect.gen(function* () {
  const site = yield* started()
  const ask = (question: Partial<Question> = {}) =>
    Effect.provideContext(
      Verification.use(({ verify }) =>
        verify({ ...ours, asker: { _tag: "Company", company: "elm-wholesale" }, ...question })
      ),
      site.context
    )
  const told = (question: Partial<Question> = {}) =>
    Effect.map(ask(question), (outcome) =>
      outcome._tag === "Answered"
        ? outcome.verdict.verified || (outcome.verdict.failureReason ?? "no")
        : outcome._tag === "NotAsked"
          ? outcome.reason
          : outcome._tag
    )
  const change = (more: object) => Effect.provideContext(put(world(more), { replace: true }), site.context)
  return { ...site, ask, told, change }
})

const rules = (verification: ReadonlyArray<object>) => ({
  dataRules: [{ id: "alder-pharma", company: "alder-pharma", masterData: [{ market: "ALL" }], verification }]
})

describe("a number", () => {
  it.live("can be verified in the transaction that brought it, and by everybody when that commits", () =>
    Effect.gen(function* () {
      const { context, told, sql } = yield* asking
      const decoded = yield* Effect.fromResult(World.decode(JSON.parse(JSON.stringify({ serials: [batch(["NEW"])] }))))
      const prefix = `01${gtin}21`
      const bring = Effect.gen(function* () {
        const serials = yield* Serials
        const numbers = yield* NumberQueries.make
        yield* serials.importWorld(decoded.serials, { actor: "test", clock: new Date() })
        const [found] = yield* numbers.look([{ prefix, serial: "NEW" }])
        assert.deepInclude(found?.known, { state: "commissioned", lot: "L1", expiry: "301130", itemStatus: "shipped" })
        // Others do not see it yet.
        assert.strictEqual(yield* told({ serial: "NEW" }), "No_match_GTIN_Serial")
      })
      yield* Effect.provideContext(Transaction.transaction(bring), context)
      assert.strictEqual(yield* told({ serial: "NEW" }), true)
      yield* sql`UPDATE serials SET state = 'destroyed' WHERE serial = 'NEW'`
      assert.strictEqual(yield* told({ serial: "NEW" }), "Manufacturer_policy")
    })
  )

  it.live("is looked up in one statement, in the order of asking, whatever else is asked", () =>
    Effect.gen(function* () {
      const { context, sql } = yield* asking
      const { look } = yield* Effect.provideContext(NumberQueries.make, context)
      const prefix = `01${gtin}21`
      const wanted = ["S1", "none", "R1", "S1"].map((serial) => ({ prefix, serial }))
      const found = yield* Effect.provideService(look(wanted), SqlClient.SqlClient, sql)
      assert.deepStrictEqual(
        found.map(({ known }) => known?.attributes),
        [[], undefined, ["recalled"], []]
      )
      assert.strictEqual(new Set(found.map(({ version }) => version)).size, 1)
    })
  )
})

describe("a rule", () => {
  it.live("that changes adds and withdraws at once", () =>
    Effect.gen(function* () {
      const { told, change } = yield* asking
      assert.strictEqual(yield* told(), true)
      yield* change(rules([]))
      assert.strictEqual(yield* told(), "No_match_GTIN_Serial")
      yield* change(rules([{ market: "US", itemStatuses: ["available"] }]))
      assert.strictEqual(yield* told(), "No_match_GTIN_Serial")
      yield* change(rules([{ market: "US", itemStatuses: ["available", "shipped"] }]))
      assert.strictEqual(yield* told(), true)
      yield* change(rules([{ market: "GU", itemStatuses: ["all"] }]))
      assert.strictEqual(yield* told(), "No_match_GTIN_Serial")
      yield* change(rules([{ market: "ALL", itemStatuses: ["all"] }]))
      assert.strictEqual(yield* told(), true)
    })
  )

  it.live("of the answers holds for the next question", () =>
    Effect.gen(function* () {
      const { told, change, ask } = yield* asking
      assert.strictEqual(yield* told({ serial: "R1" }), "Manufacturer_policy")
      yield* change({ responseRules: [{ id: "alder-pharma", validWhenRecalled: true }] })
      const outcome = yield* ask({ serial: "R1" })
      assert.deepStrictEqual(outcome._tag === "Answered" ? outcome.verdict : undefined, {
        verified: true,
        additionalInfo: "Recalled"
      })
      yield* change({ responseRules: [{ id: "alder-pharma", sendFailureReason: false }] })
      assert.strictEqual(yield* told({ serial: "none" }), "No_reason_provided")
    })
  )

  it.live("of contexts and of the module hold too", () =>
    Effect.gen(function* () {
      const { told, change, ask } = yield* asking
      const other = "dscsaStatusVerification"
      assert.strictEqual((yield* Effect.flip(ask({ context: other }))).reason._tag, "Malformed")
      yield* change({ settings: { verificationContexts: [other] } })
      assert.strictEqual(yield* told({ context: other }), true)
      assert.strictEqual((yield* Effect.flip(ask())).reason._tag, "Malformed")
      const [alder, elm] = companies
      const off = { companies: [{ ...alder, modules: { masterDataShare: "producer" } }, elm], dataRules: [] }
      yield* change(off)
      assert.strictEqual(yield* told(), "GtinUnknown")
    })
  )
})

describe("an outcome", () => {
  it.live("is positive, negative, could not ask, or no impact, in the codes of Set Event", () =>
    Effect.gen(function* () {
      const { ask } = yield* asking
      const code = (question: Partial<Question>) => Effect.map(ask(question), statusCode)
      assert.strictEqual(yield* code({}), "PIE_SUCCESS")
      assert.strictEqual(yield* code({ lot: "L2" }), "PV_SUBMISSION_FAILURE")
      assert.strictEqual(yield* code({ gtin: unknownGtin }), "PIE_FAILURE")
      assert.strictEqual(yield* code({ gtin: europeGtin }), "SEM_NO_COMPLIANCE_IMPACT")
    })
  )

  it.live("goes by the market as it is meant, and by the producer's data before it", () =>
    Effect.gen(function* () {
      const { ask } = yield* asking
      const code = (question: Partial<Question>) => Effect.map(ask(question), statusCode)
      for (const market of ["us", "USA", " United States ", "Puerto Rico", "", "DE"]) {
        assert.strictEqual(yield* code({ market }), "PIE_SUCCESS", market)
      }
      // Of a product that nobody here knows, what the requester says of the market is all there is.
      for (const market of ["DE", "de", "UK"]) {
        assert.strictEqual(yield* code({ gtin: unknownGtin, market }), "SEM_NO_COMPLIANCE_IMPACT", market)
      }
      for (const market of ["us", "USA", ""])
        assert.strictEqual(yield* code({ gtin: unknownGtin, market }), "PIE_FAILURE")
      for (const market of ["ALL", "U.S.", "Narnia", "ZZ", "DEU"]) {
        const { reason } = yield* Effect.flip(ask({ market }))
        assert.deepStrictEqual(reason._tag === "Malformed" ? reason.faults : reason, [
          { field: "market", message: "must be a country of ISO 3166-1 such as US" }
        ])
      }
    })
  )

  it.live("of a producer's own request is what anybody is told, about its own products only", () =>
    Effect.gen(function* () {
      const { context } = yield* asking
      const own = (company: string, question: Partial<Question> = {}) =>
        Effect.provideContext(
          Verification.use(({ verifyOwn }) => verifyOwn({ ...ours, asker: { _tag: "Company", company }, ...question })),
          context
        )
      assert.strictEqual(statusCode(yield* own("alder-pharma")), "PIE_SUCCESS")
      // Its own product, which nobody has to verify, and one that no rule shares.
      assert.strictEqual(statusCode(yield* own("alder-pharma", { gtin: europeGtin })), "SEM_NO_COMPLIANCE_IMPACT")
      const hidden = {
        id: "hidden",
        owner: "alder-pharma",
        name: "Hidden",
        packagingLevel: "EA",
        codes: [{ type: "GTIN-14", value: "00388888020236" }]
      }
      yield* Effect.provideContext(put({ products: [hidden] }), context)
      const unshared = yield* own("alder-pharma", { gtin: "00388888020236" })
      assert.strictEqual(unshared._tag === "NotAsked" ? unshared.reason : unshared._tag, "GtinUnknown")
      assert.strictEqual((yield* Effect.flip(own("elm-wholesale"))).reason._tag, "Forbidden")
      const foreign = own("alder-pharma", { gtin: unknownGtin })
      assert.strictEqual((yield* Effect.flip(foreign)).reason._tag, "Forbidden")
      const another = own("alder-pharma", { requesterGln: glns.elm })
      assert.strictEqual((yield* Effect.flip(another)).reason._tag, "Forbidden")
    })
  )
})
