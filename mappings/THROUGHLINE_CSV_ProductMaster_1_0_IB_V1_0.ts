/**
 * Product master data as CSV, one row a packaging code; ours as a whole. Rows with the same product code make one product:
 * what is said of the product stands in its first row, rows with the same packaging level are one level with several
 * codes. Item codes (`US_NDC532:30012-310-01`), markets and partners stand in one cell, parted by `|`.
 */
import * as Csv from "../src/formats/Csv.ts"
import type { FieldName, PackagingRecord, ProductMaster, ProductRecord } from "../src/products/ProductMaster.ts"

/** This module: its layout is what a run records. */
export const file = import.meta.filename

export const layout = Csv.layout("THROUGHLINE_CSV_ProductMaster_1_0_IB_V1_0", {
  productCode: { names: ["Product Code"], required: "column" },
  name: { names: ["Product Name"], required: "column" },
  description: { names: ["Description"] },
  genericName: { names: ["Generic Name"] },
  strength: { names: ["Strength"] },
  dosageForm: { names: ["Dosage Form"] },
  containerSize: { names: ["Container Size"] },
  dataStatus: { names: ["Data Status"] },
  commercialStatus: { names: ["Commercial Status"] },
  itemCodes: { names: ["Item Codes"] },
  markets: { names: ["Target Markets"], required: "column" },
  partners: { names: ["Distribution Partners"] },
  level: { names: ["Packaging Level"], required: "column" },
  companyPrefix: { names: ["Company Prefix"] },
  quantity: { names: ["Quantity"] },
  codeType: { names: ["Code Type"], required: "column" },
  code: { names: ["Code"], required: "column" }
})

const places: Readonly<Record<FieldName, string>> = {
  productCode: "/Product Code",
  name: "/Product Name",
  description: "/Description",
  genericName: "/Generic Name",
  strength: "/Strength",
  dosageForm: "/Dosage Form",
  containerSize: "/Container Size",
  dataStatus: "/Data Status",
  commercialStatus: "/Commercial Status",
  itemCode: "",
  itemCodeType: "",
  market: "",
  country: "",
  traceabilityRequired: "",
  pointOfDispenseVerification: "",
  origin: "",
  distributionPartner: "",
  packaging: "",
  level: "/Packaging Level",
  companyPrefix: "/Company Prefix",
  quantity: "/Quantity",
  code: "",
  codeType: ""
}

const parts = (cell: string | undefined): ReadonlyArray<string> =>
  (cell ?? "")
    .split("|")
    .map((part) => part.trim())
    .filter((part) => part !== "")

type Row = Csv.RowOf<(typeof layout)["columns"]>

const itemCodesOf = ({ row, cells }: Row) =>
  parts(cells.itemCodes).map((text) => {
    const colon = text.indexOf(":")
    const [type, value] = colon < 0 ? [undefined, text] : [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
    return { type, value, path: Csv.path(row, "Item Codes") }
  })

const levelsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<PackagingRecord> =>
  [...Map.groupBy(rows, ({ cells }) => cells.level)].flatMap(([level, some]) => {
    const [first] = some
    if (first === undefined) return []
    const codes = some.map(({ row, cells }) => ({
      type: cells.codeType,
      value: cells.code,
      path: Csv.path(row, "Code")
    }))
    const { companyPrefix, quantity } = first.cells
    return [{ level, companyPrefix, quantity, codes, path: Csv.path(first.row) }]
  })

const productOf = (rows: ReadonlyArray<Row>): ReadonlyArray<ProductRecord> => {
  const [first] = rows
  if (first === undefined) return []
  const { cells, row } = first
  return [
    {
      productCode: cells.productCode,
      name: cells.name,
      description: cells.description,
      genericName: cells.genericName,
      strength: cells.strength,
      dosageForm: cells.dosageForm,
      containerSize: cells.containerSize,
      dataStatus: cells.dataStatus,
      commercialStatus: cells.commercialStatus,
      itemCodes: itemCodesOf(first),
      markets: parts(cells.markets).map((country) => ({
        country,
        traceabilityRequired: undefined,
        pointOfDispenseVerification: undefined,
        origin: undefined,
        distributionPartners: parts(cells.partners),
        path: Csv.path(row, "Target Markets")
      })),
      packaging: levelsOf(rows),
      path: Csv.path(row)
    }
  ]
}

export const canonical = (rows: ReadonlyArray<Row>, header: ProductMaster["header"]): ProductMaster => ({
  header,
  // A row without a product code is a product of its own, so that each is told.
  products: [...Map.groupBy(rows, ({ row, cells }) => cells.productCode ?? row)].flatMap(([, some]) => productOf(some)),
  places
})
