/**
 * Configuration as it is kept: an append-only history of companies, links, profiles, products, pools and settings.
 * `import` compares a world with what is current and appends only what differs, so importing the same world again does
 * nothing; `export` gives the current world back; `asOf` the one a past transaction saw.
 *
 * A world with any fault is refused with all of them and changes nothing (`WorldError`). Everything else that fails is
 * a `PartnersError`. Inside a transaction all of it joins that transaction.
 */
import { Clock, Context, Effect, Layer, Result } from "effect"
import * as Audit from "../audit/Audit.ts"
import * as Queries from "./ConfigurationQueries.ts"
import { type PartnersError, unaudited, unusable } from "./PartnersError.ts"
import * as World from "./World.ts"
import * as WorldCheck from "./WorldCheck.ts"
import * as WorldDirectory from "./WorldDirectory.ts"
import { blockKey } from "./WorldVerification.ts"

/** What an import did, in numbers of things. */
export interface Imported {
  readonly added: number
  readonly changed: number
  readonly removed: number
  readonly unchanged: number
}

/** Who imports, and how. */
export interface ImportOptions {
  readonly actor: string
  /** The reason, for the audit trail. */
  readonly why?: string | undefined
  /** Remove what the world does not name. Otherwise it is added to, or replaces parts of, what is there. */
  readonly replace?: boolean | undefined
}

/** From the current configuration to another one, and something to tell of it. */
export type Edit<A, E> = (current: World.Configuration) => Effect.Effect<readonly [World.Configuration, A], E>

/** Where each kind of version stands in a world. */
const lists = {
  company: "companies",
  link: "links",
  profile: "profiles",
  product: "products",
  pool: "pools",
  dataRules: "dataRules",
  directory: "directory",
  responseRules: "responseRules",
  blockedRequester: "blockedRequesters",
  warehouse: "warehouses",
  partnerChannel: "partnerChannels",
  shippingPreferences: "shippingPreferences",
  deskSetting: "deskSettings"
} as const
const listKinds = [
  "company",
  "link",
  "profile",
  "product",
  "pool",
  "dataRules",
  "directory",
  "responseRules",
  "blockedRequester",
  "warehouse",
  "partnerChannel",
  "shippingPreferences",
  "deskSetting"
] as const

/** What is data and no rule: the history of configuration is enough for it, and there may be very much of it. */
const plainData: ReadonlySet<string> = new Set(["company", "product", "pool"])

/** Directory records that follow from products and rules; those are what somebody decided. */
const follows = (json: string | null | undefined): boolean =>
  json?.includes('"source":"sync"') === true && !json.includes('"transfer":')

/** JSON with the keys of objects in order, so that equal values are equal texts. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part
  )

/** Puts stored versions together again. */
export const fromVersions = (
  versions: ReadonlyArray<Queries.Version>
): Result.Result<World.Configuration, World.WorldError> => {
  const values = (kind: string) =>
    versions.filter((version) => version.kind === kind && version.value !== null).map(({ value }) => value)
  const settings = versions.filter(({ kind, value }) => kind === "setting" && value !== null)
  return World.decode({
    ...Object.fromEntries(listKinds.map((kind) => [lists[kind], values(kind)])),
    settings: Object.fromEntries(settings.map(({ key, value }) => [key, value]))
  })
}

/** Everything in a configuration as what is stored of it, by kind and key. */
const toJson = (world: World.Configuration): Map<string, { kind: string; key: string; json: string }> => {
  const all = new Map<string, { kind: string; key: string; json: string }>()
  const add = (kind: string, key: string, value: unknown) =>
    all.set(`${kind} ${key}`, { kind, key, json: canonical(value) })
  for (const kind of listKinds) {
    if (kind === "blockedRequester") for (const item of world.blockedRequesters) add(kind, blockKey(item), item)
    else for (const item of world[lists[kind]]) add(kind, item.id, item)
  }
  for (const [key, value] of Object.entries(world.settings)) if (value !== undefined) add("setting", key, value)
  return all
}

/** The second laid over the first, thing by thing. */
const merge = (base: World.Configuration, over: World.Configuration): World.Configuration => {
  const by = <A>(keyOf: (item: A) => string, a: ReadonlyArray<A>, b: ReadonlyArray<A>): ReadonlyArray<A> => {
    const replaced = new Set(b.map(keyOf))
    return [...a.filter((item) => !replaced.has(keyOf(item))), ...b]
  }
  const byId = <A extends { readonly id: string }>(a: ReadonlyArray<A>, b: ReadonlyArray<A>) => by(({ id }) => id, a, b)
  return {
    companies: byId(base.companies, over.companies),
    links: byId(base.links, over.links),
    profiles: byId(base.profiles, over.profiles),
    products: byId(base.products, over.products),
    pools: byId(base.pools, over.pools),
    dataRules: byId(base.dataRules, over.dataRules),
    directory: byId(base.directory, over.directory),
    responseRules: byId(base.responseRules, over.responseRules),
    blockedRequesters: by(blockKey, base.blockedRequesters, over.blockedRequesters),
    warehouses: byId(base.warehouses, over.warehouses),
    partnerChannels: byId(base.partnerChannels, over.partnerChannels),
    shippingPreferences: byId(base.shippingPreferences, over.shippingPreferences),
    deskSettings: byId(base.deskSettings, over.deskSettings),
    settings: { ...base.settings, ...over.settings }
  }
}

/** What an import did to rules, for the audit trail. */
const acts = (
  changes: ReadonlyArray<Queries.Change>,
  stored: ReadonlyMap<string, { readonly json: string }>
): ReadonlyArray<Audit.Act> =>
  changes
    .filter(({ kind }) => !plainData.has(kind))
    .filter(({ kind, key, json }) => kind !== "directory" || !follows(json ?? stored.get(`${kind} ${key}`)?.json))
    .map(({ kind, key, json }) => {
      const before = stored.get(`${kind} ${key}`)?.json
      const what = json === null ? "removed" : before === undefined ? "added" : "changed"
      const value = (text: string | null | undefined): unknown =>
        text === null || text === undefined ? undefined : JSON.parse(text)
      return { act: `${kind}.${what}`, subject: key, before: value(before), after: value(json) }
    })

const make = Effect.gen(function* () {
  const queries = yield* Queries.make
  const audit = yield* Audit.make

  const read = (versions: typeof queries.current) =>
    Effect.flatMap(versions, (rows) => Effect.fromResult(Result.mapError(fromVersions(rows), unusable)))

  /** Stores what differs between two configurations. */
  const store = Effect.fnUntraced(function* (
    before: World.Configuration,
    asked: World.Configuration,
    serials: World.World["serials"],
    options: ImportOptions
  ) {
    const after = WorldDirectory.synced(asked)
    const faults = WorldCheck.check({ ...after, serials })
    if (faults.length > 0) return yield* World.invalid(faults)

    const stored = toJson(before)
    const wanted = toJson(after)
    const removed = [...stored.entries()].filter(([id]) => !wanted.has(id)).map(([, it]) => ({ ...it, json: null }))
    const different = [...wanted.entries()].filter(([id, it]) => stored.get(id)?.json !== it.json)
    const added = different.filter(([id]) => !stored.has(id)).length
    const at = new Date(yield* Clock.currentTimeMillis)
    const changes = [...removed, ...different.map(([, it]) => it)]
    yield* queries.append(changes, options.actor, at)
    yield* Effect.mapError(
      audit.record(acts(changes, stored), { actor: options.actor, why: options.why ?? "", at }),
      unaudited
    )
    const imported: Imported = {
      added,
      changed: different.length - added,
      removed: removed.length,
      unchanged: wanted.size - different.length
    }
    return imported
  })

  const importWorld = Effect.fn("Configuration.import")(function* (world: World.World, options: ImportOptions) {
    yield* queries.lock
    const before = yield* read(queries.current)
    return yield* store(before, options.replace === true ? world : merge(before, world), world.serials, options)
  })

  const changed = Effect.fn("Configuration.change")(function* <A, E>(edit: Edit<A, E>, options: ImportOptions) {
    yield* queries.lock
    const before = yield* read(queries.current)
    const [after, answer] = yield* edit(before)
    yield* store(before, after, [], options)
    return answer
  })

  return {
    import: (world: World.World, options: ImportOptions) => queries.transaction(importWorld(world, options)),
    change: <A, E>(edit: Edit<A, E>, options: ImportOptions) => queries.transaction(changed(edit, options)),
    export: read(queries.current),
    asOf: (snapshot: string) => read(queries.asOf(snapshot))
  }
})

export class Configuration extends Context.Service<
  Configuration,
  {
    /**
     * Takes the configuration of a world in one transaction. The world's serials are checked with it and not stored;
     * that is the serials room's work. In a REPEATABLE READ transaction of the caller it must come first.
     */
    readonly import: (
      world: World.World,
      options: ImportOptions
    ) => Effect.Effect<Imported, World.WorldError | PartnersError>
    /**
     * Changes the configuration by what it is now: nobody else changes it meanwhile. Gives what the edit answers. In a
     * transaction that read something before, the edit sees what that transaction sees.
     */
    readonly change: <A, E>(
      edit: Edit<A, E>,
      options: ImportOptions
    ) => Effect.Effect<A, E | World.WorldError | PartnersError>
    /** The current configuration, ordered by key. Importing it again changes nothing. */
    readonly export: Effect.Effect<World.Configuration, PartnersError>
    /** The configuration a transaction with this snapshot saw; `snapshot` is the text of a `pg_snapshot`. */
    readonly asOf: (snapshot: string) => Effect.Effect<World.Configuration, PartnersError>
  }
>()("throughline/partners/Configuration") {
  static readonly layer = Layer.effect(this, make)
}
