/**
 * What may pass to a channel: nothing is cut, nothing is lost without a reason, and what passes fits.
 */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as PassThrough from "../../src/orders/PassThrough.ts"
import type { TradeLine } from "../../src/orders/TradeLine.ts"
import { Capabilities, PartnerChannel } from "../../src/partners/WorldOrders.ts"

const channel = (kind: "warehouse" | "sales", capabilities: unknown): PartnerChannel =>
  Schema.decodeUnknownSync(PartnerChannel)({ id: "c", owner: "a", partner: "b", kind, capabilities })

const line = (more: Partial<TradeLine>): TradeLine => ({
  sourceLineRef: "1",
  sku: "X",
  quantity: 1,
  uom: "EA",
  serialNumbers: [],
  ...more
})

const full = line({ lotNumber: "L1", expirationDate: "2027-12-31", serialNumbers: ["S1", "S22"] })

const reasons = (passings: ReadonlyArray<PassThrough.Passing>) =>
  passings.map(({ what, reason, quantity }) => [what, reason, quantity])

describe("a leg", () => {
  it("that is off passes nothing and says so of each thing", () => {
    const { lines, passings } = PassThrough.pass(channel("warehouse", {}), "receiptIn", [full])
    assert.deepStrictEqual(reasons(passings), [
      ["lot", "pass_through_off", 1],
      ["expiry", "pass_through_off", 1],
      ["serial", "pass_through_off", 2]
    ])
    assert.deepInclude(lines[0], { lotNumber: undefined, expirationDate: undefined, serialNumbers: [] })
  })

  it("that the software cannot is unsupported, on or off", () => {
    const { passings } = PassThrough.pass(channel("warehouse", { poOut: { on: true, supported: false } }), "poOut", [
      full
    ])
    assert.isTrue(passings.every(({ reason }) => reason === "unsupported_channel"))
  })

  it("that is on passes everything a warehouse takes, and lots only to a shop", () => {
    const on = { poOut: { on: true }, salesOut: { on: true } }
    const warehouse = PassThrough.pass(channel("warehouse", on), "poOut", [full])
    assert.deepStrictEqual(warehouse.lines, [full])
    const shop = PassThrough.pass(channel("sales", on), "salesOut", [full])
    assert.deepStrictEqual(reasons(shop.passings), [
      ["lot", undefined, 1],
      ["expiry", undefined, 1],
      ["serial", "serials_unsupported", 2]
    ])
  })

  it("keeps serials from a shop that forbids them, even where it takes serials", () => {
    const forbids = channel("sales", { salesOut: { on: true }, serials: true, serialsDisallowed: true })
    const { passings } = PassThrough.pass(forbids, "salesOut", [line({ serialNumbers: ["S1"] })])
    assert.deepStrictEqual(reasons(passings), [["serial", "serials_disallowed", 1]])
  })

  it("leaves out whole serials and lots that are too long, and whole lines with too many", () => {
    const small = channel("warehouse", { poOut: { on: true }, lotLength: 2, serialLength: 2, serialsPerLine: 2 })
    const { lines, passings } = PassThrough.pass(small, "poOut", [
      full,
      line({ lotNumber: "L", warehouseLotNumber: "LONG" }),
      line({ serialNumbers: ["a", "b", "c"] })
    ])
    assert.deepStrictEqual(reasons(passings), [
      ["lot", undefined, 1],
      ["expiry", undefined, 1],
      ["serial", undefined, 1],
      ["serial", "field_too_long", 1],
      ["lot", undefined, 1],
      ["warehouseLot", "field_too_long", 1],
      ["serial", "too_many_serials", 3]
    ])
    assert.deepStrictEqual(
      lines.map(({ lotNumber, warehouseLotNumber, serialNumbers }) => [lotNumber, warehouseLotNumber, serialNumbers]),
      [
        ["L1", undefined, ["S1"]],
        ["L", undefined, []],
        [undefined, undefined, []]
      ]
    )
  })

  it("to a channel without dates passes none of the three", () => {
    const dateless = channel("warehouse", { poOut: { on: true }, expiry: false })
    const dated = line({ expirationDate: "2027-12-31", bestBeforeDate: "2027-11-30", productionDate: "2026-01-31" })
    const { lines, passings } = PassThrough.pass(dateless, "poOut", [dated])
    assert.deepStrictEqual(reasons(passings), [
      ["expiry", "expiry_unsupported", 1],
      ["bestBefore", "expiry_unsupported", 1],
      ["production", "expiry_unsupported", 1]
    ])
    assert.deepInclude(lines[0], {
      expirationDate: undefined,
      bestBeforeDate: undefined,
      productionDate: undefined
    })
  })

  it("keeps who assigned a lot with the lot", () => {
    const small = channel("warehouse", { poOut: { on: true }, lotLength: 2 })
    const lotSource = { type: "GLN", value: "9521234001058" } as const
    const { lines } = PassThrough.pass(small, "poOut", [
      line({ lotNumber: "L1", lotSource }),
      line({ lotNumber: "LONG", lotSource })
    ])
    assert.deepStrictEqual(
      lines.map((each) => each.lotSource),
      [lotSource, undefined]
    )
  })

  it("of nobody's channel passes all", () => {
    assert.deepStrictEqual(PassThrough.pass(undefined, "receiptIn", [full]), { lines: [full], passings: [] })
  })
})

describe("whatever a channel can", () => {
  const serials = Schema.Array(Schema.String.check(Schema.isMaxLength(6)))
  it.prop(
    "every serial passes or has a reason, in its order and uncut",
    [Capabilities, serials],
    ([capabilities, all]) => {
      const passed = PassThrough.pass(channel("warehouse", { ...capabilities }), "poOut", [
        line({ serialNumbers: all })
      ])
      const counted = passed.passings
        .filter(({ what }) => what === "serial")
        .reduce((sum, { quantity }) => sum + quantity, 0)
      assert.strictEqual(counted, all.length)
      const left = passed.lines[0]?.serialNumbers ?? []
      let from = 0
      for (const serial of left) {
        const at = all.indexOf(serial, from)
        assert.isAtLeast(at, from)
        assert.isAtMost(serial.length, capabilities.serialLength ?? Number.POSITIVE_INFINITY)
        from = at + 1
      }
    }
  )
})
