/**
 * `throughline serials`: numbers of the repository by what one looks for, in the order they were created.
 */
import { Effect, Option } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { serialStates } from "../partners/World.ts"
import { type Documents, type Listed, Serials } from "../serials/Serials.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

const flags = {
  state: Flag.Literals("state", serialStates).pipe(Flag.withDescription("Only in this state"), Flag.optional),
  code: text("code", "Only of this packaging code, e.g. a GTIN-14"),
  codeType: text("code-type", "Only of packaging codes of this type, e.g. GTIN-14"),
  owner: text("owner", "Only whose packaging code belongs to this company (its key in the world)"),
  company: text("company", "Only held by this company"),
  location: text("location", "Only at this location (its key in the world)"),
  po: text("po", "Only of this purchase order number"),
  workOrder: text("work-order", "Only of this work order number"),
  reference: text("reference", "Only of this reference identifier"),
  after: Flag.Int("after").pipe(Flag.withDescription("The next page, as a list that was cut says"), Flag.optional),
  limit: Options.limit(100),
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

/** Rows asked for at a time; a long list is printed page by page. */
const pageSize = 5_000

/** Reference documents in one phrase. */
export const documentsText = ({ poNumber, poLine, workOrderNumber, referenceIdentifier }: Documents): string =>
  [
    ["PO", poNumber],
    ["line", poLine],
    ["WO", workOrderNumber],
    ["ref", referenceIdentifier]
  ]
    .flatMap(([name, value]) => (value === undefined || value === "" ? [] : [`${name} ${value}`]))
    .join(" ")

const row = ({ value, item, state, company, location, documents }: Listed): ReadonlyArray<string> => [
  value,
  `${item.codeType} ${item.code}`,
  state,
  location === undefined ? company : `${company}, ${location}`,
  documentsText(documents)
]

const headings = ["NUMBER", "PACKAGING CODE", "STATE", "HELD BY", "DOCUMENTS"]

const handler = Effect.fn("serials")(function* (input: Input) {
  const serials = yield* Serials
  const documents = {
    poNumber: Option.getOrUndefined(input.po),
    workOrderNumber: Option.getOrUndefined(input.workOrder),
    referenceIdentifier: Option.getOrUndefined(input.reference)
  }
  const filters = {
    item: {
      ...(Option.isSome(input.codeType) && { codeType: input.codeType.value }),
      ...(Option.isSome(input.code) && { code: input.code.value }),
      ...(Option.isSome(input.owner) && { owner: input.owner.value })
    },
    states: Option.isSome(input.state) ? [input.state.value] : undefined,
    company: Option.getOrUndefined(input.company),
    location: Option.getOrUndefined(input.location),
    documents: Object.values(documents).some((value) => value !== undefined) ? documents : undefined
  }
  let after = Option.getOrUndefined(input.after)
  let left = input.limit
  do {
    const page = yield* serials.list(filters, { limit: Math.min(left, pageSize), after })
    left -= page.rows.length
    if (input.json) yield* Effect.forEach(page.rows, Print.json, { discard: true })
    else if (page.rows.length > 0) yield* Print.line(Print.table(headings, page.rows.map(row)))
    after = page.after
  } while (after !== undefined && left > 0)
  if (left === input.limit) return yield* Print.remark("No such serial numbers.")
  if (after !== undefined) yield* Print.remark(`There may be more: add --after ${after}.`)
})

export const serialsCommand = Command.make("serials", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "List serial numbers: state, holder, reference documents. Numbers are written as messages write them: AI text without parentheses."
  ),
  Command.withShortDescription("Serial numbers as a list"),
  Command.withExamples([
    {
      command: "throughline serials --state encoded --company birch-printing",
      description: "Printed and not passed on yet"
    },
    {
      command: "throughline serials --reference A1013453 --json",
      description: "Of one reference document, for programs"
    }
  ])
)
