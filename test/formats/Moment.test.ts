/** Days and moments of documents: what is one, what it means on every machine, and what only looks like one. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Moment from "../../src/formats/Moment.ts"

describe("Moment", () => {
  it("reads days and moments, of UTC unless they say otherwise", () => {
    for (const [text, expected] of [
      ["2026-11-24", "2026-11-24T00:00:00.000Z"],
      ["2024-02-29", "2024-02-29T00:00:00.000Z"],
      ["2026-11-24T10:00", "2026-11-24T10:00:00.000Z"],
      ["2026-11-24T10:00:30", "2026-11-24T10:00:30.000Z"],
      ["2026-11-24T10:00:30.125Z", "2026-11-24T10:00:30.125Z"],
      ["2026-11-24T10:00:00-05:00", "2026-11-24T15:00:00.000Z"]
    ] as const)
      assert.strictEqual(Moment.read(text)?.toISOString(), expected, text)
  })

  it("takes nothing that is read differently elsewhere, or does not exist", () => {
    const texts = [
      "",
      "24.11.2026",
      "11/12/2026",
      "2026-1-5",
      "20261124",
      "2026-13-45",
      "2026-02-29",
      "2026-11-24 10:00"
    ]
    const times = [
      "2026-11-24T25:00:00Z",
      "2026-11-24T10:61:00Z",
      "2026-11-24T10:00:00+99:00",
      "2026-11-24T10:00:00Z junk"
    ]
    for (const text of [...texts, ...times]) assert.isUndefined(Moment.read(text), text)
  })

  it("writes a day where it is the beginning of one", () => {
    for (const [text, expected] of [
      ["2026-11-24", "2026-11-24"],
      ["2026-11-24T00:00Z", "2026-11-24"],
      ["2026-11-23T19:00:00-05:00", "2026-11-24"],
      ["2026-11-24T10:00:00+02:00", "2026-11-24T08:00:00.000Z"]
    ] as const)
      assert.strictEqual(Moment.text(Moment.read(text)), expected, text)
    assert.isUndefined(Moment.text(undefined))
  })

  it.effect.prop(
    "gives back every moment",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4e12 }))],
    ([ms]) =>
      Effect.sync(() => {
        const text = new Date(ms).toISOString()
        assert.strictEqual(Moment.read(text)?.getTime(), ms)
        assert.strictEqual(Moment.read(Moment.text(new Date(ms)) ?? "")?.getTime(), ms)
      })
  )
})
