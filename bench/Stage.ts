/**
 * What the measurements share: a durable server of their own (fsync on), a database in it, the demo companies with as
 * many encoded serials as asked for, and transfer requests over them. Results are medians, because the machine is shared
 * and single runs lie.
 */
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import * as Installation from "../src/cli/Installation.ts"
import * as WorldFile from "../src/cli/WorldFile.ts"
import * as WorldImport from "../src/cli/WorldImport.ts"
import * as Xml from "../src/formats/Xml.ts"
import type { World } from "../src/partners/World.ts"
import * as Database from "../src/store/Database.ts"
import * as EmbeddedPostgres from "../src/store/EmbeddedPostgres.ts"
import * as Throwaway from "../src/store/Throwaway.ts"

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const server = Layer.unwrap(
  Effect.map(EmbeddedPostgres.acquire({ folder: place("../.throughline/bench-postgres") }), ({ url }) =>
    Database.layerServerAt(url)
  )
)

/** An installation over an empty database on a durable server. */
export const layer = Installation.over.pipe(
  Layer.provideMerge(Throwaway.layerDatabase),
  Layer.provideMerge(Throwaway.Throwaway.layer),
  Layer.provideMerge(server),
  Layer.provideMerge(Xml.Xml.layer({ workers: 1 })),
  Layer.provideMerge(NodeServices.layer)
)

const gtin = "00882025010338"

/** The nth serial as messages write it. */
export const serial = (n: number): string => `01${gtin}21${`${100_000_000_000 + n}`}`

/** Companies of the demo, `senders` printers beside its own, and `count` encoded serials shared out among them. */
export const world = Effect.fn("Stage.world")(function* (count: number, senders: number) {
  const demo = yield* WorldFile.read(place("../samples/demo/world.yaml"))
  const [printer] = demo.companies.filter(({ id }) => id === "birch-printing")
  const [profile] = demo.profiles.filter(({ id }) => id === "alder-for-birch")
  if (printer === undefined || profile === undefined) return yield* Effect.die("the demo world has changed")
  const names = Array.from({ length: senders }, (_, n) => `printer-${n}`)
  const each = Math.ceil(count / senders)
  const made: World = {
    ...demo,
    companies: [
      ...demo.companies,
      ...names.map((id, n) => ({
        ...printer,
        id,
        name: id,
        locations: [],
        identifiers: [{ type: "DUNS", value: number(n) }]
      }))
    ],
    profiles: [...demo.profiles, ...names.map((id) => ({ ...profile, id: `for-${id}`, subscriber: id }))],
    serials: names.map((id, n) => ({
      owner: "alder-pharma",
      packagingCode: { type: "GTIN-14", value: gtin },
      state: "encoded",
      company: id,
      serials: Array.from({ length: each }, (_, k) => serial(n * each + k).slice(18))
    }))
  }
  yield* WorldImport.run(made, { actor: "bench", clock: new Date() })
  return { names, each }
})

/** Company number of the nth printer. */
export const number = (n: number): string => `${700_000_000 + n}`

/** A transfer request of the nth printer over a list of serials. */
export const request = (n: number, controlNumber: string, serials: ReadonlyArray<string>): Uint8Array =>
  new TextEncoder().encode(`<?xml version="1.0" encoding="UTF-8"?>
<SNXSerialNumberTransferMessage xmlns="urn:tracelink:mapper:sl:serial_number_exchange" xmlns:cmn="urn:tracelink:mapper:sl:commontypes">
<ControlFileHeader>
<cmn:FileSenderNumber>${number(n)}</cmn:FileSenderNumber>
<cmn:FileReceiverNumber>8888884043540</cmn:FileReceiverNumber>
<cmn:FileControlNumber>${controlNumber}</cmn:FileControlNumber>
<cmn:FileDate>2020-08-14</cmn:FileDate>
<cmn:FileTime>06:30:32Z</cmn:FileTime>
</ControlFileHeader>
<MessageBody>
<cmn:EventDateTime>2020-08-14T06:30:32Z</cmn:EventDateTime>
<cmn:EventTimeZoneOffset>+00:00</cmn:EventTimeZoneOffset>
<SerialNumbers>
${serials.map((value) => `<cmn:Serial>${value}</cmn:Serial>`).join("\n")}
</SerialNumbers>
<cmn:EventLocation>9997777.01994.0</cmn:EventLocation>
<cmn:SNTransferToLocation type="GLN">8779891024769</cmn:SNTransferToLocation>
</MessageBody>
</SNXSerialNumberTransferMessage>
`)

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Milliseconds an effect took. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const start = performance.now()
    const value = yield* effect
    return { value, ms: performance.now() - start }
  })
