/** Set Event requests: every documented text has a request that breaks it alone, and everything documented is taken. */
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import type { Fault } from "../../src/api/Problems.ts"
import * as SetEvent from "../../src/api/SetEvent.ts"
import * as Rules from "../../src/api/SetEventRules.ts"

const item = {
  packagingCode: "00992326050107",
  serialNumber: "10000000000A",
  lotNumber: "LOT 1/2",
  expirationDate: "271200"
}

const good = {
  eventTime: "2018-06-05T01:33:34.711Z",
  eventType: "VERIFYING",
  locationType: "GLN",
  locationValue: "9521234000051",
  serialNumberList: [item]
}

const parse = (text: string) => SetEvent.parse(new TextEncoder().encode(text))

const faults = (text: string) => Result.match(parse(text), { onFailure: (found) => found, onSuccess: () => [] })

const of = (changes: object) => faults(JSON.stringify({ ...good, ...changes }))
const ofItem = (changes: object) => of({ serialNumberList: [{ ...item, ...changes }] })

/** One request for each rule; it breaks that one and nothing else. */
const broken = new Map<Rules.SetEventRule, ReadonlyArray<ReadonlyArray<Fault>>>([
  [
    Rules.eventTimeMissing,
    [of({ eventTime: undefined }), of({ eventTime: "" }), of({ eventTime: null }), of({ eventTime: 1 })]
  ],
  [
    Rules.eventTimeFormat,
    [
      "2018-06-05",
      "2018-06-05T01:33:34",
      "2018-06-05T01:33:34+02:00",
      "2018-02-30T00:00:00Z",
      "2018-06-05T24:00:00Z"
    ].map((eventTime) => of({ eventTime }))
  ],
  [Rules.eventTypeMissing, [of({ eventType: undefined }), of({ eventType: " " })]],
  [Rules.eventTypeUnknown, [of({ eventType: "verifying" }), of({ eventType: "SOLD" })]],
  [
    Rules.extensionDataFields,
    [of({ extensionData: { colour: "red" } }), of({ extensionData: ["market"] }), of({ extensionData: "US" })]
  ],
  [
    Rules.marketUnknown,
    ["Narnia", "ALL", "U.S.", " ", 5, ["US"]].map((market) => of({ extensionData: { market, po: "1" } }))
  ],
  [Rules.locationTypeMissing, [of({ locationType: "" })]],
  [Rules.locationTypeUnknown, [of({ locationType: "gln" }), of({ locationType: "COMPANYID" })]],
  [Rules.locationValueMissing, [of({ locationValue: null })]],
  [
    Rules.serialNumberListMissing,
    [of({ serialNumberList: undefined }), of({ serialNumberList: [] }), of({ serialNumberList: "x" })]
  ],
  [Rules.packagingCodeMissing, [ofItem({ packagingCode: "" })]],
  [Rules.packagingCodeTypeUnknown, ["EAN", 5, {}].map((packagingCodeType) => ofItem({ packagingCodeType }))],
  [Rules.serialNumberMissing, [ofItem({ serialNumber: undefined })]],
  [Rules.serialNumberCode, [ofItem({ serialNumber: "0100882025010338211234" })]],
  [Rules.lotNumberMissing, [ofItem({ lotNumber: 12 })]],
  [Rules.expirationDateMissing, [ofItem({ expirationDate: "" })]],
  [
    Rules.expirationDateFormat,
    ["2712", "271301", "270230", "27-12-01", "20271201", "271232"].map((expirationDate) => ofItem({ expirationDate }))
  ],
  [Rules.productionDateFormat, ["2026-01-01", 250101].map((productionDate) => ofItem({ productionDate }))],
  [Rules.variantFormat, [ofItem({ variant: 1 })]]
])

describe("a Set Event request", () => {
  it.each(Rules.all.map((rule) => [rule.text, rule] as const))("is refused with: %s", (_, rule) => {
    const found = broken.get(rule) ?? []
    expect(found.length).toBeGreaterThan(0)
    for (const one of found) expect(one.map(({ message }) => message)).toEqual([rule.text])
  })

  it("says the texts as they are documented, also where they err", () => {
    expect(Rules.locationTypeUnknown.text).toBe(
      "The Set Event Request cannot be processed. The locationType is not valid. The eventType must be one of the following: BR_CNES, BR_CNPJ, BR_CPF, BR_PROF_REG, COMPANYSITEID, DEA, DUNS, DUNS4, GLN, HIN, IN_LOCATION_ID, KR_BUS_REG_NUMBER, KR_PROVIDER_CODE, or SGLN."
    )
    expect(Rules.eventTypeUnknown.text).toBe(
      "The Set Event Request cannot be processed. The eventType is not valid. The eventType must be one of the following: VERIFYING, SHIPPED, RECEIVED, UNDER_INVESTIGATION, AVAILABLE, DAMAGED, DESTROYED, DISPENSED, STOLEN, SAMPLED_BY_AUTHORITIES, UNDO_SHIPPED, UNDO_RECEIVED, UNDO_UNDER_INVESTIGATION, UNDO_AVAILABLE, UNDO_DAMAGED, UNDO_DESTROYED, UNDO_DISPENSED, UNDO_STOLEN, or UNDO_SAMPLED_BY_AUTHORITIES."
    )
    const twice = JSON.stringify(good).replace('"eventType":', '"eventType":"SHIPPED","eventType":')
    expect(faults(twice)).toEqual([
      {
        in: "body",
        element: "eventType",
        pointer: "/eventType",
        line: 1,
        column: 63,
        message: "The Set Event Request cannot be processed. The eventType is specified more than once."
      }
    ])
  })

  it("is told everything that is wrong with it at once, and where", () => {
    const found = of({
      eventTime: "",
      locationType: "",
      serialNumberList: [item, { ...item, lotNumber: "" }, "x"],
      extensionData: { colour: "red", market: "Narnia" }
    })
    expect(found.map(({ element }) => element)).toEqual([
      "eventTime",
      "locationType",
      "serialNumberList[1].lotNumber",
      "serialNumberList[2].packagingCode",
      "serialNumberList[2].serialNumber",
      "serialNumberList[2].lotNumber",
      "serialNumberList[2].expirationDate",
      "extensionData",
      "extensionData.market"
    ])
  })

  it("names a code type and a market in any case, and no market by an empty text", () => {
    for (const market of ["us", "USA", "United States", "de", "", null]) {
      expect(of({ extensionData: { market } })).toEqual([])
    }
    const text = JSON.stringify({ ...good, serialNumberList: [{ ...item, packagingCodeType: "gtin-14" }] })
    const parsed = parse(text)
    expect(Result.isSuccess(parsed) && parsed.success.event.serialNumberList[0]?.packagingCodeType).toBe("GTIN-14")
  })

  it("is refused when it is no JSON object", () => {
    for (const text of ["[]", "null", '"x"', "1"])
      expect(faults(text).map(({ message }) => message)).toEqual(["The request is not a JSON object."])
    for (const [text, message] of [
      ["", "The body is empty."],
      ["{", "The body is not valid JSON: the text ends where a name in quotes is expected."],
      ["<xml/>", "The body is not valid JSON: a value is expected."]
    ] as const)
      expect(faults(text)).toMatchObject([{ in: "body", element: "", pointer: "", message }])
  })

  it("is refused with characters that no text can have, wherever they stand", () => {
    const text = (value: string) => JSON.stringify(good).replace("{", `{"customData":{"a":"${value}"},`)
    for (const value of ["\\u0000", "x\\ud800", "\\uDC00y", "\\\\\\u0000"])
      expect(faults(text(value))).toMatchObject([{ element: "customData.a", pointer: "/customData/a" }])
    for (const value of ["\\\\u0000", "\\ud83d\\ude00", "\\u0001"]) expect(faults(text(value))).toEqual([])
  })

  it("is taken bare and in its envelope, with everything documented", () => {
    const full = {
      ...good,
      serialNumberList: [{ ...item, packagingCodeType: "NTIN", productionDate: "260131", variant: "07" }],
      extensionData: Object.fromEntries(Rules.extensionFields.map((name) => [name, name === "market" ? "US" : "x"])),
      customData: { anything: [1] }
    }
    const bare = Result.getOrThrow(parse(JSON.stringify(full)))
    expect(bare).toEqual({ event: full, envelope: undefined })
    const t = { v: 1, m: "sem--set-event--v1", "app-id": "a", cid: "c" }
    expect(Result.getOrThrow(parse(JSON.stringify({ t, p: full })))).toEqual({ event: full, envelope: t })
    for (const type of Rules.eventTypes) expect(of({ eventType: type })).toEqual([])
  })

  it.each([
    ["10000000000A", "10000000000A"],
    ["01009923260501072110000000000A", "10000000000A"],
    // A bare serial may look like AI text of another code as long as it fits a serial.
    ["010088202501033821 1".replace(" ", ""), "0100882025010338211"]
  ])("reads the serial number %s as %s", (serialNumber, bare) => {
    expect(SetEvent.bareSerial({ ...item, packagingCodeType: "GTIN-14", serialNumber })).toBe(bare)
  })
})

describe("fields that stand twice", () => {
  it.each([
    ['{"a":1,"a":2}', ["/a"]],
    ['{"a":{"b":1},"b":[{"a":1},{"a":2}]}', []],
    ['{"a":"{\\"a\\":1,\\"a\\":2}","b":["a","a"]}', []],
    ['{"x":{"a":1,"\\u0061":2},"y":[{"c~/":":","c~/":1}]}', ["/x/a", "/y/0/c~0~1"]]
  ])("are found in %s", (text, expected) => {
    const found = faults(text).filter(({ message }) => message.endsWith("is specified more than once."))
    expect(found.map(({ pointer }) => pointer)).toEqual(expected)
  })
})
