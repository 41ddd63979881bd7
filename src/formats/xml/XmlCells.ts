/**
 * Turns what a worker read (one cell a slot) into the value of the layout, with the layout's own names. Pure; a plan and
 * the fields it was lowered from always fit each other.
 */
import type { Field, Fields, ReadFields } from "./XmlLayout.ts"
import { unpack, unpackSparse } from "./XmlPacked.ts"
import { isField, type Plan, type Slot } from "./XmlPlan.ts"
import type { Cell } from "./XmlTree.ts"

type Filled = ReadonlyMap<string, readonly [Slot, Cell]>

/** The value of a document. The typed signature stands for what the builders of the fields promise. */
export function assemble<F extends Fields>(fields: F, plan: Plan, cells: ReadonlyArray<Cell>): ReadFields<F>
export function assemble(fields: Fields, plan: Plan, cells: ReadonlyArray<Cell>): unknown {
  const filled = new Map<string, readonly [Slot, Cell]>()
  for (const [number, slot] of plan.slots.entries()) {
    const cell = cells[number]
    if (cell !== undefined) filled.set(slot.field, [slot, cell])
  }
  return gather(fields, "", filled)
}

const gather = (fields: Fields, prefix: string, filled: Filled): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const dotted = `${prefix}${name}`
      return [name, isField(field) ? fieldValue(field, dotted, filled) : gather(field, `${dotted}.`, filled)]
    })
  )

const fieldValue = (field: Field, name: string, filled: Filled): unknown => {
  const found = filled.get(name)
  if (found === undefined) return undefined
  const [slot, cell] = found
  switch (cell.kind) {
    case "text":
      return { value: cell.value, occurrences: cell.occurrences, attributes: named(slot, cell.attributes) }
    case "list":
      return {
        values: unpack(cell.values),
        attributes: named(
          slot,
          cell.attributes.map((column) => (column === undefined ? undefined : unpackSparse(column)))
        )
      }
    case "rows": {
      const keys = slot.row?.columns.map(({ key }) => key) ?? []
      return cell.rows.map((row) => Object.fromEntries(keys.map((key, at) => [key, row[at]])))
    }
    case "present":
      return field._tag === "Group" ? gather(field.fields, `${name}.`, filled) : true
    case "absent":
      return field._tag === "Present" ? false : undefined
  }
}

const named = (slot: Slot, values: ReadonlyArray<unknown>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(slot.attributes.map(({ key }, at) => [key, values[at]]))
