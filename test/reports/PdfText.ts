/**
 * The texts of a PDF page by page, read from its content streams: what is shown, in the order it is drawn. Takes PDFs of
 * standard fonts, whose texts are single bytes of Windows-1252.
 */
import { inflateSync } from "node:zlib"

const latin = new TextDecoder("windows-1252")

/** Texts of one content stream: `[<48656c6c6f> 10 <...>] TJ`, one entry for each line that is drawn. */
const texts = (content: string): ReadonlyArray<string> =>
  [...content.matchAll(/\[((?:[^\]])*)\] TJ/gu)].map(([, parts = ""]) =>
    [...parts.matchAll(/<([0-9a-f]*)>/gu)].map(([, hex = ""]) => latin.decode(Buffer.from(hex, "hex"))).join("")
  )

/** Pages, each as its texts. */
export const pages = (bytes: Uint8Array): ReadonlyArray<ReadonlyArray<string>> => {
  const buffer = Buffer.from(bytes)
  const all = buffer.toString("latin1")
  return [...all.matchAll(/\/Length (\d+)[^>]*\/Filter \/FlateDecode[^>]*>>\s*stream\n/gu)].flatMap((found) => {
    const start = found.index + found[0].length
    const content = inflateSync(buffer.subarray(start, start + Number(found[1]))).toString("latin1")
    return content.includes(" TJ") ? [texts(content)] : []
  })
}
