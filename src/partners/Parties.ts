/**
 * What the engine asks about companies, answered by the directory of the moment. The only place where the two rooms
 * meet; fails as the directory does, as a `PartiesError` of the engine.
 */
import { Effect, Layer } from "effect"
import { Parties, PartiesError, type PartiesView } from "../engine/Parties.ts"
import type { Directory } from "./Directory.ts"
import { Partners } from "./Partners.ts"

/** The engine's view of a directory. Every company has a folder channel that bears its key. */
export const view = (directory: Directory): PartiesView => ({
  speaksFor: directory.speaksFor,
  wantsSuccess: directory.wantsSuccess,
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
