/**
 * The groups `serials` and `reports` of the API: where a serial number stands and what became of it, and reports over
 * numbers, arrivals and orders as files. They change nothing. Declarations only; LookUpHandlers.ts answers.
 */
import { Record, Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { type Filter, filters } from "../reports/Filters.ts"
import { formats } from "../reports/Rendering.ts"
import { Authenticated } from "./Caller.ts"
import { about, Bytes, Id, Moment, optional } from "./Fields.ts"
import { Forbidden, Invalid, NotFound, Unavailable } from "./Problems.ts"

const SerialText = Schema.String.check(Schema.isBetweenLength(1, 200)).annotate({
  description: "AI text with or without parentheses, an EPC URI, an SSCC, or a bare serial"
})

/** Numbers in a traced one that are told; a pallet may hold 100,000. */
export const mostTraced = 1_000

const standing = {
  state: optional(Schema.String),
  itemStatus: optional(Schema.String),
  attributes: optional(Schema.Array(Schema.String)),
  lot: optional(Schema.String),
  expiry: optional(Schema.String.annotate({ description: "YYMMDD as printed" })),
  company: optional(Schema.String),
  location: optional(Schema.String),
  parent: optional(Schema.String.annotate({ description: "The number it is packed in" }))
}

/** A serial number of your company, or that it holds. */
export class SerialNumber extends Schema.Class<SerialNumber>("SerialNumber")({
  serialNumber: Schema.String,
  owner: Schema.String,
  packagingCode: Schema.String,
  packagingCodeType: Schema.String,
  ...standing,
  children: Schema.Int.annotate({ description: "Numbers packed in it directly" }),
  history: Schema.Array(
    Schema.Struct({
      at: Moment,
      kind: Schema.String,
      happenedAt: optional(Moment),
      message: optional(Id),
      document: optional(Schema.String),
      before: Schema.Struct(standing),
      after: Schema.Struct(standing)
    })
  ).annotate({ description: "Oldest first; for the owner of the number" })
}) {}

const Link = Schema.Struct({
  serialNumber: Schema.String,
  level: Schema.Int.annotate({ description: "1 for what it is packed in or what is packed in it, and so on outwards" }),
  through: Schema.String.annotate({ description: "The number next to it on the way" }),
  since: Moment,
  message: optional(Id),
  until: optional(Moment.annotate({ description: "When it left again" })),
  ...standing
})

/** Where a number came from and where it went. */
export class TracedNumber extends Schema.Class<TracedNumber>("TracedNumber")({
  serialNumber: Schema.String,
  packedIn: Schema.Array(Link).annotate({ description: "Nearest first" }),
  contains: Schema.Array(Link).annotate({ description: "Nearest level first" }),
  isCut: Schema.Boolean.annotate({ description: `True when it contains more than the ${mostTraced} that are told` }),
  handovers: Schema.Array(
    Schema.Struct({
      kind: Schema.String,
      company: optional(Schema.String),
      partner: optional(Schema.String),
      document: optional(Schema.String),
      message: optional(Id),
      first: Moment,
      last: Moment,
      numbers: Schema.Int
    })
  ).annotate({ description: "Whom it, and what was in it, was handed over to" })
}) {}

export class Serials extends HttpApiGroup.make("serials")
  .add(
    HttpApiEndpoint.get("find", "/v1/serials", {
      query: {
        serial: SerialText
      },
      success: Schema.Array(SerialNumber),
      error: [Forbidden, Unavailable]
    }).annotateMerge(
      about("Where a serial number stands", "Every number that the text means and that your company owns or holds.")
    ),
    HttpApiEndpoint.get("trace", "/v1/traces", {
      query: { serial: SerialText },
      success: Schema.Array(TracedNumber),
      error: [Forbidden, Unavailable]
    }).annotateMerge(
      about("Where a number came from and went", "Of every number that the text means and that your company owns.")
    )
  )
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Serial numbers and what became of them" })) {}

/** A report that can be asked for. */
export class ReportKind extends Schema.Class<ReportKind>("ReportKind")({
  name: Schema.String,
  title: Schema.String,
  columns: Schema.Array(Schema.String),
  filters: Schema.Array(Schema.String)
}) {}

const OneOrMore = Schema.Union([Schema.String, Schema.Array(Schema.String)])

const described = ({ about: description, value, many }: Filter) => {
  const hint = many === true ? "; may be repeated" : value === undefined ? "; true or false" : ""
  return optional(OneOrMore.annotate({ description: `${description}${hint}` }))
}

/** Every filter there is but the company, which is the caller's. */
const query = {
  format: optional(Schema.Literals(formats).annotate({ description: "csv unless given" })),
  ...Record.map(Struct.omit(filters, ["company"]), described)
}

export class Reports extends HttpApiGroup.make("reports")
  .add(
    HttpApiEndpoint.get("list", "/v1/reports", {
      success: Schema.Array(ReportKind),
      error: [Forbidden, Unavailable]
    }).annotateMerge(about("Reports there are", "With their columns, and the filters that each takes.")),
    HttpApiEndpoint.get("file", "/v1/reports/:name", {
      params: { name: Schema.String.check(Schema.isMaxLength(64)) },
      query,
      success: Bytes,
      error: [Invalid, Forbidden, NotFound, Unavailable]
    }).annotateMerge(
      about(
        "A report as a file",
        "Over your company's numbers and documents; `orders-by-serial` and `pos-by-serial` say which orders a serial number went through. A filter that the report does not take is refused."
      )
    )
  )
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Serial numbers, arrivals and orders as files" })) {}
