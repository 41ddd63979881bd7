/**
 * The files of the console as browsers get them: our modules without their types, the library's as it is published, and
 * the style sheet. No build step: types are removed by Node when the server starts, positions of lines stay as they are,
 * so that what the browser reports is what stands in the source.
 *
 * Fails with `AssetsError` when a file cannot be read or holds TypeScript that is more than types.
 */
import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { stripTypeScriptTypes } from "node:module"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import { Data, Effect } from "effect"

export class AssetsError extends Data.TaggedError("AssetsError")<{
  readonly reason: { readonly _tag: "Unreadable"; readonly isRetryable: false; readonly whoActs: "operator" }
  readonly message: string
  readonly cause: unknown
}> {}

export interface Asset {
  readonly name: string
  readonly body: string
  readonly type: string
  /** Changes with the content and with nothing else. */
  readonly etag: string
}

const client = new URL("client/", import.meta.url)

/** Modules of the library, and what our modules and they themselves import them by. */
const libraries = [
  { name: "preact.js", specifier: "preact" },
  { name: "preact-hooks.js", specifier: "preact/hooks" }
] as const

/**
 * Bare names become files beside the importing one: a browser knows no packages, and a map of imports would have to
 * stand in the page, where nothing is allowed to be inline.
 */
const resolved = (code: string): string =>
  libraries.reduce(
    (text, { name, specifier }) => text.replaceAll(new RegExp(`(from\\s*)"${specifier}"`, "gu"), `$1"./${name}"`),
    // What the library says about its own map of lines is not served.
    code.replace(/\n\/\/# sourceMappingURL=.*\s*$/u, "\n")
  )

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml"
}

const asset = (name: string, body: string): Asset => ({
  name,
  body,
  type: types[extname(name)] ?? "text/javascript; charset=utf-8",
  etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`
})

const own = async (name: string): Promise<Asset> => {
  const text = await readFile(new URL(name, client), "utf8")
  return asset(name, name.endsWith(".ts") ? resolved(stripTypeScriptTypes(text)) : text)
}

const library = async ({ name, specifier }: (typeof libraries)[number]): Promise<Asset> =>
  asset(name, resolved(await readFile(fileURLToPath(import.meta.resolve(specifier)), "utf8")))

const all = async (): Promise<ReadonlyArray<Asset>> => {
  const names = (await readdir(client)).filter((name) => /\.(?:ts|css|svg)$/u.test(name)).sort()
  return Promise.all([...names.map(own), ...libraries.map(library)])
}

/** All of them, by name. */
export const load = Effect.map(
  Effect.tryPromise({
    try: all,
    catch: (cause) =>
      new AssetsError({
        reason: { _tag: "Unreadable", isRetryable: false, whoActs: "operator" },
        message: "the console's files cannot be read",
        cause
      })
  }),
  (assets): ReadonlyMap<string, Asset> => new Map(assets.map((one) => [one.name, one]))
)
