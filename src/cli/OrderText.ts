/**
 * Order documents as people read them: one in full with lots, serials, what passed to channels and what did not, and
 * rows of lists. Pure; what partners wrote is printed without control characters.
 */
import type { StoredDocument, StoredHead, StoredLine, StoredPassage, StoredVersion } from "../orders/Orders.ts"
import type { LotListing, OverrideRecord } from "../orders/OrdersModel.ts"
import { serialOf } from "../orders/SerialText.ts"
import type { DocumentKind } from "../orders/TradeDocument.ts"
import * as Print from "./Print.ts"

/** `purchase-order` for `purchase_order`: how commands name kinds. */
export const kindWord = (kind: DocumentKind): string => kind.replaceAll("_", "-")

const day = (date: Date | undefined): string => (date === undefined ? "" : date.toISOString().slice(0, 10))

export const headings = ["KIND", "NUMBER", "STATUS", "DATE", "PARTNER", "WAREHOUSE", "OF", "MESSAGE"]

export const row = (head: StoredHead): ReadonlyArray<string> => [
  kindWord(head.kind),
  Print.plain(head.number),
  head.effective ? Print.styled("green", head.status) : head.status,
  day(head.date),
  Print.plain(head.partner ?? ""),
  head.warehouse ?? "",
  head.order === undefined ? "" : `${kindWord(head.order.kind)} ${Print.plain(head.order.number)}`,
  head.messageId === undefined ? "" : `${head.messageId}`
]

export const lotHeadings = [
  "LOT",
  "PRODUCT",
  "QUANTITY",
  "KIND",
  "NUMBER",
  "PARTNER",
  "WAREHOUSE",
  "OF",
  "DATE",
  "EXPIRES"
]

export const lotRow = (line: LotListing): ReadonlyArray<string> => [
  Print.plain(line.lot),
  Print.plain(line.product ?? ""),
  `${line.quantity}`,
  kindWord(line.kind),
  Print.plain(line.number),
  Print.plain(line.partner ?? ""),
  line.warehouse ?? "",
  Print.plain(line.order ?? ""),
  day(line.date),
  line.expiration ?? ""
]

/** Everything known of one document. */
export interface Shown {
  readonly document: StoredDocument
  readonly serials: ReadonlyMap<number, ReadonlyArray<string>>
  readonly versions: ReadonlyArray<StoredVersion>
  readonly passages: ReadonlyArray<StoredPassage>
  readonly overrides: ReadonlyArray<OverrideRecord>
}

const field = (name: string, value: string | undefined): ReadonlyArray<string> =>
  value === undefined || value === "" ? [] : [`  ${name.padEnd(14)} ${Print.plain(value)}`]

const lotsOf = ({ lot, supplierLot, warehouseLot }: StoredLine): string =>
  [lot, supplierLot === undefined ? undefined : `supplier ${supplierLot}`, warehouseLot && `warehouse ${warehouseLot}`]
    .filter((text) => text !== undefined && text !== "")
    .join(", ")

const lineRow = (line: StoredLine): ReadonlyArray<string> => [
  Print.plain(line.parentRef === undefined ? line.lineRef : `${line.lineRef} of ${line.parentRef}`),
  Print.plain(line.sku ?? line.gtin ?? ""),
  `${line.quantity} ${Print.plain(line.uom)}`,
  Print.plain(lotsOf(line)),
  line.expiration ?? "",
  line.price ?? "",
  line.serials === 0 ? "" : `${line.serials}`
]

/** Serials shown of a line before the rest is counted; `--json` prints all of them. */
const shownSerials = 50

const serialLines = ({ document, serials }: Shown): ReadonlyArray<string> =>
  document.lines.flatMap((line) => {
    const values = serials.get(line.id) ?? []
    if (values.length === 0) return []
    const texts = values.slice(0, shownSerials).map((value) => Print.plain(serialOf(value)))
    const rest = values.length - texts.length
    const more = rest > 0 ? `, and ${Print.count(rest, "more serial number")}` : ""
    return [`  line ${Print.plain(line.lineRef)}: ${texts.join(", ")}${more}`]
  })

const passageText = ({ channel, stage, what, lineRef, reason, quantity }: StoredPassage): string =>
  `  ${channel} ${stage} ${lineRef === undefined ? "" : `line ${Print.plain(lineRef)}: `}${quantity} ${what}${
    reason === undefined ? " passed" : Print.styled("yellow", ` skipped: ${reason}`)
  }`

/** A document in full. */
export const full = (shown: Shown): string => {
  const { document, versions, passages, overrides } = shown
  const { kind, number, company, status, partner, warehouse, order, head } = document
  const title = `${kindWord(kind)} ${Print.plain(number)} of ${company}, ${status}`
  const section = (name: string, lines: ReadonlyArray<string>) =>
    lines.length === 0 ? [] : ["", Print.styled("bold", name), ...lines]
  return [
    Print.styled("bold", title),
    ...field("partner", partner),
    ...field("warehouse", warehouse),
    ...field("about", order === undefined ? undefined : `${kindWord(order.kind)} ${order.number}`),
    ...Object.entries(head).flatMap(([name, value]) => field(name, value)),
    ...(document.lines.length === 0
      ? []
      : [
          "",
          Print.table(
            ["LINE", "PRODUCT", "QUANTITY", "LOT", "EXPIRES", "PRICE", "SERIALS"],
            document.lines.map(lineRow)
          )
        ]),
    ...section("Serial numbers", serialLines(shown)),
    ...section("Pass-through", passages.map(passageText)),
    ...section(
      "Overridden",
      overrides.map(({ rule, findings, actor, reason }) =>
        Print.plain(`  ${rule}, ${Print.count(findings, "finding")}: ${actor}, ${reason}`)
      )
    ),
    ...section(
      "History",
      versions.map(
        (version) =>
          `  ${Print.moment(version.recordedAt)}  ${version.status}  from ${version.sender}${
            version.messageId === undefined ? "" : `, message ${version.messageId}`
          }`
      )
    )
  ].join("\n")
}

/** The same for programs: serials by line, all of them. */
export const json = ({ document, serials, versions, passages, overrides }: Shown) => ({
  ...document,
  lines: document.lines.map((line) => ({
    ...line,
    serialNumbers: (serials.get(line.id) ?? []).map(serialOf),
    identities: serials.get(line.id)
  })),
  passages,
  overrides,
  versions
})
