/** Worlds for the tests of this room: `worldOf` decodes what a test says of one, `anyWorld` makes small crowded ones. */
import { Arbitrary, Result, Schema } from "effect"
import * as World from "../../src/partners/World.ts"

/** A world of these parts; the test is wrong when it does not decode. */
export const worldOf = (parts: unknown): World.World => Result.getOrThrow(World.decode(parts))

const small = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))
const keys = ["a", "b", "c", "d"] as const
const Key = Schema.Literals(keys)
const types = ["GLN", "gln", "SGLN", "DUNS", "COMPANYSITEID"] as const
const Identifiers = Schema.Array(Schema.Struct({ type: Schema.Literals(types), value: small(7) })).check(
  Schema.isMaxLength(3)
)

/** Few companies, values and types, so that everything collides with everything. */
const Crowd = Schema.Struct({
  companies: Schema.Array(
    Schema.Struct({ own: Identifiers, places: Schema.Array(Identifiers).check(Schema.isMaxLength(2)) })
  ).check(Schema.isBetweenLength(1, keys.length)),
  links: Schema.Array(
    Schema.Struct({
      owner: Key,
      partner: Key,
      alternates: Schema.Array(Schema.Struct({ owner: Schema.Boolean, value: small(9) })).check(Schema.isMaxLength(2)),
      speaksFor: Schema.Array(Key).check(Schema.isMaxLength(2)),
      successResponses: Schema.Boolean
    })
  ).check(Schema.isMaxLength(4)),
  pools: Schema.Array(Schema.Struct({ code: small(2), filter: small(2), active: Schema.Boolean })).check(
    Schema.isMaxLength(6)
  )
})

const identifiers = (crowd: typeof Identifiers.Type) => crowd.map(({ type, value }) => ({ type, value: String(value) }))

export const anyWorld: Arbitrary.Arbitrary<World.World> = Arbitrary.map(Arbitrary.schema(Crowd), (crowd) =>
  worldOf({
    companies: crowd.companies.map(({ own, places }, at) => ({
      id: keys[at],
      name: `Company ${keys[at]}`,
      role: "both",
      identifiers: identifiers(own),
      locations: places.map((place, n) => ({
        id: `${keys[at]}-${n}`,
        name: `Place ${n}`,
        identifiers: identifiers(place)
      }))
    })),
    links: crowd.links.map(({ owner, partner, alternates, speaksFor, successResponses }, at) => ({
      speaksFor,
      successResponses,
      id: `link-${at}`,
      owner,
      partner,
      alternateIdentifiers: alternates.map((alternate) => ({
        company: alternate.owner ? owner : partner,
        type: "PARTNERCOMPANYID",
        value: String(alternate.value)
      }))
    })),
    pools: crowd.pools.map(({ code, filter, active }, at) => ({
      id: `pool-${at}`,
      owner: "a",
      packagingCode: { type: "GTIN-14", value: String(code) },
      encoding: "AI(01)+AI(21)",
      ...(filter === 0 ? {} : { filterValue: String(filter) }),
      active,
      template: { kind: "list" }
    }))
  })
)
