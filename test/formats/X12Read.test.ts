/** Reading X12: delimiters, versions, loops, positions, and everything wrong with an interchange at once. */
import { assert, describe, it } from "@effect/vitest"
import * as X12 from "../../src/formats/X12.ts"
import { brief, bytes, compose, read, receipt } from "./X12Samples.ts"

const lined = compose({ lineEnd: "\n" })

describe("X12.read", () => {
  it("reads an interchange into the loops of its set", () => {
    const { interchange, issues } = read(lined)
    assert.deepStrictEqual(issues, [])
    assert.deepStrictEqual(interchange?.sender, { qualifier: "ZZ", id: "FIR" })
    assert.strictEqual(interchange?.controlNumber, "000000017")
    const [set] = interchange?.groups[0]?.sets ?? []
    assert.strictEqual(set?.value.header.receipt, "R-1")
    assert.strictEqual(set?.value.header.masterReference, undefined)
    const [line] = set?.value.lines ?? []
    assert.strictEqual(line?.item.at, 4)
    assert.deepStrictEqual(
      line?.references.map(({ at, qualifier, value, date }) => [at, qualifier, value, date]),
      [
        [5, "LT", "L7", "20271231"],
        [6, "SE", "0001", undefined],
        [7, "SE", "0002", undefined]
      ]
    )
  })

  it("takes its delimiters from the header, whatever they are", () => {
    for (const delimiters of [
      { element: "~", segment: "!", component: '"' },
      { element: "|", segment: "\n", component: ":" },
      { element: "\u001D", segment: "\u001C", component: "\u001F" },
      { element: "*", segment: "'", component: ">" }
    ]) {
      const text = compose({ delimiters })
      assert.deepStrictEqual(brief(read(text)), [], JSON.stringify(delimiters))
      assert.deepStrictEqual(
        brief(read(`\uFEFF \r\n${text.replaceAll(delimiters.segment, `${delimiters.segment}\r\n`)}`)),
        []
      )
    }
  })

  it("takes the repetition separator from 00402 on, and not before", () => {
    const later = compose({ version: "005010" }).replace("N9*SE*0002", "N9*SE*00^02")
    assert.deepStrictEqual(
      brief(read(later)).map((text) => text.split(" ")[0]),
      ["x12/element-character"]
    )
    assert.deepStrictEqual(brief(read(compose().replace("N9*SE*0002", "N9*SE*00^02"))), [])
  })

  it("measures by the version of the group", () => {
    const lot = (length: number, version: string) =>
      brief(
        read(
          compose({ version: "008010" })
            .replace("N9*LT*L7", `N9*LT*${"L".repeat(length)}`)
            .replace("*X*008010", `*X*${version}`)
        )
      )
    assert.deepStrictEqual(lot(30, "004010"), [])
    assert.lengthOf(lot(31, "004010"), 1)
    assert.deepStrictEqual(lot(50, "004030"), [])
    assert.lengthOf(lot(51, "004030"), 1)
    assert.deepStrictEqual(lot(80, "005030"), [])
    assert.lengthOf(lot(81, "005030"), 1)
  })

  it("reads a value in UTF-8, or in ISO 8859-1 where it is none", () => {
    const text = lined.replace("Fir hall", "Tännchen")
    const party = (reading: ReturnType<typeof read>) =>
      reading.interchange?.groups[0]?.sets[0]?.value.parties[0]?.name.name
    assert.strictEqual(party(read(text)), "Tännchen")
    assert.strictEqual(party(X12.read(Buffer.from(text, "latin1"), X12.set944)), "Tännchen")
  })

  it("says everything that is wrong at once, each with segment, element, line and column", () => {
    const broken = lined
      .replace("N9*SE*0002~", "N9**0002~\nZA*1~\nG62*36*20271231~")
      .replace("20271231~\nN9*SE*0001", "20271331~\nN9*SE*0001")
      .replace("SE*9*0001", "SE*10*0002")
      .replace("GE*1*17", "GE*2*18")
      .replace("IEA*1*000000017", "IEA*3*000000018")
    assert.sameMembers(brief(read(broken)), [
      "x12/element-date /GS[1]/ST[1]/N9@5/N904 7:11",
      "x12/element-missing /GS[1]/ST[1]/N9@7/N901 9:4",
      "x12/segment-unknown /GS[1]/ST[1]/ZA@8 10:1",
      "x12/segment-sequence /GS[1]/ST[1]/G62@9 11:1",
      "x12/set-control-number /GS[1]/ST[1]/SE@11/SE02 13:7",
      "x12/set-count /GS[1]/ST[1]/SE@11/SE01 13:4",
      "x12/group-control-number /GS[1]/GE/GE02 14:6",
      "x12/group-count /GS[1]/GE/GE01 14:4",
      "x12/interchange-control-number /IEA/IEA02 15:7",
      "x12/interchange-count /IEA/IEA01 15:5"
    ])
  })

  it("lets segments pass that the set does not have, where the partner's profile says so", () => {
    const text = lined.replace("W14*2~", "ZA*1~\nW14*2~").replace("SE*9*", "SE*10*")
    assert.lengthOf(read(text).issues, 1)
    assert.lengthOf(read(text, { tolerance: { unknownSegments: "ignore" } }).issues, 0)
  })

  it("counts a loop's segments, 200 N9 and not one more", () => {
    const line = receipt.lines?.[0]
    const of = (count: number) => {
      const references = Array.from({ length: count }, (_, n) => ({ qualifier: "SE", value: `${n}` }))
      const text = compose(
        { lineEnd: "\n" },
        { ...receipt, lines: line === undefined ? [] : [{ ...line, references }] }
      )
      return text
    }
    assert.deepStrictEqual(brief(read(of(200))), [])
    // The writer refuses it as the reader does.
    assert.strictEqual(of(201), "")
    const more = of(200).replace("W14*2~", "N9*SE*one more~\nW14*2~").replace("SE*206*", "SE*207*")
    assert.deepStrictEqual(brief(read(more)), ["x12/segment-repeated /GS[1]/ST[1]/N9@205 207:1"])
  })

  it("ends a set that lost its trailer where the next header begins", () => {
    const two = compose({ lineEnd: "\n" }, receipt, receipt).replace("SE*9*0001~\n", "")
    const reading = read(two)
    assert.deepStrictEqual(brief(reading), ["x12/set-trailer-missing /GS[1]/ST[1]/SE@9 11:1"])
    assert.lengthOf(reading.interchange?.groups[0]?.sets ?? [], 2)
  })

  it("goes on to read what is whole of a file that was cut off", () => {
    const reading = read(lined.slice(0, lined.indexOf("W14") + 3))
    assert.sameMembers(
      brief(reading).map((text) => text.split(" ")[0]),
      [
        "x12/unterminated",
        "x12/element-missing",
        "x12/set-trailer-missing",
        "x12/group-trailer-missing",
        "x12/interchange-trailer-missing"
      ]
    )
    assert.lengthOf(reading.interchange?.groups[0]?.sets[0]?.value.lines ?? [], 1)
  })

  it("locates its paths, and leaves out those that lead nowhere", () => {
    const places = X12.locate(bytes(lined), ["/GS[1]/ST[1]/N9@6/N902", "/ISA/ISA06", "/GS[4]/ST[1]/N9@6", "/nonsense"])
    assert.deepStrictEqual(places.get("/GS[1]/ST[1]/N9@6/N902"), {
      line: 8,
      column: 7,
      offset: lined.indexOf("0001~\nN9*SE*0002")
    })
    assert.deepStrictEqual(places.get("/ISA/ISA06"), { line: 1, column: 36, offset: 35 })
    assert.strictEqual(places.size, 2)
  })

  it("sniffs set and envelope of files whose rest is broken", () => {
    assert.deepStrictEqual(X12.sniff(bytes(lined.slice(0, 200))), {
      set: "944",
      sender: { qualifier: "ZZ", id: "FIR" },
      receiver: { qualifier: "ZZ", id: "ELM" },
      controlNumber: "000000017"
    })
    assert.isTrue(X12.claims(bytes(`\uFEFF\n${lined}`)))
    assert.isFalse(X12.claims(bytes("<ISA/>")))
  })
})
