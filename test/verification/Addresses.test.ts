/** What one side writes into an address the other reads out of it, whatever characters the unit has. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Messaging from "../../src/verification/Messaging.ts"

const cset82 = Schema.String.check(Schema.isPattern(/^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/u))
const contact = Schema.String.check(Schema.isPattern(/^[\x20-\x7e]{1,40}$/u))

describe("an address", () => {
  it.effect.prop(
    "is read as it was written",
    [cset82, cset82, contact, contact, Schema.Boolean],
    ([serial, lot, email, corrUuid, inPossession]) =>
      Effect.sync(() => {
        const asked = {
          gtin: "00388888020205",
          serial,
          lot,
          expiry: "301100",
          context: "dscsaSaleableReturn",
          requesterGln: "0377777000008",
          corrUuid,
          inPossession,
          email,
          telephone: "+1 555 0100"
        }
        const address = Messaging.addressOf("https://vrs.example.com/", asked, "1.3.0")
        assert.isTrue(address.startsWith("https://vrs.example.com/verify/gtin/00388888020205/lot/"))
        assert.deepStrictEqual(Messaging.read(address.slice("https://vrs.example.com".length)), {
          ...asked,
          faults: []
        })
      })
  )

  it("of versions before R1.3 tells nothing of possession and contact", () => {
    const asked = {
      gtin: "00388888020205",
      serial: "S",
      lot: "L",
      expiry: "301130",
      context: "dscsaSaleableReturn",
      requesterGln: "0377777000008",
      corrUuid: "x",
      inPossession: true,
      email: "a@b.example",
      telephone: "1"
    }
    const address = Messaging.addressOf("https://vrs.example.com", asked, "1.1")
    for (const name of ["ctrlPossessAtt", "email", "telephone"]) assert.notInclude(address, name)
    assert.include(Messaging.addressOf("https://vrs.example.com", asked, "1.3.0"), "ctrlPossessAtt=true")
  })

  it("may name the parts by application identifiers too", () => {
    const { lot, serial, faults } = Messaging.read(
      "/verify/01/00388888020205/10/L/21/S?exp=301130&reqGLN=0377777000008"
    )
    assert.deepStrictEqual([lot, serial, faults], ["L", "S", []])
  })
})
