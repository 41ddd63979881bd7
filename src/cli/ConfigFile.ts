/**
 * The configuration file of an installation, `throughline.yaml` or `throughline.config.ts`: found in the working folder,
 * or named by `--config` or THROUGHLINE_CONFIG. Without one everything is as the environment and the defaults say. What
 * the environment or the command line says wins over the file.
 *
 * `read` fails with `ConfigFileError`, which holds everything that is wrong with its place. docs/how-to/configuration.md
 * describes every field.
 */
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { dirname, extname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { Clock, Context, Data, Effect, Layer, Predicate, Redacted, Result, Schema, SchemaIssue } from "effect"
import * as Yaml from "effect/encoding/Yaml"
import type { Tls } from "../api/Server.ts"
import * as ConfiguredFaults from "../channels/ConfiguredFaults.ts"
import * as ConfiguredKeys from "../channels/ConfiguredKeys.ts"
import * as ConfiguredOptions from "../channels/ConfiguredOptions.ts"
import * as VerificationOptions from "../channels/VerificationOptions.ts"
import { yearsBack } from "../verification/HistoryModel.ts"
import * as ConfigReferences from "./ConfigReferences.ts"

export type { Fault } from "./ConfigReferences.ts"

const Whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const optional = Schema.optionalKey

/** How long what is kept (Retention.ts). */
export const Kept = {
  rememberDays: Whole(1, 3650),
  /** Reports reach twelve years back, so nothing younger may go. */
  historyYears: Whole(yearsBack, 100),
  resultDays: Whole(1, 3650)
} as const

export const File = Schema.Struct({
  database: optional(
    Schema.Struct({
      url: optional(Schema.RedactedFromValue(Schema.NonEmptyString)),
      connections: optional(Whole(1, 1000)),
      /** Of the embedded server, where no address is given. */
      folder: optional(Schema.NonEmptyString),
      port: optional(Whole(1, 65_535))
    })
  ),
  /** Folder of the partners' inboxes and outboxes. */
  exchange: optional(Schema.NonEmptyString),
  http: optional(
    Schema.Struct({
      host: optional(Schema.NonEmptyString),
      port: optional(Whole(0, 65_535)),
      /** PEM texts, by reference. */
      tls: optional(
        Schema.Struct({
          certificate: Schema.NonEmptyString,
          key: Schema.RedactedFromValue(Schema.NonEmptyString),
          clientAuthorities: optional(Schema.Array(Schema.NonEmptyString))
        })
      )
    })
  ),
  limits: optional(
    Schema.Struct({
      concurrency: optional(Whole(1, 256)),
      maxMegabytes: optional(Whole(1, 300)),
      deliverHours: optional(Whole(1, 8760)),
      rememberDays: optional(Kept.rememberDays),
      historyYears: optional(Kept.historyYears),
      resultDays: optional(Kept.resultDays)
    })
  ),
  channels: optional(ConfiguredOptions.Channels),
  deliver: optional(ConfiguredOptions.Deliveries),
  /** Other verification providers and who may ask. */
  verification: optional(VerificationOptions.VerificationOptions)
})
export type File = typeof File.Type

/** What a process goes by. */
export interface Configuration {
  /** Of the file; undefined when there is none. */
  readonly path: string | undefined
  readonly channels: ConfiguredOptions.Configured
  readonly tls: Tls | undefined
  readonly verification: VerificationOptions.VerificationOptions
  /** What the file says in the words of environment variables, for those that are not set. */
  readonly variables: Readonly<Record<string, string>>
}

export const none: Configuration = {
  path: undefined,
  channels: ConfiguredOptions.nothing,
  tls: undefined,
  verification: {},
  variables: {}
}

/** The configuration of this process. */
export const Current = Context.Reference<Configuration>("throughline/cli/ConfigFile", { defaultValue: () => none })

export type ConfigFileReason =
  | { readonly _tag: "Unreadable"; readonly isRetryable: false; readonly whoActs: "operator" }
  | {
      readonly _tag: "Invalid"
      readonly isRetryable: false
      readonly whoActs: "operator"
      readonly faults: ReadonlyArray<ConfigReferences.Fault>
    }

export class ConfigFileError extends Data.TaggedError("ConfigFileError")<{
  readonly reason: ConfigFileReason
  readonly path: string
  readonly detail: string
}> {
  override get message(): string {
    if (this.reason._tag === "Unreadable") return `${this.path} cannot be read: ${this.detail}`
    const { faults } = this.reason
    const lines = faults.map(({ path, message }) => `  ${path === "" ? message : `${path}: ${message}`}`)
    return [
      `The configuration file ${this.path} is wrong in ${faults.length} ${faults.length === 1 ? "place" : "places"}:`,
      ...lines
    ].join("\n")
  }
  get next(): string {
    return "docs/how-to/configuration.md describes every field; `throughline lint` checks the file."
  }
}

const invalid = (path: string, faults: ReadonlyArray<ConfigReferences.Fault>) =>
  new ConfigFileError({
    reason: { _tag: "Invalid", isRetryable: false, whoActs: "operator", faults },
    path,
    detail: ""
  })

const unreadable = (path: string) => (cause: unknown) =>
  new ConfigFileError({
    reason: { _tag: "Unreadable", isRetryable: false, whoActs: "operator" },
    path,
    detail: cause instanceof Error ? cause.message : String(cause)
  })

const names = ["throughline.yaml", "throughline.yml", "throughline.config.ts"]

/** The file that counts, absolute; undefined when there is none. One that is named has to be there. */
export const find = (named: string | undefined, folder: string): string | undefined =>
  named !== undefined && named !== ""
    ? resolve(folder, named)
    : names.map((name) => resolve(folder, name)).find((path) => existsSync(path))

const content = async (path: string): Promise<unknown> => {
  if (extname(path) !== ".ts") return Yaml.parse(await readFile(path, "utf8"))
  const module: unknown = await import(pathToFileURL(path).href)
  if (Predicate.hasProperty(module, "configuration")) return module.configuration
  if (Predicate.hasProperty(module, "default")) return module.default
  throw new Error("it exports neither `configuration` nor a default")
}

const decode = Schema.decodeUnknownResult(File, { errors: "all", onExcessProperty: "error" })
const decodeChannels = Schema.decodeUnknownResult(ConfiguredOptions.Channels, { onExcessProperty: "error" })
const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Words for faults that Effect names by its own terms. */
const plainly: Readonly<Record<string, string>> = {
  "Expected no excess property": "there is no such field",
  "Missing key": "is missing"
}

const faultsOf = (root: unknown, issue: SchemaIssue.Issue): ReadonlyArray<ConfigReferences.Fault> =>
  format(issue).issues.map(({ path = [], message }) => ({
    path: ConfigReferences.placeOf(
      root,
      path.map((step) => (typeof step === "object" ? step.key : step))
    ),
    message: plainly[message] ?? message
  }))

/** Faults of one place are one: what was found first says more. */
const distinct = (faults: ReadonlyArray<ConfigReferences.Fault>) =>
  [...new Map([...faults].reverse().map((fault) => [fault.path, fault])).values()].reverse()

const variablesOf = ({ database, exchange, http, limits }: File, folder: string): Configuration["variables"] => {
  const variables: Readonly<Record<string, string | number | undefined>> = {
    DATABASE_URL: database?.url === undefined ? undefined : Redacted.value(database.url),
    DATABASE_CONNECTIONS: database?.connections,
    DATABASE_FOLDER: database?.folder === undefined ? undefined : resolve(folder, database.folder),
    DATABASE_PORT: database?.port,
    THROUGHLINE_EXCHANGE: exchange === undefined ? undefined : resolve(folder, exchange),
    THROUGHLINE_HOST: http?.host,
    THROUGHLINE_PORT: http?.port,
    THROUGHLINE_CONCURRENCY: limits?.concurrency,
    THROUGHLINE_MAX_MEGABYTES: limits?.maxMegabytes,
    THROUGHLINE_DELIVER_HOURS: limits?.deliverHours,
    THROUGHLINE_REMEMBER_DAYS: limits?.rememberDays,
    THROUGHLINE_HISTORY_YEARS: limits?.historyYears,
    THROUGHLINE_RESULT_DAYS: limits?.resultDays
  }
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  )
}

/** Certificates that are known by a name which nobody is trusted to sign. */
const unsigned = ({ http, channels, verification }: File): ReadonlyArray<ConfigReferences.Fault> => {
  if ((http?.tls?.clientAuthorities ?? []).length > 0) return []
  const known = [
    ...(channels?.http ?? []).map(({ company, certificates }) => [`channels.http[${company}]`, certificates] as const),
    ...Object.entries(verification?.providers ?? {}).map(
      ([id, { certificates }]) => [`verification.providers.${id}`, certificates] as const
    )
  ]
  return known.flatMap(([place, certificates = []]) =>
    certificates.flatMap((certificate, index) =>
      "commonName" in certificate
        ? [
            {
              path: `${place}.certificates[${index}].commonName`,
              message: "needs http.tls.clientAuthorities: anybody can sign a certificate of this name"
            }
          ]
        : []
    )
  )
}

const isSftp = ([first, second]: ReadonlyArray<PropertyKey>): boolean => first === "channels" && second === "sftp"

/** What of a file that is wrong somewhere can be read all the same: whole channels, `http`, `deliver`, `verification`. */
const rightParts = (value: unknown): File => {
  const { channels, ...others } = Predicate.isObject(value) ? value : { channels: undefined }
  const right = <A>(of: unknown, names: ReadonlyArray<string>, decode: (part: object) => Result.Result<A, unknown>) =>
    names.reduce<Partial<A>>((found, name) => {
      const part = Predicate.hasProperty(of, name) ? decode({ [name]: of[name] }) : undefined
      return part !== undefined && Result.isSuccess(part) ? { ...found, ...part.success } : found
    }, {})
  return {
    ...right(others, ["http", "deliver", "verification"], decode),
    channels: right(channels, Object.keys(ConfiguredOptions.Channels.fields), decodeChannels)
  }
}

/** What does not fit together, or is no key or certificate. */
const faultsTogether = Effect.fnUntraced(function* (root: unknown, file: File, now: number) {
  const { channels = {}, deliver = {}, verification = {} } = file
  const tls = file.http?.tls
  const server = ConfiguredKeys.pemFaults(
    ["http", "tls"],
    { certificate: "certificate", key: "key", authorities: "clientAuthorities" },
    {
      certificate: tls?.certificate,
      key: tls === undefined ? undefined : Redacted.value(tls.key),
      authorities: tls?.clientAuthorities
    }
  )
  const keys = yield* Effect.promise(() => ConfiguredKeys.of(channels))
  const found = [...ConfiguredFaults.of({ channels, deliver }), ...server, ...keys]
  return [
    ...found.map(
      ({ steps, message }): ConfigReferences.Fault => ({
        path: ConfigReferences.placeOf(root, steps),
        message
      })
    ),
    ...VerificationOptions.faults(verification, now)
  ]
})

/** Reads and checks a file; all faults at once. */
export const read = Effect.fn("ConfigFile.read")(function* (
  path: string,
  environment: Readonly<Record<string, string | undefined>> = process.env
) {
  const root = yield* Effect.tryPromise({ try: () => content(path), catch: unreadable(path) })
  const folder = dirname(path)
  const { value, faults } = yield* Effect.promise(() =>
    ConfigReferences.resolve(root ?? {}, { folder, environment, isRedacted: isSftp })
  )
  const now = yield* Clock.currentTimeMillis
  const decoded = decode(value)
  if (Result.isFailure(decoded)) {
    const own = distinct([...faults, ...faultsOf(root, decoded.failure.issue)])
    // What a part that is right says may still not fit together with others.
    return yield* invalid(path, [...own, ...(yield* faultsTogether(root, rightParts(value), now))])
  }
  const file = decoded.success
  const channels: ConfiguredOptions.Configured = { channels: file.channels ?? {}, deliver: file.deliver ?? {} }
  const verification = file.verification ?? {}
  const all = [...distinct([...faults, ...unsigned(file)]), ...(yield* faultsTogether(root, file, now))]
  if (all.length > 0) return yield* invalid(path, all)
  const tls = file.http?.tls
  const configuration: Configuration = {
    path,
    channels,
    tls: tls === undefined ? undefined : { ...tls, key: Redacted.value(tls.key) },
    verification,
    variables: variablesOf(file, folder)
  }
  return configuration
})

/** The file that counts, read; `none` without one. */
export const load = (named: string | undefined, folder: string) => {
  const path = find(named, folder)
  return path === undefined ? Effect.succeed(none) : read(path)
}

/** As the configuration of what it is provided to. */
export const layer = (configuration: Configuration) => Layer.succeed(Current, configuration)
