/**
 * Tells people by e-mail what fails, what waits for a person, what is held up or could not be delivered, and which
 * certificates for other providers end. Each event is told once to each address, whatever is retried, restarted or run on
 * several machines, and once more when it comes about again after an operator's act; an address gets one mail in `every`,
 * with everything that happened since. The report that went to the partner is attached.
 *
 * It runs beside the work and never holds it up. A mail server that is away is tried again until the event is three days
 * old; one that will not have a mail gets it without attachments, then event by event, so that one cannot keep the others
 * from being told. A process that dies between the server's yes and its note of it sends that mail twice, under one message id.
 */
import { createHash } from "node:crypto"
import { Clock, Duration, Effect, Layer } from "effect"
import { Journal } from "../engine/Journal.ts"
import * as AcknowledgmentPatience from "../orders/AcknowledgmentPatience.ts"
import { type Attachment, EmailError, type Mailer } from "./Email.ts"
import * as EmailCertificates from "./EmailCertificates.ts"
import * as EmailQueries from "./EmailQueries.ts"
import * as EmailText from "./EmailText.ts"
import { mediaType } from "./HttpWebhook.ts"
import type { Held } from "./ProviderCertificates.ts"

export interface Options {
  readonly mailer: Mailer
  /** Who is told of an event; may be nobody. */
  readonly addresses: (event: EmailQueries.Event) => Effect.Effect<ReadonlyArray<string>, unknown>
  /** How long partners may take to acknowledge what they were sent. Default a day. */
  readonly patience?: Effect.Effect<AcknowledgmentPatience.Patience, unknown>
  /** The certificates that this process shows to other providers, and who is told when one ends. */
  readonly certificates?: {
    readonly held: (now: number) => ReadonlyArray<Held>
    readonly to: ReadonlyArray<string>
  }
  /** Least time between two mails to one address. Default 5 minutes. */
  readonly every?: Duration.Duration | undefined
  /** Time between two looks at what happened. Default 10 s. */
  readonly look?: Duration.Duration | undefined
  /** When a mail that was not taken is tried again. Default 1 minute. */
  readonly retryAfter?: Duration.Duration | undefined
  /** For how long a document is tried in vain before people are told that it is held up. Default 15 minutes. */
  readonly heldFor?: Duration.Duration | undefined
}

const defaults = {
  every: Duration.minutes(5),
  look: Duration.seconds(10),
  retryAfter: Duration.minutes(1),
  heldFor: Duration.minutes(15)
}

/** Events older than this are no news; also for a mail server that was away for so long. */
const news = Duration.days(3)

/** Events looked at in one go. */
const batch = 500

/** Addresses written to in one go. */
const together = 20

/**
 * Reports attached to one mail, the most bytes of one, and of all of them: mail servers refuse mails of some 10 MB, and
 * what is attached grows by a third on its way.
 */
const attachedEvents = 5
const attachedBytes = 1_000_000
const attachedTogether = 5_000_000

type Report = EmailQueries.Detail["reports"][number]

/** As many as fit, in their order. */
const fitting = (reports: ReadonlyArray<Report>): ReadonlyArray<Report> => {
  let left = attachedTogether
  return reports.filter(({ size }) => {
    if (size > left) return false
    left -= size
    return true
  })
}

const isReport = ({ fileName, size }: Report): boolean =>
  size <= attachedBytes && !/_(?:annotated\.\w+|errors\.txt)$/u.test(fileName)

export const layer = (options: Options) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { mailer } = options
      const { every, look, retryAfter, heldFor } = {
        every: options.every ?? defaults.every,
        look: options.look ?? defaults.look,
        retryAfter: options.retryAfter ?? defaults.retryAfter,
        heldFor: options.heldFor ?? defaults.heldFor
      }
      const queries = yield* EmailQueries.make
      const journal = yield* Journal
      /** What is wrong at the moment, by address. */
      const said = new Map<string, string>()

      /** Notes whom to tell of what happened since the last look; true when there may be more. */
      const gather = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const patience = yield* options.patience ?? Effect.succeed(AcknowledgmentPatience.usual)
        const before = (duration: Duration.Duration) => new Date(now - Duration.toMillis(duration))
        const events = yield* queries.untold(before(news), new Date(now), before(heldFor), patience, batch)
        const tellings = yield* Effect.forEach(events, (event) =>
          Effect.map(options.addresses(event), (addresses) => {
            const { kind, messageId, afterAct, at } = event
            // Nobody to tell is noted too, so that it is not looked at again.
            const to = addresses.length === 0 ? [""] : addresses
            return to.map((address): EmailQueries.Telling => ({ kind, messageId, address, afterAct, at }))
          })
        )
        if (events.length > 0) yield* queries.record(tellings.flat())
        return events.length === batch
      })

      /** Notes whom to tell of certificates that end. */
      const gatherCertificates = Effect.gen(function* () {
        const { held = () => [], to = [] } = options.certificates ?? {}
        const now = yield* Clock.currentTimeMillis
        const due = EmailCertificates.due(held(now), now)
        if (due.length === 0 || to.length === 0) return
        const untold = yield* queries.untoldTopics(due)
        if (untold.length === 0) return
        const at = new Date(now)
        yield* queries.record(
          untold.flatMap((kind) => to.map((address) => ({ kind, messageId: 0, address, afterAct: 0, at })))
        )
      })

      const attachments = Effect.fnUntraced(function* (told: ReadonlyArray<EmailText.Told>) {
        const reports = fitting(told.slice(0, attachedEvents).flatMap(({ detail }) => detail.reports.filter(isReport)))
        return yield* Effect.forEach(reports, ({ id, fileName }) =>
          Effect.map(journal.bytes(id), (bytes): Attachment => ({ fileName, contentType: mediaType(fileName), bytes }))
        )
      })

      const mail = Effect.fnUntraced(function* (
        to: string,
        tellings: ReadonlyArray<EmailQueries.Telling>,
        isWithReports: boolean
      ) {
        const endings = tellings.flatMap(({ kind }) =>
          EmailCertificates.isTopic(kind) ? [EmailCertificates.read(kind)] : []
        )
        const details = yield* queries.details([...new Set(tellings.map(({ messageId }) => messageId))])
        const byId = new Map(details.map((detail) => [detail.messageId, detail]))
        const told = tellings.flatMap(({ kind, messageId }): ReadonlyArray<EmailText.Told> => {
          const detail = byId.get(messageId)
          return detail === undefined || EmailCertificates.isTopic(kind) ? [] : [{ kind, detail }]
        })
        const digest = createHash("sha256")
          .update(JSON.stringify([to, tellings.map(({ kind, messageId, afterAct }) => [kind, messageId, afterAct])]))
          .digest("hex")
        yield* mailer.send({
          to,
          subject: EmailText.subject(told, endings),
          text: EmailText.text(told, endings),
          messageId: `${digest.slice(0, 32)}@throughline`,
          attachments: isWithReports ? yield* attachments(told) : []
        })
        yield* queries.sent(to, tellings, new Date(yield* Clock.currentTimeMillis))
        if (said.delete(to)) yield* Effect.logInfo("alerts are sent again", { to })
      })

      const notTold = Effect.fnUntraced(function* (to: string, error: EmailError) {
        if (said.get(to) === error.message) return
        said.set(to, error.message)
        yield* Effect.logWarning("an alert could not be sent; it is tried again", { to, problem: error.message })
      })

      const isUnwanted = (error: { readonly _tag: string }): boolean =>
        error instanceof EmailError && error.reason._tag === "Unwanted"

      const tell = Effect.fn("EmailAlerts.tell")(function* (to: string, tellings: ReadonlyArray<EmailQueries.Telling>) {
        const orNot = (sending: ReturnType<typeof mail>) =>
          Effect.catchTag(sending, "EmailError", (error) => notTold(to, error))
        const oneByOne = Effect.forEach(tellings, (one) => orNot(mail(to, [one], false)), { discard: true })
        yield* mail(to, tellings, true).pipe(
          Effect.catchIf(isUnwanted, () => mail(to, tellings, false)),
          Effect.catchIf(isUnwanted, (error) => (tellings.length > 1 ? oneByOne : Effect.fail(error))),
          orNot
        )
      })

      const send = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const claimed = yield* queries.claim(
          new Date(now - Duration.toMillis(news)),
          new Date(now - Duration.toMillis(every)),
          Duration.toSeconds(retryAfter),
          together
        )
        const byAddress = Map.groupBy(claimed, ({ address }) => address)
        yield* Effect.forEach(byAddress, ([to, tellings]) => tell(to, tellings), { concurrency: 4 })
      })

      const round = Effect.gen(function* () {
        while (yield* gather);
        yield* gatherCertificates
        yield* send
      }).pipe(Effect.catchCause((cause) => Effect.logWarning("alerts paused", cause)))

      yield* Effect.forkScoped(Effect.forever(Effect.andThen(round, Effect.sleep(look))))
    })
  )
