/** Alerts, from what happens in the journal to what a real mail server gets: once each, not too often, never lost. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Logger, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Email from "../../src/channels/Email.ts"
import * as EmailAlerts from "../../src/channels/EmailAlerts.ts"
import type { Event } from "../../src/channels/EmailQueries.ts"
import { ChannelError, Channels } from "../../src/engine/Channel.ts"
import * as Delivery from "../../src/engine/Delivery.ts"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Operator from "../../src/engine/Operator.ts"
import { maker } from "../api/Certificates.ts"
import { eventually } from "../contracts/ChannelContract.ts"
import * as Database from "../Database.ts"
import { parties, registry } from "../engine/TextPipeline.ts"
import { freePort } from "./HttpHarness.ts"
import * as MailCatcher from "./MailCatcher.ts"

/** Whether the partner is not who it was. */
const partner = { isAnother: false }

/** Every partner turns documents of this type away for good. */
const channels = Layer.succeed(Channels, {
  deliver: (destination, files) =>
    partner.isAnother
      ? Effect.succeed(
          files.map(
            () =>
              new ChannelError({
                channel: destination,
                reason: { _tag: "Untrusted", isRetryable: true, whoActs: "operator" },
                message: "the partner is not who it was"
              })
          )
        )
      : Effect.succeed(
          files.map(({ type }) =>
            type === "TEXT_ANSWER"
              ? new ChannelError({
                  channel: destination,
                  reason: { _tag: "Rejected", isRetryable: false, whoActs: "operator" },
                  message: "the partner will not have it"
                })
              : undefined
          )
        )
})

/** An engine on a database of its own, driven by hand. */
const engine = Effect.gen(function* () {
  const context = yield* Layer.build(
    Layer.mergeAll(Flow.layer, Delivery.layer, Operator.layer).pipe(
      Layer.provideMerge(Journal.layer),
      Layer.provide([channels, registry, parties]),
      Layer.provideMerge(Database.layer)
    )
  )
  // The text pipeline makes its effects here.
  yield* Effect.provide(
    SqlClient.SqlClient.use((sql) => sql`CREATE TABLE effects (name text, message bigint, run bigint)`),
    context
  )
  const flow = Context.get(context, Flow.Flow)
  const journal = Context.get(context, Journal.Journal)
  const settle = Effect.gen(function* () {
    for (const claimed of yield* flow.claim(100)) yield* flow.process(claimed)
    const delivery = Context.get(context, Delivery.Delivery)
    yield* Effect.forEach(yield* delivery.claim(8), delivery.deliver)
  })
  let lane = 0
  const process = Effect.fnUntraced(function* (text: string) {
    const bytes = new TextEncoder().encode(text)
    const incoming = { channel: "folder", company: "acme", type: "TEXT", fileName: "document.txt", bytes }
    const { messageId } = yield* journal.receive({ ...incoming, lane: `${lane++}` })
    yield* settle
    return messageId
  })
  return { context, process, settle, operator: Context.get(context, Operator.Operator) }
})

type Engine = Effect.Success<typeof engine>

const fast = { every: Duration.millis(1), look: Duration.millis(30), retryAfter: Duration.millis(300) }

/** Runs alerts in a scope of their own while the effect runs. */
const alerting = <A, E, R>(
  { context }: Engine,
  port: number,
  effect: Effect.Effect<A, E, R>,
  options: Partial<EmailAlerts.Options> = {}
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const mailer = Email.make({ host: "127.0.0.1", port, security: "none", from: "Desk <desk@example.com>" })
      const addresses = (event: Event) =>
        Effect.succeed(event.company === "acme" ? ["ops@example.com"] : ["out@example.com"])
      yield* Layer.build(
        EmailAlerts.layer({ mailer, addresses, ...fast, ...options }).pipe(Layer.provide(Layer.succeedContext(context)))
      )
      return yield* effect
    })
  ).pipe(Effect.provide(Logger.layer([])))

const caught = (catcher: { readonly mails: ReadonlyArray<unknown> }, count: number) =>
  eventually(
    `${count} mails`,
    Effect.sync(() => catcher.mails.length >= count)
  )

const pause = Effect.sleep("400 millis")

describe("alerts", () => {
  it.live("tell what failed, what waits for a person and what was not delivered, once, with the report", () =>
    Effect.gen(function* () {
      const catcher = yield* MailCatcher.make()
      const own = yield* engine
      const failed = yield* own.process("acme|other|c1\u0001|bad")
      yield* own.process("acme|other|c2|race")
      yield* alerting(own, catcher.port, Effect.andThen(caught(catcher, 1), pause))
      assert.strictEqual(catcher.mails.length, 1)
      const [first] = catcher.mails
      assert.deepStrictEqual([first?.from, first?.to], ["desk@example.com", ["ops@example.com"]])
      assert.include(first?.subject, `[Throughline] TEXT`)
      assert.include(first?.subject, "failed (acme)")
      assert.include(first?.text, "Bad word !!!")
      assert.include(first?.text, `throughline message ${failed}`)
      assert.include(first?.raw, "Auto-Submitted: auto-generated")
      assert.deepStrictEqual(
        first?.attachments.map(([name]) => name.replace(/_\d+/u, "")),
        ["IE_PROCESSING_RESPONSE.xml", "IE_PROCESSING_RESPONSE.json"]
      )
      assert.include(first?.attachments[1]?.[1], '"rule": "text/bad"')

      const parked = yield* own.process("acme|other|c3|park")
      yield* own.process("acme|other|c4|fine")
      // Another process, after a restart: it knows what was told.
      yield* alerting(own, catcher.port, Effect.andThen(caught(catcher, 3), pause))
      assert.strictEqual(catcher.mails.length, 3)
      const waiting = catcher.mails.find(({ subject }) => subject.includes("waits for a person"))
      assert.include(waiting?.text, `throughline complete ${parked}`)
      assert.include(waiting?.text, "waits for a place")
      const undelivered = catcher.mails.find(({ subject }) => subject.includes("could not be delivered"))
      assert.deepStrictEqual(undelivered?.to, ["out@example.com"])
      assert.include(undelivered?.text, "the partner will not have it")
    })
  )

  it.live("tell of one stuck message once, and once more when it fails again after somebody did something", () =>
    Effect.gen(function* () {
      const catcher = yield* MailCatcher.make()
      const own = yield* engine
      const stuck = yield* own.process("acme|other|c1|refuse")
      yield* alerting(own, catcher.port, Effect.andThen(caught(catcher, 1), pause))
      assert.strictEqual(catcher.mails.length, 1)
      yield* own.operator.reprocess({ messageId: stuck, actor: "test", why: "again" })
      yield* own.settle
      yield* alerting(own, catcher.port, Effect.andThen(caught(catcher, 2), pause))
      assert.strictEqual(catcher.mails.length, 2)
      const ids = new Set(catcher.mails.map(({ messageId }) => messageId))
      assert.strictEqual(ids.size, 2)
    })
  )

  it.live("tell of a delivery that fails again after it was delivered again", () =>
    Effect.gen(function* () {
      const catcher = yield* MailCatcher.make()
      const own = yield* engine
      const id = yield* own.process("acme|other|c1|fine")
      yield* alerting(own, catcher.port, Effect.andThen(caught(catcher, 1), pause))
      assert.strictEqual(catcher.mails.length, 1)
      yield* own.operator.redeliver({ messageId: id, actor: "test", why: "again" })
      yield* own.settle
      yield* alerting(own, catcher.port, Effect.andThen(caught(catcher, 2), pause))
      assert.deepStrictEqual(
        catcher.mails.map(({ subject }) => subject.includes("could not be delivered")),
        [true, true]
      )
    })
  )

  it.live("tell once that a destination is held up, while it is tried again and again", () =>
    Effect.gen(function* () {
      const catcher = yield* MailCatcher.make()
      const own = yield* engine
      partner.isAnother = true
      yield* own.process("acme|other|c1|fine")
      yield* own.process("acme|other|c2|fine")
      partner.isAnother = false
      yield* alerting(own, catcher.port, Effect.andThen(caught(catcher, 1), pause), { heldFor: Duration.millis(50) })
      assert.strictEqual(catcher.mails.length, 1)
      assert.include(catcher.mails[0]?.subject, "cannot be delivered so far (other)")
      assert.include(catcher.mails[0]?.text, "the partner is not who it was")
      assert.include(catcher.mails[0]?.text, "1 documents wait")
    })
  )

  it.live("are told one by one and without reports where the mail server will not have them together", () =>
    Effect.gen(function* () {
      const catcher = yield* MailCatcher.make()
      const own = yield* engine
      for (let n = 0; n < 6; n++) yield* own.process(`acme|other|c${n}|bad`)
      catcher.most = 1500
      yield* alerting(own, catcher.port, Effect.andThen(caught(catcher, 6), pause))
      assert.strictEqual(catcher.mails.length, 6)
      assert.strictEqual(catcher.turnedAway, 2)
      assert.deepStrictEqual(
        catcher.mails.flatMap(({ attachments }) => attachments),
        []
      )
      // One that is refused whatever is left out keeps none of the others from being told.
      yield* own.process("acme|other|c7|bad")
      catcher.most = 300
      yield* alerting(
        own,
        catcher.port,
        Effect.gen(function* () {
          yield* pause
          catcher.most = 1500
          yield* own.process("acme|other|c8|bad")
          yield* caught(catcher, 8)
        })
      )
    })
  )

  it.live("come to an address no more often than said, with everything since", () =>
    Effect.gen(function* () {
      const catcher = yield* MailCatcher.make()
      const own = yield* engine
      yield* alerting(
        own,
        catcher.port,
        Effect.gen(function* () {
          yield* own.process("acme|other|c0|bad")
          yield* caught(catcher, 1)
          for (let n = 1; n <= 30; n++) yield* own.process(`acme|other|c${n}|bad`)
          assert.strictEqual(catcher.mails.length, 1)
          yield* caught(catcher, 2)
          yield* pause
        }),
        { every: Duration.seconds(3) }
      )
      assert.strictEqual(catcher.mails.length, 2)
      assert.strictEqual(catcher.mails[1]?.subject, "[Throughline] 30 messages need attention: 30 failed")
      assert.include(catcher.mails[1]?.text, "... and 10 more")
      assert.strictEqual(catcher.mails[1]?.attachments.length, 10)
    })
  )

  it.live("wait for a mail server that is away or says not now, and hold up nothing", () =>
    Effect.gen(function* () {
      const own = yield* engine
      const port = yield* freePort
      yield* own.process("acme|other|c1|bad")
      yield* alerting(
        own,
        port,
        Effect.gen(function* () {
          yield* pause
          yield* own.process("acme|other|c2|bad")
          const catcher = yield* MailCatcher.make({ port })
          catcher.refuse = 451
          yield* pause
          assert.strictEqual(catcher.mails.length, 0)
          catcher.refuse = 0
          yield* caught(catcher, 1)
          yield* pause
          const told = catcher.mails.map(({ text }) => text).join("\n")
          assert.include(told, "TEXT c1 failed")
          assert.include(told, "TEXT c2 failed")
          assert.strictEqual(new Set(catcher.mails.map(({ messageId }) => messageId)).size, catcher.mails.length)
        })
      )
    })
  )

  it.live("are nobody's where no address is named, and stay so", () =>
    Effect.gen(function* () {
      const catcher = yield* MailCatcher.make()
      const own = yield* engine
      yield* own.process("acme|other|c1|bad")
      yield* alerting(own, catcher.port, pause, { addresses: () => Effect.succeed([]) })
      yield* alerting(own, catcher.port, pause)
      assert.strictEqual(catcher.mails.length, 0)
      const rows = yield* Effect.provide(
        SqlClient.SqlClient.use((sql) => sql<{ readonly address: string }>`SELECT address FROM alerts`),
        own.context
      )
      assert.deepStrictEqual(rows, [{ address: "" }])
    })
  )
})

describe("a mail server", () => {
  it.live("is spoken to over TLS with a login, and what it does not like is said", () =>
    Effect.gen(function* () {
      const { alone, signed } = yield* maker
      const authority = yield* alone("authority", "Mail")
      const { key, certificate: cert } = yield* signed("mail", "localhost", "authority")
      const login = { username: "throughline", password: "right" }
      const catcher = yield* MailCatcher.make({ tls: { key, cert }, login })
      const server = {
        host: "127.0.0.1",
        port: catcher.port,
        from: "desk@example.com",
        ca: authority.certificate,
        username: login.username,
        password: Redacted.make(login.password)
      }
      yield* Email.make(server).verify
      const mail = { to: "ops@example.com", text: "text", messageId: "1@throughline", attachments: [] }
      yield* Email.make(server).send({ ...mail, subject: "one\r\nBcc: all@example.com" })
      assert.strictEqual(catcher.mails[0]?.subject, "one Bcc: all@example.com")
      assert.deepStrictEqual(catcher.mails[0]?.to, ["ops@example.com"])

      const wrong = yield* Effect.flip(Email.make({ ...server, password: Redacted.make("wrong") }).verify)
      assert.deepStrictEqual([wrong.reason._tag, wrong.isRetryable], ["Refused", false])
      assert.notInclude(wrong.message, "wrong:")
      const { ca: _, ...distrusting } = server
      const untrusted = yield* Effect.flip(Email.make(distrusting).verify)
      assert.include(untrusted.message, "certificate")
      assert.strictEqual(untrusted.reason._tag, "Refused")

      const plain = yield* MailCatcher.make()
      const unencrypted = yield* Effect.flip(Email.make({ ...server, port: plain.port }).verify)
      assert.match(unencrypted.message, /STARTTLS|TLS/u)
      const nobody = yield* Effect.flip(Email.make({ ...server, port: yield* freePort }).verify)
      assert.strictEqual(nobody.reason._tag, "Unavailable")
    })
  )
})
