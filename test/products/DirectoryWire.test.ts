/** Directory records on the wire: what we tell comes back as it was, and no page however odd breaks the reading. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import type { DirectoryRecord } from "../../src/partners/WorldProducts.ts"
import * as Wire from "../../src/products/DirectoryWire.ts"

const day = Schema.Literals(["2026-01-01", "2027-02-28", "2030-12-31"])
const Told = Schema.Struct({
  gtin: Schema.Literals(["00300123100107", "00882025010338"]),
  description: Schema.optionalKey(Schema.Literals(["Oakumab 10 mg", "Größe 10 — 中文", '"quoted", with commas'])),
  companyPrefix: Schema.optionalKey(Schema.Literals(["030012", "0882025"])),
  verifyUrl: Schema.optionalKey(Schema.Literals(["https://vrs.example.com/base"])),
  checkUrl: Schema.optionalKey(Schema.Literals(["http://vrs.example.com"])),
  validFrom: Schema.optionalKey(day),
  validTo: Schema.optionalKey(day)
})
const at = new Date("2026-11-24T12:00:00Z")
const received = new Date("2026-11-24T12:10:00Z")

describe("directory records on the wire", () => {
  it.effect.prop(
    "come back as they were told, withdrawn ones too",
    [Told, Schema.Boolean, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }))],
    ([told, deleted, id]) =>
      Effect.sync(() => {
        const record = {
          ...told,
          id: "some-record",
          owner: "maple",
          responder: "9521234000105",
          source: "sync"
        } satisfies DirectoryRecord
        const version = { id, key: record.id, value: deleted ? null : record, before: deleted ? record : null, at }
        const page = JSON.parse(JSON.stringify({ records: Wire.ofVersion(version), cursor: "1", more: false }))
        assert.deepStrictEqual(Wire.read("maples", page, received), {
          records: [
            {
              provider: "maples",
              record: "some-record",
              version: id,
              gtin: told.gtin,
              responder: "9521234000105",
              description: told.description ?? null,
              companyPrefix: told.companyPrefix ?? null,
              verifyUrl: told.verifyUrl ?? null,
              checkUrl: told.checkUrl ?? null,
              validFrom: told.validFrom ?? null,
              validTo: told.validTo ?? null,
              deleted,
              updatedAt: at,
              receivedAt: received
            }
          ],
          unread: []
        })
      })
  )

  it.effect.prop(
    "are left out one by one where they make no sense, never thrown",
    [Arbitrary.schema(Schema.Json)],
    ([any]) =>
      Effect.sync(() => {
        const { records, unread } = Wire.read("maples", { records: [any, any], cursor: "1", more: false }, received)
        assert.deepStrictEqual([records.length, unread.length], [0, 2])
      })
  )

  it("say everything that is wrong with one", () => {
    const wrong = {
      id: "r",
      version: 0,
      gtin: "1",
      responderGLN: "1",
      verifyUrl: "javascript:alert(1)",
      validFrom: "2026-02-30",
      updatedAt: "yesterday",
      deleted: "no"
    }
    const [unread] = Wire.read("maples", { records: [wrong], cursor: "1", more: false }, received).unread
    assert.strictEqual(unread?.id, "r")
    for (const field of ["version", "gtin", "responderGLN", "verifyUrl", "validFrom", "updatedAt", "deleted"]) {
      assert.include(unread?.message ?? "", field)
    }
  })

  it("count once where a page holds several versions of one", () => {
    const version = (id: number) => ({
      id,
      key: "r",
      value: { id: "r", gtin: "00300123100107", owner: "maple", responder: "9521234000105", source: "manual" },
      before: null,
      at
    })
    const records = [3, 5, 4].flatMap((id) => Wire.ofVersion(version(id)))
    const read = Wire.read("maples", { records, cursor: "5", more: false }, received)
    assert.deepStrictEqual(
      read.records.map((record) => record.version),
      [5]
    )
    // What was never readable is nothing that others were told.
    assert.deepStrictEqual(Wire.ofVersion({ ...version(6), value: null, before: null }), [])
  })
})
