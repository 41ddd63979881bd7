/**
 * A report, declared: its name and title, the document it comes from, columns with headings and types, the filters it
 * takes, the statement that gives its rows, and the settings of the company that drive it. Whatever writes reports works
 * from this alone.
 *
 * Plain values; `Reports` runs them.
 */
import * as Money from "../formats/Money.ts"
import type { Cell, CellKind } from "../formats/Xlsx.ts"
import type { DeskSettingName } from "../partners/WorldOrders.ts"
import type { FilterName } from "./Filters.ts"
import type { Select } from "./ReportQueries.ts"
import type { Words } from "./Scope.ts"

export type { Cell, CellKind } from "../formats/Xlsx.ts"

/** A column of rows of this kind. */
export interface Column<Row> {
  /** As the document writes it. */
  readonly heading: string
  /** Its name for programs. */
  readonly key: string
  readonly kind: CellKind
  /** In characters, for spreadsheets and paper. */
  readonly width: number
  readonly value: (row: Row, words: Words) => Cell | null
}

/** A setting of the serial desk that switches a report on, and what to say while it is off. */
export interface Needed {
  readonly setting: DeskSettingName
  readonly otherwise: string
}

export interface Declaration<Row> {
  readonly name: string
  readonly title: string
  /** What it tells, in a sentence or two. */
  readonly about: string
  /** The document it comes from, or whose it is. */
  readonly source: string
  readonly takes: ReadonlyArray<FilterName>
  readonly needs?: ReadonlyArray<FilterName>
  readonly setting?: Needed
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rows: Select<Row>
  /** Command lines that show it, without `throughline report NAME`. */
  readonly examples: ReadonlyArray<{ readonly filters: string; readonly description: string }>
}

/** A report whatever its rows are; `read` gives their cells in the order of the columns. */
export interface Report extends Omit<Declaration<never>, "columns" | "rows" | "needs"> {
  readonly needs: ReadonlyArray<FilterName>
  readonly columns: ReadonlyArray<Omit<Column<never>, "value">>
  readonly read: <A>(with_: <Row>(rows: Select<Row>, cells: (row: Row, words: Words) => ReadonlyArray<Cell>) => A) => A
}

/** Declares a report. */
export const define = <Row>({ columns, rows, needs = [], ...rest }: Declaration<Row>): Report => ({
  ...rest,
  needs,
  columns: columns.map(({ heading, key, kind, width }) => ({ heading, key, kind, width })),
  read: (with_) => with_(rows, (row, words) => columns.map(({ value }) => value(row, words) ?? undefined))
})

type Value<Row> = Column<Row>["value"]

/** A key for programs out of a heading: `WH TRANSF. #` is `whTransf`, `PO#` is `po`. */
const keyOf = (heading: string): string =>
  heading
    .replaceAll(/[^A-Za-z0-9]+/gu, " ")
    .trim()
    .split(/ |(?<=[a-z])(?=[A-Z])/u)
    .map((word, index) =>
      index === 0 ? word.toLowerCase() : `${word.slice(0, 1).toUpperCase()}${word.slice(1).toLowerCase()}`
    )
    .join("")

const column =
  (kind: CellKind, usual: number) =>
  <Row>(heading: string, value: Value<Row>, width = usual): Column<Row> => ({
    heading,
    key: keyOf(heading),
    kind,
    width,
    value
  })

export const text = column("text", 18)
export const number = column("number", 12)
export const moment = column("moment", 20)
export const flag = column("flag", 10)

/** Decimal texts of any number of places. */
export const money = <Row>(heading: string, value: Value<Row>, width = 12): Column<Row> =>
  column("money", width)<Row>(heading, (row, words) => {
    const amount = value(row, words)
    return typeof amount === "string" ? Money.money(amount) : amount
  })

/** Days, or moments of which only the day in UTC is told. */
export const day = <Row>(heading: string, value: Value<Row>, width = 12): Column<Row> =>
  column("day", width)<Row>(heading, (row, words) => {
    const at = value(row, words)
    return at instanceof Date ? at.toISOString().slice(0, 10) : at
  })
