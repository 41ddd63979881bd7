/** A world in which packs can be verified: a producer with rules and numbers, a wholesaler who asks, and others. */
import { Effect } from "effect"
import * as WorldImport from "../../src/cli/WorldImport.ts"
import { worldOf } from "../partners/worlds.ts"
import { started } from "./ApiServer.ts"

export const gtin = "00992326050107"
export const lot = "A1/2"

/** A pallet with two packs in it. */
export const pallet = "00009923260000000018"

/** What a scanner reads from the pack with this serial number. */
export const scanned = (serial: string, expiry = "271231"): string => `]d201${gtin}21${serial}\u001d17${expiry}10${lot}`

const numbers = { owner: "alder", packagingCode: { type: "GTIN-14", value: gtin }, state: "commissioned", lot }

const product = (code: string, country: string) => ({
  id: `p${code}`,
  owner: "alder",
  name: "Exemplin",
  packagingLevel: "EA",
  codes: [{ type: "GTIN-14", value: code }],
  markets: [{ country }]
})

const world = worldOf({
  companies: [
    {
      id: "alder",
      name: "Alder",
      role: "producer",
      identifiers: [{ type: "GLN", value: "9521234000013" }],
      modules: { masterDataShare: "producer", productVerification: "producer" },
      companyPrefixes: ["0992326"]
    },
    {
      id: "dogwood",
      name: "Dogwood",
      role: "consumer",
      identifiers: [{ type: "GLN", value: "9521234000044" }],
      locations: [
        { id: "dogwood-warehouse", name: "Warehouse", identifiers: [{ type: "GLN", value: "9521234000051" }] }
      ],
      modules: { masterDataShare: "consumer", productVerification: "consumer" }
    },
    { id: "elm", name: "Elm", role: "consumer", identifiers: [{ type: "GLN", value: "9521234000068" }] },
    {
      id: "birch",
      name: "Birch",
      role: "producer",
      identifiers: [{ type: "GLN", value: "9521234000020" }],
      modules: { masterDataShare: "producer", productVerification: "producer" }
    }
  ],
  products: [product(gtin, "US"), product("00992326050114", "DE")],
  dataRules: [
    {
      id: "alder",
      company: "alder",
      masterData: [{ market: "ALL" }],
      verification: [{ market: "ALL", itemStatuses: ["all"] }]
    }
  ],
  serials: [
    { ...numbers, expiry: "271231", serials: ["1001", "1002", "1003"] },
    { ...numbers, expiry: "271231", attributes: ["recalled"], serials: ["2001"] },
    { owner: "alder", packagingCode: { type: "GCP", value: "0992326" }, state: "commissioned", serials: [pallet] },
    { ...numbers, expiry: "271231", parent: pallet, serials: ["3001", "3002"] }
  ]
})

/** The API over this world. */
export const startedWithPacks = Effect.gen(function* () {
  const api = yield* started({ works: false })
  const loaded = WorldImport.run(world, { actor: "test", clock: new Date("2026-01-05T12:00:00Z") })
  yield* Effect.provideContext(loaded, api.context)
  return api
})
