/**
 * `throughline keys`: the keys by which companies come in over HTTP: make one, list them, revoke one. A key is printed
 * once, when it is made; only its digest is kept. Exit code 2 for a company or a key that there is not.
 */
import { Effect, Layer, Option, Redacted } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as ApiKeys from "../api/ApiKeys.ts"
import { scopes } from "../api/Caller.ts"
import { Partners } from "../partners/Partners.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const company = Argument.String("company").pipe(Argument.withDescription("Key of the company, e.g. acme-printing"))

const addFlags = {
  company,
  scopes: Flag.String("scopes").pipe(
    Flag.withDescription(
      `What it is for, separated by commas: ${scopes.join(", ")} (documents in; what became of them, and look-ups; documents out; verifications; products, rules and directory); all unless given`
    ),
    Flag.withDefault(scopes.join(",")),
    Flag.map((text) => text.split(",").map((word) => word.trim())),
    Flag.filter(
      (words) => words.length > 0 && words.every((word) => scopes.some((scope) => scope === word)),
      () => `one or more of ${scopes.join(", ")}`
    )
  ),
  note: Flag.String("note").pipe(Flag.withDescription("What uses it, for whoever sees the list"), Flag.withDefault("")),
  actor: Options.actor,
  json: Options.json
}

const add = Effect.fn("keys.add")(function* (input: Command.Command.Config.Infer<typeof addFlags>) {
  const { companies } = yield* Partners.use(({ current }) => current)
  if (!companies.some(({ id }) => id === input.company)) {
    return yield* Problem.usage(
      `There is no company "${input.company}".`,
      `There are: ${companies.map(({ id }) => id).join(", ") || "none; `throughline import WORLD` brings them"}.`
    )
  }
  const { id, key } = yield* ApiKeys.ApiKeys.use((keys) => keys.add(input))
  if (input.json)
    return yield* Print.json({ id, company: input.company, scopes: input.scopes, key: Redacted.value(key) })
  yield* Print.line(Redacted.value(key))
  yield* Print.remark(`Key ${id} of ${input.company}. It is shown this once: give it to them now, by a safe way.`)
})

const listFlags = {
  company: Flag.String("company").pipe(Flag.withDescription("Only those of this company"), Flag.optional),
  json: Options.json
}

const list = Effect.fn("keys.list")(function* ({ company, json }: Command.Command.Config.Infer<typeof listFlags>) {
  const keys = yield* ApiKeys.ApiKeys.use(({ list }) => list(Option.getOrUndefined(company)))
  if (json) return yield* Effect.forEach(keys, Print.json, { discard: true })
  if (keys.length === 0) return yield* Print.remark("No keys. `throughline keys add COMPANY` makes one.")
  const rows = keys.map(({ id, company, scopes, note, createdAt, revokedAt }) => [
    id,
    company,
    scopes.join(","),
    Print.moment(createdAt),
    revokedAt === null ? "" : Print.styled("red", Print.moment(revokedAt)),
    Print.plain(note)
  ])
  yield* Print.line(Print.table(["KEY", "COMPANY", "FOR", "MADE", "REVOKED", "NOTE"], rows))
})

const revokeFlags = {
  id: Argument.String("key").pipe(Argument.withDescription("As `throughline keys list` shows it")),
  why: Flag.String("why").pipe(Flag.withDescription("The reason, for the audit trail"), Flag.withDefault("")),
  actor: Options.actor
}

const revoke = Effect.fn("keys.revoke")(function* (input: Command.Command.Config.Infer<typeof revokeFlags>) {
  const { id, actor, why } = input
  // Who pastes a whole key means the one it names.
  const name = /^tl_([a-z2-9]{8})_/u.exec(id)?.[1] ?? id
  const was = yield* ApiKeys.ApiKeys.use((keys) => keys.revoke(name, actor, why))
  if (!was) return yield* Problem.usage(`There is no key ${Print.plain(name)}.`, "`throughline keys list` shows them.")
  yield* Print.line(`Key ${name} is revoked; requests with it are refused from now on.`)
})

const withKeys =
  <Input, A, E, R>(handler: (input: Input) => Effect.Effect<A, E, R>) =>
  (input: Input) =>
    Commands.withInstallation((given: Input) => Effect.provide(handler(given), Layer.fresh(ApiKeys.layer)))(input)

export const keysCommand = Command.make("keys").pipe(
  Command.withDescription("Keys by which companies send and fetch documents over HTTP (docs/how-to/http.md)."),
  Command.withShortDescription("API keys of companies"),
  Command.withExamples([
    { command: "throughline keys add acme-printing", description: "Make one and print it, this once" },
    { command: "throughline keys list", description: "Which there are" },
    { command: "throughline keys revoke 7h2kq9xa", description: "Refuse one from now on" }
  ]),
  Command.withSubcommands([
    Command.make("add", addFlags, withKeys(add)).pipe(
      Command.withDescription("Make a key for a company and print it, this once."),
      Command.withExamples([
        { command: "throughline keys add acme-printing --note 'line 3'", description: "For everything" },
        { command: "throughline keys add acme-printing --scopes send", description: "Only to send documents" }
      ])
    ),
    Command.make("list", listFlags, withKeys(list)).pipe(
      Command.withDescription("Keys, newest first, revoked ones too.")
    ),
    Command.make("revoke", revokeFlags, withKeys(revoke)).pipe(
      Command.withDescription("Refuse a key from now on, in every process.")
    )
  ])
)
