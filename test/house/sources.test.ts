/**
 * The rules of the house about source files that no other tool checks: a head paragraph, a size, a name, no silenced
 * types, no time of the machine where a run has to be repeatable, no test left out.
 */
import { globSync, readFileSync } from "node:fs"
import { basename } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

const read = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .sort()
    .map((path) => ({ path, text: readFileSync(`${root}/${path}`, "utf8") }))

const sources = ["src/**/*.ts", "pipelines/**/*.ts", "mappings/**/*.ts"].flatMap(read)
const tests = ["test/**/*.ts", "bench/**/*.ts"].flatMap(read)

/** Lines of `files` that match, as `path:line text`. */
const linesWith = (pattern: RegExp, files: typeof sources) =>
  files.flatMap(({ path, text }) =>
    text
      .split("\n")
      .map((line, index) => ({ line, at: `${path}:${index + 1}` }))
      .filter(({ line }) => pattern.test(line))
      .map(({ line, at }) => `${at} ${line.trim()}`)
  )

/** The text of a comment that opens the file, without its stars. */
const headOf = (text: string) =>
  (/^(?:#!.*\n)?\/\*\*?([\s\S]*?)\*\//u.exec(text)?.[1] ?? "").replaceAll(/\n\s*\*/gu, " ").trim()

/** Long enough to say what a file is, when to use it and what it promises on failure. */
const shortestHead = 80

/** Past this a file is two things in one. */
const longestFile = 400

const vague = new Set(["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "shared"])

describe("source files", () => {
  it("are found", () => expect(sources.length).toBeGreaterThan(20))

  it("open with a paragraph that says what they are", () =>
    expect(sources.filter(({ text }) => headOf(text).length < shortestHead).map(({ path }) => path)).toEqual([]))

  it(`have at most ${longestFile} lines`, () =>
    expect(sources.filter(({ text }) => text.split("\n").length - 1 > longestFile).map(({ path }) => path)).toEqual([]))

  it("are named after what they are", () => {
    const words = (path: string) =>
      path
        .split("/")
        .flatMap((part) => basename(part, ".ts").split(/(?=[A-Z])|[-_.]/u))
        .map((word) => word.toLowerCase())
    expect(sources.map(({ path }) => path).filter((path) => words(path).some((word) => vague.has(word)))).toEqual([])
  })

  it("silence no type", () =>
    expect(
      linesWith(/\bas (any|never)\b|as unknown as|@ts-(ignore|expect-error|nocheck)|biome-ignore/u, sources)
    ).toEqual([]))

  it("take the time from Effect's Clock, so that a run can be repeated", () =>
    expect(linesWith(/\bnew Date\(\)|\bDate\.now\(/u, sources)).toEqual([]))

  it("leave nothing for later", () => expect(linesWith(/\b(TODO|FIXME)\b/u, sources)).toEqual([]))

  // A condition may skip a test where something is missing; with CI set, scripts/test.js takes that as a failure.
  it("have no test switched off", () =>
    expect(linesWith(/\b(it|test|describe|effect|live|prop)\.(only\b|todo\b|skip\()/u, tests)).toEqual([]))
})
