/**
 * The SNX layouts: the paths that rules name are paths of the layouts, responses are written as the schema wants and
 * read back the same, and the documented examples read as what they say.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import * as NumberResponse from "../../mappings/THROUGHLINE_XML_SNX_Response_1_0_OB_V1_0.ts"
import * as NumberRequest from "../../mappings/TL_XML_SNX_Request_1_0_IB_V2_2.ts"
import * as Disposition from "../../mappings/TL_XML_SNX_SerialNumberDispositionUpdated_1_0_IB_V1_6.ts"
import * as Request from "../../mappings/TL_XML_SNX_SerialNumberTransfer_1_0_IB_V1_1.ts"
import * as Response from "../../mappings/TL_XML_SNX_SerialNumberTransferResponse_1_0_OB_V1_1.ts"
import * as Xml from "../../src/formats/Xml.ts"
import type { ObjectIdentifier } from "../../src/serials/SnxMessage.ts"
import * as Places from "../../src/serials/SnxPlaces.ts"
import type { TransferResponse } from "../../src/serials/TransferResponse.ts"

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const sample = (path: string) => readFileSync(file(`samples/${path}`))
const schemaOf = ({ mapVersion }: Xml.AnyLayout) => file(`xsd/${mapVersion}.xsd`)

describe("paths that rules name", () => {
  it("are those of the layouts", () => {
    const request = Places.transferRequest
    assert.strictEqual(request.root, Xml.rootPath(Request.layout))
    assert.strictEqual(request.serial(36), Xml.path(Request.layout, "serials.list", 36))
    assert.strictEqual(`${request.serial(0)}/@format`, Xml.attributePath(Request.layout, "serials.list", "format", 0))
    assert.strictEqual(request.header("cmn:FileTime"), Xml.path(Request.layout, "header.fileTime"))
    assert.strictEqual(request.body("snx:SerialNumbers"), Xml.path(Request.layout, "serials.present"))
    assert.strictEqual(request.body("cmn:SNTransferToLocation"), Xml.path(Request.layout, "transferTo"))
    assert.strictEqual(
      request.body("cmn:PackagingItemCode/@type"),
      Xml.attributePath(Request.layout, "packagingItemCode", "type")
    )
    assert.strictEqual(
      request.body("cmn:ReferenceDocuments/cmn:POLine"),
      Xml.path(Request.layout, "referenceDocuments.poLine")
    )
    const response = Places.transferResponse
    assert.strictEqual(response.serial(2), Xml.path(Response.layout, "serials.list", 2))
    assert.strictEqual(response.body("cmn:Quantity"), Xml.path(Response.layout, "quantity"))
    assert.strictEqual(
      response.body("cmn:ObjectIdentifier/cmn:CNSubtypeObjectKey/@codeLevel"),
      Xml.attributePath(Response.layout, "objectIdentifier.cnSubtype", "codeLevel")
    )
    const update = Places.dispositionUpdate
    assert.strictEqual(update.serial(0), Xml.path(Disposition.layout, "serials.list", 0))
    assert.strictEqual(
      update.body("snx:EventSummary/snx:TotalSerialNumberCount"),
      Xml.path(Disposition.layout, "summary.total")
    )
    assert.strictEqual(update.body("cmn:PackagingSerialNumberStatus"), Xml.path(Disposition.layout, "status"))
    const numbers = Places.numberRequest
    assert.strictEqual(numbers.body("cmn:PlantLocationId"), Xml.path(NumberRequest.layout, "plantLocationId"))
    assert.strictEqual(numbers.body("cmn:ReferenceDocuments"), Xml.path(NumberRequest.layout, "referenceDocuments"))
    assert.strictEqual(Places.numberResponse.serial(0), Xml.path(NumberResponse.layout, "serials.list", 0))
  })
})

const Digits = (length: number) => Schema.String.check(Schema.isPattern(new RegExp(`^\\d{${length}}$`, "u")))
const noKeys: ObjectIdentifier = {
  companyPrefix: undefined,
  gtin14: undefined,
  cnSubtype: undefined,
  codeLevel: undefined,
  packageRatio: undefined,
  ntin: undefined,
  keys: 1
}
const header = {
  sender: "8779891013658",
  receiver: "8888884043540",
  controlNumber: "1",
  fileDate: "2020-08-14",
  fileTime: "06:30:32Z"
}

/** Responses as they go out: one key or none, any number of numbers but none. */
const anyResponse: Arbitrary.Arbitrary<TransferResponse> = Arbitrary.map(
  Arbitrary.schema(
    Schema.Struct({
      kind: Schema.Literals(["gtin14", "ntin", "companyPrefix", "cnSubtype", "none"]),
      digits: Digits(14),
      level: Schema.Literals(["", "1", "3"]),
      numbers: Schema.NonEmptyArray(Digits(18))
    })
  ),
  ({ kind, digits, level, numbers }) => {
    const key = {
      gtin14: { ...noKeys, gtin14: digits },
      ntin: { ...noKeys, ntin: digits },
      companyPrefix: { ...noKeys, companyPrefix: digits.slice(0, 7) },
      cnSubtype: {
        ...noKeys,
        cnSubtype: digits.slice(0, 10),
        codeLevel: level === "" ? undefined : level,
        packageRatio: "1:48:240"
      },
      none: undefined
    }[kind]
    return {
      header,
      requestId: undefined,
      referenceDocuments: undefined,
      numberEncoding: key === undefined ? undefined : "AI(01)+AI(21)",
      objectIdentifier: key,
      quantity: `${numbers.length}`,
      serials: { values: numbers.map((number) => `00${number}`), formats: undefined }
    }
  }
)

describe("SNX documents", () => {
  it.layer(Xml.Xml.layer({ workers: 1 }), { excludeTestServices: true })((it) => {
    const read = <F extends Xml.Fields>(layout: Xml.Layout<F>, bytes: Uint8Array) =>
      Xml.Xml.use((xml) => xml.read(bytes, layout, schemaOf(layout)))

    it.effect("read the documented request by packaging code and reference documents", () =>
      Effect.gen(function* () {
        const { document, issues } = yield* read(
          Request.layout,
          sample("snx-transfer/documented-by-reference/transfer.xml")
        )
        assert.deepStrictEqual(issues, [])
        assert.isDefined(document)
        if (document === undefined) return
        const { packagingItemCode, referenceDocuments, serials, transferTo, header } = Request.canonical(document)
        assert.deepStrictEqual(packagingItemCode, { value: "00992326050107", type: "GTIN-14", occurrences: 1 })
        assert.strictEqual(referenceDocuments?.referenceIdentifier, "A1013453")
        assert.isUndefined(serials)
        assert.deepStrictEqual(transferTo, { value: "8779891024769", type: "GLN", occurrences: 1 })
        assert.strictEqual(header.controlNumber, "0000000002")
      })
    )

    it.effect("read the documented request by list", () =>
      Effect.gen(function* () {
        const { document, issues } = yield* read(Request.layout, sample("snx-transfer/documented-by-list/transfer.xml"))
        assert.deepStrictEqual(issues, [])
        const serials = document === undefined ? undefined : Request.canonical(document).serials
        assert.deepStrictEqual(serials?.values, [
          "00008820210000260003",
          "00008820210000260010",
          "00008820210000260027",
          "00008820210000260034",
          "00008820210000260041"
        ])
      })
    )

    it.effect("read the documented responses, and write them with the same content", () =>
      Effect.gen(function* () {
        for (const name of ["documented-by-reference", "documented-by-list"]) {
          const { document, issues } = yield* read(
            Response.layout,
            sample(`snx-transfer-response/${name}/response.xml`)
          )
          assert.deepStrictEqual(issues, [])
          if (document === undefined) return assert.fail("no document")
          const written = yield* Xml.write(Response.layout, Response.document(Response.canonical(document)))
          const again = yield* read(Response.layout, Buffer.from(written))
          assert.deepStrictEqual(again.document, document)
        }
      })
    )

    it.effect.prop("write responses that the schema accepts and that read back the same", [anyResponse], ([response]) =>
      Effect.gen(function* () {
        const written = yield* Xml.write(Response.layout, Response.document(response))
        const { document, issues } = yield* read(Response.layout, Buffer.from(written))
        assert.deepStrictEqual(issues, [])
        if (document === undefined) return assert.fail("no document")
        assert.deepStrictEqual(Response.canonical(document), response)
      })
    )

    it.effect("leave structure to the schema", () =>
      Effect.gen(function* () {
        const good = sample("snx-transfer/documented-by-reference/transfer.xml").toString()
        const broken: ReadonlyArray<readonly [string, string, Xml.RuleId]> = [
          ["<cmn:EventLocation>9997777.01994.0</cmn:EventLocation>", "", "xml/schema-element"],
          ["<MessageBody>", "<MessageBody><cmn:Remark/>", "xml/schema-element"],
          ["<cmn:FileSenderNumber>8779891013658<", `<cmn:FileSenderNumber>${"1".repeat(21)}<`, "xml/schema-value"],
          ["<cmn:FileControlNumber>0000000002<", "<cmn:FileControlNumber><", "xml/schema-value"],
          ["<cmn:FileDate>2020-08-14<", "<cmn:FileDate>2020-02-31<", "xml/schema-value"],
          ["<cmn:FileDate>2020-08-14<", "<cmn:FileDate>20200814<", "xml/schema-value"],
          ["06:30:32Z</cmn:FileTime>", "24:30:32Z</cmn:FileTime>", "xml/schema-value"],
          ["+00:00", "+0:00", "xml/schema-value"],
          ["9997777.01994.0", "9".repeat(35), "xml/schema-value"],
          [' type="GTIN-14"', ' kind="GTIN-14"', "xml/schema-attribute"]
        ]
        for (const [from, to, rule] of broken) {
          const { totals } = yield* read(Request.layout, Buffer.from(good.replace(from, to)))
          assert.deepStrictEqual(totals, { [rule]: 1 }, to)
        }
      })
    )
  })
})
