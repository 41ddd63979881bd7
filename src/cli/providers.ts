/**
 * `throughline providers`: other verification providers of the configuration, and how long the certificate of each link
 * still holds. Exit code 1 when one has expired.
 */
import { Clock, Effect } from "effect"
import * as Command from "effect/cli/Command"
import * as ProviderCertificates from "../channels/ProviderCertificates.ts"
import * as ConfigFile from "./ConfigFile.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const colours = { valid: "green", "ends soon": "yellow", expired: "red" } as const

const handler = Effect.fn("providers")(function* ({ json }: { readonly json: boolean }) {
  const { verification } = yield* ConfigFile.Current
  const held = ProviderCertificates.list(verification, yield* Clock.currentTimeMillis)
  const rows = Object.entries(verification.providers ?? {}).map(([id, provider]) => ({
    id,
    name: provider.name ?? id,
    url: provider.url,
    version: provider.version ?? "1.3.0",
    asks: (provider.certificates ?? []).length > 0,
    certificate: held.find((one) => one.provider === id)
  }))
  if (json) yield* Effect.forEach(rows, Print.json, { discard: true })
  else if (rows.length === 0) {
    yield* Print.remark("No providers. `verification.providers` of throughline.yaml names them.")
  } else {
    const table = rows.map(({ id, name, url, version, asks, certificate }) => [
      id,
      name,
      url,
      version,
      asks ? "yes" : "no",
      certificate === undefined
        ? "none"
        : Print.styled(
            colours[certificate.standing],
            `${certificate.standing}, until ${Print.moment(new Date(certificate.validTo))}`
          )
    ])
    yield* Print.line(Print.table(["PROVIDER", "NAME", "ADDRESS", "VERSION", "MAY ASK US", "CERTIFICATE"], table))
  }
  if (held.some(({ standing }) => standing === "expired")) return yield* Problem.outcome
})

export const providersCommand = Command.make("providers", { json: Options.json }, handler).pipe(
  Command.withDescription(
    "Other verification providers that the configuration names: where they are asked, whether they may ask us, and until when the certificate of the link holds. Exit code 1 when one has expired."
  ),
  Command.withShortDescription("Other verification providers and their certificates"),
  Command.withExamples([{ command: "throughline providers", description: "Before certificates end" }])
)
