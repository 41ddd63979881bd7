/**
 * The documented validation of data rules, case by case: which step decides, in which order, and that everything wrong
 * with a request is told at once.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { itemStatuses, marketNames, markets, type VerificationRule } from "../../src/partners/WorldProducts.ts"
import * as RuleEdit from "../../src/products/RuleEdit.ts"

const all: VerificationRule = { market: "ALL", itemStatuses: ["all"] }
const us: VerificationRule = { market: "US", itemStatuses: ["all"] }
const pr: VerificationRule = { market: "PR", itemStatuses: ["shipped"] }

const set = (before: ReadonlyArray<VerificationRule>, ...records: ReadonlyArray<readonly [string, ...Array<string>]>) =>
  RuleEdit.verification(
    before,
    records.map(([targetMarketCountryCode, ...statuses]) => ({ targetMarketCountryCode, itemStatuses: statuses }))
  )

const taken = (edited: RuleEdit.Edited<VerificationRule>) =>
  Result.isSuccess(edited) ? edited.success : assert.fail(JSON.stringify(edited.failure))
const refused = (edited: RuleEdit.Edited<VerificationRule>) =>
  Result.isFailure(edited) ? edited.failure : assert.fail("was taken")

describe("setting a rule", () => {
  it("1. refuses ALL while rules for other markets exist", () => {
    assert.deepStrictEqual(refused(set([us, pr], ["ALL", "All"])), [
      {
        record: 0,
        kind: "conflict",
        field: "targetMarketCountryCode",
        message:
          "Multiple sync rules cannot apply to the same target market: ALL cannot be set while there are rules for US, PR"
      }
    ])
  })

  it("2. refuses a market while a rule for ALL exists", () => {
    assert.deepStrictEqual(refused(set([all], ["US", "All"])), [
      {
        record: 0,
        kind: "conflict",
        field: "targetMarketCountryCode",
        message:
          "Multiple sync rules cannot apply to the same target market: US cannot be set while there is a rule for ALL"
      }
    ])
  })

  it("3. updates the rule of the market, also the one for ALL", () => {
    assert.deepStrictEqual(taken(set([us, pr], ["US", "Shipped", "Picked"])), {
      rules: [{ market: "US", itemStatuses: ["picked", "shipped"] }, pr],
      taken: [{ market: "US", did: "updated" }]
    })
    assert.deepStrictEqual(taken(set([all], ["ALL", "Available"])).taken, [{ market: "ALL", did: "updated" }])
    assert.deepStrictEqual(taken(set([us], ["US", "All"])).taken, [{ market: "US", did: "unchanged" }])
  })

  it("4. creates it otherwise", () => {
    assert.deepStrictEqual(taken(set([us], ["GU", "Received"])), {
      rules: [us, { market: "GU", itemStatuses: ["received"] }],
      taken: [{ market: "GU", did: "created" }]
    })
    assert.deepStrictEqual(taken(set([], ["ALL", "All"])).rules, [all])
  })

  it("tells a conflict also where the rest of the record is wrong", () => {
    assert.deepStrictEqual(
      refused(set([us], ["ALL", "Sold"], ["US", "All"])).map(({ record, kind }) => [record, kind]),
      [
        [0, "malformed"],
        [0, "conflict"]
      ]
    )
  })

  it("refuses a market that one request selects twice, by whatever name, and changes nothing", () => {
    const message =
      "Multiple sync rules cannot apply to the same target market: each target market can only be selected once, and US is selected twice"
    const again = (record: number) => ({ record, kind: "conflict" as const, field: "targetMarketCountryCode", message })
    assert.deepStrictEqual(refused(set([], ["US", "All"], ["us", "Shipped"])), [again(1)])
    assert.deepStrictEqual(refused(set([us, pr], ["United States of America", "All"], ["PR", "All"], ["US", "All"])), [
      again(2)
    ])
    assert.deepStrictEqual(
      refused(set([us], ["US", "Sold"], ["US", "All"])).map(({ record, kind }) => [record, kind]),
      [
        [0, "malformed"],
        [1, "conflict"]
      ]
    )
    assert.deepStrictEqual(
      refused(set([], ["ALL", "All"], ["ALL", "All"])).map(({ record }) => record),
      [1]
    )
    const share = [{ targetMarketCountryCode: "GU" }, { targetMarketCountryCode: "GU", download: false }]
    assert.isTrue(Result.isFailure(RuleEdit.masterData([], share)))
  })

  it("judges records of one request by those before them", () => {
    assert.deepStrictEqual(
      refused(set([], ["US", "All"], ["ALL", "All"])).map(({ record, kind }) => [record, kind]),
      [[1, "conflict"]]
    )
  })

  it("tells everything that is wrong at once, and then takes nothing", () => {
    const wrong = refused(set([us], ["DE", "All"], ["US", "Sold", "Lost"], ["ALL", "All"], ["PR"], ["GU", "All"]))
    assert.deepStrictEqual(
      wrong.map(({ record, kind, field }) => `${record} ${kind} ${field}`),
      [
        "0 malformed targetMarketCountryCode",
        "1 malformed itemStatuses",
        "1 malformed itemStatuses",
        "2 conflict targetMarketCountryCode",
        "3 malformed itemStatuses"
      ]
    )
    assert.deepStrictEqual(
      refused(set([])).map(({ field }) => field),
      ["records"]
    )
  })

  it("takes the words of the screen: seven markets by code or name, eight item statuses", () => {
    assert.deepStrictEqual(
      markets.map((market) => RuleEdit.marketOf(marketNames[market])),
      [...markets]
    )
    assert.strictEqual(RuleEdit.marketOf("us"), "US")
    assert.strictEqual(RuleEdit.marketOf("all"), "ALL")
    assert.isUndefined(RuleEdit.marketOf("CA"))
    const words = [
      "All",
      "Available",
      "Blocked",
      "Pending Receipt",
      "Picked",
      "Received",
      "Shipped",
      "Under Investigation"
    ]
    assert.deepStrictEqual(words.map(RuleEdit.itemStatusOf), ["all", ...itemStatuses])
    assert.isUndefined(RuleEdit.itemStatusOf("Sold"))
  })

  it("reads All beside others as all", () => {
    assert.deepStrictEqual(taken(set([], ["US", "Shipped", "All"])).rules, [us])
  })
})

const AnyRecord = Schema.Tuple([Schema.Literals(["ALL", ...markets]), Schema.Literals(["All", ...itemStatuses])])

it.effect.prop(
  "never leaves a market with two rules, nor ALL beside another, whatever is set in which order",
  [Schema.Array(AnyRecord).check(Schema.isMaxLength(12))],
  ([records]) =>
    Effect.sync(() => {
      let rules: ReadonlyArray<VerificationRule> = []
      for (const record of records) {
        const edited = set(rules, record)
        if (Result.isSuccess(edited)) rules = edited.success.rules
        else assert.isTrue(record[0] === "ALL" ? rules.length > 0 : rules[0]?.market === "ALL")
      }
      const named = rules.map(({ market }) => market)
      assert.strictEqual(new Set(named).size, named.length)
      assert.isTrue(!named.includes("ALL") || named.length === 1)
    })
)

describe("master data rules", () => {
  it("share for both unless said otherwise, under the same validation", () => {
    const first = RuleEdit.masterData([], [{ targetMarketCountryCode: "US" }])
    assert.deepStrictEqual(Result.isSuccess(first) ? first.success.rules : [], [
      { market: "US", verification: true, download: true }
    ])
    const conflict = RuleEdit.masterData(
      [{ market: "US", verification: true, download: true }],
      [{ targetMarketCountryCode: "ALL", download: false }]
    )
    assert.isTrue(Result.isFailure(conflict) && conflict.failure[0]?.kind === "conflict")
  })
})
