/**
 * `npm run db:generate -- NAME` writes the next numbered migration: what changed in src/store/schema.ts since the last
 * one. `npm run db:generate -- NAME --custom` writes an empty one for SQL by hand. Exit code 1 when drizzle-kit fails or
 * nothing changed.
 */
import { spawnSync } from "node:child_process"
import { readdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = join(root, "src", "store", "migrations")
const [name, ...options] = process.argv.slice(2)

const fail = (message: string): never => {
  console.error(message)
  process.exit(1)
}

if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name))
  fail("A name in lower case is needed: npm run db:generate -- NAME")

const isNumbered = (entry: string) => /^\d{4}_/.test(entry)
const kit = join(root, "node_modules", "drizzle-kit", "bin.cjs")
const { status } = spawnSync(process.execPath, [kit, "generate", "--name", `${name}`, ...options], {
  cwd: root,
  stdio: "inherit"
})
if (status !== 0) process.exit(1)

// drizzle-kit names folders by the time; numbers are easier to talk about, and two branches that add one collide visibly.
const entries = readdirSync(folder)
const made = entries.find((entry) => !isNumbered(entry)) ?? fail("Nothing changed.")
const next = String(entries.filter(isNumbered).length + 1).padStart(4, "0")
renameSync(join(folder, made), join(folder, `${next}_${name}`))
console.log(`src/store/migrations/${next}_${name}/migration.sql`)
