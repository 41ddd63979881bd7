/**
 * The API over a database in which two merchants trade. Both have products of the same SKUs and names, and their documents
 * are the same: same numbers, lots and serials, only that GTINs and warehouses are their own. What one of them is told
 * must be as if the other were not there.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Effect, Layer, Result } from "effect"
import * as Installation from "../../src/cli/Installation.ts"
import * as WorldFile from "../../src/cli/WorldFile.ts"
import * as WorldImport from "../../src/cli/WorldImport.ts"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Gs1 from "../../src/formats/Gs1.ts"
import { worldOf } from "../partners/worlds.ts"
import { started } from "./ApiServer.ts"

/** The merchant of the order cases, and the other one. */
export const elm = "elm-outfitters"
export const juniper = "juniper-trading"

const glns = { [elm]: "9521234001010", [juniper]: "9521234001089" }

const file = fileURLToPath(new URL("../../samples/orders-story/world.yaml", import.meta.url))

/** Keys and GTINs of the other merchant. */
const keyOf = (key: string) => `j-${key}`
const gtinOf = (gtin: string) => {
  const payload = gtin.slice(0, -1).replace("0614141", "0614142")
  return payload + Gs1.checkDigit(payload)
}

const settings = ["profitAndLossBySerial", "transferSerialsWithSku", "showOnOrderDetails", "showOnInvoice"] as const

/** Both merchants' world; juniper-trading also buys what elm-outfitters makes. */
const world = () => {
  const base = Result.getOrThrow(WorldFile.parse(readFileSync(file, "utf8"), file))
  const products = base.products.map((product) => ({
    ...product,
    id: keyOf(product.id),
    owner: juniper,
    codes: product.codes.map(({ type, value }) => ({ type, value: type === "GTIN-14" ? gtinOf(value) : value }))
  }))
  const bought = {
    id: "j-bought-serum",
    owner: juniper,
    name: "Serum 10 ml of Elm",
    packagingLevel: "EA",
    codes: [
      { type: "SKU", value: "ELM-SERUM" },
      { type: "GTIN-14", value: "00614141101023" }
    ]
  }
  return worldOf({
    ...base,
    products: [...base.products, ...products, bought],
    warehouses: [
      ...base.warehouses,
      ...base.warehouses.map(({ id, name, bins }) => ({ id: keyOf(id), owner: juniper, name, bins }))
    ],
    shippingPreferences: [
      ...base.shippingPreferences,
      ...base.shippingPreferences.map((each) => ({
        ...each,
        id: keyOf(each.id),
        owner: juniper,
        product: keyOf(each.product)
      }))
    ],
    deskSettings: [elm, juniper].flatMap((owner) =>
      settings.map((setting) => ({ id: `${owner}-${setting.toLowerCase()}`, owner, setting }))
    )
  })
}

/** A document of the one merchant as the other would send it. */
export const asJuniper = (bytes: Uint8Array): Uint8Array =>
  new TextEncoder().encode(
    new TextDecoder()
      .decode(bytes)
      .replaceAll(glns[elm], glns[juniper])
      .replaceAll('"main"', '"j-main"')
      .replaceAll('"fir"', '"j-fir"')
  )

/** Documents of a merchant by type; `tens` keeps control numbers of several lists apart. */
export const documentsOf = (
  merchant: keyof typeof glns,
  tens: number,
  documents: ReadonlyArray<readonly [string, object]>
): ReadonlyArray<readonly [string, Uint8Array]> =>
  documents.map(([type, body], index) => {
    const header = { sender: glns[merchant], receiver: glns[merchant], controlNumber: `${tens * 10 + index}` }
    return [type, new TextEncoder().encode(JSON.stringify({ header, ...body }))]
  })

/** The other merchant buys a unit from the one and sells it again. */
export const resale = (serialNumber: string): ReadonlyArray<readonly [string, Uint8Array]> => {
  const line = { line: 1, sku: "ELM-SERUM", quantity: 1 }
  const listed = { sku: "ELM-SERUM", quantity: 1, serialNumbers: [serialNumber], lotNumber: "L1" }
  const place = { warehouse: keyOf("main") }
  return documentsOf(juniper, 9, [
    [
      "PURCHASE_ORDER",
      { number: "PO-9", status: "released", vendor: elm, ...place, lines: [{ ...line, price: "9.50" }] }
    ],
    ["RECEIPT", { number: "R-9", status: "confirmed", purchaseOrder: "PO-9", ...place, lines: [listed] }],
    [
      "SALES_ORDER",
      { number: "SO-9", status: "released", customer: "gorse-supply", ...place, lines: [{ ...line, price: "12.00" }] }
    ],
    ["SHIPMENT", { number: "S-9", status: "closed", salesOrder: "SO-9", ...place, lines: [listed] }]
  ])
}

/** The API, and `process`, which takes a merchant's documents in and says what became of them. */
export const trading = Effect.gen(function* () {
  const api = yield* started({ works: false })
  const imported = WorldImport.run(world(), { actor: "test", clock: new Date("2026-11-01T00:00:00Z") })
  yield* Effect.provideContext(imported, api.context)
  const engine = yield* Layer.build(
    Installation.over.pipe(Layer.provideMerge(Installation.xml), Layer.provide(Layer.succeedContext(api.context)))
  )
  const process = Effect.fnUntraced(
    // What each ended as, with what is wrong.
    function* (company: string, documents: ReadonlyArray<readonly [string, Uint8Array]>) {
      const journal = yield* Journal.Journal
      const flow = yield* Flow.Flow
      const ends = new Set<string>()
      for (const [index, [type, bytes]] of documents.entries()) {
        const fileName = `${company}-${index + 1}-${type}.json`
        yield* journal.receive({ channel: "folder", company, type, fileName, bytes })
        for (const one of yield* flow.claim(1)) {
          const ended = yield* flow.process(one)
          const errors = ended?.verdict.findings.errors.map(({ text }) => text) ?? []
          ends.add([ended?.verdict.outcome, ...errors].join(" "))
        }
      }
      return ends
    },
    (effect) => Effect.provideContext(effect, engine)
  )
  return { ...api, process }
})
