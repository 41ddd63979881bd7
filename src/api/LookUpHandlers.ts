/**
 * Answers the groups `serials` and `reports` of the API. A company sees numbers that it owns or holds, their history where
 * it owns them, and reports over its own documents, whatever it asks for. What others' documents did to its numbers is
 * told without those documents, and of others' numbers in a trace only that they were there.
 */
import { Effect, Layer, Stream } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import * as Filters from "../reports/Filters.ts"
import type { Format } from "../reports/Rendering.ts"
import { Reports } from "../reports/Reports.ts"
import type { ReportsError } from "../reports/ReportsError.ts"
import { type Found, Serials, type Standing } from "../serials/Serials.ts"
import { type Handover, type Link, Trace } from "../serials/Trace.ts"
import { Api } from "./Api.ts"
import { allowed } from "./Authentication.ts"
import { mostTraced, ReportKind, SerialNumber, TracedNumber } from "./LookUpApi.ts"
import { Invalid, NotFound, Unavailable } from "./Problems.ts"
import * as RequestFaults from "./RequestFaults.ts"
import * as Wire from "./Wire.ts"

const away = () => new Unavailable({ detail: "The repository does not answer at the moment. Ask again." })

const standingOf = ({ state, itemStatus, attributes, lot, company, location, parent }: Standing) =>
  Wire.plain({
    state,
    itemStatus,
    attributes: attributes === undefined || attributes.length === 0 ? undefined : attributes,
    lot: lot?.lot,
    expiry: lot?.expiry,
    company,
    location,
    parent
  })

/** Whether a company may know what a change came from: documents of others, and their messages, are theirs. */
const mayKnow = (by: string | undefined, asker: string): boolean => by === undefined || by === asker

const numberOf = (found: Found, asker: string) => {
  const { value, item, children, history } = found
  const seen = item.owner === asker ? history : []
  return Wire.as(SerialNumber)({
    ...standingOf(found),
    serialNumber: value,
    owner: item.owner,
    packagingCode: item.code,
    packagingCodeType: item.codeType,
    children,
    history: seen.map(({ recordedAt, kind, eventAt, messageId, document, by, from, to }) =>
      Wire.plain({
        at: recordedAt,
        kind,
        happenedAt: eventAt,
        ...(mayKnow(by, asker) ? { message: messageId, document } : {}),
        before: standingOf(from),
        after: standingOf(to)
      })
    )
  })
}

const decodeTraced = Wire.as(TracedNumber)

const linkOf =
  (asker: string) =>
  ({ value, level, through, since, message, until, ...known }: Link) => {
    const isOwnOrHeld = known.item.owner === asker || known.company === asker
    const seen = isOwnOrHeld ? { ...standingOf(known), message } : {}
    return Wire.plain({ ...seen, serialNumber: value, level, through, since, until })
  }

const handoverOf =
  (asker: string) =>
  ({ by, partner, document, message, ...rest }: Handover) =>
    Wire.plain({ ...rest, ...(mayKnow(by, asker) ? { partner, document, message } : {}) })

const serials = HttpApiBuilder.group(
  Api,
  "serials",
  Effect.fn(function* (handlers) {
    const repository = yield* Serials
    const trace = yield* Trace

    const traced = Effect.fnUntraced(function* (value: string, company: string) {
      const inside = yield* Stream.runCollect(Stream.take(trace.down(value), mostTraced + 1))
      return yield* decodeTraced({
        serialNumber: value,
        packedIn: (yield* trace.up(value)).map(linkOf(company)),
        contains: inside.slice(0, mostTraced).map(linkOf(company)),
        isCut: inside.length > mostTraced,
        handovers: (yield* trace.handovers(value)).map(handoverOf(company))
      })
    }, Effect.mapError(away))

    return handlers.handleAll({
      find: ({ query: { serial } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          const found = yield* Effect.mapError(repository.find(serial), away)
          const visible = found.filter(({ item, company: holder }) => item.owner === company || holder === company)
          return yield* Effect.forEach(visible, (one) => numberOf(one, company))
        }),
      trace: ({ query: { serial } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          const found = yield* Effect.mapError(repository.find(serial), away)
          const own = found.filter(({ item }) => item.owner === company)
          return yield* Effect.forEach(own, ({ value }) => traced(value, company))
        })
    })
  })
)

/** Filters are named as the address writes them. */
const problemOf = (takes: ReadonlyArray<Filters.FilterName>) => (error: ReportsError) => {
  const { reason, message, next } = error
  const detail = next === undefined ? message : `${message} ${next}`
  if (reason._tag === "UnknownReport") return new NotFound({ detail })
  if (reason._tag === "Unavailable" || reason._tag === "Unprintable") return new Unavailable({ detail })
  if (reason._tag !== "WrongFilter" || reason.faults.length === 0)
    return new Invalid({ detail, errors: [RequestFaults.inQuery("", message)] })
  const errors = reason.faults.map(({ filter, why }) => RequestFaults.inQuery(filter, why))
  const told = errors.map(({ element, message: why }) => `${element} ${why}`).join("; ")
  return new Invalid({ detail: `The filters make no sense: ${told}. It takes: format, ${takes.join(", ")}.`, errors })
}

const types: Readonly<Record<Format, string>> = {
  csv: "text/csv; charset=utf-8",
  json: "application/x-ndjson",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pdf: "application/pdf"
}

/**
 * A filter as reports take it: a list where it may be repeated, a switch where there is no value. What makes no sense is
 * left for the report to refuse.
 */
const chosen = (filter: Filters.FilterName | undefined, text: unknown): unknown => {
  if (filter === undefined) return text
  const { many, value } = Filters.filterOf(filter)
  if (value === undefined) return text === "true" ? true : text === "false" ? false : text
  return many === true && typeof text === "string" ? [text] : text
}

const filtersOf = (given: object, takes: ReadonlyArray<Filters.FilterName>) =>
  Object.fromEntries(
    Object.entries(given).map(([name, text]: readonly [string, unknown]) => {
      const filter = takes.find((one) => one === name)
      return [name, chosen(filter, text)]
    })
  )

const reports = HttpApiBuilder.group(
  Api,
  "reports",
  Effect.fn(function* (handlers) {
    const all = yield* Reports
    return handlers.handleAll({
      list: () =>
        Effect.as(
          allowed("read"),
          all.list.map(
            ({ name, title, columns, takes }) =>
              new ReportKind({
                name,
                title,
                columns: columns.map(({ heading }) => heading),
                filters: Filters.ofCompany(takes)
              })
          )
        ),
      file: ({ params: { name }, query: { format = "csv" } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          // As it was sent, with what no report takes: the report names that, and what it takes.
          const { format: _, ...given } = yield* HttpServerRequest.ParsedSearchParams
          const takes = Filters.ofCompany(all.list.find((report) => report.name === name)?.takes ?? [])
          const file = all.file({ name, filters: filtersOf(given, takes), company, format })
          const { bytes } = yield* Effect.mapError(file, problemOf(takes))
          return HttpServerResponse.stream(bytes.pipe(Stream.tapError((error) => Effect.logWarning(error.message))), {
            contentType: types[format],
            headers: { "content-disposition": `attachment; filename="${name}.${format === "json" ? "jsonl" : format}"` }
          })
        })
    })
  })
)

export const layer = Layer.mergeAll(serials, reports)
