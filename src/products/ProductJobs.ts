/**
 * Jobs of product information: a consumer's download of master data, a producer's upload of directory records. Submitted
 * at once, done by whichever process comes first, asked after by their id; a company sees its own jobs only.
 *
 * What a job did and that it did it are committed together, so a process that dies in the middle leaves the job to be done
 * again, and nothing half done. `ProductJobsError` says why a job was not taken, or that the database does not answer.
 */
import { randomUUID } from "node:crypto"
import { Clock, Context, Data, Effect, Layer, Result, Schema } from "effect"
import { isRetryable } from "../engine/Failure.ts"
import { Configuration } from "../partners/Configuration.ts"
import { Partners } from "../partners/Partners.ts"
import { notAProducer } from "../partners/WorldProductsCheck.ts"
import { consumes } from "./DataRules.ts"
import * as DirectoryQueries from "./DirectoryQueries.ts"
import * as DirectoryUpload from "./DirectoryUpload.ts"
import * as MasterDataFile from "./MasterDataFile.ts"
import * as ProductIndex from "./ProductIndex.ts"
import * as Queries from "./ProductJobQueries.ts"

export type { JobStatus } from "./ProductJobQueries.ts"

export class ProductJobsError extends Data.TaggedError("ProductJobsError")<{
  readonly reason:
    | { readonly _tag: "NotAllowed"; readonly status: 403; readonly isRetryable: false; readonly whoActs: "sender" }
    | {
        readonly _tag: "Unavailable"
        readonly status: 503
        readonly isRetryable: boolean
        readonly whoActs: "operator"
      }
  readonly detail: string
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.detail
  }
}

/** A job as it stands. */
export interface Job {
  readonly id: string
  readonly kind: "download" | "upload"
  readonly company: string
  readonly status: Queries.JobStatus
  readonly detail?: string | undefined
  /** Of an upload: every row with what became of it. */
  readonly rows?: ReadonlyArray<DirectoryUpload.Row> | undefined
  /** Of a download that is ready. */
  readonly fileName?: string | undefined
  readonly submittedAt: Date
  readonly finishedAt?: Date | undefined
}

export interface Download {
  readonly format: MasterDataFile.Format
  readonly codeType?: string | undefined
  readonly owner?: string | undefined
  /** Only these fields; all of them when none is named. */
  readonly fields?: ReadonlyArray<MasterDataFile.Field> | undefined
  /** Only products that changed at this moment or later. */
  readonly since?: Date | undefined
}

export interface Upload extends DirectoryUpload.Options {
  readonly bytes: Uint8Array
}

const optional = Schema.optionalKey(Schema.String)
const DownloadRequest = Schema.Struct({
  format: Schema.Literals(MasterDataFile.formats),
  codeType: optional,
  owner: optional,
  fields: Schema.optionalKey(Schema.Array(Schema.Literals(MasterDataFile.fields))),
  since: optional
})
const UploadRequest = Schema.Struct({ validFrom: optional, validTo: optional, comment: optional })
const Rows = Schema.Array(
  Schema.Struct({
    row: Schema.Int,
    gtin: Schema.String,
    description: optional,
    status: Schema.Literals(["Pending", "Success", "Failed"]),
    code: Schema.optionalKey(Schema.Int),
    message: optional
  })
)
const decodeDownload = Schema.decodeUnknownResult(DownloadRequest)
const decodeUpload = Schema.decodeUnknownResult(UploadRequest)
const decodeRows = Schema.decodeUnknownResult(Rows)

const rowsOf = (stored: unknown): ReadonlyArray<DirectoryUpload.Row> | undefined => {
  const rows = decodeRows(stored)
  return Result.isSuccess(rows) ? rows.success : undefined
}

const jobOf = (row: Queries.JobRow): Job => ({
  id: row.id,
  kind: row.kind === "upload" ? "upload" : "download",
  company: row.company,
  status: row.status,
  detail: row.detail ?? undefined,
  rows: rowsOf(row.rows),
  fileName: row.fileName ?? undefined,
  submittedAt: row.submittedAt,
  finishedAt: row.finishedAt ?? undefined
})

const unavailable = (cause: unknown): ProductJobsError =>
  new ProductJobsError({
    reason: { _tag: "Unavailable", status: 503, isRetryable: isRetryable(cause), whoActs: "operator" },
    detail: "The jobs of product information could not be read or done",
    cause
  })

const notAllowed = (detail: string): ProductJobsError =>
  new ProductJobsError({
    reason: { _tag: "NotAllowed", status: 403, isRetryable: false, whoActs: "sender" },
    detail
  })

/** Every process looks for jobs that another one left. */
const lookEvery = "5 seconds"

const make = Effect.gen(function* () {
  const queries = yield* Queries.make
  const directory = yield* DirectoryQueries.make
  const configuration = yield* Configuration
  const partners = yield* Partners

  const own = (error: unknown): ProductJobsError => (error instanceof ProductJobsError ? error : unavailable(error))

  const companyOf = Effect.fnUntraced(function* (key: string) {
    const company = (yield* partners.current).company(key)
    return company === undefined ? yield* notAllowed(`There is no company ${key}.`) : company
  })

  const submit = Effect.fnUntraced(function* (
    kind: Job["kind"],
    company: string,
    actor: string,
    request: unknown,
    rows?: ReadonlyArray<DirectoryUpload.Row>
  ) {
    const id = randomUUID()
    const submittedAt = new Date(yield* Clock.currentTimeMillis)
    yield* queries.submit({ id, kind, company, actor, request, rows, submittedAt })
    return id
  })

  const submitDownload = Effect.fn("ProductJobs.submitDownload")(function* (
    company: string,
    { since, ...wanted }: Download,
    actor: string
  ) {
    const { modules } = yield* companyOf(company)
    if (!consumes(modules?.masterDataShare)) {
      return yield* notAllowed(
        `Only Consumers can download product master data: ${company} is none in the module Master Data Share.`
      )
    }
    return yield* submit("download", company, actor, { ...wanted, since: since?.toISOString() })
  }, Effect.mapError(own))

  const submitUpload = Effect.fn("ProductJobs.submitUpload")(function* (
    company: string,
    { bytes, ...options }: Upload,
    actor: string
  ) {
    const why = notAProducer(yield* companyOf(company), "productVerification")
    if (why !== undefined) return yield* notAllowed(`${why}.`)
    const rows = DirectoryUpload.read(bytes)
    if (Result.isSuccess(rows)) return yield* submit("upload", company, actor, options, rows.success)
    const { failure } = rows
    // In one transaction: nobody may find it waiting and do it as an upload of no rows.
    return yield* queries.together(
      Effect.gen(function* () {
        const id = yield* submit("upload", company, actor, options, [])
        yield* queries.finish(id, { status: "Failed", detail: failure }, new Date(yield* Clock.currentTimeMillis))
        return id
      })
    )
  }, Effect.mapError(own))

  const download = Effect.fnUntraced(function* (job: Queries.JobRow, at: Date) {
    const request = decodeDownload(job.request)
    if (Result.isFailure(request)) return failed(request.failure.message)
    const { format, codeType, owner, fields, since } = request.success
    const only = since === undefined ? undefined : yield* queries.changedSince(new Date(since))
    const index = ProductIndex.of(yield* partners.current)
    const products = MasterDataFile.told(index, job.company, { codeType, owner, only })
    const name = `product-master-${at.toISOString().slice(0, 19).replace(/[-:]/gu, "")}Z.${format}`
    const finished: Queries.Finished = {
      status: "Success",
      detail: `${products.length} products`,
      file: { name, bytes: MasterDataFile.write(products, format, fields) }
    }
    return finished
  })

  const upload = Effect.fnUntraced(function* (job: Queries.JobRow) {
    const [request, rows] = [decodeUpload(job.request), rowsOf(job.rows)]
    if (Result.isFailure(request)) return failed(request.failure.message)
    if (rows === undefined) return failed("The rows of the upload cannot be read")
    const others = yield* directory.holding(rows.map(({ gtin }) => gtin))
    const elsewhere = new Set(others.map(({ gtin }) => gtin))
    const done = yield* configuration.change(
      (world) => Effect.succeed(DirectoryUpload.add(world, job.company, rows, request.success, elsewhere)),
      { actor: job.actor, why: `upload ${job.id}` }
    )
    const added = done.filter(({ status }) => status === "Success").length
    const finished: Queries.Finished = {
      status: added === done.length ? "Success" : added > 0 ? "Partial" : "Failed",
      detail: `${added} of ${done.length} records added`,
      rows: done
    }
    return finished
  })

  /** Does the oldest job that waits; false when none does. */
  const next = queries
    .together(
      Effect.gen(function* () {
        const job = yield* queries.claim
        if (job === undefined) return false
        const at = new Date(yield* Clock.currentTimeMillis)
        const doing = job.kind === "upload" ? upload(job) : download(job, at)
        // A job that cannot be done must not stand before those behind it for ever.
        const ended = yield* Effect.catchIf(
          doing,
          (error) => !isRetryable(error),
          (error) => Effect.succeed(failed(error.message))
        )
        yield* queries.finish(job.id, ended, at)
        return true
      })
    )
    .pipe(Effect.mapError(unavailable))

  const work = Effect.gen(function* () {
    let done = 0
    while (yield* next) done++
    return done
  }).pipe(Effect.withSpan("ProductJobs.work"))

  return {
    submitDownload,
    submitUpload,
    poll: (company: string, id: string) =>
      Effect.mapBoth(queries.find(company, id), {
        onSuccess: (row) => (row === undefined ? undefined : jobOf(row)),
        onFailure: unavailable
      }),
    list: (company: string | undefined, limit: number) =>
      Effect.mapBoth(queries.list(company, limit), { onSuccess: (rows) => rows.map(jobOf), onFailure: unavailable }),
    file: (company: string, id: string) => Effect.mapError(queries.file(company, id), unavailable),
    work
  }
})

const failed = (detail: string): Queries.Finished => ({ status: "Failed", detail })

export class ProductJobs extends Context.Service<
  ProductJobs,
  {
    /** Asks for a file of master data; gives the job's id. Consumers of module Master Data Share only. */
    readonly submitDownload: (
      company: string,
      wanted: Download,
      actor: string
    ) => Effect.Effect<string, ProductJobsError>
    /** Brings a CSV of GTINs; gives the job's id. A file that is wrong as a whole makes a job that has failed. */
    readonly submitUpload: (company: string, upload: Upload, actor: string) => Effect.Effect<string, ProductJobsError>
    /** A job of the company; undefined when it has none of that id. */
    readonly poll: (company: string, id: string) => Effect.Effect<Job | undefined, ProductJobsError>
    /** Newest first. */
    readonly list: (company: string | undefined, limit: number) => Effect.Effect<ReadonlyArray<Job>, ProductJobsError>
    /** The file of a download that is ready. */
    readonly file: (
      company: string,
      id: string
    ) => Effect.Effect<{ readonly name: string; readonly bytes: Uint8Array } | undefined, ProductJobsError>
    /** Does every job that waits; how many it did. */
    readonly work: Effect.Effect<number, ProductJobsError>
  }
>()("throughline/products/ProductJobs") {
  static readonly layer = Layer.effect(this, make)

  /** Looks for jobs every few seconds, for as long as its scope is open. */
  static readonly working = Layer.effectDiscard(
    Effect.gen(function* () {
      const jobs = yield* ProductJobs
      const once = Effect.catch(jobs.work, (error) => Effect.logWarning(error.message))
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(once, Effect.sleep(lookEvery))))
    })
  )
}
