/**
 * Shows that every rule of .dependency-cruiser.js fires on what it forbids and stays quiet on what it allows: a tiny
 * tree with one import a line is written, cruised once, and compared import by import.
 */
import { execFile } from "node:child_process"
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { Schema } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

type Case = readonly [from: string, imports: string, rule?: string]

const cases: ReadonlyArray<Case> = [
  ["src/engine/CycleA.ts", "./CycleB.ts", "no-cycle"],
  ["src/engine/Lost.ts", "./Nowhere.ts", "resolvable"],
  ["src/cli/Serve.ts", "../../test/Suite.ts", "tests-are-leaves"],
  ["bench/transfer.ts", "../test/Suite.ts", "tests-are-leaves"],
  ["test/Suite.ts", "../src/engine/Flow.ts"],
  ["src/cli/Top.ts", "../main.ts", "main-is-the-top"],
  ["src/main.ts", "./cli/Serve.ts"],
  ["src/formats/FormatOfEngine.ts", "../engine/Flow.ts", "formats-stand-alone"],
  ["src/formats/FormatOfMapping.ts", "../../mappings/A.ts", "formats-stand-alone"],
  ["src/formats/Xml.ts", "./Gs1.ts"],
  ["src/audit/OfEngine.ts", "../engine/Flow.ts", "audit-stands-alone"],
  ["src/audit/AuditQueries.ts", "../store/Tables.ts"],
  ["src/engine/OfAudit.ts", "../audit/Audit.ts"],
  ["src/engine/OfDomain.ts", "../partners/Model.ts", "engine-knows-no-message-type"],
  ["src/engine/OfChannel.ts", "../channels/Folder.ts", "engine-knows-no-message-type"],
  ["src/engine/OfPipeline.ts", "../../pipelines/A.ts", "engine-knows-no-message-type"],
  ["src/engine/OfMapping.ts", "../../mappings/A.ts", "engine-knows-no-message-type"],
  ["src/engine/Flow.ts", "../formats/Gs1.ts"],
  ["src/serials/OfChannel.ts", "../channels/Folder.ts", "domain-knows-no-edge"],
  ["src/serials/OfCli.ts", "../cli/Serve.ts", "domain-knows-no-edge"],
  ["src/serials/OfPipeline.ts", "../../pipelines/A.ts", "domain-knows-no-edge"],
  ["src/serials/Transfers.ts", "../engine/Flow.ts"],
  ["src/serials/Pools.ts", "../partners/Model.ts"],
  ["src/reports/OfCli.ts", "../cli/Serve.ts", "domain-knows-no-edge"],
  ["src/reports/OfStore.ts", "../store/Tables.ts", "store-through-queries"],
  ["src/serials/OfReports.ts", "../reports/Reports.ts", "reports-read-the-rest"],
  ["src/reports/Reports.ts", "../serials/Pools.ts"],
  ["src/cli/Serve.ts", "../reports/Reports.ts"],
  ["src/store/OfDomain.ts", "../serials/Pools.ts", "store-stands-alone"],
  ["src/serials/OfStore.ts", "../store/Tables.ts", "store-through-queries"],
  ["src/engine/OfStore.ts", "../store/Tables.ts", "store-through-queries"],
  ["src/serials/SerialQueries.ts", "../store/Tables.ts"],
  ["src/channels/OfPipeline.ts", "../../pipelines/A.ts", "channels-carry-bytes"],
  ["src/channels/OfApi.ts", "../api/Api.ts", "channels-carry-bytes"],
  ["src/channels/Folder.ts", "../engine/Flow.ts"],
  ["src/api/OfCli.ts", "../cli/Serve.ts", "surfaces-beside-each-other"],
  ["src/api/OfConsole.ts", "../console/Page.ts", "api-below-console"],
  ["src/console/Page.ts", "../api/Api.ts"],
  ["src/console/client/Widget.ts", "effect", "browser-alone"],
  ["src/console/client/Widget.ts", "../../engine/Report.ts", "browser-alone"],
  ["src/console/client/Widget.ts", "preact"],
  ["src/console/client/Widget.ts", "./Field.ts"],
  ["src/console/client/Widget.ts", "../../api/MessageApi.ts"],
  ["src/console/OfBrowser.ts", "./client/Field.ts", "server-not-browser"],
  ["pipelines/OfChannel.ts", "../src/channels/Folder.ts", "pipelines-are-composed"],
  ["pipelines/OfQueries.ts", "../src/serials/SerialQueries.ts", "pipelines-are-composed"],
  ["pipelines/A.ts", "../mappings/A.ts"],
  ["mappings/OfEngine.ts", "../src/engine/Flow.ts", "mappings-translate"],
  ["mappings/OfQueries.ts", "../src/serials/SerialQueries.ts", "mappings-translate"],
  ["mappings/OfReport.ts", "../src/engine/Report.ts"],
  ["mappings/A.ts", "../src/formats/Gs1.ts"],
  ["src/serials/Sql.ts", "effect/sql", "sql-in-queries-only"],
  ["src/serials/Drizzle.ts", "drizzle-orm", "sql-in-queries-only"],
  ["src/cli/Sql.ts", "@effect/sql-pg/PgClient", "sql-in-queries-only"],
  ["src/serials/LotQueries.ts", "effect/sql"],
  ["src/serials/LotQueries.ts", "drizzle-orm/pg-core"],
  ["src/store/Tables.ts", "drizzle-orm/pg-core"],
  ["src/formats/Unstable.ts", "effect/encoding", "core-on-stable-effect"],
  ["src/formats/UnstableModule.ts", "effect/encoding/Csv", "core-on-stable-effect"],
  ["src/engine/Unstable.ts", "effect/http", "core-on-stable-effect"],
  ["pipelines/Unstable.ts", "effect/workflow", "core-on-stable-effect"],
  ["src/formats/Gs1.ts", "effect/encoding/Base64"],
  ["src/formats/Gs1.ts", "effect/Schema"],
  ["src/api/Api.ts", "effect/http-api"],
  ["src/engine/Platform.ts", "@effect/platform-node/NodeServices", "core-on-no-platform"],
  ["src/channels/Platform.ts", "@effect/platform-node/NodeServices"],
  ["src/cli/Tool.ts", "yaml", "shipped-on-shipped"],
  ["src/cli/Development.ts", "vitest", "shipped-on-shipped"]
]

/** Files that only others' imports are about; a cycle is reported at one of its files. */
const others = [
  ["src/partners/Model.ts", ""],
  ["src/engine/Report.ts", ""],
  ["src/audit/Audit.ts", ""],
  ["src/console/client/Field.ts", ""],
  ["src/api/MessageApi.ts", ""],
  ["src/engine/CycleB.ts", 'import type * as A from "./CycleA.ts"\n']
] as const

const Report = Schema.fromJsonString(
  Schema.Struct({
    summary: Schema.Struct({
      violations: Schema.Array(
        Schema.Struct({
          from: Schema.String,
          to: Schema.String,
          rule: Schema.Struct({ name: Schema.String }),
          unresolvedTo: Schema.optional(Schema.String)
        })
      )
    }),
    modules: Schema.Array(
      Schema.Struct({
        source: Schema.String,
        dependencies: Schema.Array(Schema.Struct({ module: Schema.String, resolved: Schema.String }))
      })
    )
  })
)

const cruise = async (folder: string) => {
  const tool = join(root, "node_modules", ".bin", "depcruise")
  const config = join(root, ".dependency-cruiser.js")
  const folders = ["src", "pipelines", "mappings", "bench", "test"]
  // It ends with the number of violations as its code, so a failed process is the expected end.
  const run = promisify(execFile)(tool, ["--config", config, "--output-type", "json", ...folders], { cwd: folder })
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error)
  return Schema.decodeSync(Report)(stdout)
}

describe("import directions", () => {
  let folder = ""
  let report: typeof Report.Type

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "throughline-imports-"))
    await cp(join(root, "package.json"), join(folder, "package.json"))
    await symlink(join(root, "node_modules"), join(folder, "node_modules"))
    const files = new Map<string, string>(others)
    // Types only, the weakest of imports: the rules hold for them too.
    for (const [index, [from, imports]] of cases.entries()) {
      files.set(from, `${files.get(from) ?? ""}import type * as X${index} from "${imports}"\n`)
    }
    for (const [file, imports] of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), `${imports}export type T = unknown\n`)
    }
    report = await cruise(folder)
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(cases)("%s importing %s: %s", (from, imports, rule) => {
    const dependency = report.modules
      .find(({ source }) => source === from)
      ?.dependencies.find(({ module }) => module === imports)
    expect(dependency, "the import was seen").toBeDefined()
    const fired = report.summary.violations
      .filter((violation) => violation.from === from)
      .filter(({ to, unresolvedTo }) =>
        [to, unresolvedTo].some((path) => path === dependency?.resolved || path === imports)
      )
      .map((violation) => violation.rule.name)
    expect(fired).toEqual(rule === undefined ? [] : [rule])
  })

  it("have a case for every rule", async () => {
    const configuration: unknown = await import(new URL("../../.dependency-cruiser.js", import.meta.url).href)
    const Names = Schema.Struct({
      default: Schema.Struct({ forbidden: Schema.Array(Schema.Struct({ name: Schema.String })) })
    })
    const names = Schema.decodeUnknownSync(Names)(configuration).default.forbidden.map(({ name }) => name)
    const shown = new Set(cases.map(([, , rule]) => rule))
    expect(names.filter((name) => !shown.has(name))).toEqual([])
  })
})
