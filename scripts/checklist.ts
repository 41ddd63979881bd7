/**
 * The capabilities of the documents on lots and serial numbers (Sellercloud Serial Numbers; techOMS lot and serial number
 * synchronization), each with the settings that switch it, the rules it drives, and the cases and tests that show it.
 * Cases say the id in their title, tests in the name; nothing is listed by hand but what the capability is.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import * as DeskRules from "../src/orders/DeskRules.ts"
import * as TradeRules from "../src/orders/TradeRules.ts"
import type { DeskSettingName } from "../src/partners/WorldOrders.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

export interface Capability {
  readonly id: string
  readonly text: string
  readonly settings: ReadonlyArray<DeskSettingName>
}

const capability = (id: string, text: string, ...settings: ReadonlyArray<DeskSettingName>): Capability => ({
  id,
  text,
  settings
})

export const capabilities: ReadonlyArray<Capability> = [
  capability("TO-A1", "Lots and serials are added to a purchase order while it is a draft only"),
  capability("TO-A2", "On release they go to the warehouse, if the channel passes them"),
  capability("TO-B1", "Lots and serials are taken from confirmed receipts only, and kept on the receipt"),
  capability(
    "TO-C1",
    "Lots and serials are taken from shipments that are shipped and closed, and kept on the shipment"
  ),
  capability("TO-D1", "Shipped lot numbers go to sales channels that take them"),
  capability("TO-G1", "Pass-through by channel and leg; off means ignored, with the reason, and no error"),
  capability(
    "TO-G2",
    "The capability registry is asked before routing; what is unsupported is skipped with its reason"
  ),
  capability("TO-V1", "Lots and serials of a purchase order, receipt and shipment can be looked up"),
  capability("SC-01", "Require Serial Number Scan In Scan & Ship, default of the company", "requireSerialScan"),
  capability("SC-02", "Require Serial Number Scan In Scan & Ship, preference of the product"),
  capability("SC-03", "Is Expirable, Require Transparency Sticker"),
  capability("SC-04", "Enable Serial Number validation", "serialNumberValidation"),
  capability("SC-05", "Validate Serial Globally, in eleven kinds of movement", "validateSerialGlobally"),
  capability("SC-06", "Require serial scan when receiving", "requireSerialWhenReceiving"),
  capability("SC-07", "Enable Product Serial number length validation", "serialLengthValidation"),
  capability("SC-08", "Enable Order profit and loss by serial numbers", "profitAndLossBySerial"),
  capability(
    "SC-09",
    "Transfer Serial numbers while transferring inventory between warehouses",
    "transferSerialsWithSku"
  ),
  capability("SC-10", "Enable Serial Number Management", "serialNumberManagement"),
  capability("SC-11", "Show Serial Number on Order Details", "showOnOrderDetails"),
  capability("SC-12", "Show Serial Number on Invoice Details", "showOnInvoice"),
  capability("SC-13", "Use Simple Grid For PO Serial Numbers Toolbox", "simpleSerialGrid"),
  capability("SC-20", "Serials are entered against a receiving session, one a unit"),
  capability("SC-21", "Receive against a purchase order or a credit memo"),
  capability("SC-22", "Require serial number input", "requireSerialInput"),
  capability("SC-23", "Require Unique Serial Number: not scanned in this purchase order before", "requireUniqueSerial"),
  capability("SC-24", "Require Unique Serial Number: not equal to a UPC of the purchase order", "requireUniqueSerial"),
  capability("SC-25", "Validate all product serial #s for duplicates", "uniqueSerialOfProduct"),
  capability("SC-26", "Skip serial number prompt for vendor", "skipPromptForVendor"),
  capability("SC-27", "Require serial number validation in RMAs", "requireSerialValidationInReturns"),
  capability("SC-28", "Allow user to enter more serials than qty received", "allowMoreSerialsThanReceived"),
  capability("SC-29", "Reset receive count when deleting serials", "resetReceiveCount"),
  capability("SC-30", "Receive data is saved, a queued run calculates the stock, a confirmation is sent"),
  capability("SC-40", "Scan & Ship wants a serial for each unit of a flagged product", "requireSerialScan"),
  capability("SC-41", "Require serials to match PO (product in stock)", "requireSerialsToMatchOrder"),
  capability("SC-42", "Require Serial Number validation", "requireSerialNumberValidation"),
  capability("SC-43", "Allow manual serial # input (overriding validation)", "allowManualSerialInput"),
  capability("SC-44", "The serial is kept on the order and verifies a return"),
  capability("SC-45", "Serials are attached to the units of FBA shipments"),
  capability("SC-50", "Serial numbers of a product, with where each is"),
  capability("SC-51", "Movement history of one serial"),
  capability("SC-52", "Product Serial Report"),
  capability("SC-53", "Orders and purchase orders by serial"),
  capability("SC-54", "Inventory Arrivals, exported with serials, one row a serial"),
  capability("SC-55", "Serials of several products exported at once"),
  capability("SC-56", "A warehouse transfer carries serials"),
  capability("SC-57", "A SKU-to-SKU transfer keeps the serial's history"),
  capability("SC-58", "Profit and loss by serial", "profitAndLossBySerial")
]

/** What shows a capability. */
export interface Shown extends Capability {
  /** Ids of rules: driven by its settings, or broken by a case that names it. */
  readonly rules: ReadonlyArray<string>
  /** Folders below samples/. */
  readonly cases: ReadonlyArray<string>
  /** Test files, relative to the checkout. */
  readonly tests: ReadonlyArray<string>
}

const filesBelow = (folder: string, ends: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ends))
    .map((name) => join(root, folder, name))
    .sort()

const ids = (text: string): ReadonlyArray<string> => text.match(/\b(?:SC-\d{2}|TO-[A-Z]\d)\b/gu) ?? []

/** Every capability with what shows it. */
export const shown = (): ReadonlyArray<Shown> => {
  const cases = filesBelow("samples", "case.yaml").map((file) => {
    const text = readFileSync(file, "utf8")
    const [title = ""] = /^title:.*$/mu.exec(text) ?? []
    return { folder: relative(join(root, "samples"), join(file, "..")), ids: ids(title) }
  })
  const tests = filesBelow("test", ".test.ts").map((file) => ({
    file: relative(root, file),
    ids: ids(
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => /\b(?:it|describe|layer|test)\b.*["'`]/u.test(line) || line.includes("it.effect"))
        .join("\n")
    )
  }))
  const examples = new Map(
    [...DeskRules.driven.map(({ rule }) => rule), ...TradeRules.refusals].flatMap(({ id, example }) =>
      "case" in example ? [[example.case, id] as const] : []
    )
  )
  return capabilities.map((one) => {
    const showing = cases.filter((kase) => kase.ids.includes(one.id))
    const driven = DeskRules.driven.filter(({ by }) => by.some((setting) => one.settings.includes(setting)))
    const rules = [...driven.map(({ rule }) => rule.id), ...showing.flatMap(({ folder }) => examples.get(folder) ?? [])]
    return {
      ...one,
      rules: [...new Set(rules)].sort(),
      cases: showing.map(({ folder }) => folder),
      tests: tests.filter((test) => test.ids.includes(one.id)).map(({ file }) => file)
    }
  })
}
