/**
 * The serial desk at work: looks at the serials of a document, whole lists at a time, and gathers every finding with its
 * place. Which looks a document gets is up to its stage; whether one counts is up to the settings.
 *
 * Looks over stored data get what was read for them; nothing here reads or fails.
 */
import type { DeskSetting, DeskSettingName } from "../partners/WorldOrders.ts"
import type { LookUp } from "../serials/Serials.ts"
import * as Rules from "./DeskRules.ts"
import { type KnownLine, settingOf, type Taken } from "./Intake.ts"
import type { Listing } from "./OrdersModel.ts"
import { isCode } from "./SerialText.ts"
import type { TradeDocument } from "./TradeDocument.ts"
import { codesOf, productName } from "./TradeIndex.ts"

type Any = Taken<TradeDocument>

/** A serial with its line and the place it stands at. */
interface Each {
  readonly line: KnownLine
  readonly value: string
  readonly serial: string
  readonly path: string
}

/** Every serial of the document, in its order. */
export function* serials({ document, lines }: Pick<Any, "document" | "lines">): Generator<Each> {
  for (const line of lines)
    for (const [at, value] of line.values.entries())
      yield {
        line,
        value,
        serial: line.serials[at] ?? "",
        path: document.places.serial(line.index, line.positions[at] ?? at)
      }
}

/** What is known of the serials of a document. */
export interface Knowledge {
  /** As the repository has them, by identity. */
  readonly standing: ReadonlyMap<string, LookUp>
  /** Where documents list them, oldest first, by identity; removed listings left out. */
  readonly listings: ReadonlyMap<string, ReadonlyArray<Listing>>
}

const unitsOf = ({ whole }: KnownLine): string => `${whole.quantity}`
const placeOf = (taken: Any, line: KnownLine) => ({ path: taken.document.places.line(line.index) })

/** A serial stands once in a document, whatever the settings. */
export const repeated = (taken: Any): void => {
  const seen = new Set<string>()
  for (const { line, value, serial, path } of serials(taken)) {
    if (seen.size !== seen.add(value).size) continue
    taken.judgement.add(Rules.repeated.raise({ serial, product: line.name }, { path, value: serial }))
  }
}

/** Length of serials: the product's own, else the default. */
export const lengths = (taken: Any): void => {
  for (const line of taken.lines) {
    const setting = settingOf(taken, "serialLengthValidation", line)
    if (setting?.on !== true) continue
    const wanted = taken.index.preferences(line.product)?.serialLength ?? setting.value
    if (wanted === undefined) continue
    for (const { serial, path } of serials({ document: taken.document, lines: [line] })) {
      if (serial.length === wanted) continue
      const filled = { serial, product: line.name, length: `${serial.length}`, wanted: `${wanted}` }
      taken.judgement.desk(Rules.wrongLength.raise(filled, { path, value: serial }), setting)
    }
  }
}

/** A serial for each unit received, where the tool asks for it; else the session waits for them. */
export const requiredToReceive = (taken: Any, vendor: string | undefined, session: string): void => {
  for (const line of taken.lines) {
    if (!taken.index.requiresSerial(line.product)) continue
    const missing = line.whole.quantity - line.whole.serials
    if (missing <= 0 || settingOf(taken, "skipPromptForVendor", line, vendor)?.on === true) continue
    const asked = ["requireSerialInput", "requireSerialWhenReceiving"] as const
    const setting = asked.map((name) => settingOf(taken, name, line, vendor)).find((each) => each?.on === true)
    const place = placeOf(taken, line)
    const filled = { product: line.name, quantity: unitsOf(line) }
    if (setting === undefined)
      taken.judgement.add(Rules.awaited.raise({ ...filled, missing: `${missing}`, session }, place))
    else
      taken.judgement.desk(Rules.requiredToReceive.raise({ ...filled, count: `${line.whole.serials}` }, place), setting)
  }
}

/** No more serials than units, unless that is allowed. */
export const moreThanReceived = (taken: Any): void => {
  for (const line of taken.lines) {
    const { quantity, serials: count } = line.whole
    if (count <= quantity) continue
    if (settingOf(taken, "allowMoreSerialsThanReceived", line)?.on === true) continue
    const filled = { count: `${count}`, quantity: unitsOf(line), product: line.name }
    taken.judgement.desk(Rules.moreThanReceived.raise(filled, placeOf(taken, line)))
  }
}

/** A serial for each unit that leaves, of products that want it. */
export const requiredToShip = (taken: Any): void => {
  for (const line of taken.lines) {
    if (!taken.index.requiresSerial(line.product) || line.whole.serials === line.whole.quantity) continue
    const filled = { product: line.name, quantity: unitsOf(line), count: `${line.whole.serials}` }
    const setting = taken.index.setting("requireSerialScan", { owner: taken.owner.id, tool: "client" })
    taken.judgement.desk(Rules.requiredToShip.raise(filled, placeOf(taken, line)), on(setting))
  }
}

/** A default that is off still weighs nothing: a product that asks by itself is an error. */
const on = (setting: DeskSetting | undefined) => (setting?.on === true ? setting : undefined)

/** A serial for each unit moved, where the tool asks for it in all movements. */
export const requiredToMove = (taken: Any, operation: string): void => {
  for (const line of taken.lines) {
    const setting = on(settingOf(taken, "validateSerialGlobally", line))
    if (setting === undefined || !taken.index.requiresSerial(line.product)) continue
    if (line.whole.serials === Math.abs(line.whole.quantity)) continue
    const filled = { product: line.name, operation, quantity: unitsOf(line), count: `${line.whole.serials}` }
    taken.judgement.desk(Rules.requiredToMove.raise(filled, placeOf(taken, line)), setting)
  }
}

/** Product flags beside the serials: expiry of what comes in, stickers on what goes out. */
export const flags = (taken: Any, direction: "in" | "out"): void => {
  for (const line of taken.lines) {
    const preferences = taken.index.preferences(line.product)
    if (direction === "in" && preferences?.isExpirable === true && line.line.expirationDate === undefined)
      taken.judgement.add(Rules.expiryMissing.raise({ product: line.name }, placeOf(taken, line)))
    const leaving = line.line.quantity
    if (direction === "out" && leaving > 0 && preferences?.requireTransparencySticker === true)
      taken.judgement.add(
        Rules.transparencySticker.raise({ product: line.name, quantity: `${leaving}` }, placeOf(taken, line))
      )
  }
}

/** Not scanned in this purchase order before, and none of its UPCs. `codes` are those of its products. */
export const uniqueInOrder = (
  taken: Any,
  knowledge: Knowledge,
  order: { readonly id: number; readonly number: string; readonly products: ReadonlyArray<string> },
  self: number | undefined
): void => {
  const { index } = taken
  const codes = order.products.flatMap((key) => {
    const product = index.productByKey(key)
    return product === undefined
      ? []
      : codesOf(product, "GTIN-14").map((gtin) => ({ gtin, name: productName(product) }))
  })
  for (const { line, value, serial, path } of serials(taken)) {
    const setting = on(settingOf(taken, "requireUniqueSerial", line))
    if (setting === undefined) continue
    const place = { path, value: serial }
    const there = (knowledge.listings.get(value) ?? []).some(
      (each) => each.kind === "receipt" && each.orderId === order.id && each.documentId !== self
    )
    if (there) taken.judgement.desk(Rules.alreadyInOrder.raise({ serial, order: order.number }, place), setting)
    const code = codes.find(({ gtin }) => isCode(serial, gtin))
    if (code !== undefined)
      taken.judgement.desk(Rules.equalsCode.raise({ serial, product: code.name, order: order.number }, place), setting)
  }
}

/** In documents where a serial counts as the company's. */
const owning = new Set(["receipt", "return"])

/** New among all serials of the product. Returns never get here. */
export const uniqueOfProduct = (taken: Any, knowledge: Knowledge, self: number | undefined): void => {
  for (const { line, value, serial, path } of serials(taken)) {
    const setting = on(settingOf(taken, "uniqueSerialOfProduct", line))
    if (setting === undefined) continue
    const listing = (knowledge.listings.get(value) ?? []).find(
      (each) => owning.has(each.kind) && each.effective && each.documentId !== self
    )
    const standing = knowledge.standing.get(value)
    const isOurs = standing?.company === taken.owner.id && standing.itemStatus !== "pending_receipt"
    if (listing === undefined && !isOurs) continue
    const where = listing === undefined ? "in the repository" : `${listing.kind} ${listing.number}`
    const filled = { serial, product: line.name, where }
    taken.judgement.desk(Rules.duplicate.raise(filled, { path, value: serial }), setting)
  }
}

/** True when a receipt of a purchase order, or a change of SKU, brought the serial under this identity. */
const cameIn = (listings: ReadonlyArray<Listing>): boolean =>
  listings.some((each) => each.effective && (each.kind === "receipt" || each.operation === "sku_transfer"))

const inStock = new Set(["available", "received", "picked"])

/** Serial Number validation of the client is independent of Receivebridge and Shipbridge, which have their own. */
const validations = ({ tool }: Any): ReadonlyArray<DeskSettingName> =>
  tool === "receiving" || tool === "shipping"
    ? ["requireSerialNumberValidation"]
    : ["serialNumberValidation", "requireSerialNumberValidation"]

/** What is shipped was received, and where wanted is still there. */
export const matchOrders = (taken: Any, knowledge: Knowledge): void => {
  const names = validations(taken)
  for (const { line, value, serial, path } of serials(taken)) {
    const listings = knowledge.listings.get(value) ?? []
    const place = { path, value: serial }
    const validation = names.map((name) => on(settingOf(taken, name, line))).find((each) => each !== undefined)
    const match = on(settingOf(taken, "requireSerialsToMatchOrder", line))
    if (validation !== undefined && !cameIn(listings))
      taken.judgement.desk(Rules.notReceived.raise({ serial, product: line.name }, place), validation)
    else if (match !== undefined) {
      const standing = knowledge.standing.get(value)
      const isThere = standing?.company === taken.owner.id && inStock.has(standing.itemStatus ?? "")
      if (cameIn(listings) && isThere) continue
      const last = listings.findLast((each) => each.effective)
      const where = last === undefined ? "it came on no purchase order" : `last seen on ${last.kind} ${last.number}`
      taken.judgement.desk(Rules.notInStock.raise({ serial, product: line.name, where }, place), match)
    }
  }
}

/** What comes back was shipped on that order. */
export const matchShipped = (
  taken: Any,
  knowledge: Knowledge,
  order: { readonly id: number | undefined; readonly text: string }
): void => {
  for (const { line, value, serial, path } of serials(taken)) {
    const setting = on(settingOf(taken, "requireSerialValidationInReturns", line))
    if (setting === undefined) continue
    const shipped = (knowledge.listings.get(value) ?? []).some(
      (each) => each.kind === "shipment" && each.effective && (order.id === undefined || each.orderId === order.id)
    )
    if (shipped) continue
    const filled = { serial, product: line.name, order: order.text }
    taken.judgement.desk(Rules.returnNotShipped.raise(filled, { path, value: serial }), setting)
  }
}

/** Where a serial may come back from: it was shipped since, or a correction has it come once more. */
const mayComeBack = new Set(["shipped", "pending_receipt"])

/** What comes back has not come back before, or was shipped again since. */
export const alreadyReturned = (taken: Any, knowledge: Knowledge, self: number | undefined): void => {
  for (const { line, value, serial, path } of serials(taken)) {
    if (mayComeBack.has(knowledge.standing.get(value)?.itemStatus ?? "")) continue
    const back = (knowledge.listings.get(value) ?? []).findLast(
      (each) =>
        each.effective && each.documentId !== self && (each.kind === "return" || each.orderKind === "credit_memo")
    )
    if (back === undefined) continue
    const filled = { serial, product: line.name, where: `${back.kind} ${back.number}` }
    taken.judgement.desk(Rules.alreadyReturned.raise(filled, { path, value: serial }))
  }
}
