/**
 * `throughline verification coverage`: how many numbers can be verified, by product and rule, and what keeps the others
 * from it. Counts with progress on stderr; it changes nothing, so it may be stopped and begun again.
 */
import { Effect, Layer, Option, Stream } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Coverage, type Covered, type Progress } from "../products/Coverage.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"

const flags = {
  company: Flag.String("company").pipe(Flag.withDescription("Only products of this producer"), Flag.optional),
  after: Flag.Int("after").pipe(
    Flag.withDescription("Count only numbers behind this id, where a count was stopped; all unless given"),
    Flag.withDefault(0),
    Flag.filter(
      (id) => id >= 0,
      () => "0 or more"
    )
  ),
  json: Options.json
}

/** What keeps numbers from being verified, in words. */
const because: Readonly<Record<string, string>> = {
  NotInDirectory: "not in the directory",
  RecordDoesNotHold: "record does not hold",
  ModuleOff: "Product Verification is off",
  NoRule: "no rule for the market",
  ItemStatus: "item status in no rule",
  State: "neither commissioned, decommissioned nor destroyed"
}

const othersOf = ({ others }: Covered): string =>
  Object.entries(others)
    .map(([reason, count]) => `${count.toLocaleString("en-US")} ${because[reason] ?? reason}`)
    .join("; ")

const rulesOf = ({ rules }: Covered): string =>
  rules.map(({ market, verifiable }) => `${market} ${verifiable.toLocaleString("en-US")}`).join(", ")

const handler = Effect.fn("verification.coverage")(function* (input: Command.Command.Config.Infer<typeof flags>) {
  const coverage = yield* Coverage
  let last: Progress | undefined
  yield* Stream.runForEach(coverage.count(input.after), (progress) => {
    last = progress
    const done = progress.of === 0 ? 100 : Math.floor((100 * progress.upTo) / progress.of)
    return progress.upTo < progress.of
      ? Print.remark(`${done} % counted; go on from here with --after ${progress.upTo}`)
      : Effect.void
  })
  const covered = (last?.covered ?? []).filter(
    ({ owner }) => Option.isNone(input.company) || owner === input.company.value
  )
  if (input.json) return yield* Effect.forEach(covered, Print.json, { discard: true })
  if (covered.length === 0) return yield* Print.remark("No numbers of products that are shared or in the directory.")
  yield* Print.line(
    Print.table(
      ["GTIN", "OWNER", "PRODUCT", "NUMBERS", "VERIFIABLE", "BY RULE", "THE OTHERS"],
      covered.map((one) => [
        one.gtin,
        one.owner,
        Print.clipped(Print.plain(one.product), 40),
        one.numbers.toLocaleString("en-US"),
        one.verifiable.toLocaleString("en-US"),
        rulesOf(one),
        othersOf(one)
      ])
    )
  )
})

const coverage = Command.make(
  "coverage",
  flags,
  Commands.withInstallation((input: Command.Command.Config.Infer<typeof flags>) =>
    Effect.provide(handler(input), Layer.fresh(Coverage.layer))
  )
).pipe(
  Command.withDescription(
    "Count how many numbers can be verified, by product and rule, and what keeps the others from it: not in the product directory, no rule for the market, an item status in no rule, or a state before commissioned. Rules are asked when a number is looked up, so a rule that was just set counts here at once."
  ),
  Command.withExamples([
    { command: "throughline verification coverage --company alder-pharma", description: "After setting data rules" }
  ])
)

export const verificationCommand = Command.make("verification").pipe(
  Command.withDescription("What can be verified, and why the rest cannot."),
  Command.withShortDescription("How many numbers can be verified"),
  Command.withExamples([{ command: "throughline verification coverage", description: "By product and rule" }]),
  Command.withSubcommands([coverage])
)
