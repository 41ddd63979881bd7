/**
 * `throughline products`: product master data: what there is and who may see it, a file of it into the journal, the
 * download of a consumer. Exit code 2 for a company or product that there is not, and for who may not download.
 */
import { readFile } from "node:fs/promises"
import { basename } from "node:path"
import { Effect, Option, Stream } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Journal } from "../engine/Journal.ts"
import { Partners } from "../partners/Partners.ts"
import type { Product } from "../partners/World.ts"
import { masterDataRulesFor } from "../products/DataRules.ts"
import { type Field, fields, formats } from "../products/MasterDataFile.ts"
import * as ProductIndex from "../products/ProductIndex.ts"
import { ProductJobs, type ProductJobsError } from "../products/ProductJobs.ts"
import * as Options from "./Options.ts"
import * as OutFile from "./OutFile.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import { withProducts } from "./ProductInformation.ts"

const companyArgument = (of: string) => Argument.String("company").pipe(Argument.withDescription(of))

const noCompany = (company: string, companies: ReadonlyArray<{ readonly id: string }>) =>
  Problem.usage(
    `There is no company "${company}".`,
    `There are: ${companies.map(({ id }) => id).join(", ") || "none; `throughline import WORLD` brings them"}.`
  )

const listFlags = {
  owner: Flag.String("owner").pipe(Flag.withDescription("Only products of this company"), Flag.optional),
  market: Flag.String("market").pipe(Flag.withDescription("Only for this country, e.g. US"), Flag.optional),
  code: Flag.String("code").pipe(Flag.withDescription("Only with this packaging code"), Flag.optional),
  visibleTo: Flag.String("visible-to").pipe(
    Flag.withDescription("Only what this consumer may download"),
    Flag.optional
  ),
  limit: Options.limit(100),
  json: Options.json
}

const matches = (wanted: Option.Option<string>, is: (value: string) => boolean): boolean =>
  Option.isNone(wanted) || is(wanted.value)

const list = Effect.fn("products.list")(function* (input: Command.Command.Config.Infer<typeof listFlags>) {
  const directory = yield* Partners.use(({ current }) => current)
  const index = ProductIndex.of(directory)
  const rulesOf = (product: Product) => masterDataRulesFor(index.rulesOf(product.owner), product)
  const visible = Option.match(input.visibleTo, {
    onNone: () => undefined,
    onSome: (company) => new Set(index.visibleTo(company).map(({ product }) => product.id))
  })
  const all = directory.configuration.products.filter(
    (product) =>
      matches(input.owner, (owner) => product.owner === owner) &&
      matches(input.market, (market) => product.markets.some(({ country }) => country === market.toUpperCase())) &&
      matches(input.code, (code) => product.codes.some(({ value }) => value === code)) &&
      (visible === undefined || visible.has(product.id))
  )
  const shown = all.slice(0, input.limit).map((product) => {
    const gtins = product.codes.map(({ value }) => value).filter((value) => index.records(value).length > 0)
    const shared = product.dataStatus === "INACTIVE" ? [] : rulesOf(product)
    return { product, directory: gtins, download: shared.some(({ download }) => download) }
  })
  if (input.json) {
    yield* Effect.forEach(shown, ({ product, ...rest }) => Print.json({ ...product, ...rest }), { discard: true })
    return
  }
  if (shown.length === 0) return yield* Print.remark("No such products.")
  const rows = shown.map(({ product, directory: gtins, download }) => [
    product.owner,
    product.productCode ?? product.id,
    Print.clipped(Print.plain(product.name), 40),
    product.packagingLevel,
    product.codes.map(({ type, value }) => `${type} ${value}`).join(", "),
    product.markets.map(({ country }) => country).join(","),
    product.dataStatus ?? "ACTIVE",
    [gtins.length > 0 ? "directory" : "", download ? "download" : ""].filter((word) => word !== "").join(", ")
  ])
  yield* Print.line(Print.table(["OWNER", "PRODUCT", "NAME", "LEVEL", "CODES", "MARKETS", "DATA", "SHARED IN"], rows))
  if (all.length > shown.length) yield* Print.remark(`${all.length - shown.length} more; --limit shows them.`)
})

const sendFlags = {
  company: companyArgument("Key of the producer whose products they are"),
  file: Argument.String("file").pipe(Argument.withDescription("Product master data: XML, JSON or CSV")),
  json: Options.json
}

const send = Effect.fn("products.send")(function* (input: Command.Command.Config.Infer<typeof sendFlags>) {
  const { companies } = yield* Partners.use(({ current }) => current)
  if (!companies.some(({ id }) => id === input.company)) return yield* noCompany(input.company, companies)
  const bytes = yield* Effect.tryPromise({
    try: () => readFile(input.file),
    catch: (cause) => Problem.usage(`${input.file} cannot be read: ${String(cause)}`)
  })
  const journal = yield* Journal
  const { messageId } = yield* journal.receive({
    channel: "cli",
    company: input.company,
    type: "MDX_PRODUCT_MASTER",
    fileName: basename(input.file),
    bytes: new Uint8Array(bytes)
  })
  if (input.json) return yield* Print.json({ message: messageId, status: "received" })
  yield* Print.line(`Message ${messageId} is received. It runs as soon as \`throughline serve\` or a worker runs;`)
  yield* Print.line(`\`throughline message ${messageId}\` shows what came of it.`)
})

const downloadFlags = {
  company: companyArgument("Key of the consumer"),
  format: Flag.Literals("format", formats).pipe(Flag.withDescription("csv or json"), Flag.withDefault("csv")),
  owner: Flag.String("owner").pipe(Flag.withDescription("Only products of this producer"), Flag.optional),
  codeType: Flag.String("code-type").pipe(
    Flag.withDescription("Only packaging codes of this type, e.g. GTIN-14"),
    Flag.optional
  ),
  fields: Flag.String("fields").pipe(
    Flag.withDescription(`Only these fields, separated by commas: ${fields.join(", ")}`),
    Flag.optional
  ),
  since: Options.since,
  out: Flag.String("out").pipe(
    Flag.withDescription("Write to this file; stdout unless given"),
    Flag.withMetavar("FILE"),
    Flag.optional
  ),
  actor: Options.actor
}

const isField = (word: string): word is Field => fields.some((field) => field === word)

/** The fields that a list of words names. */
const fieldsOf = Effect.fnUntraced(function* (list: Option.Option<string>) {
  const words: ReadonlyArray<string> = Option.isNone(list) ? [] : list.value.split(",").map((word) => word.trim())
  const unknown = words.filter((word) => !isField(word))
  if (unknown.length === 0) return words.filter(isField)
  return yield* Problem.usage(`There is no field ${unknown.join(", ")}.`, `There are: ${fields.join(", ")}.`)
})

const refused = (error: ProductJobsError) =>
  Problem.usage(error.message, "Consumers get the module in a world file: modules: { masterDataShare: consumer }.")

const download = Effect.fn("products.download")(function* (input: Command.Command.Config.Infer<typeof downloadFlags>) {
  const jobs = yield* ProductJobs
  const wanted = {
    format: input.format,
    owner: Option.getOrUndefined(input.owner),
    codeType: Option.getOrUndefined(input.codeType),
    fields: yield* fieldsOf(input.fields),
    since: yield* Options.sinceMoment(input.since)
  }
  const id = yield* Effect.mapError(jobs.submitDownload(input.company, wanted, input.actor), refused)
  yield* jobs.work
  const [job, file] = [yield* jobs.poll(input.company, id), yield* jobs.file(input.company, id)]
  if (file === undefined) {
    return yield* Problem.usage(
      `The download ${id} is not ready: ${job?.detail ?? job?.status ?? "another process has it"}.`,
      `\`throughline products jobs ${input.company}\` shows it.`
    )
  }
  if (Option.isNone(input.out)) return yield* Print.line(new TextDecoder().decode(file.bytes).trimEnd())
  yield* OutFile.write(input.out.value, Stream.make(file.bytes))
  yield* Print.remark(`${job?.detail ?? "Products"} written to ${input.out.value}.`)
})

const jobsFlags = {
  company: companyArgument("Key of the company"),
  limit: Options.limit(20),
  json: Options.json
}

const jobs = Effect.fn("products.jobs")(function* (input: Command.Command.Config.Infer<typeof jobsFlags>) {
  const found = yield* ProductJobs.use((all) => all.list(input.company, input.limit))
  if (input.json) return yield* Effect.forEach(found, Print.json, { discard: true })
  if (found.length === 0) return yield* Print.remark("No jobs.")
  const rows = found.map((job) => [
    job.id,
    job.kind,
    job.status,
    Print.moment(job.submittedAt),
    Print.moment(job.finishedAt),
    Print.plain(job.detail ?? "")
  ])
  yield* Print.line(Print.table(["JOB", "KIND", "STATUS", "SUBMITTED", "FINISHED", "DETAIL"], rows))
})

export const productsCommand = Command.make("products").pipe(
  Command.withDescription(
    "Product master data. Producers send it as XML, JSON or CSV (message type MDX_PRODUCT_MASTER), each product in full; data rules say which products are shared. Consumers download what is shared with them."
  ),
  Command.withShortDescription("Product master data in and out"),
  Command.withExamples([
    {
      command: "throughline products list --market US",
      description: "Products for a market, and where they are shared"
    },
    { command: "throughline products send alder-pharma products.csv", description: "Take a file of products in" },
    {
      command: "throughline products download dogwood-wholesale --out products.csv",
      description: "What a consumer may see"
    }
  ]),
  Command.withSubcommands([
    Command.make("list", listFlags, withProducts(list)).pipe(
      Command.withDescription("Products, a packaging level a line, and where they are shared.")
    ),
    Command.make("send", sendFlags, withProducts(send)).pipe(
      Command.withDescription("Take a file of products into the journal, as if the producer had sent it."),
      Command.withExamples([
        { command: "throughline products send alder-pharma products.xml", description: "XML, JSON or CSV" }
      ])
    ),
    Command.make("download", downloadFlags, withProducts(download)).pipe(
      Command.withDescription(
        "Write the master data that a consumer may see: products that a master data rule opens for download."
      ),
      Command.withExamples([
        {
          command: "throughline products download dogwood-wholesale --format json --since '7 days'",
          description: "What changed in a week"
        }
      ])
    ),
    Command.make("jobs", jobsFlags, withProducts(jobs)).pipe(
      Command.withDescription("Downloads and uploads of a company, newest first.")
    )
  ])
)
