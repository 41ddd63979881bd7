/** Options of the RabbitMQ channel: what a configuration file may say, all faults at once, and what is filled in. */
import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result, Schema } from "effect"
import * as Amqp from "../../src/channels/Amqp.ts"
import * as AmqpOptions from "../../src/channels/AmqpOptions.ts"
import * as AmqpTopology from "../../src/channels/AmqpTopology.ts"

const decode = Schema.decodeUnknownResult(Amqp.Options, { errors: "all", onExcessProperty: "error" })

describe("options", () => {
  it("say every fault at once", () => {
    const result = decode({
      url: "http://broker",
      prefetch: 0,
      consumes: [
        { queue: "", company: "Acme!" },
        { queue: "in", company: "acme", type: "snx transfer" }
      ],
      delivers: [{ exchange: "out" }],
      surplus: true
    })
    const message = Result.isFailure(result) ? result.failure.message : ""
    for (const path of [
      '["url"]',
      '["prefetch"]',
      '["consumes"][0]["queue"]',
      '["consumes"][0]["company"]',
      '["consumes"][1]["type"]',
      '["delivers"][0]["company"]',
      '["surplus"]'
    ]) {
      assert.include(message, path)
    }
  })

  it("hide the password, and take it from the address or beside it", () => {
    const decoded = Result.getOrThrow(decode({ url: "amqps://me:a%40b@broker.example/v%2Fh", password: "secret" }))
    const settings = AmqpOptions.settings(decoded)
    assert.strictEqual(settings.broker, "amqps://broker.example:5671/v%2Fh")
    assert.strictEqual(settings.credentials.username, "me")
    assert.strictEqual(Redacted.value(settings.credentials.password), "secret")
    assert.notInclude(JSON.stringify(settings), "secret")
    const other = AmqpOptions.settings({ url: "amqp://me:a%40b@[::1]:99" })
    assert.deepStrictEqual(other.address, { protocol: "amqp", hostname: "::1", port: 99, vhost: "" })
    assert.strictEqual(Redacted.value(other.credentials.password), "a@b")
  })
})

describe("an outbox", () => {
  it("publishes where it is told", () => {
    const company = "acme"
    assert.deepStrictEqual(AmqpTopology.route({ company }, "SNX_TRANSFER"), {
      exchange: "throughline.out",
      routingKey: "acme.SNX_TRANSFER"
    })
    assert.deepStrictEqual(AmqpTopology.route({ company, exchange: "" }, "T"), {
      exchange: "",
      routingKey: "throughline.out.acme"
    })
    assert.deepStrictEqual(AmqpTopology.route({ company, exchange: "x", routingKey: "in.{type}" }, "T"), {
      exchange: "x",
      routingKey: "in.T"
    })
  })
})
