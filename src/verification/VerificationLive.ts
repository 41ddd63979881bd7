/**
 * Verification over the repository, the product directory and other providers. The way of a question: judge its form,
 * look the number up (together with whatever else is asked at the moment), read who answers for the product from the
 * configuration of that same snapshot, decide or have the provider asked, record, answer.
 *
 * Nothing is copied or cached of numbers: what is committed is what is answered from. Nobody waits longer than
 * `lookUpTime` for the database; another provider has the time that its configuration gives it.
 */
import { randomUUID } from "node:crypto"
import { Clock, Duration, Effect, Layer, Result } from "effect"
import { isRetryable } from "../engine/Failure.ts"
import { SeenConfiguration } from "../engine/Parties.ts"
import * as Countries from "../partners/Countries.ts"
import type { Directory } from "../partners/Directory.ts"
import { Partners } from "../partners/Partners.ts"
import { markets as inScope } from "../partners/WorldProducts.ts"
import * as DirectoryQueries from "../products/DirectoryQueries.ts"
import * as ProductIndex from "../products/ProductIndex.ts"
import { Credentials } from "./Credentials.ts"
import * as Decision from "./Decision.ts"
import * as Expiry from "./Expiry.ts"
import * as Grouped from "./Grouped.ts"
import { History } from "./History.ts"
import * as NumberQueries from "./NumberQueries.ts"
import { Providers } from "./Providers.ts"
import * as Question from "./Question.ts"
import * as Recorded from "./Recorded.ts"
import * as Requester from "./Requester.ts"
import * as Responsible from "./Responsible.ts"
import * as Rightful from "./Rightful.ts"
import * as Routing from "./Routing.ts"
import { type Question as Asked, type Outcome, type Request, Verification } from "./Verification.ts"
import * as VerificationError from "./VerificationError.ts"

/** Look-ups of one statement. */
const groupSize = 512
/** Two statements under way keep the database busy while a third is put together. */
const lanes = 2
/** More in line than some seconds' work is an overload: better to say so than to answer late. */
const waiting = 4096
/** A look-up takes a millisecond; a database that takes this long is not there. */
const lookUpTime = Duration.seconds(5)

const failed = (cause: unknown) =>
  isRetryable(cause)
    ? VerificationError.unavailable("Verification is not possible at the moment. Ask again.", cause)
    : VerificationError.internal(cause)

/** What is found about the credential of whoever is not asked for one. */
const unasked = { recorded: null, refusal: undefined }

const make = Effect.gen(function* () {
  const partners = yield* Partners
  const history = yield* History
  const providers = yield* Providers
  const credentials = yield* Credentials
  const numbers = yield* NumberQueries.make
  const { holding } = yield* DirectoryQueries.make

  const look = yield* Grouped.make(
    (wanted: ReadonlyArray<NumberQueries.Wanted>) =>
      Effect.mapError(numbers.look(wanted), failed).pipe(
        Effect.timeoutOrElse({
          duration: lookUpTime,
          orElse: () => Effect.fail(VerificationError.tooSlow("The answer was not ready in time. Ask again."))
        })
      ),
    { size: groupSize, lanes, waiting, full: () => VerificationError.unavailable("Too many ask at a time. Ask again.") }
  )

  let latest: { readonly version: number; readonly directory: Directory } | undefined
  /** The directory of a version. */
  const directoryOf = Effect.fnUntraced(function* (version: number) {
    const current = Effect.provideService(partners.current, SeenConfiguration, version)
    const directory = yield* Effect.mapError(current, failed)
    latest = { version, directory }
    return directory
  })

  /** Refuses a question of wrong form, with what the settings find besides. */
  const refuse = Effect.fnUntraced(function* (asked: Request, faults: ReadonlyArray<VerificationError.Fault>) {
    const { settings } = yield* Effect.mapError(partners.current, failed)
    const all = [...faults, ...Question.unfitting(asked, settings)]
    // What is said of a field first is what is wrong with it; the rest follows from that.
    const isFirst = ({ field }: VerificationError.Fault, at: number) =>
      all.findIndex((one) => one.field === field) === at
    return yield* VerificationError.malformed(all.filter(isFirst))
  })

  /** What is recorded of a credential, and the refusal where one is required that does not hold. */
  const credentialOf = Effect.fnUntraced(function* (presentation: string | undefined, gln: string) {
    const finding = yield* credentials.check(presentation, gln)
    if (finding._tag === "Unchecked") return { recorded: null, refusal: undefined }
    if (finding._tag === "Held") return { recorded: `held by ${finding.holder}`, refusal: undefined }
    return {
      recorded: `${finding._tag.toLowerCase()}: ${finding.detail}`,
      refusal: credentials.mode === "require" ? VerificationError.credentialRefused(finding.detail) : undefined
    }
  })

  /** What is known of a number to those who may speak for it. */
  const rightful = Effect.fnUntraced(function* (
    wanted: NumberQueries.Wanted,
    known: Rightful.Numbered | undefined,
    holders: ReadonlyArray<string>
  ) {
    if (known === undefined || Rightful.stands(known, holders)) return known
    return Rightful.byPast(known, yield* Effect.mapError(numbers.past(wanted), failed), holders)
  })

  const answer = Effect.fnUntraced(function* (asked: Asked, isOwn: boolean) {
    const clock = yield* Clock.Clock
    const start = clock.monotonicTimeNanosUnsafe()
    const now = new Date(clock.currentTimeMillisUnsafe())
    const year = now.getUTCFullYear()
    const faults = [...(asked.faults ?? []), ...Question.faults(asked, year)]
    if (faults.length > 0) return yield* refuse(asked, faults)

    const { gtin, serial, lot, expiry, asker, context = Question.usualContext } = asked
    const wanted = { prefix: `01${gtin}21`, serial }
    const { version, known } = yield* look(wanted)
    // As good as always the version of the question before: no need of a fiber's detour.
    const directory = latest?.version === version ? latest.directory : yield* directoryOf(version)
    const unfitting = Question.unfitting(asked, directory.settings)
    if (unfitting.length > 0) return yield* VerificationError.malformed(unfitting)

    const isOurs = asker._tag === "Company"
    const named = Requester.glnOf(directory, asker, asked.requesterGln)
    if (Result.isFailure(named)) return yield* named.failure
    const gln = named.success
    const day = Responsible.dayOf(expiry, year)
    const responsible =
      Responsible.here(directory, gtin, day) ??
      Responsible.elsewhere(directory, yield* Effect.mapError(holding([gtin]), failed), gtin, day)
    const { producer } = responsible
    if (isOwn && (asker._tag !== "Company" || asker.company !== producer)) {
      return yield* VerificationError.forbidden(`${gtin} is no product that you answer for.`)
    }

    const corrUuid = asked.corrUuid === undefined || asked.corrUuid === "" ? randomUUID() : asked.corrUuid
    const at = now.toISOString()
    const question = { ...asked, requesterGln: gln, corrUuid, context }
    // Companies of ours have shown who they are; a credential is asked of strangers.
    const credential = isOurs || credentials.mode === "off" ? unasked : yield* credentialOf(asked.presentation, gln)
    const record = (scenario: string, outcome: Recorded.Recordable) => {
      const latencyNanos = clock.monotonicTimeNanosUnsafe() - start
      const about = { scenario, producer, credential: credential.recorded, latencyNanos }
      return Effect.mapError(history.record(Recorded.entryOf(question, outcome, about)), (error) =>
        VerificationError.unavailable("The answer could not be recorded, so none is given. Ask again.", error)
      )
    }
    const admitted = Requester.unlessBlocked(directory, gln, producer)
    const refusal = credential.refusal ?? (Result.isFailure(admitted) ? admitted.failure : undefined)
    if (refusal !== undefined) {
      yield* record(credential.refusal === undefined ? "RequesterBlocked" : "CredentialRefused", {
        _tag: "Refused",
        corrUuid,
        at
      })
      return yield* refusal
    }
    const market = asked.market === undefined ? undefined : Countries.codeOf(asked.market)
    // Whoever holds the pack may have the market wrong; the producer's master data does not.
    const isOutside =
      market !== undefined && !inScope.some((one) => one === market) && !Responsible.isInScope(directory, gtin, day)

    const settle = Effect.fnUntraced(function* () {
      if (responsible._tag === "NoImpact" || (isOurs && isOutside)) {
        const markets = responsible._tag === "NoImpact" ? responsible.markets : [market ?? ""]
        // Strangers ask about what a directory names, and no directory names products of other markets.
        if (!isOurs)
          return yield* Routing.settle(providers, { _tag: "Unknown", producer }, question, { at, mayAsk: false })
        const outcome: Outcome = { _tag: "NoImpact", markets, corrUuid, at }
        return { scenario: "NoImpact", outcome }
      }
      if (responsible._tag !== "Ours") {
        return yield* Routing.settle(providers, responsible, question, { at, mayAsk: isOurs })
      }
      const unit = yield* rightful(wanted, known, responsible.holders)
      const told = ProductIndex.of(directory).verifiable(gtin, day, unit ?? { state: "" })
      const { scenario, verdict } = Decision.decide({
        known: told._tag === "Verifiable" ? unit : undefined,
        read: { lot, expiry },
        rules: directory.responseRules(responsible.producer),
        on: Expiry.today(now)
      })
      const answered = { _tag: "Answered", verdict, responderGln: responsible.gln, inNetwork: true } as const
      return { scenario, outcome: { ...answered, corrUuid, at } }
    })

    const { scenario, outcome } = yield* settle()
    const id = yield* record(scenario, outcome)
    if (outcome._tag === "NotAsked" && !isOurs) return yield* VerificationError.notFound(outcome.detail)
    return { ...outcome, id } satisfies Outcome
  })

  const connect = Effect.fn("Verification.connect")(function* (question: {
    readonly gtin: string
    readonly requesterGln: string
    readonly context?: string | undefined
    readonly asker: Asked["asker"]
    readonly faults?: Asked["faults"]
  }) {
    const { gtin, requesterGln, context, asker, faults: unread } = question
    const directory = yield* Effect.mapError(partners.current, failed)
    // The parts that this question does not have stand for some that are right.
    const whole = { gtin, requesterGln, context, serial: "0", lot: "0", expiry: "300101", faults: unread }
    const year = new Date(yield* Clock.currentTimeMillis).getUTCFullYear()
    const faults = [...Question.faults(whole, year), ...Question.unfitting(whole, directory.settings)]
    if (faults.length > 0) return yield* VerificationError.malformed(faults)
    const gln = yield* Effect.fromResult(Requester.glnOf(directory, asker, requesterGln))
    const responsible =
      Responsible.here(directory, gtin, undefined) ??
      Responsible.elsewhere(directory, yield* Effect.mapError(holding([gtin]), failed), gtin, undefined)
    yield* Effect.fromResult(Requester.unlessBlocked(directory, gln, responsible.producer))
    if (responsible._tag === "Ours") return { responderGln: responsible.gln }
    // Companies of ours can ask about what a provider of ours answers for; a provider is never sent on to a third one.
    if (responsible._tag === "Elsewhere" && asker._tag === "Company") {
      if (Routing.providerOf(providers, responsible) !== undefined) return { responderGln: responsible.gln }
      return yield* VerificationError.notFound(Routing.unknownProvider(gtin, responsible))
    }
    return yield* VerificationError.notFound(`${gtin} was not found in the Lookup Directory.`)
  })

  return Verification.of({
    verify: (asked) => answer(asked, false),
    verifyOwn: (asked) => answer(asked, true),
    connect
  })
})

export const layer = Layer.effect(Verification, make)
