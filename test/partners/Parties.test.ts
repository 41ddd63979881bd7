import { expect, it } from "@effect/vitest"
import * as Directory from "../../src/partners/Directory.ts"
import { view } from "../../src/partners/Parties.ts"
import { worldOf } from "./worlds.ts"

const parties = view(
  Directory.make(
    worldOf({
      companies: [
        {
          id: "maker",
          name: "The Maker",
          role: "producer",
          identifiers: [
            { type: "DUNS", value: "1" },
            { type: "GLN", value: "2" }
          ]
        },
        { id: "printer", name: "The Printer", role: "both", identifiers: [{ type: "DUNS", value: "3" }] },
        {
          id: "packer",
          name: "The Packer",
          role: "both",
          locations: [{ id: "hall", name: "Hall", identifiers: [{ type: "GLN", value: "4" }] }]
        },
        { id: "nameless", name: "Nameless", role: "consumer" }
      ],
      links: [
        { id: "one", owner: "maker", partner: "printer", successResponses: true },
        { id: "two", owner: "maker", partner: "packer", speaksFor: ["printer"] }
      ],
      settings: { ieNamespace: "urn:x" }
    })
  )
)

it("answers the engine from the directory", () => {
  expect(["maker", "printer", "packer", "nameless", "nobody"].map(parties.numberOf)).toEqual([
    "2",
    "3",
    "4",
    undefined,
    undefined
  ])
  expect(["maker", "printer", "packer", "nobody"].map(parties.wantsSuccess)).toEqual([true, true, false, false])
  expect([
    parties.speaksFor("packer", "3", "2"),
    parties.speaksFor("printer", "4", "2"),
    parties.speaksFor("nobody", "3", "2")
  ]).toEqual([true, false, false])
  expect([parties.nameOf("packer"), parties.nameOf("nobody")]).toEqual(["The Packer", "nobody"])
  expect(parties.reportNamespace).toBe("urn:x")
})

it("says whose link an answer is about", () => {
  const about = (company: string, from: string, sender: string | undefined, receiver: string | undefined) =>
    parties.counterpart(company, { from, sender, receiver })
  expect([
    // The answer to the sender is about its link with the receiver, that to the receiver about the same.
    about("printer", "printer", "3", "2"),
    about("maker", "printer", "3", "2"),
    // A third company is answered on behalf of the one it has a link with.
    about("packer", "printer", "3", "2"),
    about("packer", "maker", "2", "3"),
    // Nobody can tell from a header that could not be read, except who sent it.
    about("printer", "printer", undefined, undefined),
    about("maker", "printer", undefined, "unknown"),
    about("nameless", "printer", "3", "4")
  ]).toEqual(["maker", "printer", "maker", "maker", undefined, "printer", "packer"])
})
