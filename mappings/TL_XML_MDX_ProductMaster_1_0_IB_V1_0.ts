/**
 * MDX_PRODUCT_MASTER: XML to canonical product master data. Public is the root, `mdx:MDXProductMasterMessage` with its
 * `mdx:ControlFileHeader`; the version in the map's name, the namespace and the body are ours, with the names that the
 * product record of tracelink/code-samples has.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { FieldName, ProductMaster, TypedValue } from "../src/products/ProductMaster.ts"

const product = "mdx:MessageBody/mdx:Product"

export const layout = Xml.layout({
  mapVersion: "TL_XML_MDX_ProductMaster_1_0_IB_V1_0",
  namespaces: {
    mdx: "urn:tracelink:mapper:sl:master_data_exchange",
    cmn: "urn:tracelink:mapper:sl:commontypes"
  },
  roots: ["mdx:MDXProductMasterMessage"],
  fields: {
    header: {
      fileSenderNumber: Xml.text("mdx:ControlFileHeader/cmn:FileSenderNumber"),
      fileReceiverNumber: Xml.text("mdx:ControlFileHeader/cmn:FileReceiverNumber"),
      fileControlNumber: Xml.text("mdx:ControlFileHeader/cmn:FileControlNumber")
    },
    products: Xml.rows(product, {
      productCode: "mdx:ProductCode",
      name: "mdx:ProductName",
      description: "mdx:ProductDescription",
      genericName: "mdx:GenericName",
      strength: "mdx:Strength",
      dosageForm: "mdx:DosageForm",
      containerSize: "mdx:ContainerSize",
      dataStatus: "mdx:ProductDataStatus",
      commercialStatus: "mdx:ProductCommercialStatus"
    }),
    itemCodes: Xml.rows(`${product}/mdx:ProductItemCode`, { of: "..", type: "@type", value: "." }),
    markets: Xml.rows(`${product}/mdx:ProductTargetMarket`, {
      of: "..",
      country: "mdx:TargetMarketCountry",
      traceabilityRequired: "mdx:TraceabilityRequired",
      pointOfDispenseVerification: "mdx:PointOfDispenseVerification",
      origin: "mdx:ProductOrigin"
    }),
    partners: Xml.rows(`${product}/mdx:ProductTargetMarket/mdx:DistributionPartnerIdentifier`, {
      of: "..",
      value: "."
    }),
    packaging: Xml.rows(`${product}/mdx:PackagingInformation`, {
      of: "..",
      level: "mdx:PackagingUom",
      companyPrefix: "mdx:CompanyPrefix",
      quantity: "mdx:PackagingQuantity"
    }),
    codes: Xml.rows(`${product}/mdx:PackagingInformation/mdx:PackagingItemCode`, {
      of: "..",
      type: "@type",
      value: "."
    })
  }
})

/** Where fields stand below their part. */
const places: Readonly<Record<FieldName, string>> = {
  productCode: "/mdx:ProductCode",
  name: "/mdx:ProductName",
  description: "/mdx:ProductDescription",
  genericName: "/mdx:GenericName",
  strength: "/mdx:Strength",
  dosageForm: "/mdx:DosageForm",
  containerSize: "/mdx:ContainerSize",
  dataStatus: "/mdx:ProductDataStatus",
  commercialStatus: "/mdx:ProductCommercialStatus",
  itemCode: "",
  itemCodeType: "/@type",
  market: "",
  country: "/mdx:TargetMarketCountry",
  traceabilityRequired: "/mdx:TraceabilityRequired",
  pointOfDispenseVerification: "/mdx:PointOfDispenseVerification",
  origin: "/mdx:ProductOrigin",
  distributionPartner: "/mdx:DistributionPartnerIdentifier",
  packaging: "",
  level: "/mdx:PackagingUom",
  companyPrefix: "/mdx:CompanyPrefix",
  quantity: "/mdx:PackagingQuantity",
  code: "",
  codeType: "/@type"
}

type Inner = { readonly of: string | undefined }

/** Rows by the row they stand in. */
const within = <R extends Inner>(rows: ReadonlyArray<R>) => {
  const grouped = Map.groupBy(rows, ({ of }) => Number(of))
  return (index: number): ReadonlyArray<R> => grouped.get(index) ?? []
}

export const canonical = (read: Xml.Read<typeof layout>): ProductMaster => {
  const root = `${Xml.rootPath(layout)}/mdx:MessageBody`
  const [itemCodes, markets, packaging] = [within(read.itemCodes), within(read.markets), within(read.packaging)]
  const [partners, codes] = [within(read.partners), within(read.codes)]
  const all = { market: 0, packaging: 0 }
  const typed = (
    row: { readonly type: string | undefined; readonly value: string | undefined },
    path: string
  ): TypedValue => ({
    type: row.type,
    value: row.value,
    path
  })
  return {
    header: {
      sender: read.header.fileSenderNumber?.value ?? "",
      receiver: read.header.fileReceiverNumber?.value ?? "",
      controlNumber: read.header.fileControlNumber?.value ?? ""
    },
    products: read.products.map((fields, index) => {
      const path = `${root}/mdx:Product[${index + 1}]`
      return {
        ...fields,
        itemCodes: itemCodes(index).map((row, at) => typed(row, `${path}/mdx:ProductItemCode[${at + 1}]`)),
        markets: markets(index).map(({ of: _, ...row }, at) => ({
          ...row,
          distributionPartners: partners(all.market++).flatMap(({ value }) => value ?? []),
          path: `${path}/mdx:ProductTargetMarket[${at + 1}]`
        })),
        packaging: packaging(index).map(({ of: _, ...row }, at) => {
          const here = `${path}/mdx:PackagingInformation[${at + 1}]`
          return {
            ...row,
            codes: codes(all.packaging++).map((code, nth) => typed(code, `${here}/mdx:PackagingItemCode[${nth + 1}]`)),
            path: here
          }
        }),
        path
      }
    }),
    places
  }
}
