/**
 * `throughline data-rules`: which products a producer shares, and which of their numbers can be verified. Rules count from
 * the next look-up on; directory records come and go with them. Exit code 2 with every reason when a rule is refused.
 */
import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Partners } from "../partners/Partners.ts"
import { marketNames, markets } from "../partners/WorldProducts.ts"
import { RuleDesk, type RuleDeskError } from "../products/RuleDesk.ts"
import type { Taken } from "../products/RuleEdit.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import { withProducts } from "./ProductInformation.ts"

const company = Argument.String("company").pipe(Argument.withDescription("Key of the producer, e.g. acme-pharma"))
const market = Argument.String("market").pipe(
  Argument.withDescription(`A target market, by code or name, or ALL: ${markets.join(", ")}`)
)
const why = Flag.String("why").pipe(Flag.withDescription("The reason, for the audit trail"), Flag.withDefault(""))

const refusedAs = ({ message, reason }: RuleDeskError) =>
  Problem.usage(
    message,
    reason._tag === "NotAProducer"
      ? "A world file gives companies their role and modules: `throughline import`."
      : "`throughline data-rules list` shows the rules there are."
  )

const told = (taken: ReadonlyArray<Taken>) => taken.map(({ market, did }) => `${market} ${did}`).join(", ")

const listFlags = {
  company: Flag.String("company").pipe(Flag.withDescription("Only those of this producer"), Flag.optional),
  json: Options.json
}

const list = Effect.fn("data-rules.list")(function* (input: Command.Command.Config.Infer<typeof listFlags>) {
  const { configuration } = yield* Partners.use(({ current }) => current)
  const rules = configuration.dataRules.filter(
    (one) => Option.isNone(input.company) || one.company === input.company.value
  )
  if (input.json) return yield* Effect.forEach(rules, Print.json, { discard: true })
  const rows = rules.flatMap((one) => [
    ...one.masterData.map((rule) => [
      one.company,
      "master data",
      rule.market,
      [rule.verification ? "verification" : "", rule.download ? "download" : ""]
        .filter((word) => word !== "")
        .join(", ")
    ]),
    ...one.verification.map((rule) => [one.company, "numbers", rule.market, rule.itemStatuses.join(", ")])
  ])
  if (rows.length === 0) {
    return yield* Print.remark("No data rules. `throughline data-rules share COMPANY US` shares a producer's products.")
  }
  yield* Print.line(Print.table(["COMPANY", "RULE FOR", "MARKET", "SHARES"], rows))
})

const setFlags = {
  company,
  market,
  statuses: Argument.String("status").pipe(
    Argument.withDescription(
      "Item statuses whose numbers can be verified: All, Available, Blocked, 'Pending Receipt', Picked, Received, Shipped, 'Under Investigation'"
    ),
    Argument.variadic({ min: 1 })
  ),
  why,
  actor: Options.actor,
  json: Options.json
}

const set = Effect.fn("data-rules.set")(function* (input: Command.Command.Config.Infer<typeof setFlags>) {
  const record = { targetMarketCountryCode: input.market, itemStatuses: input.statuses }
  const taken = yield* Effect.mapError(
    RuleDesk.use((desk) => desk.setVerification(input.company, [record], input)),
    refusedAs
  )
  yield* input.json
    ? Print.json({ company: input.company, taken })
    : Print.line(`Rule of ${input.company}: ${told(taken)}.`)
})

const yesUnlessNot = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(true))

const shareFlags = {
  company,
  market,
  verification: yesUnlessNot("verification", "Products get directory records; --no-verification keeps them out"),
  download: yesUnlessNot("download", "Consumers may download their master data; --no-download keeps them from it"),
  why,
  actor: Options.actor,
  json: Options.json
}

const share = Effect.fn("data-rules.share")(function* (input: Command.Command.Config.Infer<typeof shareFlags>) {
  const { verification, download } = input
  const record = { targetMarketCountryCode: input.market, verification, download }
  const taken = yield* Effect.mapError(
    RuleDesk.use((desk) => desk.setMasterData(input.company, [record], input)),
    refusedAs
  )
  if (input.json) return yield* Print.json({ company: input.company, taken })
  yield* Print.line(`Rule of ${input.company}: ${told(taken)}.`)
  for (const { gtin, message } of taken.flatMap(({ withoutRecord = [] }) => withoutRecord)) {
    yield* Print.line(`${gtin} gets no directory record: ${message}.`)
  }
})

const removeFlags = {
  company,
  market,
  of: Flag.Literals("of", ["numbers", "master-data"]).pipe(Flag.withDescription("Which of its two rules")),
  why,
  actor: Options.actor
}

const remove = Effect.fn("data-rules.remove")(function* (input: Command.Command.Config.Infer<typeof removeFlags>) {
  const table = input.of === "numbers" ? "verification" : "masterData"
  yield* Effect.mapError(
    RuleDesk.use((desk) => desk.remove(input.company, table, input.market, input)),
    refusedAs
  )
  yield* Print.line(
    `${input.company} shares no ${input.of === "numbers" ? "numbers" : "products"} by ${input.market} any more.`
  )
})

const names = markets.map((code) => `${code} ${marketNames[code]}`).join(", ")

export const dataRulesCommand = Command.make("data-rules").pipe(
  Command.withDescription(
    `What producers share: Master Data Rules say which products (by target market) can be verified and downloaded, Product Verification Rules which of their numbers (by item status) can be verified. A number is verifiable when its packaging code is in the product directory, a rule matches, and it is commissioned, decommissioned or destroyed. Each market has one rule, or ALL has the only one. Markets: ${names}.`
  ),
  Command.withShortDescription("What producers share for verification"),
  Command.withExamples([
    { command: "throughline data-rules share alder-pharma US", description: "Share its US products" },
    { command: "throughline data-rules set alder-pharma US All", description: "Let all their numbers be verified" },
    { command: "throughline data-rules list", description: "Which rules there are" }
  ]),
  Command.withSubcommands([
    Command.make("list", listFlags, withProducts(list)).pipe(Command.withDescription("The rules there are.")),
    Command.make("share", shareFlags, withProducts(share)).pipe(
      Command.withDescription(
        "Set a Master Data Rule: products of the market get directory records, so that anybody can have them verified, and consumers may download their master data."
      ),
      Command.withExamples([
        { command: "throughline data-rules share alder-pharma ALL --no-download", description: "Verification only" }
      ])
    ),
    Command.make("set", setFlags, withProducts(set)).pipe(
      Command.withDescription(
        "Set a Product Verification Rule: numbers of the market in these item statuses can be verified. All takes every number, so that none is missed. ALL as market cannot stand beside other markets."
      ),
      Command.withExamples([
        {
          command: "throughline data-rules set alder-pharma PR Shipped Received",
          description: "Only those on their way"
        }
      ])
    ),
    Command.make("remove", removeFlags, withProducts(remove)).pipe(
      Command.withDescription("Take a rule away. What it shared is shared no more, from the next look-up on."),
      Command.withExamples([
        { command: "throughline data-rules remove alder-pharma PR --of numbers", description: "Share no number of PR" }
      ])
    )
  ])
)
