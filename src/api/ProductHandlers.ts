/**
 * Answers the groups `products` and `directory` of the API. A company sees master data that is shared with it, changes
 * records that are its own, and has jobs of its own; what it may not do, the services say.
 */
import { Effect, Layer } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Partners } from "../partners/Partners.ts"
import { DirectoryDesk, type DirectoryError, type Entry } from "../products/DirectoryDesk.ts"
import * as MasterDataFile from "../products/MasterDataFile.ts"
import * as ProductIndex from "../products/ProductIndex.ts"
import { type Job as JobOf, ProductJobs, type ProductJobsError } from "../products/ProductJobs.ts"
import { Api } from "./Api.ts"
import { allowed } from "./Authentication.ts"
import { Conflict, Forbidden, Invalid, NotFound, Unavailable } from "./Problems.ts"
import { DirectoryEntry, Job, JobTaken, Product } from "./ProductApi.ts"
import * as RequestBody from "./RequestBody.ts"
import * as RequestFaults from "./RequestFaults.ts"
import * as Wire from "./Wire.ts"

const away = () => new Unavailable({ detail: "Product information does not answer at the moment. Ask again." })

/** Records and products listed at a time, unless the caller says otherwise. */
const usualPage = 100
/** An upload of fifty thousand GTINs with descriptions. */
const maxBytes = 4 * 1024 * 1024

const jobProblem = ({ reason, detail }: ProductJobsError) =>
  reason._tag === "NotAllowed" ? new Forbidden({ detail }) : new Unavailable({ detail })

const directoryProblem = ({ reason, detail }: DirectoryError) => {
  if (reason._tag === "Unavailable") return new Unavailable({ detail })
  if (reason.status === 403) return new Forbidden({ detail })
  if (reason.status === 404) return new NotFound({ detail })
  if (reason.status === 409) return new Conflict({ detail })
  return new Invalid({
    detail,
    errors: reason.refusals.map(({ field, message }) => RequestFaults.inBody(field, message))
  })
}

const jobOf = ({ id, ...job }: JobOf) => Wire.as(Job)({ ...job, processingId: id, rows: job.rows?.map(Wire.plain) })

const products = HttpApiBuilder.group(
  Api,
  "products",
  Effect.fn(function* (handlers) {
    const partners = yield* Partners
    const jobs = yield* ProductJobs
    const told = Wire.as(Product)

    return handlers.handleAll({
      query: ({ query: { packagingCodeType: codeType, owner, limit = usualPage } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          const index = ProductIndex.of(yield* Effect.mapError(partners.current, away))
          const all = MasterDataFile.told(index, company, { codeType, owner })
          return yield* Effect.forEach(all.slice(0, limit), told)
        }),
      download: ({ payload: { format, packagingCodeType: codeType, owner, fields, since } }) =>
        Effect.gen(function* () {
          const { company, by } = yield* allowed("read")
          const from = since === undefined ? undefined : new Date(since)
          if (from !== undefined && Number.isNaN(from.getTime())) {
            const message = "must be a moment such as 2026-11-24T12:00:00Z"
            return yield* new Invalid({ detail: `since ${message}`, errors: [RequestFaults.inBody("since", message)] })
          }
          const processingId = yield* Effect.mapError(
            jobs.submitDownload(company, { format, codeType, owner, fields, since: from }, by),
            jobProblem
          )
          return new JobTaken({ processingId })
        }),
      jobs: () =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          return yield* Effect.forEach(yield* Effect.mapError(jobs.list(company, usualPage), jobProblem), jobOf)
        }),
      job: ({ params: { processingId } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          const job = yield* Effect.mapError(jobs.poll(company, processingId), jobProblem)
          if (job === undefined) return yield* new NotFound({ detail: `You have no job ${processingId}.` })
          return yield* jobOf(job)
        }),
      file: ({ params: { processingId } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          const file = yield* Effect.mapError(jobs.file(company, processingId), jobProblem)
          if (file === undefined)
            return yield* new NotFound({ detail: `You have no job ${processingId} with a file that is ready.` })
          return HttpServerResponse.uint8Array(file.bytes, {
            contentType: file.name.endsWith(".csv") ? "text/csv; charset=utf-8" : "application/json",
            headers: { "content-disposition": `attachment; filename="${file.name}"` }
          })
        })
    })
  })
)

/** A record as a company sees it: an owner's remarks are its own, an offer its and of whom it is made to. */
const seenBy = (company: string, { comment, transfer, ...record }: Entry): object => ({
  ...record,
  ...(record.owner === company ? { comment } : {}),
  ...(record.owner === company || transfer?.to === company ? { transfer } : {})
})

/** Who may change the directory, and how the audit trail names them. */
const manager = (why: string | undefined) =>
  Effect.map(allowed("manage"), ({ company, by }) => ({ company, by: { actor: `${company}, ${by}`, why } }))

const directory = HttpApiBuilder.group(
  Api,
  "directory",
  Effect.fn(function* (handlers) {
    const desk = yield* DirectoryDesk
    const jobs = yield* ProductJobs
    const body = RequestBody.reader(maxBytes)
    const entry = Wire.as(DirectoryEntry)

    /** A change of what is the company's own, with the record as it is then. */
    const changed = (
      why: string | undefined,
      act: (
        company: string,
        by: { readonly actor: string; readonly why?: string | undefined }
      ) => Effect.Effect<Entry, DirectoryError>
    ) =>
      Effect.gen(function* () {
        const { company, by } = yield* manager(why)
        return yield* entry(seenBy(company, yield* Effect.mapError(act(company, by), directoryProblem)))
      })

    return handlers
      .handle("list", ({ query: { gtin, provider, mine, contested, limit = usualPage } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          const filter = {
            gtin,
            provider,
            owner: mine === "true" ? company : undefined,
            contested: contested === "true",
            limit
          }
          const found = yield* Effect.mapError(desk.list(filter), () => away())
          return yield* Effect.forEach(found, (one) => entry(seenBy(company, one)))
        })
      )
      .handle("add", ({ payload: { why, ...wanted } }) => changed(why, (company, by) => desk.add(company, wanted, by)))
      .handle("dates", ({ params: { id }, payload: { why, ...dates } }) =>
        changed(why, (company, by) => desk.setValidity(company, id, dates, by))
      )
      .handle("remove", ({ params: { id }, query: { why } }) =>
        changed(why, (company, by) => desk.remove(company, id, by))
      )
      .handle("offer", ({ params: { id }, payload: { to, from, why } }) =>
        changed(why, (company, by) => desk.offer(company, id, { to, from }, by))
      )
      .handle("accept", ({ params: { gtin }, payload: { why } }) =>
        changed(why, (company, by) => desk.accept(company, gtin, by))
      )
      .handle("withdraw", ({ params: { gtin }, payload: { why } }) =>
        changed(why, (company, by) => desk.withdraw(company, gtin, by))
      )
      .handleRaw("upload", ({ query, request }) =>
        Effect.gen(function* () {
          const { company, by } = yield* allowed("manage")
          const bytes = yield* body(request)
          const processingId = yield* Effect.mapError(
            jobs.submitUpload(company, { ...query, bytes }, `${company}, ${by}`),
            jobProblem
          )
          return HttpServerResponse.jsonUnsafe(
            { processingId },
            { status: 202, headers: { location: `/v1/product-jobs/${processingId}` } }
          )
        })
      )
  })
)

export const layer = Layer.mergeAll(products, directory)
