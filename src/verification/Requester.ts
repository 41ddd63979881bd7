/**
 * Who asks, and whether it may: a company of ours asks under its own numbers; any requester may ask through a provider,
 * unless it is blocked. Pure over the directory.
 */
import { Result } from "effect"
import type { Directory } from "../partners/Directory.ts"
import type { Asker } from "./Verification.ts"
import { forbidden, type VerificationError } from "./VerificationError.ts"

const isGln = (number: string | undefined): number is string => number !== undefined && /^\d{13}$/u.test(number)

/** The GLN that is asked under. */
export const glnOf = (
  directory: Directory,
  asker: Asker,
  given: string | undefined
): Result.Result<string, VerificationError> => {
  if (asker._tag === "Provider") {
    return given === undefined
      ? Result.fail(forbidden("A provider says for whom it asks (reqGLN)."))
      : Result.succeed(given)
  }
  if (given === undefined) {
    const own = directory.numberOf(asker.company)
    return isGln(own) ? Result.succeed(own) : Result.fail(forbidden(`${asker.company} has no GLN to ask under.`))
  }
  return directory.speaksFor(asker.company, given)
    ? Result.succeed(given)
    : Result.fail(forbidden(`${given} is no GLN of ${asker.company}.`))
}

/** Refuses a blocked requester; `producer` is whose product it asks about, where that is known. Why it is blocked is the producer's own. */
export const unlessBlocked = (
  directory: Directory,
  gln: string,
  producer: string | undefined
): Result.Result<void, VerificationError> => {
  return directory.blockedRequester(gln, producer) === undefined
    ? Result.succeed(undefined)
    : Result.fail(forbidden(`${gln} gets no answers.`))
}
