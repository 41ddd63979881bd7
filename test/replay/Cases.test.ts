/** Every case under `samples/` comes out as it says; the same as `throughline replay samples`, case by case. */
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Xml from "../../src/formats/Xml.ts"
import * as Case from "../../src/replay/Case.ts"
import * as Replay from "../../src/replay/Replay.ts"
import * as Database from "../Database.ts"

const samples = fileURLToPath(new URL("../../samples", import.meta.url))
const folders = await Effect.runPromise(Case.find(samples).pipe(Effect.provide(NodeServices.layer)))

const services = Layer.mergeAll(Database.layerThrowaway, Xml.Xml.layer({ workers: 1 }), NodeServices.layer)

describe("cases", () => {
  layer(services, { excludeTestServices: true })((it) => {
    for (const folder of folders) {
      it.effect(folder.slice(samples.length + 1), () =>
        Effect.gen(function* () {
          const { surprises, differences } = yield* Replay.runCase(folder)
          assert.deepStrictEqual(surprises, [])
          assert.deepStrictEqual(
            differences.map(({ file, kind, lines }) => [kind, file, ...lines].join("\n")),
            []
          )
        })
      )
    }
  })
})
