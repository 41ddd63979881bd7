/** Rows inside rows: which row of the outer ones each inner one stands in, whatever is between them, and layouts that cannot say so. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Xml from "../../src/formats/Xml.ts"

const layout = Xml.layout({
  mapVersion: "nested",
  namespaces: { n: "urn:nested" },
  roots: ["n:Root"],
  fields: {
    outer: Xml.rows("n:Body/n:Outer", { name: "n:Name" }),
    middle: Xml.rows("n:Body/n:Outer/n:Middle", { of: "..", id: "@id" }),
    inner: Xml.rows("n:Body/n:Outer/n:Middle/n:Inner", { of: "..", value: "." })
  }
})

const document = `<Root xmlns="urn:nested"><Body>
  <Outer><Name>first</Name></Outer>
  <Outer><Middle id="a"><Inner>1</Inner><Inner>2</Inner></Middle><Other/><Name>second</Name><Middle id="b"/></Outer>
  <Outer><Name>third</Name><Middle id="c"><Inner>3</Inner></Middle></Outer>
</Body></Root>`

describe("rows inside rows", () => {
  it.layer(Xml.Xml.layer({ workers: 1 }))((it) => {
    it.effect("tell in which row they stand", () =>
      Effect.gen(function* () {
        const { document: read } = yield* Xml.Xml.use((xml) => xml.read(Buffer.from(document), layout, undefined))
        assert.deepStrictEqual(read, {
          outer: [{ name: "first" }, { name: "second" }, { name: "third" }],
          middle: [
            { of: "1", id: "a" },
            { of: "1", id: "b" },
            { of: "2", id: "c" }
          ],
          inner: [
            { of: "0", value: "1" },
            { of: "0", value: "2" },
            { of: "2", value: "3" }
          ]
        })
      })
    )
  })

  it("are declared after the rows they stand in", () => {
    const alone = () =>
      Xml.layout({
        mapVersion: "alone",
        namespaces: { n: "urn:nested" },
        roots: ["n:Root"],
        fields: { inner: Xml.rows("n:Outer/n:Inner", { of: ".." }) }
      })
    assert.throws(alone, 'XML layout: "n:Outer/n:Inner" stands in no rows')
  })
})
