/** Class 1 looks at canonical values: what no sample file shows, or what is easier to say of values. */
import { describe, expect, it } from "vitest"
import type { Check } from "../../src/engine/Rule.ts"
import * as Settings from "../../src/partners/Settings.ts"
import { eventTime, type Known, printDocuments } from "../../src/serials/SnxMessage.ts"
import type { TransferRequest } from "../../src/serials/TransferRequest.ts"
import { checks } from "../../src/serials/TransferRules.ts"

const request: Known<TransferRequest> = {
  header: {
    sender: "8888884043540",
    receiver: "8888884043588",
    controlNumber: "1",
    fileDate: "2020-08-14",
    fileTime: "06:30:32Z"
  },
  eventDateTime: "2020-08-14T06:30:32Z",
  eventTimeZoneOffset: "+00:00",
  packagingItemCode: { value: "00992326050107", type: "GTIN-14", occurrences: 1 },
  referenceDocuments: {
    poNumber: undefined,
    poLine: undefined,
    workOrderNumber: undefined,
    referenceIdentifier: "A1"
  },
  serials: undefined,
  eventLocation: "9997777.01994.0",
  transferTo: { value: "8779891024769", type: "GLN", occurrences: 1 },
  settings: Settings.defaults
}

const found = <C>(all: ReadonlyArray<Check<C>>, canonical: C): ReadonlyArray<string> =>
  all.flatMap(({ check }) => [...check(canonical)].map(({ rule }) => rule.id))

describe("class 1 of a transfer request", () => {
  it("has nothing to say of a right one", () => expect(found(checks, request)).toEqual([]))

  it("wants one of the two sequences, whatever is in them", () => {
    const code = [request.packagingItemCode, undefined]
    const documents = [request.referenceDocuments, undefined]
    const lists = [{ values: ["00008820210000260003"], formats: undefined }, undefined]
    for (const packagingItemCode of code)
      for (const referenceDocuments of documents)
        for (const serials of lists) {
          const first = packagingItemCode !== undefined
          const other = referenceDocuments !== undefined
          const listed = serials !== undefined
          const wrong = listed ? first || other : !first
          const ids = found(checks, { ...request, packagingItemCode, referenceDocuments, serials })
          expect(ids.includes("snx-transfer/choice"), JSON.stringify([first, other, listed])).toBe(wrong)
        }
  })

  it("compares enumerations without case, and takes them from the settings", () => {
    const ofType = (type: string, settings: Settings.Settings = Settings.defaults) =>
      found(checks, { ...request, packagingItemCode: { value: "1", type, occurrences: 1 }, settings })
    expect(ofType("CN-ResCode")).toEqual([])
    expect(ofType("gtin-14")).toEqual([])
    expect(ofType("PZN")).toEqual(["snx-transfer/packaging-type-unknown"])
    expect(ofType("PZN", { ...Settings.defaults, packagingCodeTypes: ["PZN"] })).toEqual([])
  })

  it("lets a transfer without a recipient pass, for an operator to complete", () => {
    expect(found(checks, { ...request, transferTo: undefined })).toEqual([])
    expect(found(checks, { ...request, transferTo: { value: "", type: undefined, occurrences: 1 } })).toEqual([])
  })

  it("checks check digits of parties only where the setting says so", () => {
    const settings = { ...Settings.defaults, checkPartyCheckDigits: true }
    const header = { ...request.header, sender: "8779891013658" }
    expect(found(checks, { ...request, header })).toEqual([])
    expect(found(checks, { ...request, header, settings })).toEqual(["snx/party-check-digit"])
    expect(found(checks, { ...request, settings })).toEqual([])
  })

  it("is silent about what the schema has said already", () => {
    const missing = { ...request, eventDateTime: "", eventTimeZoneOffset: "", eventLocation: "" }
    expect(found(checks, missing)).toEqual([])
  })

  it("counts 100,000 bad numbers without keeping them", () => {
    const values = Array.from({ length: 100_000 }, (_, index) => `x${index}`)
    const [unreadable] = checks.filter(({ rule }) => rule.id === "snx-transfer/serial-unreadable")
    const list = {
      ...request,
      packagingItemCode: undefined,
      referenceDocuments: undefined,
      serials: { values, formats: undefined }
    }
    let count = 0
    for (const _ of unreadable?.check(list) ?? []) count++
    expect(count).toBe(100_000)
  })
})

describe("what SNX messages write", () => {
  it.each([
    ["2023-03-31T12:40:21.140Z", "2023-03-31T12:40:21.140Z"],
    ["2020-08-14T06:30:32Z", "2020-08-14T06:30:32.000Z"],
    ["2020-08-14T06:30:32", "2020-08-14T06:30:32.000Z"],
    ["2020-02-29T23:59:59.9Z", "2020-02-29T23:59:59.900Z"],
    ["2019-02-29T00:00:00Z", undefined],
    ["2020-08-14 06:30:32Z", undefined],
    ["2020-08-14T24:00:00Z", undefined],
    ["2020-13-01T00:00:00Z", undefined],
    ["2020-08-14T06:30:32+02:00", undefined],
    ["", undefined]
  ])("event time %s", (text, moment) => expect(eventTime(text)?.toISOString()).toBe(moment))

  it("reference documents", () => {
    expect(
      printDocuments({
        poNumber: "1001764",
        poLine: "001",
        workOrderNumber: "1001764-00",
        referenceIdentifier: "A100352"
      })
    ).toBe("1001764/001, 1001764-00, A100352")
    expect(printDocuments({ poNumber: "", referenceIdentifier: "A1" })).toBe("A1")
  })
})
