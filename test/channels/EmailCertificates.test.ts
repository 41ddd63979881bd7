/**
 * Certificates for other providers that end: told by a real mail server at each threshold once, whatever is restarted,
 * about the certificate that is held and no other.
 */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Layer, Logger, Redacted } from "effect"
import * as Email from "../../src/channels/Email.ts"
import * as EmailAlerts from "../../src/channels/EmailAlerts.ts"
import * as EmailCertificates from "../../src/channels/EmailCertificates.ts"
import * as EmailText from "../../src/channels/EmailText.ts"
import * as ProviderCertificates from "../../src/channels/ProviderCertificates.ts"
import * as Journal from "../../src/engine/Journal.ts"
import { maker } from "../api/Certificates.ts"
import { eventually } from "../contracts/ChannelContract.ts"
import * as Database from "../Database.ts"
import * as MailCatcher from "./MailCatcher.ts"

const day = 86_400_000
const held = (provider: string, validTo: number, fingerprint = "AA:BB"): ProviderCertificates.Held => ({
  provider,
  subject: `CN=${provider}`,
  fingerprint,
  validTo,
  daysLeft: 0,
  standing: "ends soon"
})

const pause = Effect.sleep("300 millis")

describe("a certificate", () => {
  it("is due at the nearest threshold it has passed, and not before the first", () => {
    const end = Date.parse("2027-01-31T12:00:00Z")
    const at = (left: number) =>
      EmailCertificates.due([held("north", end)], end - left).map((topic) => EmailCertificates.read(topic).days)
    assert.deepStrictEqual(at(30 * day + 1), [])
    const seen = [30 * day, 7 * day + 1, 7 * day, day + 1, day, 1, 0, -day].map(at)
    assert.deepStrictEqual(seen, [[30], [30], [7], [7], [1], [1], [0], [0]])
  })

  it("is told of in words, alone and beside messages", () => {
    const [topic] = EmailCertificates.due([held("north", 0)], 0)
    const ending = EmailCertificates.read(topic ?? "certificate|")
    assert.strictEqual(
      EmailText.subject([], [ending]),
      "[Throughline] The certificate for north has ended on 1970-01-01 00:00:00Z"
    )
    assert.include(EmailText.subject([], [ending, ending]), "and 1 more")
    assert.include(EmailText.text([], [ending]), "fingerprint:    AA:BB")
  })
})

describe("alerts about certificates", () => {
  it.live("come once for each certificate, threshold and address, also over a restart", () =>
    Effect.gen(function* () {
      const { alone } = yield* maker
      const pair = yield* alone("north", "north")
      const options = {
        providers: {
          north: { url: "https://north.example.com", certificate: pair.certificate, key: Redacted.make(pair.key) }
        }
      }
      const catcher = yield* MailCatcher.make()
      const context = yield* Layer.build(Journal.layer.pipe(Layer.provideMerge(Database.layer)))
      const to = ["ops@example.com", "night@example.com"]
      const alerting = (shift: number, addresses: ReadonlyArray<string>, effect: Effect.Effect<void, unknown>) =>
        Effect.gen(function* () {
          const mailer = Email.make({
            host: "127.0.0.1",
            port: catcher.port,
            security: "none",
            from: "desk@example.com"
          })
          yield* Layer.build(
            EmailAlerts.layer({
              mailer,
              addresses: () => Effect.succeed([]),
              // The certificate lasts for two days: as if its end came nearer.
              certificates: {
                held: (now) =>
                  ProviderCertificates.list(options, now).map((one) => ({ ...one, validTo: one.validTo - shift })),
                to: addresses
              },
              every: Duration.millis(1),
              look: Duration.millis(30),
              retryAfter: Duration.millis(300)
            }).pipe(Layer.provide(Layer.succeedContext(context)))
          )
          yield* effect
        }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
      const caught = (count: number) =>
        eventually(
          `${count} mails`,
          Effect.sync(() => catcher.mails.length >= count)
        )

      // Nobody to tell is no telling: it is made up for.
      yield* alerting(0, [], pause)
      assert.strictEqual(catcher.mails.length, 0)
      yield* alerting(0, to, Effect.andThen(caught(2), pause))
      yield* alerting(0, to, pause)
      assert.sameDeepMembers(
        catcher.mails.map((mail) => mail.to),
        to.map((address) => [address])
      )
      const [first] = catcher.mails
      const now = yield* Clock.currentTimeMillis
      const [known] = ProviderCertificates.list(options, now)
      const fingerprint = known?.fingerprint ?? "none"
      const ends = new Date(known?.validTo ?? 0).toISOString().slice(0, 19).replace("T", " ")
      assert.strictEqual(first?.subject, `[Throughline] The certificate for north ends on ${ends}Z`)
      assert.include(first?.text.replace(/\r?\n/gu, ""), fingerprint)
      assert.include(first?.text, "throughline providers")

      // Three days later it has ended.
      yield* alerting(3 * day, to, Effect.andThen(caught(4), pause))
      assert.strictEqual(catcher.mails.length, 4)
      assert.include(catcher.mails[3]?.subject, "has ended on")
    })
  )
})
