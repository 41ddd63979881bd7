import { readFileSync } from "node:fs"
import { assert, describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import * as WorldFile from "../../src/cli/WorldFile.ts"
import * as Directory from "../../src/partners/Directory.ts"
import type * as World from "../../src/partners/World.ts"
import { anyWorld, worldOf } from "./worlds.ts"

const path = "samples/demo/world.yaml"
const demo = Directory.make(Result.getOrThrow(WorldFile.parse(readFileSync(path, "utf8"), path)))

describe("the directory of the demo world", () => {
  it("knows both parties of the documented transfer and the link between them", () => {
    const { sender, receiver, link } = demo.parties("8779891013658", "8888884043540")
    expect([sender?.id, receiver?.id, link?.id]).toEqual(["birch-printing", "alder-pharma", "alder-birch"])
  })

  it("knows a party by the alternate identifier on its link", () => {
    expect(demo.parties("V-1042", "8888884043540").sender?.id).toBe("birch-printing")
    expect(demo.speaksFor("birch-printing", "V-1042")).toBe(true)
    expect(demo.speaksFor("cedar-packaging", "V-1042")).toBe(false)
  })

  it("finds where the documented transfer begins and ends", () => {
    expect(demo.location("SGLN", "9997777.01994.0")?.location?.id).toBe("birch-press-hall")
    expect(demo.location("SGLN", "urn:epc:id:sgln:9997777.01994.0")?.location?.id).toBe("birch-press-hall")
    expect(demo.location("gln", "8779891024769")).toMatchObject({
      company: { id: "cedar-packaging" },
      location: { id: "cedar-line-one" }
    })
    expect(demo.location(undefined, "8779891024769")?.location?.id).toBe("cedar-line-one")
    expect(demo.location("DUNS", "8779891024769")).toBeUndefined()
    expect(demo.location("GLN", "0000000000000")).toBeUndefined()
  })

  it("finds the location of a GLN by its SGLN", () => {
    expect(demo.location("SGLN", "9521234.00003.0")?.location?.id).toBe("cedar-line-two")
    expect(demo.location("SGLN", "9521234.00003.12")).toBeUndefined()
  })

  it("takes the first location of a company for the company itself", () => {
    expect(demo.location("GLN", "9521234000020")?.location?.id).toBe("cedar-line-one")
  })

  it("has the profiles, pools and products of the examples", () => {
    const profile = demo.profile("alder-pharma", "cedar-packaging")
    assert(profile !== undefined)
    expect(demo.profileCode(profile, "gtin-14", "00992326050107")).toBeDefined()
    expect(demo.profileCode(profile, "NTIN", "00992326050107")).toBeUndefined()
    expect(demo.profile("alder-pharma", "dogwood-wholesale")).toBeUndefined()
    expect(demo.pool("alder-pharma", "GCP", "0882021")?.id).toBe("alder-pallets")
    expect(demo.product("alder-pharma", "CN-ResCode", "70220")?.cnSubtype).toBe("7022014170")
  })
})

const base = (link: object) =>
  worldOf({
    companies: ["maker", "other-maker", "printer", "agent"].map((id) => ({
      id,
      name: id,
      role: "both",
      identifiers: [{ type: "COMPANYID", value: `number of ${id}` }]
    })),
    links: [
      {
        id: "one",
        owner: "maker",
        partner: "printer",
        alternateIdentifiers: [{ company: "printer", type: "COMPANYID", value: "V1" }]
      },
      {
        id: "two",
        owner: "other-maker",
        partner: "agent",
        alternateIdentifiers: [{ company: "agent", type: "COMPANYID", value: "V1" }]
      },
      { id: "three", owner: "maker", partner: "agent", ...link }
    ]
  })

describe("an alternate identifier that two companies share", () => {
  const directory = Directory.make(base({}))

  it("means the one on the link with the other party", () => {
    expect(directory.parties("V1", "number of maker")).toMatchObject({ sender: { id: "printer" }, link: { id: "one" } })
    expect(directory.parties("V1", "number of other-maker").sender?.id).toBe("agent")
    expect(directory.parties("number of maker", "V1").receiver?.id).toBe("printer")
    expect(directory.companyByNumber("V1")).toBeUndefined()
  })

  it("lets neither pass for the other", () => {
    expect(directory.speaksFor("printer", "V1", "number of maker")).toBe(true)
    expect(directory.speaksFor("agent", "V1", "number of maker")).toBe(false)
    expect(directory.speaksFor("agent", "V1", "number of other-maker")).toBe(true)
    expect(directory.speaksFor("agent", "V1")).toBe(false)
  })
})

describe("delegation", () => {
  it("lets the partner of a link use another company's number, and nobody else", () => {
    const directory = Directory.make(base({ speaksFor: ["printer"] }))
    expect(directory.speaksFor("agent", "number of printer")).toBe(true)
    expect(directory.speaksFor("agent", "V1", "number of maker")).toBe(true)
    expect(directory.speaksFor("printer", "number of agent")).toBe(false)
    expect(directory.speaksFor("maker", "number of printer")).toBe(false)
    expect(directory.speaksFor("nobody", "number of printer")).toBe(false)
    expect(directory.speaksFor("agent", "unknown number")).toBe(false)
  })
})

/** What the directory promises, written as look-ups over plain lists. */
const local = (type: string) => type === "COMPANYSITEID"
const isOne = <A>(found: Iterable<A>): A | undefined => {
  const different = new Set(found)
  return different.size === 1 ? [...different][0] : undefined
}
const companyByNumber = (world: World.World, number: string) => {
  const named = world.companies.filter(({ identifiers, locations }) =>
    [...identifiers, ...locations.flatMap((place) => place.identifiers)].some(
      ({ type, value }) => !local(type) && value === number
    )
  )
  if (named.length > 0) return isOne(named.map(({ id }) => id))
  const known = new Set(world.companies.map(({ id }) => id))
  return isOne(
    world.links.flatMap(({ alternateIdentifiers }) =>
      alternateIdentifiers
        .filter(({ value, company }) => value === number && known.has(company))
        .map(({ company }) => company)
    )
  )
}

describe("any directory", () => {
  const numbers = Array.from({ length: 10 }, (_, value) => String(value))

  it.prop("finds companies as a search through the lists would", [anyWorld], ([world]) => {
    const directory = Directory.make(world)
    for (const number of numbers) expect(directory.companyByNumber(number)?.id).toBe(companyByNumber(world, number))
  })

  it.prop("finds a location by type and value when there is one", [anyWorld], ([world]) => {
    const directory = Directory.make(world)
    for (const type of ["GLN", "SGLN", "DUNS", "COMPANYSITEID"]) {
      for (const number of numbers) {
        const places = world.companies.flatMap(({ locations }) =>
          locations.filter(({ identifiers }) =>
            identifiers.some((identifier) => identifier.type.toUpperCase() === type && identifier.value === number)
          )
        )
        const found = directory.location(type, number)
        if (places.length === 1) expect(found?.location?.id).toBe(places[0]?.id)
        expect(directory.location(type.toLowerCase(), number)).toBe(found)
      }
    }
  })

  it.prop("lets a channel name only its company and those it speaks for", [anyWorld], ([world]) => {
    const directory = Directory.make(world)
    for (const channel of ["a", "b", "c", "d", "e"]) {
      const mine = new Set([
        channel,
        ...world.links.filter(({ partner }) => partner === channel).flatMap(({ speaksFor }) => speaksFor)
      ])
      for (const sender of numbers) {
        const meant = companyByNumber(world, sender)
        expect(directory.speaksFor(channel, sender)).toBe(meant !== undefined && mine.has(meant))
        for (const receiver of numbers) {
          const resolved = directory.parties(sender, receiver).sender?.id
          expect(directory.speaksFor(channel, sender, receiver)).toBe(resolved !== undefined && mine.has(resolved))
        }
      }
    }
  })

  it.prop("keeps a company's own number whatever other links say", [anyWorld], ([world]) => {
    const directory = Directory.make(world)
    for (const number of numbers) {
      const without = companyByNumber({ ...world, links: [] }, number)
      if (without === undefined) continue
      for (const other of numbers) expect(directory.parties(number, other).sender?.id).toBe(without)
    }
  })

  it.prop("gives only active pools of the code and a fitting filter value", [anyWorld], ([world]) => {
    const directory = Directory.make(world)
    for (const code of ["0", "1", "2"]) {
      const active = world.pools.filter((pool) => pool.active && pool.packagingCode.value === code)
      expect(directory.pool("b", "GTIN-14", code)).toBeUndefined()
      for (const filter of ["1", "2"]) {
        const exact = active.find(({ filterValue }) => filterValue === filter)
        const forAll = active.find(({ filterValue }) => filterValue === undefined)
        expect(directory.pool("a", "gtin-14", code, filter)).toBe(exact ?? forAll)
      }
      const forAll = active.find(({ filterValue }) => filterValue === undefined)
      expect(directory.pool("a", "GTIN-14", code)).toBe(forAll ?? (active.length === 1 ? active[0] : undefined))
    }
  })
})

it("is built quickly for 100,000 products and as many profile codes", () => {
  const codes = Array.from({ length: 100_000 }, (_, at) => ({ type: "GTIN-14", value: String(at).padStart(14, "0") }))
  const world: World.World = {
    ...base({}),
    profiles: [{ id: "p", owner: "maker", subscriber: "printer", packagingCodes: codes, partialTransfer: false }],
    products: codes.map((code, at) => ({
      id: `p-${at}`,
      owner: "maker",
      name: "x",
      packagingLevel: "EA",
      codes: [code],
      itemCodes: [],
      markets: []
    }))
  }
  const start = performance.now()
  const directory = Directory.make(world)
  expect(performance.now() - start).toBeLessThan(2_000)
  expect(directory.product("maker", "GTIN-14", "00000000099999")?.id).toBe("p-99999")
})
