/**
 * `throughline audit`: who changed which rule or overrode one, when and why, newest first; `--verify` walks the chain of
 * hashes from the first entry to the last and names the first broken link. Exit code 1 when there is one.
 */
import { Effect, Option } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Audit from "../audit/Audit.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const noted = /^(\d{1,15}):([0-9a-f]{64})$/iu

const flags = {
  verify: Flag.Boolean("verify").pipe(
    Flag.withDescription("Check that nothing was changed, removed, inserted or moved past this program"),
    Flag.withDefault(false)
  ),
  expect: Flag.String("expect").pipe(
    Flag.withDescription("With --verify: the number and hash of an entry that you noted before"),
    Flag.withMetavar("N:HASH"),
    Flag.filter(
      (text) => noted.test(text),
      () => "N:HASH, as --verify prints it"
    ),
    Flag.optional
  ),
  about: Flag.String("about").pipe(
    Flag.withDescription("Only entries in which this text stands: an id, a name, a kind of act"),
    Flag.withMetavar("TEXT"),
    Flag.optional
  ),
  before: Flag.Int("before").pipe(
    Flag.withDescription("Only entries below this number: the next page of a list"),
    Flag.optional
  ),
  limit: Options.limit(50),
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

/** Characters shown of a value; `--json` has all. */
const widest = 60

const value = (of: unknown): string => (of === undefined ? "" : Print.clipped(Print.plain(JSON.stringify(of)), widest))

/** The fields of two objects that differ, or the values themselves. */
const change = ({ before, after }: Audit.Entry): string => {
  const { was, is } = Audit.difference(before, after)
  if (was === undefined) return value(is)
  return is === undefined ? `was ${value(was)}` : `${value(was)} -> ${value(is)}`
}

const listed = (entries: ReadonlyArray<Audit.Entry>): string =>
  Print.table(
    ["N", "AT", "WHO", "DID", "TO", "WHY", "WHAT"],
    entries.map((entry) => [
      `${entry.n}`,
      entry.at.slice(0, 19).replace("T", " "),
      Print.plain(entry.actor),
      Print.plain(entry.act),
      Print.plain(entry.subject),
      Print.clipped(Print.plain(entry.why), widest),
      change(entry)
    ])
  )

const verify = Effect.fn("audit.verify")(function* ({ expect, json }: Input) {
  const [, n = "", hash = ""] = noted.exec(Option.getOrElse(expect, () => "")) ?? []
  const wanted = n === "" ? undefined : { n: Number(n), hash: hash.toLowerCase() }
  const audit = yield* Audit.make
  const found = yield* audit.check(wanted)
  const { good, broken } = found
  if (json) yield* Print.json({ entries: good, hash: found.hash, broken })
  else if (broken === undefined) {
    yield* Print.line(`${Print.count(good, "entry", "entries")}, each as it was written.`)
    yield* Print.remark(`Note this elsewhere, and give it to --expect later: ${good}:${found.hash}`)
  } else {
    const before = good === 0 ? "Nothing before it is proven" : `Entries 1 to ${good} are as they were written`
    yield* Print.line(`${Print.styled("red", "broken")}  Entry ${broken.n} ${broken.what}. ${before}.`)
  }
  if (broken !== undefined) return yield* Problem.outcome
})

const list = Effect.fn("audit.list")(function* (input: Input) {
  const audit = yield* Audit.make
  const entries = yield* audit.list({
    limit: input.limit,
    before: Option.getOrUndefined(input.before),
    words: Option.getOrUndefined(input.about)
  })
  if (input.json) return yield* Effect.forEach(entries, (entry) => Print.line(JSON.stringify(entry)), { discard: true })
  if (entries.length === 0) return yield* Print.remark("No such entries.")
  yield* Print.line(listed(entries))
  const last = entries.at(-1)
  if (last !== undefined && entries.length === input.limit && last.n > 1) {
    yield* Print.remark(`There may be more: add --before ${last.n}.`)
  }
})

const handler = (input: Input) => (input.verify ? verify(input) : list(input))

export const auditCommand = Command.make("audit", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "List who changed rules, overrode refusals, and made or revoked keys: when, why, and what was before and after; newest first. Each entry carries a hash over itself and the one before; --verify checks all of them and names the first that is broken."
  ),
  Command.withShortDescription("Who changed or overrode rules, and why"),
  Command.withExamples([
    { command: "throughline audit --about alder-pharma", description: "What was decided about a company" },
    { command: "throughline audit --verify", description: "Is the trail as it was written?" },
    { command: "throughline audit --json", description: "Everything, for programs" }
  ])
)
