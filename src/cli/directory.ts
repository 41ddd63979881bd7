/**
 * `throughline directory`: the product directory (lookup directory): who answers for a GTIN, records by hand and by CSV,
 * GTINs handed over to another producer, sync with other providers. Exit code 1 when rows of an upload failed or a
 * provider could not be read, 2 with every reason for what is refused.
 */
import { readFile } from "node:fs/promises"
import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { isDay } from "../partners/WorldFields.ts"
import { DirectoryDesk, type DirectoryError, type Entry } from "../products/DirectoryDesk.ts"
import { DirectorySync } from "../products/DirectorySync.ts"
import { ProductJobs } from "../products/ProductJobs.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import { withProducts } from "./ProductInformation.ts"

const company = Argument.String("company").pipe(Argument.withDescription("Key of the producer, e.g. acme-pharma"))
const gtin = Argument.String("gtin").pipe(Argument.withDescription("GTIN, 14 digits"))
const why = Flag.String("why").pipe(Flag.withDescription("The reason, for whoever asks later"), Flag.withDefault(""))
const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)
const day = (name: string, description: string) => text(name, `${description}, e.g. 2026-11-24`)

const refused = (error: DirectoryError) =>
  Problem.usage(error.message, "`throughline directory list` shows the records there are.")

const holds = ({ validFrom = "", validTo = "" }: Entry): string =>
  validFrom === "" && validTo === "" ? "always" : `${validFrom} to ${validTo}`

const listFlags = {
  gtin: text("gtin", "Only this GTIN"),
  owner: text("owner", "Only records of this producer of ours"),
  provider: text("provider", "Only records that this provider told"),
  contested: Flag.Boolean("contested").pipe(
    Flag.withDescription("Only GTINs that several claim for the same dates"),
    Flag.withDefault(false)
  ),
  limit: Options.limit(100),
  json: Options.json
}

const list = Effect.fn("directory.list")(function* (input: Command.Command.Config.Infer<typeof listFlags>) {
  const filter = {
    gtin: Option.getOrUndefined(input.gtin),
    owner: Option.getOrUndefined(input.owner),
    provider: Option.getOrUndefined(input.provider),
    contested: input.contested,
    limit: input.limit
  }
  const entries = yield* DirectoryDesk.use((desk) => desk.list(filter))
  if (input.json) return yield* Effect.forEach(entries, Print.json, { discard: true })
  if (entries.length === 0) return yield* Print.remark("No such records.")
  const rows = entries.map((entry) => [
    entry.gtin,
    entry.responder,
    entry.owner ?? `provider ${entry.provider}`,
    entry.source,
    holds(entry),
    entry.transfer === undefined ? "" : `offered to ${entry.transfer.to} from ${entry.transfer.from}`,
    entry.id
  ])
  yield* Print.line(Print.table(["GTIN", "RESPONDER", "WHO ANSWERS", "SOURCE", "EXPIRY", "TRANSFER", "RECORD"], rows))
})

const findFlags = {
  gtin,
  expiry: day("expiry", "For product that expires on this day"),
  json: Options.json
}

const contest = (contenders: ReadonlyArray<string>) =>
  contenders.length === 0
    ? Effect.void
    : Print.remark(`${contenders.join(", ")} claims it too: throughline directory list --contested`)

const find = Effect.fn("directory.find")(function* (input: Command.Command.Config.Infer<typeof findFlags>) {
  const expiry = Option.getOrUndefined(input.expiry)
  if (expiry !== undefined && !isDay(expiry)) {
    return yield* Problem.usage(`"${expiry}" is no day.`, "Write it as 2026-11-24.")
  }
  const found = yield* DirectoryDesk.use((desk) => desk.find(input.gtin, expiry))
  if (input.json) return yield* Print.json(found)
  switch (found._tag) {
    case "Own":
      yield* Print.line(`${found.record.owner} answers here, as ${found.record.responder}.`)
      return yield* contest(found.contenders)
    case "Provider":
      yield* Print.line(`${found.record.provider} answers, for ${found.record.responder}.`)
      return yield* contest(found.contenders)
    case "Expired":
      return yield* Print.line("There are records of it, but none for this date.")
    case "Unknown":
      return yield* Print.line("Nobody answers for it: no directory has a record.")
  }
})

const addFlags = {
  company,
  gtin,
  description: text("description", "What the product is"),
  responder: text("responder", "GLN that answers; the producer's own unless given"),
  validFrom: day("from", "Holds for product that expires on this day or later"),
  validTo: day("to", "Holds for product that expires on this day or earlier"),
  verifyUrl: text("verify-url", "Where to ask, when it is not here"),
  checkUrl: text("check-url", "Where to test the connection, when it is not here"),
  comment: text("comment", "For whoever sees the record"),
  why,
  actor: Options.actor,
  json: Options.json
}

const add = Effect.fn("directory.add")(function* (input: Command.Command.Config.Infer<typeof addFlags>) {
  const wanted = {
    gtin: input.gtin,
    description: Option.getOrUndefined(input.description),
    responder: Option.getOrUndefined(input.responder),
    validFrom: Option.getOrUndefined(input.validFrom),
    validTo: Option.getOrUndefined(input.validTo),
    verifyUrl: Option.getOrUndefined(input.verifyUrl),
    checkUrl: Option.getOrUndefined(input.checkUrl),
    comment: Option.getOrUndefined(input.comment)
  }
  const record = yield* Effect.mapError(
    DirectoryDesk.use((desk) => desk.add(input.company, wanted, input)),
    refused
  )
  yield* input.json ? Print.json(record) : Print.line(`Record ${record.id} is added.`)
})

const recordId = Argument.String("record").pipe(Argument.withDescription("As `throughline directory list` shows it"))

const dateFlags = {
  company,
  record: recordId,
  validFrom: day("from", "First expiration date it holds for; 'open' for none"),
  validTo: day("to", "Last expiration date it holds for; 'open' for none"),
  why,
  actor: Options.actor
}

const opened = (date: Option.Option<string>, name: "validFrom" | "validTo") =>
  Option.isNone(date) ? {} : { [name]: date.value === "open" ? "" : date.value }

const date = Effect.fn("directory.date")(function* (input: Command.Command.Config.Infer<typeof dateFlags>) {
  const dates = { ...opened(input.validFrom, "validFrom"), ...opened(input.validTo, "validTo") }
  const record = yield* Effect.mapError(
    DirectoryDesk.use((desk) => desk.setValidity(input.company, input.record, dates, input)),
    refused
  )
  yield* Print.line(`Record ${record.id} holds ${holds(record)}.`)
})

const removeFlags = { company, record: recordId, why, actor: Options.actor }

const remove = Effect.fn("directory.remove")(function* (input: Command.Command.Config.Infer<typeof removeFlags>) {
  yield* Effect.mapError(
    DirectoryDesk.use((desk) => desk.remove(input.company, input.record, input)),
    refused
  )
  yield* Print.line(`Record ${input.record} is withdrawn; other providers hear of it with their next sync.`)
})

const uploadFlags = {
  company,
  file: Argument.String("file").pipe(Argument.withDescription("CSV with the columns gtin and description")),
  validFrom: day("from", "All of them hold for product that expires on this day or later"),
  validTo: day("to", "All of them hold for product that expires on this day or earlier"),
  comment: text("comment", "For all of them"),
  actor: Options.actor,
  json: Options.json
}

const upload = Effect.fn("directory.upload")(function* (input: Command.Command.Config.Infer<typeof uploadFlags>) {
  const jobs = yield* ProductJobs
  const bytes = yield* Effect.tryPromise({
    try: () => readFile(input.file),
    catch: (cause) => Problem.usage(`${input.file} cannot be read: ${String(cause)}`)
  })
  const asked = {
    bytes: new Uint8Array(bytes),
    validFrom: Option.getOrUndefined(input.validFrom),
    validTo: Option.getOrUndefined(input.validTo),
    comment: Option.getOrUndefined(input.comment)
  }
  const id = yield* Effect.mapError(jobs.submitUpload(input.company, asked, input.actor), (error) =>
    Problem.usage(error.message)
  )
  yield* jobs.work
  const job = yield* jobs.poll(input.company, id)
  const rows = job?.rows ?? []
  if (input.json) yield* Print.json(job)
  else {
    const failed = rows.filter(({ status }) => status === "Failed")
    if (failed.length > 0) {
      const cells = failed.map(({ row, gtin, status, code, message }) => [
        `${row}`,
        gtin,
        status,
        `${code ?? ""}`,
        message ?? ""
      ])
      yield* Print.line(Print.table(["ROW", "GTIN", "STATUS", "CODE", "WHY"], cells))
    }
    yield* Print.remark(`${job?.status ?? "Pending"}: ${job?.detail ?? "another process has the upload"}`)
  }
  if (job?.status === "Failed" || job?.status === "Partial") return yield* Problem.outcome
})

const transferFlags = {
  company,
  gtin,
  to: text("to", "Offer it to this producer"),
  from: day("from", "Product that expires on this day or later goes over"),
  accept: Flag.Boolean("accept").pipe(
    Flag.withDescription("Take it over, where it was offered"),
    Flag.withDefault(false)
  ),
  withdraw: Flag.Boolean("withdraw").pipe(
    Flag.withDescription("Take the offer back, or decline it"),
    Flag.withDefault(false)
  ),
  why,
  actor: Options.actor
}

const transfer = Effect.fn("directory.transfer")(function* (input: Command.Command.Config.Infer<typeof transferFlags>) {
  const desk = yield* DirectoryDesk
  const { company: key, gtin: number, to, from } = input
  if (input.accept) {
    const record = yield* Effect.mapError(desk.accept(key, number, input), refused)
    return yield* Print.line(`${key} answers for ${number} that expires from ${record.validFrom} on.`)
  }
  if (input.withdraw) {
    yield* Effect.mapError(desk.withdraw(key, number, input), refused)
    return yield* Print.line(`${number} is offered no more.`)
  }
  if (Option.isNone(to) || Option.isNone(from)) {
    return yield* Problem.usage(
      "Who gets it, and from which expiration date on?",
      "Give --to COMPANY --from DAY, --accept or --withdraw."
    )
  }
  const records = yield* desk.list({ gtin: number, owner: key, limit: 100 })
  const record = records.find(
    ({ validFrom = "", validTo = "9999-12-31" }) => validFrom < from.value && from.value <= validTo
  )
  if (record === undefined) {
    return yield* Problem.usage(
      `${key} has no record of ${number} that holds for ${from.value}.`,
      "`throughline directory list` shows them."
    )
  }
  yield* Effect.mapError(desk.offer(key, record.id, { to: to.value, from: from.value }, input), refused)
  yield* Print.line(`${number} is offered to ${to.value}; nothing changes until they accept:`)
  yield* Print.line(`throughline directory transfer ${to.value} ${number} --accept`)
})

const syncFlags = {
  provider: Argument.String("provider").pipe(
    Argument.withDescription("Key of a provider in throughline.yaml; all of them unless given"),
    Argument.optional
  ),
  json: Options.json
}

const sync = Effect.fn("directory.sync")(function* (input: Command.Command.Config.Infer<typeof syncFlags>) {
  const directory = yield* DirectorySync
  const wanted = Option.match(input.provider, { onNone: () => directory.providers, onSome: (one) => [one] })
  if (wanted.length === 0) {
    return yield* Problem.configuration(
      "No other provider is configured.",
      "throughline.yaml names them under verification.providers."
    )
  }
  let isWell = true
  for (const provider of wanted) {
    const outcome = yield* Effect.result(directory.sync(provider))
    if (outcome._tag === "Failure") {
      if (outcome.failure.reason._tag === "NoPeer") return yield* Problem.usage(outcome.failure.message)
      isWell = false
      yield* input.json
        ? Print.json({ provider, error: outcome.failure.message })
        : Print.remark(`${provider}: ${outcome.failure.message}`)
      continue
    }
    const { taken, withdrawn, anew, unread, contested } = outcome.success
    if (input.json) yield* Print.json(outcome.success)
    else {
      yield* Print.line(
        `${provider}: ${Print.count(taken, "record")} taken, ${withdrawn} of them withdrawn${anew ? "; read anew" : ""}`
      )
      if (contested.length > 0)
        yield* Print.remark(
          `  ${Print.count(contested.length, "GTIN")} claimed by others too: throughline directory list --contested`
        )
      for (const { id, message } of unread)
        yield* Print.remark(`  left out ${Print.plain(id ?? "a record")}: ${Print.plain(message)}`)
    }
  }
  if (!isWell) return yield* Problem.outcome
})

const providersFlags = { json: Options.json }

const providers = Effect.fn("directory.providers")(function* ({
  json
}: Command.Command.Config.Infer<typeof providersFlags>) {
  const directory = yield* DirectorySync
  const told = yield* directory.told
  const configured = new Set(directory.providers)
  const never = directory.providers.filter((key) => !told.some(({ provider }) => provider === key))
  const all = [
    ...told.map((one) => ({ ...one, configured: configured.has(one.provider) })),
    ...never.map((provider) => ({ provider, records: 0, syncedAt: undefined, configured: true }))
  ]
  if (json) return yield* Effect.forEach(all, Print.json, { discard: true })
  if (all.length === 0) return yield* Print.remark("No other provider is configured.")
  const rows = all.map(({ provider, records, syncedAt, configured }) => [
    provider,
    records.toLocaleString("en-US"),
    syncedAt === undefined ? "never" : Print.moment(syncedAt),
    configured ? "" : "not configured any more"
  ])
  yield* Print.line(Print.table(["PROVIDER", "RECORDS", "READ", ""], rows))
})

const described = <Name extends string, I, C, E, R>(
  command: Command.Command<Name, I, C, E, R>,
  description: string,
  ...examples: ReadonlyArray<readonly [command: string, description: string]>
) =>
  command.pipe(
    Command.withDescription(description),
    Command.withExamples(
      examples.map(([line, about]) => ({ command: `throughline directory ${line}`, description: about }))
    )
  )

export const directoryCommand = Command.make("directory").pipe(
  Command.withDescription(
    "The product directory (lookup directory): who answers for a GTIN. Records of our producers come by themselves with their products and data rules, by hand, or by upload; other providers' come by sync. Dates are expiration dates of the product, so a former owner still answers for older product."
  ),
  Command.withShortDescription("Who answers for which GTIN"),
  Command.withExamples([
    { command: "throughline directory find 00992326050107", description: "Who answers for it" },
    { command: "throughline directory list --owner alder-pharma", description: "A producer's own records" },
    { command: "throughline directory sync", description: "Read what other providers changed" }
  ]),
  Command.withSubcommands([
    described(Command.make("find", findFlags, withProducts(find)), "Who answers for a GTIN.", [
      "find 00992326050107 --expiry 2027-01-31",
      "For product that expires on that day"
    ]),
    described(Command.make("list", listFlags, withProducts(list)), "Records, ours and those of other providers.", [
      "list --contested",
      "GTINs that several claim"
    ]),
    described(
      Command.make("add", addFlags, withProducts(add)),
      "Add a record by hand: for producers that do not share master data here.",
      ["add alder-pharma 00992326050107 --from 2026-01-01", "For product that expires from then on"]
    ),
    described(
      Command.make("date", dateFlags, withProducts(date)),
      "Give a record other dates. One that follows a product keeps them for as long as it is there.",
      ["date alder-pharma 00992326050107-alder-pharma --to 2027-06-30", "The last expiration date it holds for"]
    ),
    described(Command.make("remove", removeFlags, withProducts(remove)), "Withdraw a record that was made by hand."),
    described(
      Command.make("upload", uploadFlags, withProducts(upload)),
      "Add records from a CSV. Each row gets its own result; a file with a GTIN twice is refused as a whole.",
      ["upload alder-pharma gtins.csv --from 2026-01-01", "With the columns gtin and description"]
    ),
    described(
      Command.make("transfer", transferFlags, withProducts(transfer)),
      "Hand a GTIN over to another producer: one offers, the other accepts. The old record keeps the older product.",
      ["transfer alder-pharma 00992326050107 --to elm-pharma --from 2027-07-01", "Offer it"],
      ["transfer elm-pharma 00992326050107 --accept", "Take it over"]
    ),
    described(
      Command.make("providers", providersFlags, withProducts(providers)),
      "What is here of the directories of other providers, and when they were read."
    ),
    described(
      Command.make("sync", syncFlags, withProducts(sync)),
      "Read what other providers changed in their directories since the last time. `serve` does so every ten minutes."
    )
  ])
)
