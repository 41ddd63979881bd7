/**
 * The product directory (lookup directory) as people and programs use it: look records up, ours and those of other
 * providers, add one by hand, give it dates, hand a GTIN over to another producer. A change of ours is configuration: it
 * counts from the next look-up on and goes to other providers with their next sync.
 *
 * Fails with `DirectoryError`: everything that is wrong with what was asked, with the HTTP status, and then nothing was
 * changed; or that the directory does not answer.
 */
import { Context, Data, Effect, Layer, Result } from "effect"
import { isRetryable } from "../engine/Failure.ts"
import { Configuration } from "../partners/Configuration.ts"
import { Partners } from "../partners/Partners.ts"
import type * as World from "../partners/World.ts"
import type { DirectoryRecord } from "../partners/WorldProducts.ts"
import * as DirectoryConflict from "./DirectoryConflict.ts"
import * as DirectoryEdit from "./DirectoryEdit.ts"
import * as Queries from "./DirectoryQueries.ts"
import * as ProductIndex from "./ProductIndex.ts"
import * as ProviderAddress from "./ProviderAddress.ts"

export type DirectoryReason =
  | {
      readonly _tag: "Refused"
      readonly status: DirectoryEdit.Refusal["status"]
      readonly isRetryable: false
      readonly whoActs: "sender"
      readonly refusals: ReadonlyArray<DirectoryEdit.Refusal>
    }
  | { readonly _tag: "Unavailable"; readonly status: 503; readonly isRetryable: boolean; readonly whoActs: "operator" }

export class DirectoryError extends Data.TaggedError("DirectoryError")<{
  readonly reason: DirectoryReason
  readonly detail: string
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.detail
  }
}

/** The error of what the directory or its database could not do. */
export const unavailable = (cause: unknown): DirectoryError =>
  new DirectoryError({
    reason: { _tag: "Unavailable", status: 503, isRetryable: isRetryable(cause), whoActs: "operator" },
    detail: "The product directory could not be read or changed",
    cause
  })

/** The error of a request that cannot be granted. */
export const refused = (refusals: ReadonlyArray<DirectoryEdit.Refusal>): DirectoryError =>
  new DirectoryError({
    reason: {
      _tag: "Refused",
      status: refusals[0]?.status ?? 400,
      isRetryable: false,
      whoActs: "sender",
      refusals
    },
    detail: refusals.map(({ message }) => message).join("\n")
  })

export interface By {
  readonly actor: string
  readonly why?: string | undefined
}

/** A record as it is listed: ours have an owner, those of others a provider. */
export interface Entry {
  readonly id: string
  readonly gtin: string
  readonly responder: string
  readonly owner?: string | undefined
  readonly provider?: string | undefined
  readonly source: DirectoryRecord["source"] | "provider"
  readonly description?: string | undefined
  readonly companyPrefix?: string | undefined
  readonly validFrom?: string | undefined
  readonly validTo?: string | undefined
  readonly verifyUrl?: string | undefined
  readonly checkUrl?: string | undefined
  readonly comment?: string | undefined
  readonly transfer?: DirectoryRecord["transfer"] | undefined
  readonly updatedAt?: Date | undefined
}

export interface Filter {
  readonly gtin?: string | undefined
  /** Only records of this producer of ours. */
  readonly owner?: string | undefined
  /** Only records that this provider told. */
  readonly provider?: string | undefined
  /** Only GTINs that more than one claims for the same dates. */
  readonly contested?: boolean | undefined
  readonly limit: number
}

/**
 * Who answers for a GTIN and an expiration date: a producer of ours, another provider, or nobody. `contenders` are providers
 * that claim it too.
 */
export type Responsible =
  | { readonly _tag: "Own"; readonly record: DirectoryRecord; readonly contenders: ReadonlyArray<string> }
  | { readonly _tag: "Provider"; readonly record: Queries.ForeignRecord; readonly contenders: ReadonlyArray<string> }
  /** There are records of the GTIN, and none holds for the date. */
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Unknown" }

const placeOf = ({ gtin, id, provider = "" }: Entry): string => `${gtin} ${id} ${provider}`

const ofOthers = (record: Queries.ForeignRecord): Entry => ({
  id: record.record,
  gtin: record.gtin,
  responder: record.responder,
  provider: record.provider,
  source: "provider",
  description: record.description ?? undefined,
  companyPrefix: record.companyPrefix ?? undefined,
  validFrom: record.validFrom ?? undefined,
  validTo: record.validTo ?? undefined,
  verifyUrl: record.verifyUrl ?? undefined,
  checkUrl: record.checkUrl ?? undefined,
  updatedAt: record.updatedAt
})

const make = Effect.gen(function* () {
  const configuration = yield* Configuration
  const partners = yield* Partners
  const queries = yield* Queries.make
  const addresses = yield* ProviderAddress.ProviderAddresses

  const own = (error: unknown): DirectoryError => (error instanceof DirectoryError ? error : unavailable(error))

  const change = <A>(
    by: By,
    edit: (
      world: World.Configuration
    ) => Result.Result<readonly [World.Configuration, A], ReadonlyArray<DirectoryEdit.Refusal>>
  ): Effect.Effect<A, DirectoryError> =>
    Effect.mapError(
      configuration.change((world) => Effect.mapError(Effect.fromResult(edit(world)), refused), by),
      own
    )

  const index = Effect.mapError(Effect.map(partners.current, ProductIndex.of), unavailable)
  const holding = (gtins: ReadonlyArray<string>) => Effect.mapError(queries.holding(gtins), unavailable)

  const find = Effect.fn("DirectoryDesk.find")(function* (gtin: string, expiry: string | undefined) {
    const wanted = ProductIndex.gtin14(gtin)
    const records = (yield* index).records(wanted)
    const record = records.find((one) => ProductIndex.holds(one, expiry))
    const others = yield* holding([wanted])
    const found = DirectoryConflict.responsible(others, expiry)
    const contenders = DirectoryConflict.contenders(records, others)
    const nobody: Responsible = { _tag: records.length + others.length > 0 ? "Expired" : "Unknown" }
    const answer: Responsible =
      record !== undefined
        ? { _tag: "Own", record, contenders }
        : found === undefined
          ? nobody
          : { _tag: "Provider", record: found, contenders: contenders.filter((key) => key !== found.provider) }
    return answer
  })

  const inOrder = (entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> =>
    [...entries].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))

  /** Records of GTINs that several claim for the same dates, us among them: a list for each GTIN, whoever goes first first. */
  const disputed = Effect.fn("DirectoryDesk.disputed")(function* (ours: ReadonlyArray<DirectoryRecord>) {
    const twice = yield* Effect.mapError(queries.toldTwice, unavailable)
    const byGtin = Map.groupBy(ours, ({ gtin }) => gtin)
    const claims = Map.groupBy(yield* holding([...new Set([...twice, ...byGtin.keys()])]), ({ gtin }) => gtin)
    const byText = [...claims].sort(([a], [b]) => (a < b ? -1 : 1))
    return byText.flatMap(([gtin, others]): ReadonlyArray<ReadonlyArray<Entry>> => {
      const own = byGtin.get(gtin) ?? []
      return DirectoryConflict.contenders(own, others).length === 0
        ? []
        : [[...own, ...DirectoryConflict.inOrder(others).map(ofOthers)]]
    })
  })

  const list = Effect.fn("DirectoryDesk.list")(function* (filter: Filter) {
    const { configuration: world } = yield* Effect.mapError(partners.current, unavailable)
    const { owner, provider } = filter
    const gtin = filter.gtin === undefined ? undefined : ProductIndex.gtin14(filter.gtin)
    if (filter.contested === true) {
      // Who asks for its own, or for a provider's, sees against whom: of such a GTIN all records.
      const found = (yield* disputed(world.directory)).filter((claims) =>
        [
          gtin === undefined || claims.some((one) => one.gtin === gtin),
          owner === undefined || claims.some((one) => one.owner === owner),
          provider === undefined || claims.some((one) => one.provider === provider)
        ].every(Boolean)
      )
      return found.flat().slice(0, filter.limit)
    }
    const ours = world.directory.filter(
      (record) => (gtin === undefined || record.gtin === gtin) && (owner === undefined || record.owner === owner)
    )
    const others =
      owner === undefined ? yield* Effect.mapError(queries.list({ gtin, provider }, filter.limit), unavailable) : []
    return inOrder([...(provider === undefined ? ours : []), ...others.map(ofOthers)]).slice(0, filter.limit)
  })

  const add = Effect.fn("DirectoryDesk.add")(function* (owner: string, wanted: DirectoryEdit.Wanted, by: By) {
    const others = yield* holding([wanted.gtin])
    const elsewhere = new Set(
      others.filter((record) => ProductIndex.holds(record, wanted.validFrom)).map(({ gtin }) => gtin)
    )
    const misdirected = (["verifyUrl", "checkUrl"] as const).flatMap((field): ReadonlyArray<DirectoryEdit.Refusal> => {
      const url = wanted[field]
      // What is no address at all is told with the rest.
      const message = url === undefined || !URL.canParse(url) ? undefined : ProviderAddress.fault(addresses, url)
      return message === undefined ? [] : [{ status: 400, field, message }]
    })
    return yield* change(by, (world) => {
      const edited = DirectoryEdit.add(world, owner, wanted, "manual", elsewhere)
      if (misdirected.length === 0) return edited
      return Result.fail([...misdirected, ...(Result.isFailure(edited) ? edited.failure : [])])
    })
  })

  return {
    find,
    list,
    add,
    setValidity: (
      owner: string,
      id: string,
      dates: { readonly validFrom?: string; readonly validTo?: string },
      by: By
    ) => change(by, (world) => DirectoryEdit.setValidity(world, owner, id, dates)),
    remove: (owner: string, id: string, by: By) => change(by, (world) => DirectoryEdit.remove(world, owner, id)),
    offer: (owner: string, id: string, transfer: { readonly to: string; readonly from: string }, by: By) =>
      change(by, (world) => DirectoryEdit.offer(world, owner, id, transfer)),
    accept: (to: string, gtin: string, by: By) => change(by, (world) => DirectoryEdit.accept(world, to, gtin)),
    withdraw: (company: string, gtin: string, by: By) =>
      change(by, (world) => DirectoryEdit.withdraw(world, company, gtin))
  }
})

export class DirectoryDesk extends Context.Service<
  DirectoryDesk,
  {
    /** Who answers for a GTIN, for product that expires on the day (`2026-11-24`; any when not given). */
    readonly find: (gtin: string, expiry: string | undefined) => Effect.Effect<Responsible, DirectoryError>
    /** Records by GTIN, ours and those of others. */
    readonly list: (filter: Filter) => Effect.Effect<ReadonlyArray<Entry>, DirectoryError>
    /** Adds a record of a producer by hand. */
    readonly add: (
      owner: string,
      wanted: DirectoryEdit.Wanted,
      by: By
    ) => Effect.Effect<DirectoryRecord, DirectoryError>
    /** Gives a record other dates; an empty text opens an end. */
    readonly setValidity: (
      owner: string,
      id: string,
      dates: { readonly validFrom?: string; readonly validTo?: string },
      by: By
    ) => Effect.Effect<DirectoryRecord, DirectoryError>
    /** Withdraws a record that was made by hand. */
    readonly remove: (owner: string, id: string, by: By) => Effect.Effect<DirectoryRecord, DirectoryError>
    /** Offers a GTIN to another producer, for product expiring on `from` or later. */
    readonly offer: (
      owner: string,
      id: string,
      transfer: { readonly to: string; readonly from: string },
      by: By
    ) => Effect.Effect<DirectoryRecord, DirectoryError>
    /** Takes an offered GTIN over. */
    readonly accept: (to: string, gtin: string, by: By) => Effect.Effect<DirectoryRecord, DirectoryError>
    /** Takes an offer back, or declines it. */
    readonly withdraw: (company: string, gtin: string, by: By) => Effect.Effect<DirectoryRecord, DirectoryError>
  }
>()("throughline/products/DirectoryDesk") {
  static readonly layer = Layer.effect(this, make)
}
