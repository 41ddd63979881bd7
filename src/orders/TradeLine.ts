/**
 * The line that every order document has, whatever format it came in: what it is of, how much, which lots, serials and
 * dates. One line has at most one lot: several lots of one product are several lines.
 *
 * Plain values; mappings fill them, `LineRules` look at them. Dates are `YYYY-MM-DD`, money is a decimal text.
 */

/** Who assigned a lot, as FSMA 204 and Amazon's vendor shipments ask for it. */
export const lotSourceTypes = ["GLN", "FFRN", "USDA_E", "URL"] as const
export type LotSourceType = (typeof lotSourceTypes)[number]

export interface LotSource {
  readonly type: LotSourceType
  readonly value: string
}

export interface TradeLine {
  /** How the document names the line: its number, or an identifier of the sender. */
  readonly sourceLineRef: string
  /** The bundle line this is a component of, by its `sourceLineRef`. */
  readonly parentLineRef?: string | undefined
  /** The line of the order this one is about, by its `sourceLineRef`; without one, the product tells. */
  readonly orderLineRef?: string | undefined
  /** 8 to 14 digits: GTIN, UPC or EAN as written. */
  readonly gtin?: string | undefined
  /** The company's own code. A line has a GTIN, a SKU, or both. */
  readonly sku?: string | undefined
  readonly quantity: number
  /** What the document's line says in all, where its lots became lines of their own. */
  readonly statedQuantity?: number | undefined
  /** X12 355 code or the sender's word, `EA` where none is given. */
  readonly uom: string
  readonly lotNumber?: string | undefined
  /** The supplier's or manufacturer's number where it differs from `lotNumber`. */
  readonly supplierLotNumber?: string | undefined
  /** The warehouse's own number for the lot. */
  readonly warehouseLotNumber?: string | undefined
  /** As the document writes them. */
  readonly serialNumbers: ReadonlyArray<string>
  readonly expirationDate?: string | undefined
  readonly bestBeforeDate?: string | undefined
  readonly productionDate?: string | undefined
  /** The logistic unit it is packed in, 18 digits. */
  readonly sscc?: string | undefined
  /** Price of one unit, e.g. `5.00`. */
  readonly price?: string | undefined
  readonly notes?: string | undefined
  readonly lotSource?: LotSource | undefined
}

/** Where things stand in the document that was read, as paths its format can locate. */
export interface TradePlaces {
  readonly document: string
  /** A field of the document's head, by its name in our JSON: `salesOrder`, `from.bin`. */
  readonly field: (name: string) => string
  readonly line: (index: number) => string
  readonly lot: (index: number) => string
  readonly serial: (index: number, position: number) => string
}

/** What a line is of, for people: the SKU where there is one. */
export const productText = ({ sku, gtin }: Pick<TradeLine, "sku" | "gtin">): string => sku ?? gtin ?? "(no product)"
