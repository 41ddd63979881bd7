/** `verify`, `verifications` and `providers` as people run them, over a world of a producer and a wholesaler. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as ConfigFile from "../../src/cli/ConfigFile.ts"
import { maker } from "../api/Certificates.ts"
import { europeGtin, gtin, ours, unknownGtin, world } from "../verification/Site.ts"
import { json, run, Surroundings } from "./CommandLine.ts"

const folder = mkdtempSync(join(tmpdir(), "throughline-verify-"))
const file = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}
const cleared = Layer.effectDiscard(
  Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
)

const code = (unit: Partial<Record<keyof typeof ours, string>> = {}): string => {
  const { gtin, serial, lot, expiry } = { ...ours, ...unit }
  return `(01)${gtin}(21)${serial}(10)${lot}(17)${expiry}`
}

const pad = (part: number): string => `${part}`.padStart(2, "0")
const now = new Date()
const today = `${pad(now.getUTCDate())}-${pad(now.getUTCMonth() + 1)}-${now.getUTCFullYear()}`

layer(Layer.merge(Surroundings.layer, cleared), { excludeTestServices: true })("throughline verify", (it) => {
  it.effect("answers about codes, tells what a code lacks, and ends with 1 unless all are good", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* run("import", file("world.json", world()), "--actor", "ann")).code, 0)
      const as = ["--as", "elm-wholesale"]
      const good = yield* run("verify", ...as, code())
      assert.strictEqual(good.code, 0, good.err.join("\n"))
      assert.include(good.out.join("\n"), "verified  by 0388888000009")
      const some = yield* run("verify", ...as, code(), code({ lot: "L2" }), `(01)${gtin}(21)S1`, "--json")
      assert.strictEqual(some.code, 1)
      const rows = some.out.filter((line) => line !== "").map((line) => JSON.parse(line))
      assert.deepStrictEqual(
        rows.map(({ status, problem }) => [status, problem]),
        [
          ["PIE_SUCCESS", undefined],
          ["PV_SUBMISSION_FAILURE", undefined],
          ["PIE_FAILURE", "The code lacks lot number (10), expiration date (17)."]
        ]
      )
      const parts = ["--gtin", gtin, "--serial", "S1", "--lot", "L1", "--expiry", "301130"]
      assert.strictEqual((yield* run("verify", ...as, ...parts)).code, 0)
      assert.strictEqual((yield* run("verify", ...as, code({ gtin: europeGtin }))).code, 0)
      const unknown = yield* run("verify", ...as, code({ gtin: unknownGtin }))
      assert.strictEqual(unknown.code, 1)
      assert.include(unknown.out.join("\n"), "could not ask")
      assert.strictEqual((yield* run("verify", "--as", "alder-pharma", "--own", code())).code, 0)
      assert.strictEqual((yield* run("verify", ...as, "--own", code())).code, 1)
      assert.strictEqual((yield* run("verify", ...as)).code, 2)
    })
  )

  it.effect("lists what was asked, and writes a company's week as CSV", () =>
    Effect.gen(function* () {
      const all = yield* json("verifications")
      assert.lengthOf(all, 7)
      const invalid = yield* json("verifications", "--company", "elm-wholesale", "--filter", "Invalid")
      assert.deepStrictEqual(
        invalid.map(({ outcome, lot }) => [outcome, lot]),
        [["invalid", "L2"]]
      )
      assert.lengthOf(yield* json("verifications", "--limit", "2"), 2)
      const table = yield* run("verifications")
      assert.include(table.out.join("\n"), "elm-wholesale")
      const out = join(folder, "week.csv")
      const span = ["--from", today, "--to", today, "--out", out]
      const report = yield* run("verifications", "report", "--company", "alder-pharma", ...span)
      assert.strictEqual(report.code, 0, report.err.join("\n"))
      const lines = readFileSync(out, "utf8").trimEnd().split("\r\n")
      assert.match(lines[0] ?? "", /^inNetworkVerification,/u)
      // All but the one about a GTIN that nobody here has, which is the asker's alone.
      assert.lengthOf(lines, 7)
      const wrong = yield* run("verifications", "report", "--company", "a", "--from", "2026-01-01", "--to", today)
      assert.strictEqual(wrong.code, 2)
      assert.include(wrong.err.join("\n"), "startDateRange must be a date as DD-MM-YYYY")
      const pruned = yield* run("verifications", "prune", "--older-than-days", "1")
      assert.include(pruned.out.join("\n"), "0 verifications")
    })
  )

  it.effect("knows the providers of the configuration and what is wrong with their certificates", () =>
    Effect.gen(function* () {
      const { alone, signed } = yield* maker
      yield* alone("authority", "Providers")
      const [north, south] = [yield* signed("north", "us-north", "authority", 10), yield* alone("south", "us-south")]
      const expired = yield* signed("expired", "us-east", "authority", -1)
      const link = ({ certificateFile, keyFile }: typeof north, name: string) => ({
        url: `https://${name}.example`,
        certificate: { file: certificateFile },
        key: { file: keyFile }
      })
      const right = file("right.json", { verification: { providers: { north: link(north, "north") } } })
      const [row] = yield* json("providers", "--config", right)
      assert.deepInclude(row, { id: "north", url: "https://north.example", version: "1.3.0", asks: false })
      assert.deepNestedInclude(row, { "certificate.standing": "ends soon" })
      const table = yield* run("providers", "--config", right)
      assert.include(table.out.join("\n"), "ends soon, until")

      const wrong = file("wrong.json", {
        verification: {
          providers: {
            north: link(north, "north"),
            copy: link(north, "copy"),
            mixed: { ...link(north, "mixed"), key: { file: south.keyFile }, authorities: ["no certificate"] },
            old: link(expired, "old"),
            half: { url: "https://half.example", certificate: { file: south.certificateFile } },
            bare: { url: "https://bare.example", certificates: [{ commonName: "bare.example" }] },
            clear: { url: "http://127.0.0.1.example" },
            proxied: { url: "http://127.0.0.1:9443" },
            none: { url: "ftp://none.example" }
          },
          credentials: { mode: "require", holders: [{ did: "did:x", publicKey: "no key" }] }
        }
      })
      const first = yield* Effect.flip(ConfigFile.read(wrong))
      assert.include(first.message, "verification.providers.none.url: must be an address")
      const fitting = readFileSync(wrong, "utf8").replace(',"none":{"url":"ftp://none.example"}', "")
      const second = yield* Effect.flip(ConfigFile.read(file("wrong.json", fitting)))
      for (const said of [
        "providers.copy.certificate: is that of north too: each provider has a certificate of its own",
        "providers.mixed.key: is not the key of the certificate",
        "providers.mixed.authorities.0: is no certificate (PEM)",
        "providers.old.certificate: expired on",
        "providers.half.certificate: certificate and key go together",
        "providers.bare.certificate: is missing: providers know us by a certificate",
        "providers.bare.certificates[0].commonName: needs http.tls.clientAuthorities: anybody can sign a certificate of this name",
        "providers.clear.url: must begin with https: over http only a proxy on this machine that does TLS can be asked",
        "credentials.holders.0.publicKey: is no public key (PEM) on curve secp256k1"
      ]) {
        assert.include(second.message, said)
      }
      assert.notInclude(second.message, "proxied")
    })
  )
})
