/**
 * GS1 lightweight messaging on a real socket over a real database: the shape of answers in every version, encoding of what
 * is hard to write into an address, and every HTTP status.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { ask, awkward, europeGtin, glns, gtin, ours, put, started, target, unknownGtin, world } from "./Site.ts"

const bearer = (key: string, headers: Readonly<Record<string, string>> = {}) => ({
  headers: { authorization: `Bearer ${key}`, ...headers }
})

const keyed = Effect.gen(function* () {
  const site = yield* started()
  const key = yield* site.keyOf("elm-wholesale")
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    ask(site.base, path, bearer(key, headers))
  const inside = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    Effect.provideService(effect, SqlClient.SqlClient, site.sql)
  return { ...site, key, get, inside }
})

const uuid = "21EC2020-3AEA-4069-A2DD-08002B30309D"

describe("an answer", () => {
  it.live("has the shape of the standard, in each of its versions", () =>
    Effect.gen(function* () {
      const { get } = yield* keyed
      for (const version of [undefined, "1.0.2", "1.1", "1.3.0"]) {
        const headers: Record<string, string> = version === undefined ? {} : { "GS1US-Version": version }
        const yes = yield* get(target(ours, { corrUUID: uuid }), headers)
        assert.strictEqual(yes.status, 200, yes.text)
        assert.strictEqual(yes.headers.get("content-type"), "application/json")
        assert.strictEqual(yes.headers.get("cache-control"), "private, no-cache")
        assert.strictEqual(yes.headers.get("gs1us-version"), version === "1.3.0" ? "1.3.0" : null)
        const { verificationTimestamp, ...rest } = JSON.parse(yes.text)
        assert.deepStrictEqual(rest, { responderGLN: glns.alder, data: { verified: true }, corrUUID: uuid })
        assert.match(verificationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)
        assert.deepStrictEqual(Object.keys(JSON.parse(yes.text)), [
          "verificationTimestamp",
          "responderGLN",
          "data",
          "corrUUID"
        ])
        const recalled = yield* get(target({ ...ours, serial: "R1" }), headers)
        assert.deepStrictEqual(JSON.parse(recalled.text).data, {
          verified: false,
          verificationFailureReason: "Manufacturer_policy",
          additionalInfo: version === "1.0.2" ? "recalled" : "Recalled"
        })
        const suspect = yield* get(target({ ...ours, serial: "X1" }), headers)
        assert.strictEqual(JSON.parse(suspect.text).data.additionalInfo, version === "1.0.2" ? undefined : "Suspect")
      }
    })
  )

  it.live("makes a correlation id where there is none, and takes what R1.3 adds", () =>
    Effect.gen(function* () {
      const { get, sql } = yield* keyed
      const path = target(ours, { ctrlPossessAtt: "true", email: "desk+returns@elm.example", telephone: "+1 555 0100" })
      const answer = yield* get(path, { "GS1US-Version": "1.3.0" })
      assert.strictEqual(answer.status, 200)
      assert.match(JSON.parse(answer.text).corrUUID, /^[0-9a-f-]{36}$/u)
      const rows = yield* sql`SELECT in_possession FROM verifications`
      assert.deepStrictEqual(rows, [{ in_possession: true }])
    })
  )

  it.live("is found for serial numbers that are hard to write into an address", () =>
    Effect.gen(function* () {
      const { get, sql } = yield* keyed
      for (const serial of awkward) {
        const answer = yield* get(target({ ...ours, serial }))
        assert.deepStrictEqual([answer.status, JSON.parse(answer.text).data], [200, { verified: true }], serial)
      }
      const rows = yield* sql<{ readonly serial: string }>`SELECT serial FROM verifications ORDER BY id`
      assert.deepStrictEqual(
        rows.map(({ serial }) => serial),
        [...awkward]
      )
    })
  )

  it.live("takes day 00 for the last of the month and says what does not match", () =>
    Effect.gen(function* () {
      const { get } = yield* keyed
      const of = (unit: Partial<typeof ours> | { readonly [K in keyof typeof ours]?: string }) =>
        Effect.map(get(target({ ...ours, ...unit })), ({ text }) => JSON.parse(text).data)
      const no = (reason: string) => ({ verified: false, verificationFailureReason: reason })
      assert.deepStrictEqual(yield* of({ expiry: "301100" }), { verified: true })
      assert.deepStrictEqual(yield* of({ expiry: "301129" }), no("No_match_GTIN_Serial_Expiry"))
      assert.deepStrictEqual(yield* of({ lot: "L2" }), no("No_match_GTIN_Serial_Lot"))
      assert.deepStrictEqual(yield* of({ lot: "L2", expiry: "301129" }), no("No_match_GTIN_Serial_Lot_Expiry"))
      assert.deepStrictEqual(yield* of({ serial: "S2" }), no("No_match_GTIN_Serial"))
      // Commissioned, decommissioned and destroyed numbers are known; a reserved one is not.
      assert.deepStrictEqual(yield* of({ serial: "K1" }), no("Manufacturer_policy"))
      assert.deepStrictEqual(yield* of({ serial: "P1" }), no("No_match_GTIN_Serial"))
    })
  )
})

describe("a question", () => {
  it.live("that is badly formed is a 400 with everything that is wrong", () =>
    Effect.gen(function* () {
      const { get, sql } = yield* keyed
      const wrong = {
        gtin: "00388888020201",
        lot: "L 1",
        serial: "S#1",
        expiry: "301331"
      }
      const answer = yield* get(target(wrong, { context: "whatever" }))
      assert.strictEqual(answer.status, 400)
      for (const field of ["gtin", "serial", "lot", "exp", "context"]) assert.include(answer.text, `${field}: `)
      // What cannot be read at all does not hide what can be read and is wrong; of a field only the first is told.
      const fieldsOf = (path: string, headers: Readonly<Record<string, string>> = {}) =>
        Effect.map(get(path, headers), ({ status, text }) => [
          status,
          ...[...text.matchAll(/(?:^|; )([\w-]+): /gu)].map(([, field]) => field)
        ])
      const bad = "exp=271301&reqGLN=95212340000X4&context=foo&linkType=x&ctrlPossessAtt=yes"
      const base = `/verify/gtin/${gtin}/lot/L1/ser/S1`
      assert.deepStrictEqual(yield* fieldsOf(`${base}?${bad}`, { "GS1US-Version": "9.9" }), [
        400,
        "GS1US-Version",
        "linkType",
        "ctrlPossessAtt",
        "exp",
        "reqGLN",
        "context"
      ])
      assert.strictEqual((yield* get(base)).text, "exp: is missing; reqGLN: is missing\n")
      assert.deepStrictEqual(yield* fieldsOf(`/verify/gtin/1/ser/%E0?reqGLN=1`), [
        400,
        "lot",
        "serial",
        "exp",
        "gtin",
        "reqGLN"
      ])
      assert.deepStrictEqual(yield* fieldsOf("/checkConnectivity?gtin=1&context=foo"), [
        400,
        "reqGLN",
        "gtin",
        "context"
      ])
      const others = [
        target(ours, { linkType: "other" }),
        target(ours, { reqGLN: "" }),
        target(ours, { reqGLN: "12" }),
        target(ours, { ctrlPossessAtt: "yes" }),
        target(ours, { exp: "" }),
        target({ ...ours, serial: "S\u0000" }),
        target({ ...ours, serial: "123456789012345678901" }),
        `/verify/gtin/${gtin}/ser/S1?exp=301130&reqGLN=${glns.elm}`,
        `${target(ours).replace("/ser/S1", "/ser/%E0%A4%A")}`,
        `${target(ours)}&exp=301129`,
        target(ours).replace("/ser/S1", "/ser/S1/more")
      ]
      for (const path of others) assert.strictEqual((yield* get(path)).status, 400, path)
      assert.strictEqual((yield* get(target(ours), { "GS1US-Version": "9.9" })).status, 400)
      // What cannot be put leaves no trace, and the next one is answered.
      assert.deepStrictEqual(yield* sql`SELECT id FROM verifications`, [])
      assert.strictEqual((yield* get(target(ours))).status, 200)
    })
  )

  it.live("may have parameters that mean nothing here, whatever they are, and the expiry of a Digital Link", () =>
    Effect.gen(function* () {
      const { get } = yield* keyed
      for (const more of ["&utm=1&utm=2&x=%E0%A4&=&s4t", "&17=301130"])
        assert.strictEqual((yield* get(target(ours) + more)).status, 200, more)
      assert.strictEqual((yield* get(target(ours).replace("exp=", "17="))).status, 200)
      assert.strictEqual((yield* get(`${target(ours)}&17=301129`)).text, "exp: is given twice\n")
    })
  )

  it.live("of somebody unknown is a 401, by a key for other things or under another's number a 403", () =>
    Effect.gen(function* () {
      const { base, keyOf, get } = yield* keyed
      const anonymous = yield* ask(base, target(ours))
      assert.strictEqual(anonymous.status, 401)
      assert.strictEqual(anonymous.headers.get("www-authenticate"), 'Bearer realm="throughline"')
      assert.strictEqual((yield* ask(base, target(ours), bearer("tl_aaaaaaaa_nothing"))).status, 401)
      const other = yield* keyOf("elm-wholesale", ["send"])
      const told = yield* ask(base, target(ours), bearer(other))
      assert.deepStrictEqual([told.status, told.text], [403, 'This key does not have the scope "verify".\n'])
      assert.strictEqual((yield* get(target(ours, { reqGLN: glns.stranger }))).status, 403)
    })
  )

  it.live("of a blocked requester is a 403 from the moment it is blocked", () =>
    Effect.gen(function* () {
      const { context, get } = yield* keyed
      assert.strictEqual((yield* get(target(ours))).status, 200)
      const blockedRequesters = [{ id: glns.elm, reason: "licence withdrawn", company: "alder-pharma" }]
      yield* Effect.provideContext(put({ blockedRequesters }), context)
      const refused = yield* get(target(ours))
      assert.deepStrictEqual([refused.status, refused.text], [403, `${glns.elm} gets no answers.\n`])
      yield* Effect.provideContext(put(world(), { replace: true }), context)
      assert.strictEqual((yield* get(target(ours))).status, 200)
    })
  )

  it.live("about a GTIN that no directory has, or whose record does not hold, is a 404", () =>
    Effect.gen(function* () {
      const { get, sql } = yield* keyed
      assert.strictEqual((yield* get(target({ ...ours, gtin: unknownGtin }))).status, 404)
      assert.strictEqual((yield* get(target({ ...ours, gtin: europeGtin }))).status, 404)
      yield* sql`INSERT INTO directory_records (provider, record, version, gtin, responder, valid_to, deleted, updated_at, received_at)
        VALUES ('north', 'r1', 1, ${unknownGtin}, ${glns.stranger}, '2025-01-01', false, now(), now())`
      const expired = yield* get(target({ ...ours, gtin: unknownGtin }))
      assert.strictEqual(expired.status, 404)
      assert.include(expired.text, "does not hold")
      const rows = yield* sql<{ readonly scenario: string }>`SELECT scenario FROM verifications ORDER BY id`
      assert.deepStrictEqual(
        rows.map(({ scenario }) => scenario),
        ["GtinUnknown", "NoImpact", "RecordExpired"]
      )
    })
  )

  it.live("about a product of a provider that is not configured is a 502", () =>
    Effect.gen(function* () {
      const { get, sql } = yield* keyed
      yield* sql`INSERT INTO directory_records (provider, record, version, gtin, responder, deleted, updated_at, received_at)
        VALUES ('north', 'r1', 1, ${unknownGtin}, ${glns.stranger}, false, now(), now())`
      assert.strictEqual((yield* get(target({ ...ours, gtin: unknownGtin }))).status, 502)
      const connected = yield* get(`/checkConnectivity?gtin=${unknownGtin}&reqGLN=${glns.elm}`)
      assert.deepStrictEqual(
        [connected.status, connected.text],
        [404, `${unknownGtin} is answered for by north, which is no provider of the configuration.\n`]
      )
    })
  )

  it.live("by any other method is a 405", () =>
    Effect.gen(function* () {
      const { base, key } = yield* keyed
      for (const method of ["POST", "PUT", "DELETE"]) {
        for (const path of [target(ours), "/checkConnectivity"]) {
          const answer = yield* ask(base, path, { method, ...bearer(key) })
          assert.deepStrictEqual([answer.status, answer.headers.get("allow")], [405, "GET"])
        }
      }
    })
  )

  it.live("while the service is closed is a 503", () =>
    Effect.gen(function* () {
      const { base, keyOf } = yield* started({ verification: { maintenance: true } })
      const key = yield* keyOf("elm-wholesale")
      assert.strictEqual((yield* ask(base, target(ours), bearer(key))).status, 503)
      assert.strictEqual((yield* ask(base, "/checkConnectivity", bearer(key))).status, 503)
    })
  )

  it.live("whose answer cannot be recorded gets none: a 503", () =>
    Effect.gen(function* () {
      const { get, sql } = yield* keyed
      yield* sql`ALTER TABLE verifications RENAME TO verifications_away`
      assert.strictEqual((yield* get(target(ours))).status, 503)
      yield* sql`ALTER TABLE verifications_away RENAME TO verifications`
      assert.strictEqual((yield* get(target(ours))).status, 200)
      assert.lengthOf(yield* sql`SELECT id FROM verifications`, 1)
    })
  )

  it.live("that our own fault keeps from an answer is a 500", () =>
    Effect.gen(function* () {
      const { get, sql } = yield* keyed
      yield* sql`ALTER TABLE serials RENAME TO serials_away`
      assert.strictEqual((yield* get(target(ours))).status, 500)
      yield* sql`ALTER TABLE serials_away RENAME TO serials`
      assert.strictEqual((yield* get(target(ours))).status, 200)
    })
  )

  it.live(
    "that the database does not answer in time is a 408",
    () =>
      Effect.gen(function* () {
        const { get, sql } = yield* keyed
        yield* get(target(ours))
        const locked = Effect.gen(function* () {
          yield* sql`LOCK TABLE serials IN ACCESS EXCLUSIVE MODE`
          return yield* get(target(ours))
        }).pipe(sql.withTransaction)
        assert.strictEqual((yield* locked).status, 408)
        assert.strictEqual((yield* get(target(ours))).status, 200)
      }),
    20_000
  )

  it.live(
    "whose answer is not recorded in time gets none: a 503, and the next one its answer",
    () =>
      Effect.gen(function* () {
        const { get, sql } = yield* keyed
        const locked = Effect.gen(function* () {
          yield* sql`LOCK TABLE verifications IN ACCESS EXCLUSIVE MODE`
          return yield* get(target(ours))
        }).pipe(sql.withTransaction)
        assert.strictEqual((yield* locked).status, 503)
        assert.strictEqual((yield* get(target(ours))).status, 200)
      }),
    20_000
  )
})

describe("checkConnectivity", () => {
  it.live("names the responder of our products, and says 400, 403, 404 otherwise", () =>
    Effect.gen(function* () {
      const { get } = yield* keyed
      const path = (query: Readonly<Record<string, string>>) => `/checkConnectivity?${new URLSearchParams(query)}`
      const right = { gtin, reqGLN: glns.elm }
      const answer = yield* get(path(right))
      assert.deepStrictEqual([answer.status, answer.text], [200, JSON.stringify({ responderGLN: glns.alder })])
      assert.strictEqual((yield* get(path({ ...right, context: "dscsaSaleableReturn" }))).status, 200)
      assert.strictEqual((yield* get(path({ gtin }))).status, 400)
      assert.strictEqual((yield* get("/checkConnectivity")).status, 400)
      assert.strictEqual((yield* get(path(right).replace("?", "More?"))).status, 404)
      assert.strictEqual((yield* get(path({ ...right, gtin: "123" }))).status, 400)
      assert.strictEqual((yield* get(path({ ...right, context: "other" }))).status, 400)
      assert.strictEqual((yield* get(path({ ...right, reqGLN: glns.stranger }))).status, 403)
      assert.strictEqual((yield* get(path({ ...right, gtin: unknownGtin }))).status, 404)
    })
  )
})
