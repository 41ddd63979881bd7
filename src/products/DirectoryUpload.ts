/**
 * An upload of directory records: a CSV of GTINs with descriptions, and dates and a comment for all of them. Each row gets
 * its own result, in the documented words; a file with the same GTIN twice is refused as a whole.
 *
 * Pure. Rows that are right are added, whatever becomes of the others.
 */
import { Result } from "effect"
import * as Csv from "../formats/Csv.ts"
import type { Configuration } from "../partners/World.ts"
import * as DirectoryEdit from "./DirectoryEdit.ts"

/** What is the same for all rows. */
export interface Options {
  readonly validFrom?: string | undefined
  readonly validTo?: string | undefined
  readonly comment?: string | undefined
}

/** A row and what became of it. */
export interface Row {
  readonly row: number
  readonly gtin: string
  readonly description?: string | undefined
  readonly status: "Pending" | "Success" | "Failed"
  /** HTTP status of a refusal: 400, 403, 409. */
  readonly code?: number | undefined
  readonly message?: string | undefined
}

export const layout = Csv.layout("THROUGHLINE_CSV_DirectoryUpload_1_0", {
  gtin: { names: ["gtin"], required: "column" },
  description: { names: ["description"] }
})

/** Reads a file; what is wrong with it as a file fails, row for row wrong GTINs do not. */
export const read = (bytes: Uint8Array): Result.Result<ReadonlyArray<Row>, string> => {
  const { rows, issues } = Csv.read(bytes, layout)
  // Columns of a table that has more are none of this upload's business.
  const faults = issues.filter(({ rule }) => rule !== "csv/column-unknown")
  if (rows === undefined || faults.length > 0) return Result.fail(faults.map(({ message }) => message).join("\n"))
  const gtins = rows.map(({ cells }) => cells.gtin ?? "")
  if (new Set(gtins).size < gtins.length) return Result.fail(DirectoryEdit.texts.duplicates)
  return Result.succeed(
    rows.map(({ row, cells: { gtin = "", description } }) => ({ row, gtin, description, status: "Pending" }))
  )
}

/** Adds every row that can be added. `elsewhere` are GTINs that other providers answer for. */
export const add = (
  world: Configuration,
  owner: string,
  rows: ReadonlyArray<Row>,
  options: Options,
  elsewhere: ReadonlySet<string>
): readonly [Configuration, ReadonlyArray<Row>] => {
  // One record at a time would look through the whole directory for each.
  const byGtin = Map.groupBy(world.directory, ({ gtin }) => gtin)
  const added: Array<Configuration["directory"][number]> = []
  const done = rows.map((row): Row => {
    const { gtin, description } = row
    const near = { ...world, directory: byGtin.get(gtin) ?? [] }
    const edited = DirectoryEdit.add(near, owner, { ...options, gtin, description }, "upload", elsewhere)
    if (Result.isFailure(edited)) {
      const [first] = edited.failure
      return {
        ...row,
        status: "Failed",
        code: first?.status,
        message: edited.failure.map(({ message }) => message).join("; ")
      }
    }
    added.push(edited.success[1])
    return { ...row, status: "Success" }
  })
  return [{ ...world, directory: [...world.directory, ...added] }, done]
}
