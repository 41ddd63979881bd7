import { readFileSync } from "node:fs"
import { assert, describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import * as WorldFile from "../../src/cli/WorldFile.ts"
import * as World from "../../src/partners/World.ts"
import * as WorldCheck from "../../src/partners/WorldCheck.ts"
import { worldOf } from "./worlds.ts"

const faultsOf = (input: unknown) => {
  const result = World.decode(input)
  assert(Result.isFailure(result))
  return result.failure.reason.faults.map(({ path, message }) => `${path}: ${message}`)
}

describe("decoding a world", () => {
  it("takes nothing for an empty world", () => {
    expect(Result.getOrThrow(World.decode(undefined))).toEqual(World.empty)
    expect(Result.getOrThrow(World.decode({}))).toEqual(World.empty)
  })

  it("tells every fault at once, by the keys of the world", () => {
    expect(
      faultsOf({
        companys: [],
        companies: [{ id: "acme", name: "Acme ", role: "maker", identifiers: [{ type: "GLN", value: 8779891013658 }] }],
        links: [{ id: "Acme", owner: "acme", partner: "b", speakFor: [] }],
        serials: [{ owner: "acme", packagingCode: { type: "GCP", value: "0882021" }, state: "encoded" }],
        settings: { pendingTransferDays: 0, packagingCodeTypes: [], ieNamspace: "urn:x" }
      })
    ).toEqual([
      "companys: there is no such field",
      "companies[acme].name: must not begin or end with a blank",
      'companies[acme].role: Expected "producer" | "consumer" | "both"',
      "companies[acme].identifiers[0].value: 8779891013658 must stand in quotes",
      "links[Acme].speakFor: there is no such field",
      "links[Acme].id: must be a short lower-case key such as acme-printing",
      "serials[0]: needs either `serials` or `range`, not both",
      "settings.ieNamspace: there is no such field",
      expect.stringContaining("settings.packagingCodeTypes: "),
      expect.stringContaining("settings.pendingTransferDays: ")
    ])
  })

  it("refuses control characters, which the database would not keep", () => {
    expect(faultsOf({ companies: [{ id: "a", name: "a\u0000b", role: "both" }] })).toEqual([
      "companies[a].name: must not contain control characters"
    ])
  })

  it("refuses what is not a world at all", () => {
    for (const input of [[1], "companies", 7, { companies: 1 }]) expect(faultsOf(input)).toHaveLength(1)
  })
})

const company = (id: string, ...identifiers: ReadonlyArray<readonly [string, string]>) => ({
  id,
  name: id,
  role: "both",
  identifiers: identifiers.map(([type, value]) => ({ type, value }))
})
const place = (id: string, ...identifiers: ReadonlyArray<readonly [string, string]>) => {
  const { role: _, ...rest } = company(id, ...identifiers)
  return rest
}
const told = (parts: unknown) => WorldCheck.check(worldOf(parts)).map(({ path, message }) => `${path}: ${message}`)

describe("checking a world", () => {
  it("finds nothing wrong with the demo", () => {
    const path = "samples/demo/world.yaml"
    expect(WorldCheck.check(Result.getOrThrow(WorldFile.parse(readFileSync(path, "utf8"), path)))).toEqual([])
  })

  it("misses companies by their key wherever one is named", () => {
    expect(
      told({
        links: [{ id: "l", owner: "a", partner: "b", speaksFor: ["c"] }],
        profiles: [{ id: "p", owner: "a", subscriber: "b" }],
        products: [{ id: "p", owner: "a", name: "x", packagingLevel: "EA" }],
        serials: [
          {
            owner: "a",
            packagingCode: { type: "NTIN", value: "1" },
            state: "reserved",
            company: "b",
            location: "c",
            serials: ["1"]
          }
        ]
      })
    ).toEqual([
      "links[l].owner: there is no company a",
      "links[l].partner: there is no company b",
      "links[l].speaksFor[0]: there is no company c",
      "profiles[p].owner: there is no company a",
      "profiles[p].subscriber: there is no company b",
      "products[p].owner: there is no company a",
      "serials[0].owner: there is no company a",
      "serials[0].company: there is no company b",
      "serials[0].location: there is no location c"
    ])
  })

  it("wants keys once", () => {
    expect(
      told({
        companies: [company("a"), company("a"), { ...company("b"), locations: [place("x"), place("x")] }]
      })
    ).toEqual([
      "companies[a].id: the key a is used more than once in companies",
      "companies[b].locations[x]: the location key x is taken by companies[b].locations[x]"
    ])
  })

  it("wants a number to mean one company, except those that count within a company", () => {
    expect(
      told({
        companies: [
          {
            ...company("a", ["GLN", "1"], ["STORENUMBER", "9"]),
            locations: [place("x", ["COMPANYSITEID", "9"], ["GLN", "1"])]
          },
          {
            ...company("b", ["DUNS", "1"]),
            locations: [place("y", ["COMPANYSITEID", "9"]), place("z", ["companysiteid", "9"])]
          }
        ],
        links: [
          { id: "l", owner: "a", partner: "b", alternateIdentifiers: [{ company: "b", type: "COMPANYID", value: "1" }] }
        ]
      })
    ).toEqual([
      "companies[a].locations[x].identifiers[1]: GLN 1 already identifies companies[a]",
      "companies[b].identifiers[0].value: 1 already identifies a; a number must mean one company",
      "companies[b].locations[z].identifiers[0]: companysiteid 9 already identifies companies[b].locations[y]",
      "links[l].alternateIdentifiers[0].value: 1 already identifies a"
    ])
  })

  it("wants links and profiles once for two companies, and alternates of those two", () => {
    expect(
      told({
        companies: [company("a"), company("b"), company("c")],
        links: [
          { id: "k", owner: "a", partner: "b" },
          {
            id: "l",
            owner: "a",
            partner: "b",
            alternateIdentifiers: [{ company: "c", type: "COMPANYID", value: "1" }]
          },
          { id: "m", owner: "b", partner: "a" },
          { id: "n", owner: "c", partner: "c" }
        ],
        profiles: [
          {
            id: "p",
            owner: "a",
            subscriber: "b",
            packagingCodes: [
              { type: "NTIN", value: "1" },
              { type: "ntin", value: "1" }
            ]
          },
          { id: "q", owner: "a", subscriber: "b", packagingCodes: [{ type: "GTIN14", value: "1" }] }
        ]
      })
    ).toEqual([
      "links[l].alternateIdentifiers[0].company: c is neither a nor b",
      "links[l]: links[k] already links a to b",
      "links[n]: c cannot be linked to itself",
      "profiles[p].packagingCodes[1]: ntin 1 stands in this profile twice",
      "profiles[q]: profiles[p] is already the profile of b with a",
      "profiles[q].packagingCodes[0].type: GTIN14 is no packaging code type of the settings: GTIN-14, NTIN, CN-RESCODE, GCP, SKU"
    ])
  })

  it("wants pools that can make numbers", () => {
    const pool = (id: string, type: string, encoding: string, template: object, more: object = {}) => ({
      id,
      owner: "a",
      packagingCode: { type, value: "1" },
      encoding,
      template,
      ...more
    })
    expect(
      told({
        companies: [company("a")],
        pools: [
          pool("p", "GCP", "AI(01)+AI(21)", { kind: "list" }),
          pool("q", "NTIN", "AI(00)", { kind: "list" }, { filterValue: "1" }),
          pool("r", "NTIN", "SGTIN-64", { kind: "sequential", digits: 2, first: 10, last: 9 }, { filterValue: "2" }),
          pool(
            "s",
            "NTIN",
            "AI(01)+AI(21)",
            { kind: "sequential", digits: 2, first: 1, last: 100 },
            { filterValue: "2" }
          ),
          pool("t", "NTIN", "AI(01)+AI(21)", { kind: "list" }, { filterValue: "2", active: false })
        ]
      })
    ).toEqual([
      "pools[p].encoding: AI(01)+AI(21) does not go with a packaging code of type GCP",
      "pools[q].encoding: AI(00) does not go with a packaging code of type NTIN",
      "pools[q].extensionDigit: is missing: SSCCs begin with it",
      expect.stringContaining("pools[r].encoding: SGTIN-64 is no number encoding of the settings"),
      "pools[r].template.last: 9 is before the first number 10",
      "pools[s]: pools[r] is already the active pool of NTIN 1",
      "pools[s].template.digits: 100 has more than 2 digits"
    ])
  })

  it("wants a serial's location to be its holder's", () => {
    const serial = { owner: "a", packagingCode: { type: "NTIN", value: "1" }, state: "reserved", serials: ["1"] }
    expect(
      told({
        companies: [company("a"), { ...company("b"), locations: [place("x")] }],
        serials: [
          { ...serial, location: "x" },
          { ...serial, company: "b", location: "x" }
        ]
      })
    ).toEqual(["serials[0].location: x is a location of b, not of a"])
  })

  it("leaves check digits of parties alone unless the settings say so", () => {
    const companies = [company("a", ["GLN", "8779891013658"]), company("b", ["GLN", "8888884043540"])]
    expect(told({ companies })).toEqual([])
    expect(told({ companies, settings: { checkPartyCheckDigits: true } })).toEqual([
      "companies[a].identifiers[0].value: 8779891013658 is no GLN of 13 digits with a right check digit"
    ])
  })

  it("knows the types a world adds", () => {
    const companies = [company("a", ["VAT", "1"])]
    expect(told({ companies })).toHaveLength(1)
    expect(told({ companies, settings: { identifierTypes: ["VAT"] } })).toEqual([])
  })
})
