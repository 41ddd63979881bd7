/**
 * Reads a workbook back by code that is not ours: the archive by Effect's ZIP decoder, which proves lengths and
 * checksums, the sheets by its XML decoder. Numbers are given as numbers, dates as their day numbers.
 */
import { Effect, Stream } from "effect"
import * as EffectXml from "effect/encoding/Xml"
import * as EffectZip from "effect/encoding/Zip"

export interface ReadCell {
  readonly reference: string
  readonly style: string | undefined
  readonly value: string | number | boolean
}

export interface Sheet {
  readonly xml: string
  readonly rows: ReadonlyArray<ReadonlyArray<ReadCell>>
}

/** The entries of an archive, by name. */
export const entries = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const read = Stream.make(bytes).pipe(
    Stream.pipeThroughChannel(EffectZip.decode()),
    Stream.mapEffect((entry) =>
      Effect.map(Stream.runCollect(entry.body), (pieces): readonly [string, string] => [
        entry.header.path,
        Buffer.concat(pieces).toString("utf8")
      ])
    )
  )
  return new Map(yield* Stream.runCollect(read))
})

type Node = EffectXml.Element

const isNode = (child: Node | string): child is Node => typeof child !== "string"

const inner = (node: Node, name: string): Node | undefined =>
  node.children.filter(isNode).find((child) => child.name === name)

const textOf = (node: Node | undefined): string =>
  (node?.children ?? []).map((child) => (typeof child === "string" ? child : textOf(child))).join("")

/** `_x000D_` stands for a character, `_x005F_` for the underline before a text that reads so. */
const unescaped = (text: string): string =>
  text.replaceAll(/_x([0-9A-Fa-f]{4})_/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

const cellOf = (node: Node): ReadCell => {
  const { r = "", s, t } = node.attributes
  const value = textOf(inner(node, "v"))
  return {
    reference: r,
    style: s,
    value: t === "inlineStr" ? unescaped(textOf(inner(node, "is"))) : t === "b" ? value === "1" : Number(value)
  }
}

/** The sheets of a workbook, in order. */
export const sheets = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const files = yield* entries(bytes)
  const found: Array<Sheet> = []
  for (let n = 1; files.has(`xl/worksheets/sheet${n}.xml`); n++) {
    const xml = files.get(`xl/worksheets/sheet${n}.xml`) ?? ""
    const rows = yield* Stream.make(xml).pipe(
      Stream.pipeThroughChannel(EffectXml.decodeString()),
      Stream.pipeThroughChannel(EffectXml.elements(["worksheet", "sheetData", "row"])),
      Stream.runCollect
    )
    found.push({ xml, rows: rows.map((row) => row.children.filter(isNode).map(cellOf)) })
  }
  return { files, sheets: found }
})
