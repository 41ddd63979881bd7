/** Every answer is recorded before it is given; who may see which; reports as jobs; how old answers go. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { TestClock } from "effect/testing"
import { History, type Viewer } from "../../src/verification/History.ts"
import { HistoryReports, spanOf } from "../../src/verification/HistoryReports.ts"
import { type Outcome, Verification } from "../../src/verification/Verification.ts"
import { companies, europeGtin, glns, gtin, ours, put, started, unknownGtin, world } from "./Site.ts"

const [alder, elm] = companies
const oak = {
  ...elm,
  id: "oak-wholesale",
  name: "Oak Wholesale",
  identifiers: [{ type: "GLN", value: "0366666000007" }]
}

const inhabited = Effect.gen(function* () {
  const site = yield* started({ world: world({ companies: [alder, elm, oak] }) })
  const within = <A, E>(effect: Effect.Effect<A, E, Verification | History | HistoryReports>) =>
    Effect.provideContext(effect, site.context)
  const verify = (company: string, unit: object = {}) =>
    within(Verification.use(({ verify }) => verify({ ...ours, ...unit, asker: { _tag: "Company", company } })))
  const through = (provider: string, unit: object = {}) =>
    within(
      Verification.use(({ verify }) =>
        verify({ ...ours, ...unit, requesterGln: glns.stranger, asker: { _tag: "Provider", provider } })
      )
    )
  return { ...site, within, verify, through }
})

const text = (chunks: ReadonlyArray<Uint8Array>): string => Buffer.concat(chunks).toString("utf8")

describe("history", () => {
  it.live("has the answer when it is given, with who, what, by whom and how fast", () =>
    Effect.gen(function* () {
      const { verify, within } = yield* inhabited
      const outcome = yield* verify("elm-wholesale", {
        serial: "R1",
        inPossession: true,
        corrUuid: "A-1",
        email: "desk@elm.example",
        telephone: "+1 555 0100"
      })
      const [entry] = yield* within(History.use(({ list }) => list("operator", { limit: 10 })))
      assert.strictEqual(entry?.id, outcome.id)
      assert.isAtLeast(entry?.latencyMicros ?? -1, 0)
      const { id: _, at, latencyMicros: __, ...rest } = entry ?? { id: "", at: new Date(0), latencyMicros: 0 }
      assert.strictEqual(at.toISOString(), outcome.at)
      assert.deepStrictEqual<unknown>(rest, {
        outcome: "invalid",
        inNetwork: true,
        inPossession: true,
        gtin,
        serial: "R1",
        lot: "L1",
        expiry: "301130",
        context: "dscsaSaleableReturn",
        requesterGln: glns.elm,
        requester: "elm-wholesale",
        askedBy: null,
        producer: "alder-pharma",
        provider: null,
        responderGln: glns.alder,
        scenario: "B2",
        failureReason: "Manufacturer_policy",
        additionalInfo: "Recalled",
        corrUuid: "A-1",
        credential: null,
        email: "desk@elm.example",
        telephone: "+1 555 0100"
      })
    })
  )

  it.live("does not tell in the scenario what the producer withheld, in no list and no report", () =>
    Effect.gen(function* () {
      const { verify, within, context } = yield* inhabited
      const rules = { id: "alder-pharma", sendFailureReason: false, sendRecalledStatus: false }
      yield* Effect.provideContext(put({ responseRules: [rules] }), context)
      yield* verify("elm-wholesale", { expiry: "301129" })
      yield* verify("elm-wholesale", { serial: "R1" })
      yield* verify("elm-wholesale", { gtin: unknownGtin })
      const seen = (viewer: Viewer) =>
        within(
          Effect.map(
            History.use(({ list }) => list(viewer, { limit: 9 })),
            (rows) => rows.map(({ scenario, failureReason }) => [scenario, failureReason])
          )
        )
      const withheld = "No_reason_provided"
      assert.deepStrictEqual(yield* seen({ company: "elm-wholesale" }), [
        ["GtinUnknown", null],
        [null, withheld],
        [null, withheld]
      ])
      const all = [
        ["B2", withheld],
        ["No expiry", withheld]
      ]
      assert.deepStrictEqual(yield* seen({ company: "alder-pharma" }), all)
      assert.deepStrictEqual((yield* seen("operator")).slice(1), all)

      const report = Effect.fnUntraced(function* (company: string) {
        const { submit, work, file } = yield* HistoryReports
        const day = new Date().toISOString().slice(0, 10).split("-").reverse().join("-")
        const { id } = yield* submit({ company, requestedBy: "test", first: day, last: day })
        yield* work
        return text(yield* Stream.runCollect(file(company, id)))
      })
      assert.notMatch(yield* within(report("elm-wholesale")), /No expiry|B2/u)
      assert.match(yield* within(report("alder-pharma")), /No expiry/u)
    })
  )

  it.live("shows a producer every question about its products: answered, refused, or out of everybody's scope", () =>
    Effect.gen(function* () {
      const { verify, through, within, context } = yield* inhabited
      const blocked = { id: glns.stranger, reason: "diverted product", company: "alder-pharma" }
      const dated = { id: "d", gtin: unknownGtin, owner: "alder-pharma", responder: glns.alder, source: "manual" }
      const directory = [{ ...dated, validTo: "2026-01-01" }]
      yield* Effect.provideContext(put({ blockedRequesters: [blocked], directory }), context)
      yield* verify("elm-wholesale", { gtin: europeGtin })
      yield* verify("elm-wholesale", { gtin: unknownGtin })
      const refused = yield* Effect.flip(through("north", { email: "who@stranger.example" }))
      assert.strictEqual(refused.reason._tag, "Forbidden")
      const rows = yield* within(History.use(({ list }) => list({ company: "alder-pharma" }, { limit: 9 })))
      assert.deepStrictEqual(
        rows.map(({ scenario, outcome, inNetwork, email }) => [scenario, outcome, inNetwork, email]),
        [
          ["RequesterBlocked", "not_asked", true, "who@stranger.example"],
          ["RecordExpired", "not_asked", true, null],
          ["NoImpact", "no_impact", true, null]
        ]
      )
    })
  )

  it.live("shows a producer what was asked about its products and by itself, a consumer its own questions", () =>
    Effect.gen(function* () {
      const { verify, through, within } = yield* inhabited
      yield* verify("elm-wholesale")
      yield* verify("oak-wholesale", { lot: "L2" })
      yield* through("north")
      yield* verify("alder-pharma", { gtin: unknownGtin })
      yield* verify("elm-wholesale", { gtin: europeGtin })
      const seen = (company: string) =>
        within(
          Effect.map(
            History.use(({ list }) => list({ company }, { limit: 10 })),
            (rows) => rows.map(({ requester, askedBy, scenario }) => `${requester ?? askedBy} ${scenario}`)
          )
        )
      assert.deepStrictEqual(yield* seen("alder-pharma"), [
        "elm-wholesale NoImpact",
        "alder-pharma GtinUnknown",
        "north A1",
        "oak-wholesale No lot",
        "elm-wholesale A1"
      ])
      assert.deepStrictEqual(yield* seen("elm-wholesale"), ["elm-wholesale NoImpact", "elm-wholesale null"])
      assert.deepStrictEqual(yield* seen("oak-wholesale"), ["oak-wholesale null"])
      assert.deepStrictEqual(yield* seen("nobody"), [])
      const page = yield* within(History.use(({ list }) => list("operator", { limit: 2 })))
      const next = yield* within(
        History.use(({ list }) => list("operator", { limit: 2, before: page.at(-1)?.id ?? "" }))
      )
      assert.deepStrictEqual(
        [...page, ...next].map(({ scenario }) => scenario),
        ["NoImpact", "GtinUnknown", "A1", "No lot"]
      )
      const invalid = yield* within(History.use(({ list }) => list("operator", { limit: 9, filter: "Invalid" })))
      assert.deepStrictEqual(
        invalid.map(({ scenario }) => scenario),
        ["No lot"]
      )
    })
  )

  it.live("keeps hundreds that are asked at once, each with its own answer", () =>
    Effect.gen(function* () {
      const { verify, sql } = yield* inhabited
      const outcomes = yield* Effect.all(
        Array.from({ length: 600 }, (_, index) =>
          verify("elm-wholesale", { corrUuid: `${index}`, ...(index % 3 === 0 ? { serial: `none${index}` } : {}) })
        ),
        { concurrency: "unbounded" }
      )
      const isRight = (outcome: Outcome, index: number) =>
        outcome.corrUuid === `${index}` && outcome._tag === "Answered" && outcome.verdict.verified === (index % 3 !== 0)
      assert.isTrue(outcomes.every(isRight))
      const rows = yield* sql<{ readonly id: string; readonly corr: string; readonly outcome: string }>`
        SELECT id::text, corr_uuid AS corr, outcome FROM verifications`
      const byId = new Map(rows.map((row) => [row.id, row]))
      assert.strictEqual(byId.size, 600)
      outcomes.forEach(({ id }, index) => {
        const row = byId.get(id ?? "")
        assert.deepStrictEqual([row?.corr, row?.outcome], [`${index}`, index % 3 === 0 ? "invalid" : "valid"])
      })
    })
  )

  it.live("forgets what is older than asked for, and nothing else", () =>
    Effect.gen(function* () {
      const { verify, sql, within } = yield* inhabited
      yield* verify("elm-wholesale")
      yield* sql`INSERT INTO verifications (at, latency_micros, outcome, in_network, gtin, serial, lot, expiry, context,
          requester_gln, scenario, corr_uuid)
        SELECT now() - n * interval '1 day', 1, 'valid', true, ${gtin}, 'old', 'L', '301130', 'x', ${glns.elm}, 'A1', ''
        FROM generate_series(1, 100) AS n`
      const pruned = yield* within(History.use(({ prune }) => prune(new Date(Date.now() - 49.5 * 86_400_000))))
      assert.strictEqual(pruned, 51)
      const [row] = yield* sql<{ readonly count: bigint }>`SELECT count(*) FROM verifications`
      assert.strictEqual(Number(row?.count), 50)
    })
  )
})

describe("a report", () => {
  it.live("is submitted, polled and downloaded as CSV, by its company only", () =>
    Effect.gen(function* () {
      const { verify, through, within, sql } = yield* inhabited
      yield* verify("elm-wholesale", { serial: "=cmd", lot: 'A"B,C', corrUuid: "C-1" })
      yield* through("north")
      yield* sql`UPDATE verifications SET at = '2026-11-20T12:00:00Z'`
      yield* verify("elm-wholesale")
      yield* sql`UPDATE verifications SET at = '2026-11-24T00:00:00Z' WHERE id = (SELECT max(id) FROM verifications)`
      const submit = (company: string, filter: "All" | "Valid" | "Invalid") =>
        within(
          HistoryReports.use(({ submit }) =>
            submit({ company, requestedBy: "desk", first: "17-11-2026", last: "31-12-2026", filter })
          )
        )
      const report = yield* submit("alder-pharma", "All")
      assert.deepInclude(report, { status: "submitted", first: "17-11-2026", last: "23-11-2026", filter: "All" })
      assert.isUndefined(report.fileId)
      const [mine, invalid] = [yield* submit("elm-wholesale", "Valid"), yield* submit("elm-wholesale", "Invalid")]
      yield* within(HistoryReports.use(({ work }) => work))
      const file = (company: string, id: string) =>
        within(
          Effect.gen(function* () {
            const reports = yield* HistoryReports
            const { status, fileId = "" } = yield* reports.poll(company, id)
            assert.strictEqual(status, "done")
            return text(yield* Stream.runCollect(reports.file(company, fileId)))
          })
        )
      const lines = (yield* file("alder-pharma", report.id)).split("\r\n")
      assert.strictEqual(lines[0]?.split(",")[0], "inNetworkVerification")
      assert.lengthOf(lines, 4)
      assert.include(lines[1], `true,2026-11-20T12:00:00.000Z,Invalid,${gtin},"\t=cmd","A""B,C",301130`)
      assert.include(lines[2], "true,2026-11-20T12:00:00.000Z,Valid")
      assert.lengthOf((yield* file("elm-wholesale", mine.id)).split("\r\n"), 2)
      assert.lengthOf((yield* file("elm-wholesale", invalid.id)).split("\r\n"), 3)
      const strange = yield* within(Effect.flip(HistoryReports.use(({ poll }) => poll("oak-wholesale", report.id))))
      assert.strictEqual(strange.reason._tag, "NotFound")
      const mineOnly = yield* within(HistoryReports.use(({ list }) => list("elm-wholesale")))
      assert.deepStrictEqual(mineOnly.map(({ id }) => id).sort(), [mine.id, invalid.id].sort())
    })
  )

  it.live("that a process died over is made by another, and given up after three", () =>
    Effect.gen(function* () {
      const { within, sql } = yield* inhabited
      const submit = HistoryReports.use(({ submit }) =>
        submit({ company: "elm-wholesale", requestedBy: "desk", first: "23-11-2026", last: "23-11-2026" })
      )
      const [taken, left, hopeless] = [yield* within(submit), yield* within(submit), yield* within(submit)]
      yield* sql`UPDATE verification_reports SET attempts = 1, lease_until = now() + interval '1 minute' WHERE id = ${taken.id}`
      yield* sql`UPDATE verification_reports SET attempts = 1, lease_until = now() - interval '1 minute' WHERE id = ${left.id}`
      yield* sql`UPDATE verification_reports SET attempts = 3, lease_until = now() - interval '1 minute' WHERE id = ${hopeless.id}`
      yield* sql`INSERT INTO verification_report_parts VALUES (${left.id}, 0, 'half'), (${left.id}, 7, 'a file')`
      yield* within(HistoryReports.use(({ work }) => work))
      const status = (id: string) =>
        within(
          Effect.map(
            HistoryReports.use(({ poll }) => poll("elm-wholesale", id)),
            (report) => report.status
          )
        )
      assert.deepStrictEqual(
        [yield* status(taken.id), yield* status(left.id), yield* status(hopeless.id)],
        ["submitted", "done", "failed"]
      )
      const parts = yield* sql`SELECT part FROM verification_report_parts WHERE report = ${left.id}`
      assert.deepStrictEqual(parts, [{ part: 0n }])
    })
  )

  it.effect("spans seven days within twelve years, written DD-MM-YYYY", () =>
    Effect.gen(function* () {
      const now = Date.parse("2026-11-24T10:00:00Z")
      yield* TestClock.setTime(now)
      const span = (first: string, last: string) => spanOf({ first, last }, now)
      assert.deepStrictEqual(yield* span("01-11-2026", "07-11-2026"), { first: "2026-11-01", last: "2026-11-07" })
      assert.deepStrictEqual(yield* span("01-11-2026", "08-11-2026"), { first: "2026-11-01", last: "2026-11-07" })
      assert.deepStrictEqual(yield* span("25-02-2020", "25-03-2020"), { first: "2020-02-25", last: "2020-03-02" })
      assert.deepStrictEqual(yield* span("24-11-2014", "24-11-2014"), { first: "2014-11-24", last: "2014-11-24" })
      for (const [first, last] of [
        ["23-11-2014", "24-11-2014"],
        ["2026-11-01", "07-11-2026"],
        ["31-02-2026", "01-03-2026"],
        ["08-11-2026", "07-11-2026"],
        ["", ""]
      ] as const) {
        assert.strictEqual((yield* Effect.flip(span(first, last))).reason._tag, "Invalid", first)
      }
    })
  )
})
