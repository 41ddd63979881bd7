/**
 * Order life cycle as parts of a world: warehouses, the channels to warehouses and shops with what they are capable of
 * and what is switched on, shipping preferences of products, and the settings of the serial desk.
 *
 * Schemas only. The words of the desk's settings are in `docs/generated/lots-and-serials.md` beside the rules they drive.
 */
import { Effect, Schema } from "effect"
import { CsvProfile } from "./WorldCsv.ts"
import { flag, Key, Keyed, list, Text } from "./WorldFields.ts"
import { JsonProfile } from "./WorldJson.ts"

const Length = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))

/** Where goods are kept. Its bins are known by their codes; none listed means any. */
export const Warehouse = Schema.Struct({
  ...Keyed,
  owner: Key,
  name: Text,
  /** The location of the owner or of a partner that it is: its GLN names it in documents. */
  location: Schema.optionalKey(Key),
  bins: list(Text)
})
export type Warehouse = typeof Warehouse.Type

/** Where a document was entered. The desk's settings for one tool say nothing about the others. */
export const tools = ["client", "receiving", "shipping", "warehouse", "partner"] as const
export const Tool = Schema.Literals(tools)
export type Tool = typeof Tool.Type

/** The legs on which lots and serials pass. */
export const stages = ["poOut", "receiptIn", "shipmentIn", "salesOut"] as const
export type Stage = (typeof stages)[number]

/** What the other side can take on a leg, and whether passing it is switched on. */
export const StageCapability = Schema.Struct({
  /** What its software can do: false means never, whatever is switched on. */
  supported: flag(true),
  /** The pass-through option of the channel. */
  on: flag(false)
})
export type StageCapability = typeof StageCapability.Type

const stage = StageCapability.pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))

/** Released orders that can be taken back by a document. */
export const cancellable = ["purchaseOrders", "salesOrders"] as const
export type Cancellable = (typeof cancellable)[number]

/** What a channel can do and is allowed to: asked before anything is routed. */
export const Capabilities = Schema.Struct({
  poOut: stage,
  receiptIn: stage,
  shipmentIn: stage,
  salesOut: stage,
  lots: flag(true),
  /** Warehouses take serials unless said otherwise; sales channels get lots only unless said so. */
  serials: Schema.optionalKey(Schema.Boolean),
  /** The shop forbids serials altogether, e.g. Amazon's serialNumberRequirement DISALLOWED. */
  serialsDisallowed: flag(false),
  /** Dates of lots: expiry, best before, production. */
  expiry: flag(true),
  /** Prices of lines: what was paid is nobody's business who only keeps or sells the goods. */
  prices: flag(false),
  /** Longest lot and serial the other side keeps. Longer ones are not passed, and never cut. */
  lotLength: Schema.optionalKey(Length),
  serialLength: Schema.optionalKey(Length),
  /** Most serials of one line. */
  serialsPerLine: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  /**
   * Orders whose cancellation it takes. None unless said: a warehouse that does not look for it may take a cancellation
   * for one more order, and for 943 the standard has no code that every side knows.
   */
  cancellations: list(Schema.Literals(cancellable))
})
export type Capabilities = typeof Capabilities.Type

/** How a document leaves by a channel. `none`: it does not. */
export const documentFormats = ["none", "X12", "JSON"] as const
export const noticeFormats = ["none", "X12", "JSON", "SHOPIFY", "AMAZON"] as const

/** What a partner may send for the company. A return is authorized by who sold, and received where goods are kept. */
export const sendableKinds = [
  "purchase_order",
  "receipt",
  "sales_order",
  "shipment",
  "return_authorization",
  "return",
  "stock_movement",
  "serial_correction"
] as const
export type SendableKind = (typeof sendableKinds)[number]

/** X12 as this partner speaks it. What is not given is what the mapping takes by default. */
export const X12Profile = Schema.Struct({
  version: Schema.optionalKey(Schema.Literals(["004010", "004030", "005010", "005030"])),
  senderQualifier: Schema.optionalKey(Text),
  senderId: Schema.optionalKey(Text),
  receiverQualifier: Schema.optionalKey(Text),
  receiverId: Schema.optionalKey(Text),
  /** One character each. */
  elementSeparator: Schema.optionalKey(Text),
  segmentTerminator: Schema.optionalKey(Text),
  usage: Schema.optionalKey(Schema.Literals(["P", "T"])),
  /** N9 codes for lot, serial and expiry: `LT`, `SE`, and none for the expiry, which then stands in N904. */
  lotCode: Schema.optionalKey(Text),
  serialCode: Schema.optionalKey(Text),
  expiryCode: Schema.optionalKey(Text),
  /** Whether two serials after each other are two serials or the ends of a range. */
  serialPairMeans: Schema.optionalKey(Schema.Literals(["discrete", "range"])),
  /** Whether the warehouse lot (W0708, W1209) is the lot where the line names no other; it is, unless said otherwise. */
  warehouseLotIsLot: Schema.optionalKey(Schema.Boolean),
  /** Segments that a set does not have: an error, or passed over as some partners' own guides have it. */
  unknownSegments: Schema.optionalKey(Schema.Literals(["error", "ignore"])),
  /** Product qualifier (data element 235) of our SKU in what is sent; `VN` unless given. */
  skuQualifier: Schema.optionalKey(Text),
  /** Within how many hours its 997 for what it was sent is expected; 24 unless given. */
  acknowledgeWithinHours: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 720 }))),
  /** A line end behind every segment, for people who read the files. */
  lineEnds: Schema.optionalKey(Schema.Boolean)
})
export type X12Profile = typeof X12Profile.Type

/** The way between a company and a warehouse or shop, or whoever else sends and gets its order documents. */
export const PartnerChannel = Schema.Struct({
  ...Keyed,
  owner: Key,
  partner: Key,
  kind: Schema.Literals(["warehouse", "sales"]),
  /** Name of the software behind it, for people. */
  system: Schema.optionalKey(Text),
  /** The warehouses it runs; for kind `warehouse`. */
  warehouses: list(Key),
  /** What the partner may send for the owner, instead of what its kind of channel usually may. */
  maySend: Schema.optionalKey(Schema.Array(Schema.Literals(sendableKinds))),
  capabilities: Capabilities.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  purchaseOrders: Schema.Literals(documentFormats).pipe(Schema.withDecodingDefaultKey(Effect.succeed("none" as const))),
  salesOrders: Schema.Literals(documentFormats).pipe(Schema.withDecodingDefaultKey(Effect.succeed("none" as const))),
  shipNotices: Schema.Literals(noticeFormats).pipe(Schema.withDecodingDefaultKey(Effect.succeed("none" as const))),
  x12: Schema.optionalKey(X12Profile),
  /** Its names for the columns of CSV documents, by our fields (`lotNumber: Batch`), and what parts its cells. */
  csv: Schema.optionalKey(CsvProfile),
  /** Its names for the fields of JSON documents, by ours. */
  json: Schema.optionalKey(JsonProfile),
  /** Shopify: where the metafield stands. */
  metafield: Schema.optionalKey(Schema.Struct({ namespace: Text, key: Text }))
})
export type PartnerChannel = typeof PartnerChannel.Type

/** Shipping preferences of a product; a product of the world that has none takes the company's defaults. */
export const ShippingPreferences = Schema.Struct({
  ...Keyed,
  owner: Key,
  /** Key of the product of the world. */
  product: Key,
  /** Require Serial Number Scan In Scan & Ship. */
  requireSerialScan: Schema.optionalKey(Schema.Boolean),
  /** Every serial has this length. */
  serialLength: Schema.optionalKey(Length),
  isExpirable: flag(false),
  requireTransparencySticker: flag(false)
})
export type ShippingPreferences = typeof ShippingPreferences.Type

/** What the serial desk can be told. Each but the values drives a rule of its own. */
export const deskSettings = [
  "requireSerialScan",
  "serialNumberValidation",
  "validateSerialGlobally",
  "requireSerialWhenReceiving",
  "serialLengthValidation",
  "profitAndLossBySerial",
  "transferSerialsWithSku",
  "serialNumberManagement",
  "showOnOrderDetails",
  "showOnInvoice",
  "simpleSerialGrid",
  "requireSerialInput",
  "requireUniqueSerial",
  "uniqueSerialOfProduct",
  "skipPromptForVendor",
  "requireSerialValidationInReturns",
  "allowMoreSerialsThanReceived",
  "resetReceiveCount",
  "requireSerialsToMatchOrder",
  "requireSerialNumberValidation",
  "allowManualSerialInput",
  "ignoreSerialCase"
] as const
/**
 * Settings of the company as a whole, from its Client Settings, its defaults, and how it reads numbers: they hold whatever
 * tool a document comes from. The others are switched for each tool: Receivebridge, Shipbridge, what a handheld asks for.
 */
export const companySettings: ReadonlySet<string> = new Set<(typeof deskSettings)[number]>([
  "requireSerialScan",
  "serialNumberValidation",
  "serialLengthValidation",
  "profitAndLossBySerial",
  "transferSerialsWithSku",
  "serialNumberManagement",
  "showOnOrderDetails",
  "showOnInvoice",
  "simpleSerialGrid",
  "ignoreSerialCase"
])
export const DeskSettingName = Schema.Literals(deskSettings)
export type DeskSettingName = typeof DeskSettingName.Type

/**
 * A setting of the serial desk and where it holds. The narrowest one that fits decides; tools are judged apart, and a
 * setting of the whole company is one of `client`.
 */
export const DeskSetting = Schema.Struct({
  ...Keyed,
  setting: DeskSettingName,
  owner: Key,
  tool: Tool.pipe(Schema.withDecodingDefaultKey(Effect.succeed("client" as const))),
  /** Only for this product of the world, or for documents of this vendor (key or name). */
  product: Schema.optionalKey(Key),
  vendor: Schema.optionalKey(Text),
  on: flag(true),
  /** Of findings of the rule it drives. */
  severity: Schema.Literals(["error", "warning"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("error" as const))),
  /** Length, for `serialLengthValidation`. */
  value: Schema.optionalKey(Length),
  /** Findings may be overridden by a document that says who and why. */
  overridable: flag(true)
})
export type DeskSetting = typeof DeskSetting.Type
