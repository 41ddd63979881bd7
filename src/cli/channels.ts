/**
 * `throughline channels test`: connects to everything that the configuration file describes, says of each whether it
 * works, and if not what is wrong and what to do. Sends and takes nothing. Exit code 1 when one of them does not work. `host-keys` shows what SFTP
 * servers are known by, `forget-host-key` forgets one.
 */
import { Duration, Effect } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { Configured, type Trial } from "../channels/Configured.ts"
import * as ConfiguredOptions from "../channels/ConfiguredOptions.ts"
import { ChannelError } from "../engine/Channel.ts"
import { Partners } from "../partners/Partners.ts"
import * as Commands from "./Commands.ts"
import * as ConfigFile from "./ConfigFile.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import * as Serving from "./Serving.ts"

/** What to do about it, by what kind of failure it is. */
const nextSteps: Readonly<Record<string, string>> = {
  Unavailable: "Is the address right, does the other side run, is there a firewall between?",
  Timeout: "Is the address right, does the other side run, is there a firewall between?",
  Blocked: "Mend what it says, on the other side or in the configuration file.",
  Refused: "Are user, password and key right, and may this user do it?",
  Untrusted: "Ask the partner, by another way, whether their host key was changed.",
  Rejected: "Mend what it says, on the other side or in the configuration file.",
  NoDestination: "Describe it in the configuration file."
}

interface Outcome {
  readonly channel: string
  readonly ok: boolean
  readonly milliseconds: number
  /** What is to be said of one that works. */
  readonly note?: string | undefined
  readonly problem?: string | undefined
  readonly next?: string | undefined
}

const attempt = Effect.fnUntraced(function* ({ name, run }: Trial) {
  const [time, result] = yield* Effect.timed(
    Effect.result(
      Effect.timeoutOrElse(run, {
        duration: "60 seconds",
        orElse: () =>
          Effect.fail(
            new ChannelError({
              channel: name,
              reason: { _tag: "Timeout", isRetryable: true, whoActs: "nobody" },
              message: "no answer in a minute"
            })
          )
      })
    )
  )
  const milliseconds = Math.round(Duration.toMillis(time))
  if (result._tag === "Success") {
    const outcome: Outcome = { channel: name, ok: true, milliseconds, note: result.success }
    return outcome
  }
  const { message, reason } = result.failure
  const outcome: Outcome = { channel: name, ok: false, milliseconds, problem: message, next: nextSteps[reason._tag] }
  return outcome
})

/** Companies that the file speaks of and the database does not know. */
const strangers = Effect.gen(function* () {
  const { companies } = yield* Partners.use(({ current }) => current)
  const known = new Set(companies.map(({ id }) => id))
  const named = ConfiguredOptions.companies((yield* ConfigFile.Current).channels)
  return named.filter((company) => !known.has(company))
})

const flags = { exchange: Serving.exchange, json: Options.json }

const test = Effect.fn("channels.test")(function* ({ exchange, json }: Command.Command.Config.Infer<typeof flags>) {
  const { path } = yield* ConfigFile.Current
  const outcomes = yield* Effect.scoped(
    Effect.gen(function* () {
      const { trials } = yield* Configured
      return yield* Effect.forEach(trials, attempt, { concurrency: 8 })
    }).pipe(Effect.provide(Serving.configured(exchange)))
  )
  const unknown = yield* strangers
  const all: ReadonlyArray<Outcome> = [
    ...outcomes,
    ...unknown.map((company) => ({
      channel: company,
      ok: false,
      milliseconds: 0,
      problem: "there is no company of this key",
      next: "Import it (`throughline import WORLD`), or mend the key in the configuration file."
    }))
  ]
  for (const outcome of all) {
    if (json) {
      yield* Print.json(outcome)
      continue
    }
    const { channel, ok, milliseconds, note, problem = "", next } = outcome
    const mark = ok ? Print.styled("green", "works") : Print.styled("red", "fails")
    yield* Print.line(`${mark}  ${channel}  ${ok ? `${milliseconds} ms` : Print.plain(problem)}`)
    const more = ok ? note : next
    if (more !== undefined) yield* Print.line(`       ${Print.plain(more)}`)
  }
  if (all.some(({ ok }) => !ok)) return yield* Problem.outcome
  if (all.length === 0 && !json) {
    yield* Print.line(
      path === undefined
        ? "There is no configuration file: every company has its folder, and that needs no connection."
        : `${path} describes nothing to connect to: every company has its folder, or fetches over HTTP.`
    )
  }
})

const hostKeys = Effect.fn("channels.host-keys")(function* ({ json }: { readonly json: boolean }) {
  const SftpHostKeys = yield* Effect.promise(() => import("../channels/SftpHostKeys.ts"))
  const kept = yield* Effect.flatMap(SftpHostKeys.make, ({ list }) => list)
  if (kept.length === 0 && !json) return yield* Print.remark("No SFTP server was met yet.")
  yield* Effect.forEach(
    kept,
    ({ server, key, at }) =>
      json
        ? Print.json({ server, key: SftpHostKeys.print(key), fingerprint: SftpHostKeys.fingerprint(key), at })
        : Print.line(`${server} ${SftpHostKeys.print(key)}`),
    { discard: true }
  )
})

const forgetFlags = {
  server: Argument.String("server").pipe(
    Argument.withDescription(
      "As `throughline channels host-keys` names it: sftp.acme.example, or '[sftp.acme.example]:2222'"
    )
  ),
  why: Options.why,
  actor: Options.actor
}

const forgetHostKey = Effect.fn("channels.forget-host-key")(function* ({
  server,
  why,
  actor
}: Command.Command.Config.Infer<typeof forgetFlags>) {
  const SftpHostKeys = yield* Effect.promise(() => import("../channels/SftpHostKeys.ts"))
  const was = yield* Effect.flatMap(SftpHostKeys.make, ({ forget }) => forget(server.toLowerCase(), { why, actor }))
  if (!was) {
    return yield* Problem.usage(
      `No key is kept of ${Print.plain(server)}.`,
      "`throughline channels host-keys` shows them; one that the configuration file names is changed there."
    )
  }
  yield* Print.line(
    `The key of ${server} is forgotten; the next one it shows is kept, and what waited goes on by itself.`
  )
})

export const channelsCommand = Command.make("channels").pipe(
  Command.withDescription("The channels that the configuration file describes (docs/how-to/configuration.md)."),
  Command.withShortDescription("Try the channels"),
  Command.withExamples([
    { command: "throughline channels test", description: "Connect to each and say what is wrong" },
    { command: "throughline channels host-keys", description: "What SFTP servers are known by" }
  ]),
  Command.withSubcommands([
    Command.make("test", flags, Commands.withInstallation(test)).pipe(
      Command.withDescription(
        "Connect to each SFTP server, broker, partner's HTTP server and mail server of the configuration file, log in, and say what is wrong and what to do. Sends and takes nothing; queues and exchanges that the file declares are declared. What the file alone shows, such as a message type under `deliver` that is never sent, is for `throughline lint` to tell. Exit code 1 when one does not work."
      ),
      Command.withExamples([{ command: "throughline channels test", description: "Before and after a change" }])
    ),
    Command.make("host-keys", { json: Options.json }, Commands.withInstallation(hostKeys)).pipe(
      Command.withDescription(
        "The host keys of SFTP servers that were kept when they were met first, in the format of OpenSSH's known_hosts."
      )
    ),
    Command.make("forget-host-key", forgetFlags, Commands.withInstallation(forgetHostKey)).pipe(
      Command.withDescription(
        "Forget the host key of an SFTP server that has another one now, when the partner has confirmed it by another way. The next key it shows is kept. It stands in the audit trail."
      ),
      Command.withExamples([
        {
          command: "throughline channels forget-host-key sftp.acme.example --why 'New server, confirmed by phone'",
          description: "Trust the next one"
        }
      ])
    )
  ])
)
