/**
 * The groups `products` and `directory` of the API: product master data that is shared with a company, downloads of it,
 * and the product directory (who answers for which GTIN). Master data comes in as documents of type MDX_PRODUCT_MASTER, like
 * every document. Declarations only; ProductHandlers.ts answers.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import * as Gs1 from "../formats/Gs1.ts"
import { isDay } from "../partners/WorldFields.ts"
import { ProductMarket, recordSources } from "../partners/WorldProducts.ts"
import { texts } from "../products/DirectoryEdit.ts"
import { fields, formats } from "../products/MasterDataFile.ts"
import { Authenticated } from "./Caller.ts"
import { about, Bytes, Limit, Moment, optional, text, Why } from "./Fields.ts"
import { Conflict, Forbidden, Invalid, NotFound, TooLarge, Unavailable } from "./Problems.ts"
import { WellFormedBody } from "./WellFormed.ts"

const Text = text(500)
const Code = Schema.Struct({ type: Schema.String, value: Schema.String })
const Gtin = Text.check(Schema.makeFilter((text) => Gs1.isKey("GTIN-14", text) || texts.gtin))
/** An empty text where there is none, as forms send it. */
const Day = Text.check(
  Schema.makeFilter((text) => text === "" || isDay(text) || "must be a day such as 2026-11-24")
).annotate({ description: "YYYY-MM-DD" })

/** A packaging level of a product that is shared with you. */
export class Product extends Schema.Class<Product>("Product")({
  owner: Schema.String,
  ownerName: Schema.String,
  ownerGln: optional(Schema.String),
  productCode: optional(Schema.String),
  productName: Schema.String,
  productDescription: optional(Schema.String),
  genericName: optional(Schema.String),
  strength: optional(Schema.String),
  dosageForm: optional(Schema.String),
  containerSize: optional(Schema.String),
  productCommercialStatus: optional(Schema.String),
  productItemCodes: Schema.Array(Code),
  productTargetMarkets: Schema.Array(ProductMarket),
  packagingUom: Schema.String,
  companyPrefix: optional(Schema.String),
  packagingQuantity: optional(Schema.Int),
  packagingItemCodes: Schema.Array(Code)
}) {}

export class DownloadRequest extends Schema.Class<DownloadRequest>("DownloadRequest")({
  format: Schema.Literals(formats),
  packagingCodeType: optional(Text),
  owner: optional(Text.annotate({ description: "Only products of this producer" })),
  fields: optional(
    Schema.Array(Schema.Literals(fields)).annotate({ description: "Only these fields; all of them when none is named" })
  ),
  since: optional(Moment.annotate({ description: "Only what changed from this moment on" }))
}) {}

/** A job, and where it stands. */
export class Job extends Schema.Class<Job>("Job")({
  processingId: Schema.String,
  kind: Schema.Literals(["download", "upload"]),
  status: Schema.String.annotate({
    description: "Pending, Success, Failed, or Partial: some rows of an upload were added, others not"
  }),
  detail: optional(Schema.String),
  fileName: optional(Schema.String),
  rows: optional(
    Schema.Array(
      Schema.Struct({
        row: Schema.Int,
        gtin: Schema.String,
        description: optional(Schema.String),
        status: Schema.String,
        code: optional(Schema.Int),
        message: optional(Schema.String)
      })
    ).annotate({ description: "Of an upload: each row with what became of it" })
  ),
  submittedAt: Moment,
  finishedAt: optional(Moment)
}) {}

export class JobTaken extends Schema.Class<JobTaken>("JobTaken")({ processingId: Schema.String }) {}

const jobIn = { processingId: Schema.String.check(Schema.isMaxLength(64)) }

export class Products extends HttpApiGroup.make("products")
  .add(
    HttpApiEndpoint.get("query", "/v1/products", {
      query: { packagingCodeType: optional(Text), owner: optional(Text), limit: optional(Limit) },
      success: Schema.Array(Product),
      error: [Forbidden, Unavailable]
    }).annotateMerge(
      about("Products shared with you", "Query Product Master Data; 100 unless `limit` says otherwise.")
    ),
    HttpApiEndpoint.post("download", "/v1/product-downloads", {
      payload: DownloadRequest,
      success: JobTaken.pipe(HttpApiSchema.status(202)),
      error: [Invalid, Forbidden, Unavailable]
    }).annotateMerge(
      about("Ask for a file of master data", "Download Product Master Data Records; ask with `processingId`.")
    ),
    HttpApiEndpoint.get("jobs", "/v1/product-jobs", {
      success: Schema.Array(Job),
      error: [Forbidden, Unavailable]
    }).annotateMerge(about("Your jobs", "Downloads and uploads, newest first, at most 100.")),
    HttpApiEndpoint.get("job", "/v1/product-jobs/:processingId", {
      params: jobIn,
      success: Job,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(about("Where a job stands", "Poll this until it is no longer Pending.")),
    HttpApiEndpoint.get("file", "/v1/product-jobs/:processingId/file", {
      params: jobIn,
      success: Bytes,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(about("The file of a download", "CSV or JSON, once the job is done."))
  )
  .middleware(WellFormedBody)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Product master data that producers share" })) {}

/** A record of the directory. Ours have an owner, those of others a provider. */
export class DirectoryEntry extends Schema.Class<DirectoryEntry>("DirectoryEntry")({
  id: Schema.String,
  gtin: Schema.String,
  responder: Schema.String.annotate({ description: "GLN of who answers" }),
  owner: optional(Schema.String),
  provider: optional(Schema.String),
  source: Schema.Literals([...recordSources, "provider"]),
  description: optional(Schema.String),
  companyPrefix: optional(Schema.String),
  validFrom: optional(Schema.String.annotate({ description: "Expiration dates it holds for" })),
  validTo: optional(Schema.String),
  verifyUrl: optional(Schema.String),
  checkUrl: optional(Schema.String),
  comment: optional(Schema.String.annotate({ description: "Shown to the owner" })),
  transfer: optional(
    Schema.Struct({ to: Schema.String, from: Schema.String }).annotate({
      description: "An offer that was not accepted yet; shown to the owner and to whom it is made"
    })
  )
}) {}

export class NewEntry extends Schema.Class<NewEntry>("NewEntry")({
  gtin: Gtin,
  responder: optional(Text.annotate({ description: "A GLN of your company; its own unless given" })),
  description: optional(Text),
  validFrom: optional(Day),
  validTo: optional(Day),
  verifyUrl: optional(
    Text.annotate({
      description: "Where somebody else answers: at a provider's host only under the provider's address"
    })
  ),
  checkUrl: optional(Text),
  comment: optional(Text),
  why: optional(Why)
}) {}

export class Transfer extends Schema.Class<Transfer>("Transfer")({
  to: Text.annotate({ description: "Key of the producer that takes it over" }),
  from: Day.annotate({ description: "Product that expires on this day or later goes over" }),
  why: optional(Why)
}) {}

export class Reason extends Schema.Class<Reason>("Reason")({ why: optional(Why) }) {}

const refusals = [Invalid, Conflict, Forbidden, NotFound, Unavailable] as const
const entryIn = { id: Text }
const gtinIn = { gtin: Text }

export class Directory extends HttpApiGroup.make("directory")
  .add(
    HttpApiEndpoint.get("list", "/v1/directory", {
      query: {
        gtin: optional(Text),
        provider: optional(Text),
        mine: optional(Schema.Literals(["true", "false"])),
        contested: optional(Schema.Literals(["true", "false"])),
        limit: optional(Limit)
      },
      success: Schema.Array(DirectoryEntry),
      error: [Forbidden, Unavailable]
    }).annotateMerge(
      about(
        "Look the directory up",
        "Records by GTIN, ours and those of other providers; with `contested` all records of GTINs that several claim for the same dates."
      )
    ),
    HttpApiEndpoint.post("add", "/v1/directory", {
      payload: NewEntry,
      success: DirectoryEntry,
      error: refusals
    }).annotateMerge(
      about(
        "Add a record by hand",
        "For products whose master data is not shared here; shared ones have records by themselves. Refused for a GTIN under another company's prefix or of another producer's product, unless it was transferred to you, and for a responder that is no GLN of yours."
      )
    ),
    HttpApiEndpoint.put("dates", "/v1/directory/:id/dates", {
      params: entryIn,
      payload: Schema.Struct({ validFrom: optional(Day), validTo: optional(Day), why: optional(Why) }),
      success: DirectoryEntry,
      error: refusals
    }).annotateMerge(
      about(
        "Give a record other dates",
        "Of expiration; an empty text opens an end. A record that follows a product goes on following it."
      )
    ),
    HttpApiEndpoint.delete("remove", "/v1/directory/:id", {
      params: entryIn,
      query: { why: optional(Why) },
      success: DirectoryEntry,
      error: refusals
    }).annotateMerge(about("Withdraw a record", "One that was made by hand.")),
    HttpApiEndpoint.post("offer", "/v1/directory/:id/transfer", {
      params: entryIn,
      payload: Transfer,
      success: DirectoryEntry,
      error: refusals
    }).annotateMerge(about("Offer a GTIN to another owner", "It stays yours until it is accepted.")),
    HttpApiEndpoint.post("accept", "/v1/directory-transfers/:gtin/accept", {
      params: gtinIn,
      payload: Reason,
      success: DirectoryEntry,
      error: refusals
    }).annotateMerge(about("Accept a GTIN", "From its date on it is yours.")),
    HttpApiEndpoint.post("withdraw", "/v1/directory-transfers/:gtin/withdraw", {
      params: gtinIn,
      payload: Reason,
      success: DirectoryEntry,
      error: refusals
    }).annotateMerge(about("Take an offer back, or decline it", "Nothing changes hands.")),
    HttpApiEndpoint.post("upload", "/v1/directory-uploads", {
      query: { validFrom: optional(Day), validTo: optional(Day), comment: optional(Text) },
      payload: Bytes,
      success: JobTaken.pipe(HttpApiSchema.status(202)),
      error: [Forbidden, TooLarge, Unavailable]
    }).annotateMerge(about("Upload records", "A CSV with the columns gtin and description; the job tells of each row."))
  )
  .middleware(WellFormedBody)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Who answers for which GTIN" })) {}
