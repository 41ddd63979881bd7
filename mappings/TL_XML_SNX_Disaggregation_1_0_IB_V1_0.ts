/**
 * SNX_DISAGGREGATED: XML to the canonical disaggregation (TraceLink SNX Disaggregate serial numbers, 2024.4). Files in use
 * have the list in the message's own namespace, unlike aggregation.
 */
import * as Xml from "../src/formats/Xml.ts"
import type { Disaggregation } from "../src/serials/Disaggregation.ts"
import * as Snx from "./Snx.ts"

const event = "snx:MessageBody/snx:DisaggregatedEvent"
const listOf = (prefix: "snx" | "cmn") => ({
  present: Xml.present(`${event}/${prefix}:SerialNumberList`),
  list: Xml.list(`${event}/${prefix}:SerialNumberList/cmn:SerialNumber`, { attributes: { format: "format" } })
})

export const layout = Xml.layout({
  mapVersion: "TL_XML_SNX_Disaggregation_1_0_IB_V1_0",
  namespaces: Snx.namespaces,
  defaultPrefix: "snx",
  roots: ["snx:SNXDisaggregatedMessage"],
  fields: {
    header: Snx.header,
    eventDateTime: Xml.text(`${event}/cmn:EventDateTime`),
    eventTimeZoneOffset: Xml.text(`${event}/cmn:EventTimeZoneOffset`),
    eventLocation: Xml.text(`${event}/cmn:EventLocation`),
    parent: Xml.text(`${event}/cmn:ParentSerialNumber`, { attributes: { format: "format" } }),
    serials: listOf("snx"),
    common: listOf("cmn")
  }
})

export const canonical = (read: Xml.Read<typeof layout>): Disaggregation => ({
  header: Snx.headerOf(read.header),
  eventDateTime: Snx.required(read.eventDateTime),
  eventTimeZoneOffset: Snx.required(read.eventTimeZoneOffset),
  eventLocation: Snx.required(read.eventLocation),
  parent: Snx.required(read.parent),
  parentFormat: read.parent?.attributes.format,
  serials: Snx.listOf(read.serials) ?? Snx.listOf(read.common)
})
