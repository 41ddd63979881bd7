/**
 * `throughline verify CODE...`: asks whether units are what they say they are, as a company of this installation would:
 * answered from our own numbers or by the provider that is responsible. Recorded like every other verification.
 *
 * Exit code 1 when an answer is no, when nobody could be asked, or when a code cannot be read.
 */
import { Effect, Option, Result } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { type ProductIdentifier, read } from "../verification/ScannedCode.ts"
import { type Outcome, statusCode, Verification } from "../verification/Verification.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import * as Verifying from "./Verifying.ts"

const optional = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

const flags = {
  codes: Argument.String("code").pipe(
    Argument.withDescription(
      "What a scanner reads: (01)...(21)...(10)...(17)..., with or without FNC1, or a Digital Link"
    ),
    Argument.variadic()
  ),
  as: Flag.String("as").pipe(Flag.withDescription("Key of the company that asks"), Flag.withMetavar("COMPANY")),
  gtin: optional("gtin", "Instead of a code: GTIN-14"),
  serial: optional("serial", "Serial number (21)"),
  lot: optional("lot", "Lot number (10)"),
  expiry: optional("expiry", "Expiration date (17), YYMMDD"),
  context: optional("context", "Why it is asked; dscsaSaleableReturn unless given"),
  inPossession: Flag.Boolean("in-possession").pipe(
    Flag.withDescription("The company has the unit in hand"),
    Flag.withDefault(false)
  ),
  own: Flag.Boolean("own").pipe(
    Flag.withDescription("Ask as the producer about its own products only"),
    Flag.withDefault(false)
  ),
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

/** What is asked about: the codes, and the unit that flags describe. */
const wanted = (input: Input): ReadonlyArray<readonly [string, Result.Result<ProductIdentifier, string>]> => {
  const { gtin, serial, lot, expiry } = input
  const codes = input.codes.map((code) => [code, Result.mapError(read(code), ({ message }) => message)] as const)
  if ([gtin, serial, lot, expiry].every(Option.isNone)) return codes
  const all = Option.all({ gtin, serial, lot, expiry })
  const described = Result.fromOption(all, () => "Say --gtin, --serial, --lot and --expiry, all four.")
  return [...codes, ["", described]]
}

const verdictText = (outcome: Outcome): string => {
  if (outcome._tag === "NoImpact") return Print.styled("yellow", `no impact: for ${outcome.markets.join(", ")}`)
  if (outcome._tag === "NotAsked") return Print.styled("yellow", `could not ask: ${Print.plain(outcome.detail)}`)
  const { verdict, responderGln, inNetwork, provider } = outcome
  const info = verdict.additionalInfo === undefined ? "" : `, ${verdict.additionalInfo}`
  const by = `${responderGln}${inNetwork ? "" : ` through ${provider}`}`
  if (verdict.verified) return `${Print.styled("green", `verified${info}`)}  by ${by}`
  return `${Print.styled("red", `not verified: ${verdict.failureReason ?? "no reason given"}${info}`)}  by ${by}`
}

const one = Effect.fnUntraced(function* (input: Input, code: string, unit: ProductIdentifier) {
  const verification = yield* Verification
  const question = {
    ...unit,
    asker: { _tag: "Company", company: input.as } as const,
    context: Option.getOrUndefined(input.context),
    inPossession: input.inPossession
  }
  const outcome = yield* input.own ? verification.verifyOwn(question) : verification.verify(question)
  const status = statusCode(outcome)
  if (input.json) yield* Print.json({ code, ...unit, status, ...outcome })
  else
    yield* Print.line(`(01)${unit.gtin} (21)${unit.serial} (10)${unit.lot} (17)${unit.expiry}  ${verdictText(outcome)}`)
  return status === "PIE_SUCCESS" || status === "SEM_NO_COMPLIANCE_IMPACT"
})

const handler = Effect.fn("verify")(function* (input: Input) {
  const units = wanted(input)
  if (units.length === 0) return yield* Problem.usage("There is nothing to verify.", "Give a code, or its four parts.")
  let isGood = true
  for (const [code, unit] of units) {
    if (Result.isFailure(unit)) {
      isGood = false
      yield* input.json
        ? Print.json({ code, status: "PIE_FAILURE", problem: unit.failure })
        : Print.line(`${Print.plain(code)}  ${Print.styled("red", unit.failure)}`)
      continue
    }
    const answered = yield* one(input, code, unit.success).pipe(
      Effect.catchTag("VerificationError", ({ detail, reason }) =>
        reason.whoActs === "sender"
          ? Effect.as(
              input.json
                ? Print.json({ code, status: "PIE_FAILURE", problem: detail })
                : Print.line(`${Print.plain(code)}  ${Print.styled("red", Print.plain(detail))}`),
              false
            )
          : Effect.fail(Problem.configuration(detail))
      )
    )
    isGood = isGood && answered
  }
  if (!isGood) return yield* Problem.outcome
})

export const verifyCommand = Command.make(
  "verify",
  flags,
  Commands.withInstallation((input: Input) => Effect.provide(handler(input), Verifying.layer))
).pipe(
  Command.withDescription(
    "Verify units by what their codes say: product code (01), serial number (21), lot number (10), expiration date (17). Answers come from this installation's numbers or from the provider that answers for the product. Exit code 1 unless all are verified."
  ),
  Command.withShortDescription("Verify product identifiers"),
  Command.withExamples([
    {
      command: "throughline verify --as elm-wholesale '(01)00388888020205(21)S1(10)L1(17)301130'",
      description: "As read by a scanner"
    },
    {
      command:
        "throughline verify --as elm-wholesale --gtin 00388888020205 --serial S1 --lot L1 --expiry 301130 --json",
      description: "By its parts, for programs"
    }
  ])
)
