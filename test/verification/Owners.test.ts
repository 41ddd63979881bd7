/** Whose a number is: what messages of others say of a number makes none that its producer never made, and changes none. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { DirectoryDesk } from "../../src/products/DirectoryDesk.ts"
import { Serials } from "../../src/serials/Serials.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import { type Question, Verification } from "../../src/verification/Verification.ts"
import { batch, companies, gtin, ours, put, started } from "./Site.ts"

const oak = {
  id: "oak-pharma",
  name: "Oak Pharma",
  role: "producer",
  identifiers: [{ type: "GLN", value: "0366666000007" }],
  modules: { masterDataShare: "producer", productVerification: "producer" }
}

const inhabited = Effect.gen(function* () {
  const site = yield* started()
  yield* Effect.provideContext(put({ companies: [...companies, oak] }), site.context)
  const within = <A, E>(
    effect: Effect.Effect<A, E, Effect.Services<ReturnType<typeof put>> | Verification | Serials>
  ) => Effect.provideContext(effect, site.context)
  const told = (question: Partial<Question> = {}) =>
    within(
      Effect.map(
        Verification.use(({ verify }) =>
          verify({ ...ours, asker: { _tag: "Company", company: "elm-wholesale" }, ...question })
        ),
        (outcome) => {
          if (outcome._tag !== "Answered") return outcome._tag
          return outcome.verdict.verified || (outcome.verdict.failureReason ?? "no")
        }
      )
    )
  /** What a receipt does: brings numbers in, moves them to a code of the receiver's, binds them to its lot. */
  const receive = (operation: "receive" | "change-item", serial: string, lot?: string) =>
    within(
      Transaction.transaction(
        Effect.gen(function* () {
          const serials = yield* Serials
          const item = { owner: "elm-wholesale", codeType: "GTIN-14", code: gtin }
          yield* serials.record({
            operation,
            holder: "any",
            values: [`01${gtin}21${serial}`],
            to:
              operation === "change-item"
                ? { item }
                : { company: "elm-wholesale", lot: { item, lot: lot ?? "L1", expiry: "301130" } },
            create: { owner: "elm-wholesale", item, lot: { item, lot: lot ?? "L1", expiry: "301130" } },
            context: { actor: "test", clock: new Date() }
          })
        })
      )
    )
  return { ...site, within, told, receive }
})

describe("a number", () => {
  it.live("of somebody else under a producer's GTIN is none that the producer knows", () =>
    Effect.gen(function* () {
      const { within, told } = yield* inhabited
      yield* within(
        put({ serials: [batch(["OAK"], { owner: "oak-pharma" }), batch(["ELM"], { owner: "elm-wholesale" })] })
      )
      assert.strictEqual(yield* told({ serial: "OAK" }), "No_match_GTIN_Serial")
      assert.strictEqual(yield* told({ serial: "ELM" }), "No_match_GTIN_Serial")
      assert.strictEqual(yield* told(), true)
    })
  )

  it.live("that a receipt brought in is none either, and one it names keeps its producer's lot", () =>
    Effect.gen(function* () {
      const { told, receive } = yield* inhabited
      yield* receive("receive", "NEW")
      assert.strictEqual(yield* told({ serial: "NEW" }), "No_match_GTIN_Serial")
      yield* receive("receive", "S1", "FAKE")
      assert.strictEqual(yield* told({ lot: "FAKE" }), "No_match_GTIN_Serial_Lot")
      assert.strictEqual(yield* told(), true)
    })
  )

  it.live("that a warehouse moved to a code of its own is still its producer's", () =>
    Effect.gen(function* () {
      const { told, receive } = yield* inhabited
      yield* receive("receive", "S1")
      yield* receive("change-item", "S1")
      assert.strictEqual(yield* told(), true)
    })
  )

  it.live("of a GTIN that went over is known to the new owner, also one that the former owner made", () =>
    Effect.gen(function* () {
      const { within, told, context } = yield* inhabited
      const rules = {
        id: "oak-pharma",
        company: "oak-pharma",
        masterData: [],
        verification: [{ market: "ALL", itemStatuses: ["all"] }]
      }
      const serials = [
        batch(["OAK"], { owner: "oak-pharma" }),
        batch(["OLD"], { owner: "oak-pharma", expiry: "290131" })
      ]
      yield* within(put({ dataRules: [rules], serials }))
      const by = { actor: "test" }
      const desk = DirectoryDesk.use(
        Effect.fnUntraced(function* ({ offer, accept }) {
          yield* offer("alder-pharma", `${gtin}-alder-pharma`, { to: "oak-pharma", from: "2030-01-01" }, by)
          yield* accept("oak-pharma", gtin, by)
        })
      )
      yield* Effect.provideContext(Effect.provide(desk, DirectoryDesk.layer), context)
      const outcome = yield* within(
        Verification.use(({ verify }) => verify({ ...ours, asker: { _tag: "Company", company: "elm-wholesale" } }))
      )
      assert.deepInclude(outcome, { _tag: "Answered", responderGln: "0366666000007", verdict: { verified: true } })
      assert.strictEqual(yield* told({ serial: "OAK" }), true)
      // What came before stays the former owner's, and so do its numbers alone.
      assert.strictEqual(yield* told({ serial: "OLD", expiry: "290131" }), "No_match_GTIN_Serial")
    })
  )
})
