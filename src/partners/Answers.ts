/**
 * How verification requests are answered, as the configuration says: the response rules of a producer, and who gets no
 * answer. Part of the directory; pure, built once from a world.
 */
import { Schema } from "effect"
import type { Configuration } from "./World.ts"
import { type BlockedRequester, blockKey, ResponseRules } from "./WorldVerification.ts"

export interface Answers {
  /** The rules of a producer; what is usual where it set none. */
  readonly responseRules: (company: string) => ResponseRules
  /** Why a requester gets no answer about products of this company; undefined when it does. */
  readonly blockedRequester: (gln: string, company: string | undefined) => BlockedRequester | undefined
}

const usual = Schema.decodeSync(ResponseRules)({ id: "usual" })

/** The rules of a producer that set none. */
export const usualRules = (company: string): ResponseRules => ({ ...usual, id: company })

export const make = (world: Configuration): Answers => {
  const rules = new Map(world.responseRules.map((each) => [each.id, each]))
  const blocked = new Map(world.blockedRequesters.map((each) => [blockKey(each), each]))
  return {
    responseRules: (company) => rules.get(company) ?? usualRules(company),
    blockedRequester: (gln, company) =>
      (company === undefined ? undefined : blocked.get(blockKey({ id: gln, company }))) ?? blocked.get(gln)
  }
}
