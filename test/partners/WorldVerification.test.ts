/** The verification part of a world: what it may say, what is wrong with it, and what the directory makes of it. */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as Directory from "../../src/partners/Directory.ts"
import * as World from "../../src/partners/World.ts"
import * as WorldVerificationCheck from "../../src/partners/WorldVerificationCheck.ts"

const companies = [
  { id: "alder", name: "Alder", role: "producer" },
  { id: "elm", name: "Elm", role: "consumer" }
]
const world = (more: object) => World.decode({ companies, ...more })
const told = (more: object): ReadonlyArray<string> => {
  const decoded = world(more)
  const faults = Result.isFailure(decoded)
    ? decoded.failure.reason.faults
    : WorldVerificationCheck.faults(decoded.success)
  return faults.map(({ path, message }) => `${path}: ${message}`)
}

describe("response rules and blocked requesters", () => {
  it("are refused with everything that is wrong", () => {
    assert.deepStrictEqual(
      told({
        responseRules: [
          { id: "nobody" },
          { id: "elm" },
          {
            id: "alder",
            dispositions: [
              { disposition: "recalled", answer: "B1" },
              { disposition: "recalled", answer: "B2" }
            ],
            itemStatuses: [
              { itemStatus: "blocked", disposition: "suspect" },
              { itemStatus: "blocked", disposition: "damaged" }
            ]
          },
          { id: "alder" }
        ],
        blockedRequesters: [
          { id: "0377777000001", reason: "typing error" },
          { id: "0377777000008", reason: "one", company: "nobody" },
          { id: "0377777000008", reason: "two", company: "alder" },
          { id: "0377777000008", reason: "three", company: "alder" },
          { id: "0377777000008", reason: "four" },
          { id: "0377777000008", reason: "five" }
        ]
      }),
      [
        "responseRules[nobody].id: there is no company nobody",
        "responseRules[elm].id: elm is a consumer; only producers answer",
        "responseRules[alder].dispositions: there is more than one rule for recalled",
        "responseRules[alder].itemStatuses: there is more than one rule for blocked",
        "responseRules[alder].id: the key alder is used more than once in responseRules",
        "blockedRequesters[0377777000001].id: 0377777000001 is no GLN of 13 digits with a right check digit",
        "blockedRequesters[nobody/0377777000008].company: there is no company nobody",
        "blockedRequesters[alder/0377777000008].id: alder/0377777000008 is blocked more than once",
        "blockedRequesters[0377777000008].id: 0377777000008 is blocked more than once"
      ]
    )
  })

  it("have names of dispositions in lower case, answers of the table and reasons", () => {
    const wrong = told({
      responseRules: [
        {
          id: "alder",
          dispositions: [
            { disposition: "Recalled", answer: "B1" },
            { disposition: "x".repeat(101), answer: "D9" }
          ]
        }
      ],
      blockedRequesters: [{ id: "123", reason: "" }]
    })
    assert.include(wrong[0], "must be 1 to 100 lower-case letters, digits and underscores")
    assert.isTrue(wrong.some((text) => text.startsWith("blockedRequesters[123].id: must be a GLN of 13 digits")))
    assert.isTrue(wrong.some((text) => text.startsWith("responseRules[alder].dispositions[1].answer")))
  })

  it("answer for their company only, and defaults for everybody else", () => {
    const decoded = world({
      responseRules: [{ id: "alder", validWhenRecalled: true }],
      blockedRequesters: [
        { id: "0377777000008", reason: "for alder", company: "alder" },
        { id: "0366666000007", reason: "for alder too", company: "alder" },
        { id: "0366666000007", reason: "for all" }
      ]
    })
    const directory = Directory.make(Result.getOrThrow(decoded))
    assert.deepInclude(directory.responseRules("alder"), { validWhenRecalled: true, sendFailureReason: true })
    assert.deepInclude(directory.responseRules("elm"), { id: "elm", validWhenRecalled: false, dayZero: "lastDay" })
    assert.strictEqual(directory.blockedRequester("0377777000008", "alder")?.reason, "for alder")
    assert.isUndefined(directory.blockedRequester("0377777000008", "elm"))
    assert.isUndefined(directory.blockedRequester("0377777000008", undefined))
    assert.strictEqual(directory.blockedRequester("0366666000007", undefined)?.reason, "for all")
    assert.strictEqual(directory.blockedRequester("0366666000007", "elm")?.reason, "for all")
    assert.strictEqual(directory.blockedRequester("0366666000007", "alder")?.reason, "for alder too")
  })
})
