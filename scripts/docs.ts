/**
 * `npm run docs` writes everything under docs/generated from the code, and deletes there what no page makes any more;
 * `npm run docs -- schema.sql` writes only the pages named. CI runs it and fails when a file differs from the committed one.
 *
 * A new page is one line in `pages`: its text depends on the code alone, never on the time, the machine or the data of an
 * installation. Exit code 1 when a page cannot be made; then nothing is written.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Layer } from "effect"
import { openApi } from "../src/api/Published.ts"
import * as Database from "../src/store/Database.ts"
import * as SchemaDump from "../src/store/SchemaDump.ts"
import * as Throwaway from "../src/store/Throwaway.ts"
import { pages as fromCode } from "./pages.ts"

const folder = fileURLToPath(new URL("../docs/generated", import.meta.url))

/** File name and text of each page. */
const pages = {
  ...fromCode,
  "openapi.json": Effect.sync(openApi),
  "schema.sql": Throwaway.within(SchemaDump.dump)
}

const named = process.argv.slice(2)

const program = Effect.gen(function* () {
  const texts = yield* Effect.all(pages)
  mkdirSync(folder, { recursive: true })
  const stale = named.length > 0 ? [] : readdirSync(folder).filter((file) => !Object.hasOwn(texts, file))
  for (const file of stale) rmSync(join(folder, file), { recursive: true })
  for (const [file, text] of Object.entries(texts)) {
    if (named.length === 0 || named.includes(file)) writeFileSync(join(folder, file), text)
  }
})

const database = Layer.provideMerge(Throwaway.Throwaway.layer, Database.layerServer)

NodeRuntime.runMain(program.pipe(Effect.provide(database), Effect.scoped))
