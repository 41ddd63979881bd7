/**
 * The order part of a world: what it refers to has to be there, and the narrowest setting of the desk decides.
 */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as TradeIndex from "../../src/orders/TradeIndex.ts"
import * as Directory from "../../src/partners/Directory.ts"
import * as World from "../../src/partners/World.ts"
import { tools } from "../../src/partners/WorldOrders.ts"
import * as WorldOrdersCheck from "../../src/partners/WorldOrdersCheck.ts"

const world = (parts: Readonly<Record<string, unknown>>): World.World =>
  Result.getOrThrow(
    World.decode({
      companies: [
        { id: "a", name: "A", role: "both", locations: [{ id: "hall", name: "Hall" }] },
        { id: "b", name: "B", role: "both" }
      ],
      products: [
        { id: "p", owner: "a", name: "P", packagingLevel: "EA", codes: [{ type: "SKU", value: "P-1" }] },
        { id: "q", owner: "b", name: "Q", packagingLevel: "EA", codes: [{ type: "GTIN-14", value: "00614141101016" }] }
      ],
      ...parts
    })
  )

const faults = (parts: Readonly<Record<string, unknown>>) =>
  WorldOrdersCheck.check(world(parts)).map(({ path, message }) => `${path}: ${message}`)

describe("checking the order part of a world", () => {
  it("finds what is not there", () => {
    assert.deepStrictEqual(
      faults({
        warehouses: [{ id: "w", owner: "x", name: "W", location: "cellar" }],
        partnerChannels: [{ id: "c", owner: "a", partner: "y", kind: "warehouse", warehouses: ["w", "v"] }],
        shippingPreferences: [{ id: "s", owner: "a", product: "q" }],
        deskSettings: [{ id: "d", setting: "requireUniqueSerial", owner: "a", product: "z" }]
      }),
      [
        "warehouses[w].owner: there is no company x",
        "warehouses[w].location: there is no location cellar",
        "partnerChannels[c].partner: there is no company y",
        "partnerChannels[c].warehouses: w is a warehouse of x, not of a",
        "partnerChannels[c].warehouses: there is no warehouse v",
        "shippingPreferences[s].product: q is a product of b, not of a",
        "deskSettings[d].product: there is no product z"
      ]
    )
  })

  it("finds names of JSON fields that mean nothing or more than one thing", () => {
    const channel = { id: "c", owner: "a", partner: "b", kind: "warehouse" }
    const json = {
      document: {
        numbr: "no",
        number: "doc.no",
        date: "doc",
        "session.id": "sid",
        session: "s",
        tool: "header.sender"
      },
      lines: "doc.no",
      line: { sku: "code", gtin: "code" }
    }
    const told = faults({ partnerChannels: [{ ...channel, json }] })
    const at = "partnerChannels[c].json"
    assert.include(told[0], `${at}.document.numbr: there is no field numbr here`)
    assert.deepStrictEqual(told.slice(1), [
      `${at}.document.date: doc is taken: doc.no is the name of number`,
      `${at}.document.session: session.id has a name already, sid`,
      `${at}.lines: doc.no is taken: doc.no is the name of number`,
      `${at}.lines: doc.no is taken: doc is the name of date`,
      `${at}.document.tool: header.sender is taken: the envelope stands there`,
      `${at}.line.gtin: code is taken: code is the name of sku`
    ])
  })

  it("finds names of columns that mean nothing or more than one thing", () => {
    const channel = { id: "c", owner: "a", partner: "b", kind: "warehouse" }
    const columns = {
      lotNumber: "SKU",
      supplierLotNumber: "Batch",
      warehouseLotNumber: "batch",
      serialNumber: "Control-Number",
      salesOrder: "Order",
      gtin: "UPC",
      line: "Number",
      vendor: "Customer",
      customer: "Sales Order",
      serialNo: "SN"
    }
    const told = faults({ partnerChannels: [{ ...channel, csv: { columns } }] })
    const at = "partnerChannels[c].csv.columns"
    assert.deepStrictEqual(told.slice(0, -1), [
      `${at}.lotNumber: SKU is taken: it is the name of sku, which has no other here`,
      `${at}.warehouseLotNumber: batch is taken: it is the name of supplierLotNumber`,
      `${at}.serialNumber: Control-Number is taken: the envelope stands there`,
      `${at}.line: Number is taken: it is the name of number, which has no other here`
    ])
    assert.include(told.at(-1), `${at}.serialNo: there is no column for serialNo here; there are number, date`)
  })

  it("finds names that leave no place for what JSON documents cannot do without", () => {
    const json = { document: { notes: "lines.note", date: "status" }, line: { notes: "quantity", uom: "unit" } }
    const at = "partnerChannels[c].json"
    assert.deepStrictEqual(faults({ partnerChannels: [{ id: "c", owner: "a", partner: "b", kind: "sales", json }] }), [
      `${at}.document.date: status is taken: it is the name of status, which has no other here`,
      `${at}.document.notes: lines is taken: it is the name of lines, which has no other here`,
      `${at}.line.notes: quantity is taken: it is the name of quantity, which has no other here`
    ])
    const swapped = { document: { notes: "status", status: "notes" }, line: { quantity: "price", price: "quantity" } }
    assert.deepStrictEqual(
      faults({ partnerChannels: [{ id: "c", owner: "a", partner: "b", kind: "sales", json: swapped }] }),
      []
    )
  })

  it("finds what stands twice, and settings without what they need", () => {
    const channel = { owner: "a", partner: "b", kind: "warehouse", warehouses: ["w"] }
    assert.deepStrictEqual(
      faults({
        warehouses: [{ id: "w", owner: "a", name: "W" }],
        partnerChannels: [
          { id: "c", ...channel },
          { id: "d", ...channel },
          { id: "e", ...channel, kind: "sales", warehouses: [] }
        ],
        deskSettings: [
          { id: "1", setting: "requireUniqueSerial", owner: "a" },
          { id: "2", setting: "requireUniqueSerial", owner: "a", on: false },
          { id: "3", setting: "requireUniqueSerial", owner: "a", tool: "receiving" },
          { id: "4", setting: "serialLengthValidation", owner: "a" },
          { id: "5", setting: "skipPromptForVendor", owner: "a" },
          { id: "6", setting: "profitAndLossBySerial", owner: "a", tool: "partner" }
        ]
      }),
      [
        "partnerChannels[d]: partnerChannels[c] already is the channel of warehouse w",
        "deskSettings[2]: deskSettings[1] already is for the same scope",
        "deskSettings[4].value: is missing: the length that serials must have",
        "deskSettings[5].vendor: is missing: the vendor whose products are not asked for serials",
        "deskSettings[6].tool: must be client: profitAndLossBySerial is of the whole company"
      ]
    )
  })
})

describe("a setting of the desk", () => {
  const setting = (id: string, more: Readonly<Record<string, unknown>>) => ({
    id,
    setting: "requireUniqueSerial",
    owner: "a",
    ...more
  })
  const index = TradeIndex.of(
    Directory.make(
      world({
        deskSettings: [
          setting("all", {}),
          setting("product", { product: "p" }),
          setting("vendor", { vendor: "v" }),
          setting("both", { product: "p", vendor: "v" }),
          setting("tool", { tool: "receiving" })
        ]
      })
    )
  )
  const of = (scope: Omit<TradeIndex.Scope, "owner">, owner = "a") =>
    index.setting("requireUniqueSerial", { owner, ...scope })?.id

  it("is the narrowest that fits", () => {
    assert.strictEqual(of({ tool: "client" }), "all")
    assert.strictEqual(of({ tool: "client", product: "other", vendor: "w" }), "all")
    assert.strictEqual(of({ tool: "client", product: "p", vendor: "w" }), "product")
    assert.strictEqual(of({ tool: "client", product: "other", vendor: "v" }), "vendor")
    assert.strictEqual(of({ tool: "client", product: "p", vendor: "v" }), "both")
  })

  it("of the whole company holds whatever the tool", () => {
    const whole = TradeIndex.of(
      Directory.make(world({ deskSettings: [{ id: "price", setting: "profitAndLossBySerial", owner: "a" }] }))
    )
    for (const tool of tools) assert.isTrue(whole.setting("profitAndLossBySerial", { owner: "a", tool })?.on, tool)
    assert.isUndefined(whole.setting("profitAndLossBySerial", { owner: "b", tool: "client" }))
  })

  it("says nothing about other tools and companies", () => {
    assert.strictEqual(of({ tool: "receiving", product: "p", vendor: "v" }), "tool")
    assert.isUndefined(of({ tool: "shipping" }))
    assert.isUndefined(of({ tool: "client" }, "b"))
  })
})

describe("a product", () => {
  it("is found by SKU, or by GTIN, UPC or EAN of its own company", () => {
    const index = TradeIndex.of(Directory.make(world({})))
    assert.strictEqual(index.product("a", { sku: "P-1" })?.id, "p")
    for (const gtin of ["00614141101016", "0614141101016", "614141101016"])
      assert.strictEqual(index.product("b", { gtin })?.id, "q", gtin)
    assert.isUndefined(index.product("a", { gtin: "00614141101016" }))
    assert.isUndefined(index.product("a", { sku: "P-2" }))
  })
})
