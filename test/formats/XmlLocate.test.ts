import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Xml from "../../src/formats/Xml.ts"
import { make, Recipe } from "./xml/documents.ts"
import { namespaces, transfer } from "./xml/layouts.ts"

const root = "/snx:SNXSerialNumberTransferMessage"

describe("locating", () => {
  it.layer(Xml.Xml.layer({ workers: 1 }))((it) => {
    it.effect.prop(
      "finds every element of every document, in its original bytes",
      [Recipe],
      Effect.fnUntraced(function* ([recipe]) {
        const { bytes, elements } = make(recipe)
        const xml = yield* Xml.Xml
        const found = yield* xml.locate(
          bytes,
          transfer,
          elements.map(({ path }) => path)
        )
        for (const { path, ...place } of elements) assert.deepStrictEqual(found.get(path), place, path)
        assert.strictEqual(found.size, elements.length)
      })
    )

    it.effect("counts list items over all their parents, and knows attributes by their element", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        const item = (at: number) => `<c:Serial format="x">${at}</c:Serial>`
        const document = `<m:SNXSerialNumberTransferMessage xmlns:m="${namespaces.snx}" xmlns:c="${namespaces.cmn}">
<m:MessageBody><m:SerialNumbers>${item(1)}<Serial/>
${item(2)}</m:SerialNumbers>
<m:SerialNumbers>
  ${item(3)}</m:SerialNumbers></m:MessageBody></m:SNXSerialNumberTransferMessage>`
        const paths = [
          Xml.path(transfer, "serials", 0),
          Xml.path(transfer, "serials", 1),
          Xml.attributePath(transfer, "serials", "format", 2),
          Xml.path(transfer, "serials", 3),
          Xml.path(transfer, "eventDateTime"),
          `${root}/snx:MessageBody/snx:SerialNumbers[2]`,
          Xml.rootPath(transfer),
          "nonsense",
          ""
        ]
        const found = yield* xml.locate(Buffer.from(document), transfer, paths)
        assert.deepStrictEqual(
          paths.map((path) => {
            const place = found.get(path)
            return place === undefined
              ? undefined
              : [place.line, place.column, document.slice(place.offset, place.offset + 8)]
          }),
          [
            [2, 33, "<c:Seria"],
            [3, 1, "<c:Seria"],
            [5, 3, "<c:Seria"],
            undefined,
            undefined,
            [4, 1, "<m:Seria"],
            [1, 1, "<m:SNXSe"],
            undefined,
            undefined
          ]
        )
      })
    )

    it.effect("is quick about thousands of places in a large document, also if that is one line", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        const written = yield* Xml.write(transfer, { serials: Array.from({ length: 100_000 }, (_, at) => `${at}`) })
        for (const document of [written, written.replaceAll("\n", " ")]) {
          const paths = Array.from({ length: 2000 }, (_, at) => Xml.path(transfer, "serials", at * 50))
          const found = yield* xml.locate(Buffer.from(document), transfer, paths)
          assert.strictEqual(found.size, 2000)
          const last = found.get(paths[1999] ?? "")?.offset ?? 0
          assert.isTrue(document.startsWith("<cmn:Serial>99950</cmn:Serial>", last))
        }
      })
    )

    it.effect("answers nothing about files it cannot read", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        for (const bytes of [
          Buffer.alloc(0),
          Buffer.from([0xff, 0xfe, 0, 0]),
          Buffer.from("<a"),
          Buffer.from("<a>".repeat(100_000))
        ]) {
          const found = yield* xml.locate(bytes, transfer, [`${root}/snx:MessageBody`])
          assert.strictEqual(found.size, 0)
        }
      })
    )
  })
})
