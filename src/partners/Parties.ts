/**
 * What the engine asks about companies, answered by the directory of the moment. The only place where the two rooms
 * meet; fails as the directory does, as a `PartiesError` of the engine.
 */
import { Effect, Layer } from "effect"
import { Parties, PartiesError, type PartiesView } from "../engine/Parties.ts"
import type { Directory } from "./Directory.ts"
import { Partners } from "./Partners.ts"

/** Whose link a document is about; the receiver first, because it is on its behalf that others are answered. */
const counterpart =
  (directory: Directory): PartiesView["counterpart"] =>
  (company, { from, sender = "", receiver = "" }) => {
    const addressed = directory.parties(sender, receiver).receiver?.id
    const others = [addressed, from].filter((other) => other !== undefined && other !== company)
    const isLinked = (other: string | undefined) =>
      other !== undefined &&
      (directory.linkBetween(company, other) ?? directory.linkBetween(other, company)) !== undefined
    return others.find(isLinked) ?? others[0]
  }

/** The engine's view of a directory. Every company has a folder channel that bears its key. */
export const view = (directory: Directory): PartiesView => ({
  speaksFor: directory.speaksFor,
  wantsSuccess: directory.wantsSuccess,
  counterpart: counterpart(directory),
  nameOf: (key) => directory.company(key)?.name ?? key,
  numberOf: directory.numberOf,
  reportNamespace: directory.settings.ieNamespace
})

const make = Effect.gen(function* () {
  const partners = yield* Partners
  const failed = (cause: { readonly isRetryable: boolean }) =>
    new PartiesError({
      reason: { _tag: "Unreadable", isRetryable: cause.isRetryable, whoActs: "operator" },
      cause
    })
  return { view: partners.current.pipe(Effect.map(view), Effect.mapError(failed)) }
})

export const PartiesLive = Layer.effect(Parties, make)
