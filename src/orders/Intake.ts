/**
 * How every order document begins: whose it is and who may send it, where it happened, what its lines are of, and which
 * of their lots and serials may pass at all. What is wrong with lines is gathered in the judgement; only a document of
 * nobody, or from somebody it is no business of, is refused at once.
 */
import { Effect } from "effect"
import { refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import { Partners } from "../partners/Partners.ts"
import type { Company, Product } from "../partners/World.ts"
import type { DeskSettingName, PartnerChannel, Stage, Tool, Warehouse } from "../partners/WorldOrders.ts"
import { Judgement } from "./Judgement.ts"
import { type NewLine, Orders, type Passage } from "./Orders.ts"
import * as PassThrough from "./PassThrough.ts"
import * as Rights from "./Rights.ts"
import * as SerialText from "./SerialText.ts"
import type { TradeDocument } from "./TradeDocument.ts"
import * as TradeIndex from "./TradeIndex.ts"
import { productText, type TradeLine } from "./TradeLine.ts"
import * as Rules from "./TradeRules.ts"

/** A line with what it is of. Serials are columns: identity, the serial itself, its place in the document's list. */
export interface KnownLine {
  /** Place among the document's lines. */
  readonly index: number
  /** What of it counts: of a line that comes again only what is new. */
  readonly line: TradeLine
  /** Units and serials of the line as the document has it, whatever of them was taken before: what the desk judges. */
  readonly whole: { readonly quantity: number; readonly serials: number }
  readonly product: Product
  readonly name: string
  readonly values: ReadonlyArray<string>
  readonly serials: ReadonlyArray<string>
  readonly positions: ReadonlyArray<number>
}

export interface Taken<D extends TradeDocument> {
  readonly document: D
  readonly owner: Company
  readonly sender: Company
  readonly index: TradeIndex.TradeIndex
  /** Whose settings of the serial desk it is judged by. */
  readonly tool: Tool
  /** The channel it came by; undefined for the company's own documents. */
  readonly channel: PartnerChannel | undefined
  /** The channels that let a partner send it; none where it may not, and for the company's own documents. */
  readonly by: ReadonlyArray<PartnerChannel>
  readonly warehouse: Warehouse | undefined
  readonly lines: ReadonlyArray<KnownLine>
  readonly passages: ReadonlyArray<Passage>
  readonly judgement: Judgement
}

/** The words a message waits for and wakes: an order of a company. */
export const word = (owner: string, kind: string, number: string): string => `trade:${owner}:${kind}:${number}`

const directions = { poOut: "to", salesOut: "to", receiptIn: "from", shipmentIn: "from" } as const
const many = {
  lot: "lots",
  supplierLot: "supplier lots",
  warehouseLot: "warehouse lots",
  serial: "serial numbers",
  expiry: "expiration dates",
  bestBefore: "best-before dates",
  production: "production dates",
  document: "documents"
} as const

/** The warnings that tell what did not pass, one a reason. */
export const skippedWarnings = (passages: ReadonlyArray<Passage>, path: string) =>
  [...Map.groupBy(passages, ({ what, reason, channel, stage }) => JSON.stringify([what, reason, channel, stage]))]
    .map(([, group]) => group)
    .flatMap((group) => {
      const [first] = group
      if (first?.reason === undefined) return []
      const count = group.reduce((sum, { quantity }) => sum + quantity, 0)
      const { what, channel, stage, reason } = first
      return [
        Rules.skipped.raise(
          { count: `${count}`, what: many[what], direction: directions[stage], channel, reason },
          { path, value: reason }
        )
      ]
    })

/** Passings of lines as rows, with the channel and leg. */
export const passagesOf = (
  channel: PartnerChannel | undefined,
  stage: Stage,
  passings: ReadonlyArray<PassThrough.Passing>
): ReadonlyArray<Passage> =>
  channel === undefined
    ? []
    : passings.map(({ what, lineRef, reason, quantity }) => ({
        channel: channel.id,
        stage,
        what,
        lineRef,
        reason,
        quantity
      }))

/** Serials as a document writes them, taken apart. */
interface Scans {
  readonly product: Product
  readonly scans: ReadonlyArray<SerialText.Scanned & { readonly text: string; readonly position: number }>
}

const scansOf = (line: TradeLine, original: TradeLine, ignoreCase: boolean): Scans["scans"] => {
  // What did not pass was taken out of the list: the rest stands in its order.
  let next = 0
  return [...original.serialNumbers.entries()].flatMap(([position, text]) => {
    if (text !== line.serialNumbers[next]) return []
    next += 1
    return [{ ...SerialText.scanned(text, ignoreCase), text, position }]
  })
}

/** Numbers that a SKU-to-SKU transfer made the product's; what is printed on them stays what it was. */
const transferredOf = Effect.fnUntraced(function* (owner: string, all: ReadonlyArray<Scans>) {
  const serials = all.flatMap(({ scans }) => scans.map(({ serial }) => serial))
  if (serials.length === 0) return new Map<string, string>()
  const orders = yield* Orders
  const rows = yield* orders.transferred(owner, [...new Set(all.map(({ product }) => product.id))], serials)
  return new Map(rows.map(({ product, value }) => [`${product} ${SerialText.serialOf(value)}`, value]))
})

/** Numbers of a line as columns; what is no serial of the product is told. */
const serialsOf = (
  { product, scans }: Scans,
  name: string,
  transferred: ReadonlyMap<string, string>,
  illegal: (text: string, position: number, why: string) => void
) => {
  const values: Array<string> = []
  const serials: Array<string> = []
  const positions: Array<number> = []
  const gtins = TradeIndex.codesOf(product, "GTIN-14")
  for (const { text, position, serial, gtin } of scans) {
    const moved = transferred.get(`${product.id} ${serial}`)
    const value = moved ?? SerialText.identity(product, serial)
    if (gtin !== undefined && !gtins.includes(gtin) && moved !== `01${gtin}21${serial}`)
      illegal(text, position, `it reads GTIN ${gtin}, which is not that of ${name}`)
    else if (value === undefined)
      illegal(
        text,
        position,
        serial === "" ? "it is empty" : "it cannot stand under the product's GTIN, and there is no SKU"
      )
    else {
      values.push(value)
      serials.push(serial)
      positions.push(position)
    }
  }
  return { values, serials, positions }
}

/** A partner's document is judged as such, whatever it says: another tool's settings may ask for less. */
const toolOf = (document: TradeDocument, sender: Company, owner: Company, judgement: Judgement): Tool => {
  const { tool, places } = document
  if (sender.id === owner.id) return tool ?? "client"
  if (tool !== undefined && tool !== "partner")
    judgement.add(
      Rules.notItsTool.raise(
        { sender: sender.name, owner: owner.name, tool },
        { path: places.field("tool"), value: tool }
      )
    )
  return "partner"
}

/** Tells a warehouse the sender has no say in. One that may not send the document at all is told that alone. */
export const tellForeign = (
  {
    document,
    owner,
    sender,
    by,
    judgement
  }: Pick<Taken<TradeDocument>, "document" | "owner" | "sender" | "by" | "judgement">,
  warehouse: Warehouse,
  path: string
): void => {
  if (by.length === 0 || Rights.mayHappenIn(by, document, warehouse)) return
  const filled = { sender: sender.name, owner: owner.name, warehouse: warehouse.id }
  judgement.add(Rules.notTheirWarehouse.raise(filled, { path, value: warehouse.id }))
}

/** The warehouse the document names, else that of its order. */
export const placeOf = (
  taken: Taken<TradeDocument>,
  order: { readonly warehouse?: string | undefined } | undefined
) => {
  const { document, warehouse, index } = taken
  if (warehouse !== undefined || order?.warehouse === undefined) return warehouse
  const place = index.warehouseByKey(order.warehouse)
  // That the document names one that is not there was told when it began.
  if (place !== undefined && document.warehouse === undefined)
    tellForeign(taken, place, document.places.field("warehouse"))
  return place
}

/** Begins a document. `stage` is the leg it comes by when a partner sent it. */
export const begin = Effect.fn("Intake.begin")(function* <D extends TradeDocument>(
  document: D,
  stage?: Stage | undefined
) {
  const directory = yield* Partners.use(({ current }) => current)
  const index = TradeIndex.of(directory)
  const { header, places } = document
  const { sender, receiver: owner } = directory.parties(header.sender, header.receiver)
  if (owner === undefined) {
    const unknown = Rules.ownerUnknown.raise({ receiver: header.receiver }, { value: header.receiver })
    return yield* Effect.fail(refuse([unknown]))
  }
  const channels = sender === undefined ? [] : index.channelsBetween(owner.id, sender.id)
  if (sender === undefined || (sender.id !== owner.id && channels.length === 0)) {
    const stranger = Rules.notPartner.raise(
      { sender: sender?.name ?? header.sender, owner: owner.name },
      { value: header.sender }
    )
    return yield* Effect.fail(refuse([stranger]))
  }
  const judgement = new Judgement()
  const by = sender.id === owner.id ? [] : Rights.channelsFor(channels, document)
  if (sender.id !== owner.id && by.length === 0) {
    const filled = { sender: sender.name, owner: owner.name, ...Rights.named(channels, document) }
    judgement.add(Rules.notTheirs.raise(filled, { value: header.sender }))
  }
  const tool = toolOf(document, sender, owner, judgement)
  const warehouse = document.warehouse === undefined ? undefined : index.warehouse(owner.id, document.warehouse)
  if (document.warehouse !== undefined && warehouse === undefined)
    judgement.add(
      Rules.warehouseUnknown.raise(
        { warehouse: document.warehouse, owner: owner.name },
        { path: places.field("warehouse"), value: document.warehouse }
      )
    )
  if (warehouse !== undefined)
    tellForeign({ document, owner, sender, by, judgement }, warehouse, places.field("warehouse"))
  const runs = warehouse === undefined ? undefined : index.channelOf(warehouse.id)
  // A partner that is warehouse and shop in one says by each channel what belongs there.
  const ways = by.length === 0 ? channels : by
  const channel = ways.find((each) => each.id === runs?.id) ?? ways[0]
  const { lines: passed, passings } =
    stage === undefined ? { lines: document.lines, passings: [] } : PassThrough.pass(channel, stage, document.lines)
  const passages = stage === undefined ? [] : passagesOf(channel, stage, passings)
  judgement.addAll(skippedWarnings(passages, places.document))

  const ignoreCase = index.setting("ignoreSerialCase", { owner: owner.id, tool })?.on === true
  const known = passed.flatMap((line, at) => {
    const product = index.product(owner.id, line)
    const original = document.lines[at]
    const gtin = product === undefined ? undefined : TradeIndex.foreignGtin(product, line)
    if (product !== undefined && gtin !== undefined)
      judgement.add(
        Rules.gtinOfOther.raise(
          { gtin, product: TradeIndex.productName(product) },
          { path: places.line(at), value: gtin }
        )
      )
    if (product !== undefined && original !== undefined)
      return [{ index: at, line, product, scans: scansOf(line, original, ignoreCase) }]
    const code = productText(line)
    judgement.add(Rules.productUnknown.raise({ code, owner: owner.name }, { path: places.line(at), value: code }))
    return []
  })
  const transferred = yield* transferredOf(owner.id, known)
  const lines = known.map(({ index: at, line, product, scans }): KnownLine => {
    const name = TradeIndex.productName(product)
    const columns = serialsOf({ product, scans }, name, transferred, (text, position, why) =>
      judgement.add(
        Rules.serialIllegal.raise(
          { serial: text, product: name, why },
          { path: places.serial(at, position), value: text }
        )
      )
    )
    const whole = { quantity: line.quantity, serials: line.serialNumbers.length }
    return { index: at, line, whole, product, name, ...columns }
  })
  const taken: Taken<D> = { document, owner, sender, index, tool, channel, by, warehouse, lines, passages, judgement }
  return taken
})

/** The setting of the desk for a line of the document. */
export const settingOf = (
  { index, owner, tool }: Pick<Taken<TradeDocument>, "index" | "owner" | "tool">,
  name: DeskSettingName,
  line?: KnownLine | undefined,
  vendor?: string | undefined
) => index.setting(name, { owner: owner.id, tool, product: line?.product.id, vendor })

const judge = (taken: Taken<TradeDocument>) => {
  const { judgement, document, tool } = taken
  const allowed = settingOf(taken, "allowManualSerialInput")?.on === true
  return judgement.judge(document.override, tool, allowed, document.places.field("override.by"))
}

/** Ends the judgement: refuses, or gives what is left to be said and written down. */
export const judged = Effect.fnUntraced(function* (taken: Taken<TradeDocument>) {
  const { errors, warnings, overrides } = judge(taken)
  if (errors.length > 0) return yield* Effect.fail(refuse([...errors, ...warnings]))
  return { warnings, overrides }
})

/** Refuses at once, for what nothing more can be looked at beside, such as an order that is not there; with all found before. */
export const refusedAtOnce = (taken: Taken<TradeDocument>, finding: Violation, waitFor: ReadonlyArray<string> = []) => {
  taken.judgement.add(finding)
  const { errors, warnings } = judge(taken)
  return Effect.fail(refuse([...errors, ...warnings], { waitFor }))
}

/** A line as it is stored. */
export const newLine = (
  { line, product, values }: KnownLine,
  position: number,
  more: {
    readonly orderLineId?: number | undefined
    readonly price?: string | undefined
    readonly before?: number | undefined
  } = {}
): NewLine => {
  const { serialNumbers: _, statedQuantity: __, gtin, ...rest } = line
  return {
    ...rest,
    position,
    gtin: gtin === undefined ? TradeIndex.codesOf(product, "GTIN-14")[0] : (TradeIndex.gtin14(gtin) ?? gtin),
    sku: line.sku ?? TradeIndex.codesOf(product, "SKU")[0],
    product: product.id,
    orderLineId: more.orderLineId,
    price: more.price ?? line.price,
    values,
    before: more.before
  }
}
