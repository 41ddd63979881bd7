/**
 * The project stands alone: exact versions, a lock file that installs anywhere, nothing tracked that belongs to one
 * machine, and documents that name only commands that exist.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8")

const Versions = Schema.Record(Schema.String, Schema.String)

const manifest = Schema.decodeSync(
  Schema.fromJsonString(
    Schema.Struct({
      scripts: Versions,
      dependencies: Versions,
      devDependencies: Versions,
      allowScripts: Schema.Record(Schema.String, Schema.Boolean)
    })
  )
)(read("package.json"))

const lock = Schema.decodeSync(
  Schema.fromJsonString(
    Schema.Struct({
      packages: Schema.Record(
        Schema.String,
        Schema.Struct({
          resolved: Schema.optional(Schema.String),
          link: Schema.optional(Schema.Boolean),
          hasInstallScript: Schema.optional(Schema.Boolean),
          optionalDependencies: Schema.optional(Versions)
        })
      )
    })
  )
)(read("package-lock.json")).packages

const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean)

/** A folder that exists on one machine only; written so that it does not find itself. */
const machinePath = /(?<![\w.:/-])\/(?:home|Users|work|farm|root)\/[\w.-]+|\/tmp\/[a-z]+\d*\/|[A-Z]:\\Users\\/u
const registryHost = new RegExp(["registry\\.(?:npm", "yarn)|deb\\.(?:debian", "ubuntu)|npm\\.pkg\\."].join(""), "u")

describe("package.json", () => {
  it("has exact versions", () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/u.test(version))).toEqual([])
  })

  it("decides about every package that wants to run a script when it is installed", () => {
    const wanting = Object.entries(lock).filter(([, { hasInstallScript }]) => hasInstallScript === true)
    const names = wanting.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length))
    expect(names.filter((name) => manifest.allowScripts[name] === undefined)).toEqual([])
  })
})

describe("package-lock.json", () => {
  it("names no registry", () =>
    expect(Object.entries(lock).filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)).toEqual([]))

  // npm leaves out what its registry cannot give at that moment, and `npm ci` then refuses the file everywhere.
  it("has an entry for every platform's package", () => {
    const wanted = Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => [`${path}/node_modules/${name}`, `node_modules/${name}`] as const)
    )
    expect(wanted.filter(([nested, top]) => lock[nested] === undefined && lock[top] === undefined)).toEqual([])
  })
})

describe("tracked files", () => {
  const texts = tracked
    .map((path) => ({ path, bytes: readFileSync(`${root}/${path}`) }))
    .filter(({ bytes }) => !bytes.includes(0))
    .map(({ path, bytes }) => ({ path, text: bytes.toString("utf8") }))

  it.each([
    ["a path of one machine", machinePath],
    ["a registry", registryHost]
  ])("do not contain %s", (_, pattern) => {
    const found = texts.map(({ path, text }) => ({ path, match: pattern.exec(text)?.[0] }))
    expect(found.filter(({ match }) => match !== undefined)).toEqual([])
  })
})

describe("README.md and CONTRIBUTING.md", () => {
  const text = () => read("README.md") + read("CONTRIBUTING.md")

  it("name only commands that exist", () => {
    const named = [...text().matchAll(/npm (?:run (?:-s )?)?([a-z][\w:-]*)/gu)].map(([, name = ""]) => name)
    const own = new Set(["ci", "install", "i", "run"])
    expect(named.filter((name) => !own.has(name) && manifest.scripts[name] === undefined)).toEqual([])
  })

  it("name only files that exist", () => {
    const inFolders = /(?<![\w/.-])(?:src|pipelines|mappings|xsd|samples|test|bench|docs|scripts)\/[\w/.-]*\w/gu
    const named = [...text().matchAll(inFolders)].map(([path]) => path)
    expect(named.filter((path) => !existsSync(`${root}/${path}`))).toEqual([])
  })
})
