import { describe, expect, expectTypeOf, it } from "vitest"
import * as Xml from "../../src/formats/Xml.ts"
import { namespaces, type Transfer, transfer } from "./xml/layouts.ts"

describe("XML layouts", () => {
  it("infer what a document reads as", () => {
    expectTypeOf<Transfer["packagingItemCode"]>().toEqualTypeOf<Xml.TextValue<{ readonly type: "type" }> | undefined>()
    expectTypeOf<NonNullable<Transfer["packagingItemCode"]>["attributes"]["type"]>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Transfer["serials"]["attributes"]["format"]>().toEqualTypeOf<
      ReadonlyArray<string | undefined> | undefined
    >()
    expectTypeOf<NonNullable<Transfer["referenceDocuments"]>["poNumber"]>().toEqualTypeOf<Transfer["eventDateTime"]>()
    expectTypeOf<Transfer["serialNumbersPresent"]>().toEqualTypeOf<boolean>()
    expectTypeOf<Transfer["results"][number]["code"]>().toEqualTypeOf<string | undefined>()
  })

  it("name places in their own prefixes", () => {
    const root = "/snx:SNXSerialNumberTransferMessage"
    expect(Xml.rootPath(transfer)).toBe(root)
    expect(Xml.path(transfer, "packagingItemCode")).toBe(`${root}/snx:MessageBody/cmn:PackagingItemCode`)
    expect(Xml.path(transfer, "packagingItemCode", 0)).toBe(`${root}/snx:MessageBody/cmn:PackagingItemCode`)
    expect(Xml.path(transfer, "packagingItemCode", 1)).toBe(`${root}/snx:MessageBody/cmn:PackagingItemCode[2]`)
    expect(Xml.path(transfer, "serials", 36)).toBe(`${root}/snx:MessageBody/snx:SerialNumbers/cmn:Serial[37]`)
    expect(Xml.path(transfer, "serials", 0)).toBe(`${root}/snx:MessageBody/snx:SerialNumbers/cmn:Serial[1]`)
    expect(Xml.path(transfer, "referenceDocuments.poLine")).toBe(
      `${root}/snx:MessageBody/cmn:ReferenceDocuments/cmn:POLine`
    )
    expect(Xml.path(transfer, "header.fileSenderNumber")).toBe(`${root}/snx:ControlFileHeader/cmn:FileSenderNumber`)
    expect(Xml.attributePath(transfer, "serials", "format", 2)).toBe(
      `${root}/snx:MessageBody/snx:SerialNumbers/cmn:Serial[3]/@format`
    )
    // @ts-expect-error there is no such field
    Xml.path(transfer, "nothing")
    // @ts-expect-error there is no such attribute
    Xml.attributePath(transfer, "serials", "type")
  })

  it("refuse a prefix that is not declared", () => {
    expect(() =>
      Xml.layout({ mapVersion: "x", namespaces, roots: ["snx:A"], fields: { a: Xml.text("foo:B") } })
    ).toThrow(/foo:B/u)
  })

  it("survive structured cloning as plans", () => {
    expect(structuredClone(transfer.plan)).toEqual(transfer.plan)
  })
})
