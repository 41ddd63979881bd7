/** Who is told of an event: the link between sender and receiver, else what all links of the company have in common. */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as AlertAddresses from "../../src/partners/AlertAddresses.ts"
import * as Directory from "../../src/partners/Directory.ts"
import * as World from "../../src/partners/World.ts"

const company = (id: string, gln: string) => ({
  id,
  name: id,
  role: "both",
  identifiers: [{ type: "GLN", value: gln }]
})

const input = {
  companies: [company("alder", "1"), company("birch", "2"), company("cedar", "3")],
  links: [
    { id: "alder-birch", owner: "alder", partner: "birch", alerts: { emails: ["ab@example.com", "all@example.com"] } },
    { id: "alder-cedar", owner: "alder", partner: "cedar", alerts: { emails: ["ac@example.com", "all@example.com"] } },
    { id: "birch-cedar", owner: "birch", partner: "cedar" }
  ]
}

describe("addresses of alerts", () => {
  const directory = Directory.make(Result.getOrThrow(World.decode(input)))
  const of = (company: string, sender: string | null, receiver: string | null) =>
    AlertAddresses.of(directory, { company, sender, receiver })

  it("are those of the link between sender and receiver, whoever of them is told about", () => {
    assert.deepStrictEqual(of("birch", "2", "1"), ["ab@example.com", "all@example.com"])
    assert.deepStrictEqual(of("alder", "2", "1"), ["ab@example.com", "all@example.com"])
    assert.deepStrictEqual(of("birch", "2", "3"), [])
  })

  it("are those that all links of the company name where that is not known, or is not its own", () => {
    assert.deepStrictEqual(of("alder", null, null), ["all@example.com"])
    assert.deepStrictEqual(of("cedar", "3", "nobody"), [])
    assert.deepStrictEqual(of("alder", "2", "3"), ["all@example.com"])
    assert.deepStrictEqual(of("nobody", null, null), [])
  })

  it("have to be addresses", () => {
    for (const email of ["nobody", "a@b, c@d", "a@b\nBcc: c@d", "<a@b>"]) {
      const [link] = input.links
      const world = World.decode({ ...input, links: [{ ...link, alerts: { emails: [email] } }] })
      assert.isTrue(Result.isFailure(world), email)
    }
  })
})
