/**
 * SNX_DISPOSITION_ASSIGNED: XML to the canonical assignment (TraceLink SNX Commission and aggregate serial numbers,
 * 2024.4). Blocks stand in each other, so they are read as tables whose rows say which block they are in.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { DispositionAssigned } from "../src/serials/DispositionAssigned.ts"
import * as Snx from "./Snx.ts"

const commission = "snx:MessageBody/snx:CommissionEvent"
const common = "snx:CommissionCommonAttributes"
const item = `${common}/snx:ItemDetail`
const aggregation = "snx:MessageBody/snx:AggregationEvent"
const detail = `${aggregation}/snx:AggregationEventDetail`

export const layout = Xml.layout({
  mapVersion: "TL_XML_SerialNumberDispositionAssigned_2_0",
  namespaces: Snx.namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXDispositionAssignedMessage"],
  fields: {
    header: Snx.header,
    commissions: Xml.rows(commission, {
      eventLocation: `${common}/cmn:EventLocation`,
      eventLocationType: `${common}/cmn:EventLocation/@type`,
      productionLineId: `${common}/cmn:ProductionLineId`,
      lineManagerName: `${common}/cmn:LineManagerName`,
      internalMaterialCode: `${item}/cmn:InternalMaterialCode`,
      itemCode: `${item}/cmn:ItemCode`,
      itemCodeType: `${item}/cmn:ItemCode/@type`,
      countryDrugCode: `${item}/cmn:CountryDrugCode`,
      countryDrugCodeType: `${item}/cmn:CountryDrugCode/@type`,
      lotNumber: `${item}/cmn:LotNumber`,
      expirationDate: `${item}/cmn:ExpirationDate`,
      manufacturingDate: `${item}/cmn:ManufacturingDate`,
      companyPrefix: `${common}/cmn:CompanyPrefix`
    }),
    items: Xml.rows(`${commission}/${item}`, { of: ".." }),
    details: Xml.rows(`${commission}/snx:CommissionEventDetail`, {
      of: "..",
      eventDateTime: "cmn:EventDateTime",
      eventTimeZoneOffset: "cmn:EventTimeZoneOffset",
      serial: "cmn:SerialNumber",
      format: "cmn:SerialNumber/@format",
      packagingLevel: "cmn:PackagingLevel",
      barcode: "cmn:BarcodeContent"
    }),
    aggregations: Xml.rows(aggregation, {}),
    containers: Xml.rows(detail, {
      of: "..",
      eventDateTime: "cmn:EventDateTime",
      eventTimeZoneOffset: "cmn:EventTimeZoneOffset",
      eventLocation: "cmn:EventLocation",
      eventLocationType: "cmn:EventLocation/@type",
      parent: "cmn:ParentSerialNumber",
      parentFormat: "cmn:ParentSerialNumber/@format",
      packedStatus: "cmn:PackedStatus",
      quantity: "cmn:Quantity"
    }),
    lists: Xml.rows(`${detail}/cmn:SerialNumberList`, { of: ".." }),
    children: Xml.rows(`${detail}/cmn:SerialNumberList/cmn:SerialNumber`, { of: "..", value: ".", format: "@format" })
  }
})

type Row = { readonly of: string | undefined }

/** Rows by the row they stand in. */
const within = <R extends Row>(rows: ReadonlyArray<R>) => {
  const grouped = Map.groupBy(rows, ({ of }) => Number(of))
  return (index: number): ReadonlyArray<R> => grouped.get(index) ?? []
}

const typed = (value: string | undefined, type: string | undefined) =>
  value === undefined ? undefined : { value, type, occurrences: 1 }

const columnsOf = (
  rows: ReadonlyArray<{ readonly value?: string | undefined; readonly format: string | undefined }>
) => (rows.some(({ format }) => format !== undefined) ? rows.map(({ format }) => format) : undefined)

export const canonical = (read: Xml.Read<typeof layout>): DispositionAssigned => {
  const details = within(read.details)
  const lists = within(read.lists.map((row, list) => ({ ...row, list })))
  const children = within(read.children)
  const withItem = new Set(read.items.map(({ of }) => Number(of)))
  const places = new Map<number, number>()
  return {
    header: Snx.headerOf(read.header),
    commissionings: read.commissions.map((row, index) => {
      const own = details(index)
      return {
        serials: { values: own.map(({ serial }) => serial ?? ""), formats: columnsOf(own) },
        eventDateTimes: own.map(({ eventDateTime }) => eventDateTime ?? ""),
        eventTimeZoneOffsets: own.map(({ eventTimeZoneOffset }) => eventTimeZoneOffset ?? ""),
        packagingLevels: own.map(({ packagingLevel }) => packagingLevel),
        barcodes: own.map(({ barcode }) => barcode),
        eventLocation: row.eventLocation ?? "",
        eventLocationType: row.eventLocationType,
        productionLineId: row.productionLineId,
        lineManagerName: row.lineManagerName,
        item: withItem.has(index)
          ? {
              itemCode: typed(row.itemCode, row.itemCodeType),
              countryDrugCode: typed(row.countryDrugCode, row.countryDrugCodeType),
              internalMaterialCode: row.internalMaterialCode,
              lotNumber: row.lotNumber,
              expirationDate: row.expirationDate,
              manufacturingDate: row.manufacturingDate
            }
          : undefined,
        companyPrefix: row.companyPrefix
      }
    }),
    aggregations: read.containers.map((row, index) => {
      const event = Number(row.of)
      const nth = places.get(event) ?? 0
      places.set(event, nth + 1)
      const [list] = lists(index)
      const own = list === undefined ? [] : children(list.list)
      return {
        event,
        detail: nth,
        eventDateTime: row.eventDateTime ?? "",
        eventTimeZoneOffset: row.eventTimeZoneOffset ?? "",
        eventLocation: row.eventLocation ?? "",
        eventLocationType: row.eventLocationType,
        parent: row.parent ?? "",
        parentFormat: row.parentFormat,
        packedStatus: row.packedStatus,
        quantity: row.quantity,
        children:
          list === undefined ? undefined : { values: own.map(({ value }) => value ?? ""), formats: columnsOf(own) }
      }
    })
  }
}
