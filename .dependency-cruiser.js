/**
 * Which folder may import which (docs/decisions/0003-tools.md says why this tool). Run by `npm run imports`; each rule is
 * shown to fire by test/house/imports.test.ts. TypeScript is read by swc, because this tool knows no TypeScript 7 yet;
 * swc sees type-only imports too, so a rule holds for types as well.
 */

const domain = "^src/(partners|serials|products|orders|verification|reports)/"
const core = "^(src/(audit|engine|formats|partners|serials|products|orders|verification|reports)|pipelines|mappings)/"
const queries = "Queries\\.ts$"

/** A package, found in node_modules or not. */
const packages = (/** @type {string[]} */ ...names) => `(^|node_modules/)(${names.join("|")})(/|$)`

/** Effect's subfolders are unstable but for these modules; a module of the root folder is written with a capital. */
const unstable =
  "(^effect|node_modules/effect/dist)/[a-z-]+(/(?!(Base64|Base64Url|Hex|EncodingError)(\\.js)?$|index\\.js$)|/index\\.js$|$)"

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to })

const forbidden = [
  forbid("no-cycle", "Two files that import each other are one thing in two places.", {}, { circular: true }),
  forbid("resolvable", "What is imported has to exist.", {}, { couldNotResolve: true }),
  forbid(
    "tests-are-leaves",
    "Nothing that is shipped or measured depends on a test.",
    { path: "^(src|pipelines|mappings|scripts|bench)/" },
    { path: "^test/" }
  ),
  forbid(
    "main-is-the-top",
    "main.ts wires the layers; nothing builds on it.",
    { path: "^src/" },
    { path: "^src/main\\.ts$" }
  ),
  forbid(
    "formats-stand-alone",
    "Bytes and values: a format knows nothing else of ours.",
    { path: "^src/formats/" },
    { path: "^(src/(?!formats/)|pipelines/|mappings/)" }
  ),
  forbid(
    "audit-stands-alone",
    "The audit trail takes what it is told; it knows nobody who tells it.",
    { path: "^src/audit/" },
    { path: "^(src/(?!audit/|store/)|pipelines/|mappings/)" }
  ),
  forbid(
    "engine-knows-no-message-type",
    "The engine runs pipelines; what they are about is the business of the domain folders.",
    { path: "^src/engine/" },
    { path: `^(src/(?!audit/|engine/|formats/|store/)|pipelines/|mappings/)` }
  ),
  forbid(
    "domain-knows-no-edge",
    "A domain folder knows no channel and no surface, and pipelines and mappings use it, not the reverse.",
    { path: domain },
    { path: "^(src/(channels|api|console|cli|replay)/|pipelines/|mappings/)" }
  ),
  forbid(
    "reports-read-the-rest",
    "Reports look at what the other rooms keep; no room needs a report to do its work.",
    { path: "^(src/(?!reports/|api/|console/|cli/)|pipelines/|mappings/)" },
    { path: "^src/reports/" }
  ),
  forbid(
    "store-stands-alone",
    "The database knows tables, not who uses them.",
    { path: "^src/store/" },
    { path: "^(src/(?!store/)|pipelines/|mappings/)" }
  ),
  forbid(
    "store-through-queries",
    "Core folders reach the database through their query files.",
    { path: core, pathNot: queries },
    { path: "^src/store/" }
  ),
  forbid(
    "channels-carry-bytes",
    "A channel knows the engine; not what a message means, and no surface.",
    { path: "^src/channels/" },
    { path: "^(src/(api|console|cli|replay)/|pipelines/|mappings/)" }
  ),
  forbid(
    "surfaces-beside-each-other",
    "The API serves the console and the command line; it needs neither.",
    { path: "^src/(api|console)/" },
    { path: "^src/cli/" }
  ),
  forbid("api-below-console", "The console uses the API.", { path: "^src/api/" }, { path: "^src/console/" }),
  forbid(
    "browser-alone",
    "What runs in the browser is served file by file: its own modules and the library; of the API it knows the types.",
    { path: "^src/console/client/" },
    { pathNot: "^src/console/client/|node_modules/preact/|^src/api/[A-Z][a-z]+Api\\.ts$" }
  ),
  forbid(
    "server-not-browser",
    "The server hands the browser's modules out; it does not run them.",
    { path: "^(src/(?!console/client/)|pipelines/|mappings/)" },
    { path: "^src/console/client/" }
  ),
  forbid(
    "pipelines-are-composed",
    "A pipeline names stages; channels, surfaces and the database are not its business.",
    { path: "^pipelines/" },
    { path: "^src/(channels|store|api|console|cli|replay)/|Queries\\.ts$" }
  ),
  forbid(
    "mappings-translate",
    "A mapping stands between a format and a model; of the engine it may know the report it writes.",
    { path: "^mappings/" },
    {
      path: "^(src/(?!formats/|partners/|serials/|products/|orders/|verification/|engine/Report\\.ts$)|pipelines/)|Queries\\.ts$"
    }
  ),
  forbid(
    "sql-in-queries-only",
    "SQL stands in src/store and in query files, where a reviewer looks for it.",
    { path: "^(src|pipelines|mappings)/", pathNot: ["^src/store/", queries] },
    {
      path: [
        "(^effect|node_modules/effect/dist)/sql(/|$)",
        packages("@effect/sql-pg", "drizzle-orm", "drizzle-kit", "pg")
      ]
    }
  ),
  forbid(
    "core-on-stable-effect",
    "Core folders import stable Effect modules only, so that an upgrade touches the edges.",
    { path: core, pathNot: queries },
    { path: unstable, pathNot: "effect/(dist/)?sql" }
  ),
  forbid(
    "core-on-no-platform",
    "Core folders ask for services; the platform that provides them is chosen at the edge.",
    { path: core },
    { path: packages("@effect/platform-node", "@effect/platform-node-shared") }
  ),
  forbid(
    "shipped-on-shipped",
    "What runs at a user's place needs no development dependency.",
    { path: "^(src|pipelines|mappings)/" },
    { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] }
  )
]

// The tool reads a configuration's default export.
const configuration = {
  forbidden,
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
    cache: false
  }
}
export default configuration
