/**
 * `throughline orders`: order documents with their lots and serials (list, show, find), and messages about them (release,
 * cancel, post), which go through the journal like a partner's.
 */
import { Clock, Effect, FileSystem, Option, Path } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Journal } from "../engine/Journal.ts"
import { Orders } from "../orders/Orders.ts"
import { documentKinds } from "../orders/TradeDocument.ts"
import { Partners } from "../partners/Partners.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as OrderText from "./OrderText.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const kinds = documentKinds.map(OrderText.kindWord)
const kindOf = (word: string) => documentKinds.find((kind) => OrderText.kindWord(kind) === word)

const kindArgument = Argument.Literals("kind", kinds).pipe(Argument.withDescription(`One of ${kinds.join(", ")}`))
const numberArgument = Argument.String("number").pipe(Argument.withDescription("The document's number"))
const company = Flag.String("company").pipe(
  Flag.withDescription("Of this company (its key in the world); needed where two use the same number"),
  Flag.optional
)

const listFlags = {
  kind: Flag.Literals("kind", kinds).pipe(Flag.withDescription("Only of this kind"), Flag.optional),
  status: Flag.String("status").pipe(Flag.withDescription("Only in this status, e.g. draft"), Flag.optional),
  partner: Flag.String("partner").pipe(Flag.withDescription("Only of this vendor or customer"), Flag.optional),
  company,
  after: Flag.Int("after").pipe(Flag.withDescription("The next page, as a list that was cut says"), Flag.optional),
  limit: Options.limit(100),
  json: Options.json
}

const list = Effect.fn("orders.list")(function* (input: Command.Command.Config.Infer<typeof listFlags>) {
  const orders = yield* Orders
  const kind = Option.isNone(input.kind) ? undefined : kindOf(input.kind.value)
  const rows = yield* orders.list(
    {
      company: Option.getOrUndefined(input.company),
      kinds: kind === undefined ? undefined : [kind],
      status: Option.getOrUndefined(input.status),
      partner: Option.getOrUndefined(input.partner)
    },
    { limit: input.limit, after: Option.getOrUndefined(input.after) }
  )
  if (input.json) return yield* Effect.forEach(rows, Print.json, { discard: true })
  if (rows.length === 0) return yield* Print.remark("No such documents.")
  yield* Print.line(Print.table(OrderText.headings, rows.map(OrderText.row)))
  if (rows.length === input.limit) yield* Print.remark(`There may be more: add --after ${rows.at(-1)?.id}.`)
})

/** The one document that is meant. */
const the = Effect.fnUntraced(function* (word: string, number: string, of: Option.Option<string>) {
  const orders = yield* Orders
  const kind = kindOf(word) ?? "purchase_order"
  const found = yield* orders.list({ kinds: [kind], number, company: Option.getOrUndefined(of) }, { limit: 2 })
  const [first, second] = found
  if (first === undefined)
    return yield* Problem.usage(`There is no ${word} ${Print.plain(number)}.`, "`throughline orders list` shows them.")
  if (second !== undefined)
    return yield* Problem.usage(
      `Several companies have a ${word} ${Print.plain(number)}.`,
      `Say which: --company ${first.company}, or --company ${second.company}.`
    )
  return first
})

const showFlags = { kind: kindArgument, number: numberArgument, company, json: Options.json }

const show = Effect.fn("orders.show")(function* (input: Command.Command.Config.Infer<typeof showFlags>) {
  const orders = yield* Orders
  const head = yield* the(input.kind, input.number, input.company)
  const document = yield* orders.byId(head.id)
  if (document === undefined) return
  const shown: OrderText.Shown = {
    document,
    serials: yield* orders.serialsOf(document.lines.map(({ id }) => id)),
    versions: yield* orders.versions(head.id),
    passages: yield* orders.passages(head.id),
    overrides: yield* orders.overrides(head.id)
  }
  yield* input.json ? Print.json(OrderText.json(shown)) : Print.line(OrderText.full(shown))
})

const findFlags = {
  serial: Argument.String("serial").pipe(Argument.withDescription("A serial as people read it, or its whole text")),
  kind: Flag.Literals("kind", kinds).pipe(Flag.withDescription("Only documents of this kind"), Flag.optional),
  json: Options.json
}

const find = Effect.fn("orders.find")(function* (input: Command.Command.Config.Infer<typeof findFlags>) {
  const orders = yield* Orders
  const wanted = Option.isNone(input.kind) ? undefined : kindOf(input.kind.value)
  const all = yield* orders.listing(yield* orders.meant(input.serial.trim()))
  const rows = all.filter(({ kind }) => wanted === undefined || kind === wanted)
  if (input.json) return yield* Effect.forEach(rows, Print.json, { discard: true })
  if (rows.length === 0) return yield* Print.remark("No document lists such a serial number.")
  yield* Print.line(
    Print.table(
      ["NUMBER", "KIND", "DOCUMENT", "STATUS", "PRODUCT", ""],
      rows.map(({ value, kind, number, status, product, removed }) => [
        Print.plain(value),
        OrderText.kindWord(kind),
        Print.plain(number),
        status,
        product ?? "",
        removed ? "taken off" : ""
      ])
    )
  )
})

const lotFlags = {
  lot: Argument.String("lot").pipe(Argument.withDescription("A lot: yours, the supplier's, or the warehouse's")),
  company,
  json: Options.json
}

const lot = Effect.fn("orders.lot")(function* (input: Command.Command.Config.Infer<typeof lotFlags>) {
  const orders = yield* Orders
  const rows = yield* orders.ofLot(input.lot, Option.getOrUndefined(input.company))
  if (input.json) return yield* Effect.forEach(rows, Print.json, { discard: true })
  if (rows.length === 0) return yield* Print.remark("No document has such a lot.")
  yield* Print.line(Print.table(OrderText.lotHeadings, rows.map(OrderText.lotRow)))
})

/** Posts a document of a company to the journal. */
const post = Effect.fnUntraced(function* (of: string, type: string, fileName: string, bytes: Uint8Array) {
  const journal = yield* Journal
  const { messageId } = yield* journal.receive({ channel: "command", company: of, type, fileName, bytes })
  yield* Print.line(
    `Message ${messageId} is in the journal. \`throughline message ${messageId}\` tells what became of it.`
  )
})

const changes = { release: "released", cancel: "cancelled" } as const

const changeFlags = {
  kind: Argument.Literals("kind", ["purchase-order", "sales-order"]).pipe(
    Argument.withDescription("purchase-order or sales-order")
  ),
  number: numberArgument,
  company
}

const change = (verb: keyof typeof changes) =>
  Effect.fn(`orders.${verb}`)(function* (input: Command.Command.Config.Infer<typeof changeFlags>) {
    const head = yield* the(input.kind, input.number, input.company)
    const directory = yield* Partners.use(({ current }) => current)
    const number = directory.numberOf(head.company)
    if (number === undefined)
      return yield* Problem.usage(
        `${head.company} has no number to be named by in documents.`,
        "Give it an identifier in the world."
      )
    const at = new Date(yield* Clock.currentTimeMillis).toISOString()
    const document = {
      header: { sender: number, receiver: number, controlNumber: `${verb} ${head.number} ${at}` },
      number: head.number,
      // Without a date: the order keeps its own.
      status: changes[verb]
    }
    const type = head.kind.toUpperCase()
    const bytes = new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`)
    yield* post(head.company, type, `${verb}-${input.kind}.json`, bytes)
  })

const types = [
  "PURCHASE_ORDER",
  "RECEIPT",
  "SALES_ORDER",
  "SHIPMENT",
  "RETURN",
  "STOCK_MOVEMENT",
  "SERIAL_CORRECTION"
] as const

const postFlags = {
  type: Argument.Literals("type", types).pipe(Argument.withDescription(`One of ${types.join(", ")}`)),
  file: Argument.String("file").pipe(Argument.withDescription("JSON or CSV")),
  company: Flag.String("company").pipe(Flag.withDescription("Whose channel it comes by (its key in the world)"))
}

const postFile = Effect.fn("orders.post")(function* (input: Command.Command.Config.Infer<typeof postFlags>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const directory = yield* Partners.use(({ current }) => current)
  if (directory.company(input.company) === undefined)
    return yield* Problem.usage(
      `There is no company ${Print.plain(input.company)}.`,
      "Name it by its key in the world."
    )
  const bytes = yield* fs
    .readFile(input.file)
    .pipe(Effect.catch(() => Problem.usage(`${Print.plain(input.file)} cannot be read.`, "Is the path right?")))
  yield* post(input.company, input.type, path.basename(input.file), bytes)
})

export const ordersCommand = Command.make("orders").pipe(
  Command.withDescription(
    "Order documents with lots and serial numbers: purchase orders, receipts, sales orders, shipments, returns, stock movements."
  ),
  Command.withShortDescription("Orders, receipts, shipments"),
  Command.withExamples([
    {
      command: "throughline orders list --kind purchase-order --status draft",
      description: "What is not released yet"
    },
    { command: "throughline orders show receipt R-1", description: "Lots and serials of a receipt" },
    { command: "throughline orders find 0001", description: "Orders and purchase orders by serial" }
  ]),
  Command.withSubcommands([
    Command.make("list", listFlags, Commands.withInstallation(list)).pipe(
      Command.withDescription("Documents, in the order they were first heard of.")
    ),
    Command.make("show", showFlags, Commands.withInstallation(show)).pipe(
      Command.withDescription("One document: lines, lots, serials, what passed to channels and what did not."),
      Command.withExamples([
        { command: "throughline orders show shipment S-1 --json", description: "With all serials" }
      ])
    ),
    Command.make("find", findFlags, Commands.withInstallation(find)).pipe(
      Command.withDescription("Documents that list a serial."),
      Command.withExamples([
        { command: "throughline orders find 0001 --kind purchase-order", description: "Which vendor it came from" }
      ])
    ),
    Command.make("lot", lotFlags, Commands.withInstallation(lot)).pipe(
      Command.withDescription("Documents with a lot: the vendors it came from, the customers it went to."),
      Command.withExamples([{ command: "throughline orders lot L7", description: "Whom to tell of a recall" }])
    ),
    Command.make("release", changeFlags, Commands.withInstallation(change("release"))).pipe(
      Command.withDescription("Release a purchase or sales order: it goes to its warehouse."),
      Command.withExamples([{ command: "throughline orders release purchase-order PO-1", description: "Send it out" }])
    ),
    Command.make("cancel", changeFlags, Commands.withInstallation(change("cancel"))).pipe(
      Command.withDescription("Cancel a purchase or sales order.")
    ),
    Command.make("post", postFlags, Commands.withInstallation(postFile)).pipe(
      Command.withDescription("Put a JSON or CSV document into the journal, as if a channel had brought it."),
      Command.withExamples([
        { command: "throughline orders post RECEIPT receipt.json --company acme", description: "Receive goods by hand" }
      ])
    )
  ])
)
