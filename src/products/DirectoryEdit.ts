/**
 * What becomes of our part of the product directory when a record is added by hand, uploaded, given other dates, withdrawn
 * or handed over to another owner. Everything that is wrong is told at once, in the documented texts where there are any.
 *
 * Pure: from a configuration to the next one. Dates are expiration dates: a record holds for product that expires from
 * `validFrom` to `validTo`, so that after a transfer the old owner's endpoint still answers for the older product.
 *
 * Source of the texts: the upload of a lookup directory as a large vendor documents it (spec of its user interface).
 */
import { Result } from "effect"
import * as Gs1 from "../formats/Gs1.ts"
import type { Company, Configuration } from "../partners/World.ts"
import { alreadyExists, glnsOf, responderOf } from "../partners/WorldDirectory.ts"
import { isDay } from "../partners/WorldFields.ts"
import * as WorldGtins from "../partners/WorldGtins.ts"
import type { DirectoryRecord } from "../partners/WorldProducts.ts"
import { notAProducer, overlap } from "../partners/WorldProductsCheck.ts"

export const texts = {
  gtin: "GTIN length must be 14 and check digit must match",
  companyPrefix: WorldGtins.notOf,
  exists: alreadyExists,
  duplicates: "Duplicate GTINs in CSV File"
} as const

/** A thing wrong, with the HTTP status it is answered with. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 409
  readonly field: string
  readonly message: string
}

/** A record somebody wants; what is not given follows from the owner. */
export interface Wanted {
  readonly gtin: string
  readonly responder?: string | undefined
  readonly description?: string | undefined
  readonly validFrom?: string | undefined
  readonly validTo?: string | undefined
  readonly verifyUrl?: string | undefined
  readonly checkUrl?: string | undefined
  readonly comment?: string | undefined
}

export type Edited<A> = Result.Result<readonly [Configuration, A], ReadonlyArray<Refusal>>

const refuse = (...refusals: ReadonlyArray<Refusal>) => Result.fail(refusals)
const missing = (field: string, message: string): Refusal => ({ status: 404, field, message })

/** Fields that are given and not empty. */
const given = <K extends string>(fields: Readonly<Record<K, string | undefined>>): { readonly [F in K]?: string } => {
  const some: { [F in K]?: string } = {}
  for (const key in fields) {
    const value = fields[key]
    if (value !== undefined && value.trim() !== "") some[key] = value.trim()
  }
  return some
}

const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]/u

const wrongTexts = (wanted: Wanted): ReadonlyArray<Refusal> =>
  Object.entries(wanted).flatMap(([field, value]): ReadonlyArray<Refusal> => {
    if (typeof value !== "string") return []
    const bad = (message: string): ReadonlyArray<Refusal> => [{ status: 400, field, message }]
    if (unprintable.test(value)) return bad("must not contain control characters")
    if (field.startsWith("valid") && value !== "" && !isDay(value))
      return bad(`"${value}" is no day such as 2026-11-24`)
    if (field.endsWith("Url") && value !== "" && !/^https?:\/\/\S+$/u.test(value))
      return bad(`"${value}" is no address`)
    return field === "responder" && value !== "" && !/^\d{13}$/u.test(value) ? bad(`"${value}" is no GLN`) : []
  })

const turnedAround = (validFrom: string | undefined, validTo: string | undefined): ReadonlyArray<Refusal> =>
  validFrom !== undefined && validTo !== undefined && isDay(validFrom) && isDay(validTo) && validTo < validFrom
    ? [{ status: 400, field: "validTo", message: `${validTo} is before ${validFrom}` }]
    : []

const wrongGtin = (world: Configuration, company: Company, gtin: string): ReadonlyArray<Refusal> => {
  if (!Gs1.isKey("GTIN-14", gtin)) return [{ status: 400, field: "gtin", message: texts.gtin }]
  const isUsual = company.companyPrefixes.length === 0 || WorldGtins.prefixOf(company, gtin) !== undefined
  const tookOver = (record: DirectoryRecord) =>
    record.gtin === gtin && record.owner === company.id && record.source === "transfer"
  const isOwn = WorldGtins.of(world).isOf(company.id, gtin, world.directory)
  return isOwn && (isUsual || world.directory.some(tookOver))
    ? []
    : [{ status: 400, field: "gtin", message: texts.companyPrefix }]
}

/**
 * Nobody answers under another's GLN. Where somebody outside answers (`verifyUrl`) it is theirs, and at least none of
 * another company here.
 */
const wrongResponder = (world: Configuration, company: Company, wanted: Wanted): ReadonlyArray<Refusal> => {
  const { responder = "", verifyUrl = "" } = wanted
  if (!/^\d{13}$/u.test(responder)) return []
  const spokenFor = world.links.flatMap(({ partner, speaksFor }) => (partner === company.id ? speaksFor : []))
  const own = new Set([company.id, ...spokenFor])
  const holder = world.companies.find((one) => glnsOf(one).includes(responder))
  if (holder === undefined ? verifyUrl !== "" : own.has(holder.id)) return []
  return [{ status: 400, field: "responder", message: `${responder} is no GLN of ${company.id}` }]
}

/** A key no record has. */
const keyOf = (records: ReadonlyArray<DirectoryRecord>, gtin: string, owner: string): string => {
  const taken = new Set(records.map(({ id }) => id))
  const base = `${gtin}-${owner}`.slice(0, 58)
  if (!taken.has(base)) return base
  for (let count = 2; ; count++) if (!taken.has(`${base}-${count}`)) return `${base}-${count}`
}

/** The company, when it may keep records. */
const producer = (world: Configuration, key: string): Result.Result<Company, ReadonlyArray<Refusal>> => {
  const company = world.companies.find(({ id }) => id === key)
  if (company === undefined) return refuse(missing("owner", `There is no company ${key}`))
  const why = notAProducer(company, "productVerification")
  return why === undefined ? Result.succeed(company) : refuse({ status: 403, field: "owner", message: why })
}

/** Adds a record. `elsewhere` are GTINs that other providers answer for. */
export const add = (
  world: Configuration,
  owner: string,
  wanted: Wanted,
  source: "manual" | "upload",
  elsewhere: ReadonlySet<string> = new Set()
): Edited<DirectoryRecord> =>
  Result.flatMap(producer(world, owner), (company) => {
    const refusals = [
      ...wrongTexts(wanted),
      ...wrongGtin(world, company, wanted.gtin),
      ...wrongResponder(world, company, wanted)
    ]
    const responder = given({ responder: wanted.responder }).responder ?? responderOf(company)
    if (responder === undefined) refusals.push({ status: 400, field: "responder", message: `${owner} has no GLN` })
    const { validFrom, validTo } = given({ validFrom: wanted.validFrom, validTo: wanted.validTo })
    refusals.push(...turnedAround(validFrom, validTo))
    const companyPrefix = WorldGtins.prefixOf(company, wanted.gtin)
    const record: DirectoryRecord = {
      id: keyOf(world.directory, wanted.gtin, owner),
      gtin: wanted.gtin,
      owner,
      responder: responder ?? "",
      ...given({ description: wanted.description, companyPrefix, validFrom, validTo }),
      ...given({ verifyUrl: wanted.verifyUrl, checkUrl: wanted.checkUrl, comment: wanted.comment }),
      source
    }
    const exists = world.directory.some((other) => other.gtin === record.gtin && overlap(other, record))
    if (exists || elsewhere.has(record.gtin)) {
      refusals.push({ status: 409, field: "gtin", message: `${record.gtin} ${texts.exists}` })
    }
    if (refusals.length > 0) return Result.fail(refusals)
    return Result.succeed([{ ...world, directory: [...world.directory, record] }, record] as const)
  })

/** Puts a record in the place of another. */
const replace = (world: Configuration, id: string, ...by: ReadonlyArray<DirectoryRecord>): Configuration => ({
  ...world,
  directory: [...world.directory.filter((record) => record.id !== id), ...by]
})

const own = (
  world: Configuration,
  owner: string,
  id: string
): Result.Result<DirectoryRecord, ReadonlyArray<Refusal>> => {
  const record = world.directory.find((one) => one.id === id && one.owner === owner)
  return record === undefined ? refuse(missing("id", `${owner} has no directory record ${id}`)) : Result.succeed(record)
}

/** Gives a record other dates; one that follows a product goes on following it. Empty texts open an end. */
export const setValidity = (
  world: Configuration,
  owner: string,
  id: string,
  dates: { readonly validFrom?: string | undefined; readonly validTo?: string | undefined }
): Edited<DirectoryRecord> =>
  Result.flatMap(own(world, owner, id), (before) => {
    const { validFrom: from, validTo: to, ...rest } = before
    const { validFrom, validTo } = given({ validFrom: dates.validFrom ?? from, validTo: dates.validTo ?? to })
    const record: DirectoryRecord = { ...rest, ...given({ validFrom, validTo }) }
    const refusals = [...wrongTexts({ gtin: record.gtin, ...dates })]
    refusals.push(...turnedAround(validFrom, validTo))
    const next = replace(world, id, record)
    if (next.directory.some((other) => other !== record && other.gtin === record.gtin && overlap(other, record))) {
      refusals.push({ status: 409, field: "gtin", message: `${record.gtin} ${texts.exists}` })
    }
    return refusals.length > 0 ? Result.fail(refusals) : Result.succeed([next, record] as const)
  })

/** Withdraws a record made by hand. Those that follow a product go with its rule. */
export const remove = (world: Configuration, owner: string, id: string): Edited<DirectoryRecord> =>
  Result.flatMap(own(world, owner, id), (record) => {
    if (record.source !== "sync") return Result.succeed([replace(world, id), record] as const)
    const message = `${id} follows a product: remove the master data rule of its market, or make the product inactive`
    return refuse({ status: 409, field: "id", message })
  })

/** Asks another producer to take a GTIN over, for product that expires on `from` or later. */
export const offer = (
  world: Configuration,
  owner: string,
  id: string,
  transfer: { readonly to: string; readonly from: string }
): Edited<DirectoryRecord> =>
  Result.flatMap(own(world, owner, id), (before) =>
    Result.flatMap(producer(world, transfer.to), ({ id: to }) => {
      const bad = (field: string, message: string) => refuse({ status: 400, field, message })
      if (to === owner) return bad("to", `${before.gtin} is ${owner}'s already`)
      if (!isDay(transfer.from)) return bad("from", `"${transfer.from}" is no day such as 2026-11-24`)
      if ((before.validFrom ?? "") >= transfer.from || (before.validTo ?? "9999-12-31") < transfer.from) {
        return bad("from", `the record does not hold for ${transfer.from} and the day before`)
      }
      const record: DirectoryRecord = { ...before, transfer }
      return Result.succeed([replace(world, id, record), record] as const)
    })
  )

const dayBefore = (day: string): string => {
  const moment = new Date(`${day}T00:00:00Z`)
  moment.setUTCDate(moment.getUTCDate() - 1)
  return moment.toISOString().slice(0, 10)
}

/** Takes a GTIN over that its owner offered: the old record keeps the older product, the new one has the rest. */
export const accept = (world: Configuration, to: string, gtin: string): Edited<DirectoryRecord> => {
  const offered = world.directory.find((record) => record.gtin === gtin && record.transfer?.to === to)
  if (offered?.transfer === undefined) return refuse(missing("gtin", `Nobody offers ${gtin} to ${to}`))
  const { transfer, ...before } = offered
  return Result.flatMap(producer(world, to), (company) => {
    const responder = responderOf(company)
    if (responder === undefined) return refuse({ status: 400, field: "responder", message: `${to} has no GLN` })
    const old: DirectoryRecord = { ...before, validTo: dayBefore(transfer.from), source: "transfer" }
    const { validTo, description } = before
    const record: DirectoryRecord = {
      id: keyOf(world.directory, gtin, to),
      gtin,
      owner: to,
      responder,
      ...given({ description, companyPrefix: WorldGtins.prefixOf(company, gtin), validFrom: transfer.from, validTo }),
      source: "transfer"
    }
    return Result.succeed([replace(world, offered.id, old, record), record] as const)
  })
}

/** Takes an offer back, or declines one. */
export const withdraw = (world: Configuration, company: string, gtin: string): Edited<DirectoryRecord> => {
  const offered = world.directory.find(
    (record) =>
      record.gtin === gtin && record.transfer !== undefined && [record.owner, record.transfer.to].includes(company)
  )
  if (offered === undefined) return refuse(missing("gtin", `There is no offer of ${gtin} by or to ${company}`))
  const { transfer: _, ...record } = offered
  return Result.succeed([replace(world, offered.id, record), record] as const)
}
