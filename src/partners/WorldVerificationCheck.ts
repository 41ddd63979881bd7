/**
 * Whether the verification part of a world makes sense: its companies exist, there is one set of rules a company and one
 * rule a disposition, and blocked requesters are GLNs, each once a company. Gives every fault at once; run with the rest of the world's check.
 */
import * as Gs1 from "../formats/Gs1.ts"
import type { Fault, World } from "./World.ts"
import { blockKey } from "./WorldVerification.ts"

const repeated = (keys: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))
]

/** Everything wrong with it. */
export const faults = (world: World): ReadonlyArray<Fault> => {
  const companies = new Map(world.companies.map((company) => [company.id, company]))
  const found: Array<Fault> = []
  const add = (path: string, message: string) => found.push({ path, message })

  for (const rules of world.responseRules) {
    const path = `responseRules[${rules.id}]`
    const company = companies.get(rules.id)
    if (company === undefined) add(`${path}.id`, `there is no company ${rules.id}`)
    else if (company.role === "consumer") add(`${path}.id`, `${rules.id} is a consumer; only producers answer`)
    for (const name of repeated(rules.dispositions.map(({ disposition }) => disposition))) {
      add(`${path}.dispositions`, `there is more than one rule for ${name}`)
    }
    for (const name of repeated(rules.itemStatuses.map(({ itemStatus }) => itemStatus))) {
      add(`${path}.itemStatuses`, `there is more than one rule for ${name}`)
    }
  }
  for (const id of repeated(world.responseRules.map(({ id }) => id))) {
    add(`responseRules[${id}].id`, `the key ${id} is used more than once in responseRules`)
  }
  for (const one of world.blockedRequesters) {
    const { id, company } = one
    const path = `blockedRequesters[${blockKey(one)}]`
    if (!Gs1.isKey("GLN", id)) add(`${path}.id`, `${id} is no GLN of 13 digits with a right check digit`)
    if (company !== undefined && !companies.has(company)) add(`${path}.company`, `there is no company ${company}`)
  }
  for (const key of repeated(world.blockedRequesters.map(blockKey))) {
    add(`blockedRequesters[${key}].id`, `${key} is blocked more than once`)
  }
  return found
}
