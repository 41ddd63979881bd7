/**
 * `npm run db:dump` writes docs/generated/schema.sql: the schema after all migrations, read back from a temporary
 * database on the server of the configuration (DATABASE_URL or the embedded one). Exit code 1 when that fails.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Layer } from "effect"
import * as Database from "../src/store/Database.ts"
import * as SchemaDump from "../src/store/SchemaDump.ts"
import * as Throwaway from "../src/store/Throwaway.ts"

const file = fileURLToPath(new URL("../docs/generated/schema.sql", import.meta.url))

const program = Effect.gen(function* () {
  const text = yield* Throwaway.within(SchemaDump.dump)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
})

NodeRuntime.runMain(program.pipe(Effect.provide(Throwaway.Throwaway.layer.pipe(Layer.provide(Database.layerServer)))))
