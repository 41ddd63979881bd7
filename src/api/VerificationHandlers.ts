/**
 * Answers the group `verifications` of the API. The service answers and records; here questions are read, and outcomes
 * told. Every caller asks as its company and for nobody else.
 */
import { Effect, Record, Result } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { History } from "../verification/History.ts"
import * as ScannedCode from "../verification/ScannedCode.ts"
import { statusCode, Verification } from "../verification/Verification.ts"
import { Api } from "./Api.ts"
import { allowed } from "./Authentication.ts"
import * as Envelope from "./Envelope.ts"
import { Invalid, Unavailable } from "./Problems.ts"
import * as RequestFaults from "./RequestFaults.ts"
import * as Answers from "./VerificationAnswers.ts"
import { type ProducerVerified, VerificationRecord, type VerificationRequest } from "./VerificationApi.ts"
import * as Words from "./VerificationWords.ts"
import * as Wire from "./Wire.ts"

const away = () => new Unavailable({ detail: "The history does not answer at the moment. Ask again." })

/** Verifications listed at a time, unless the caller says otherwise. */
const usualPage = 100

/** The four parts of what is asked about, from its code or one by one. */
const partsOf = ({ code, gtin, serial, lot, expiry }: VerificationRequest): Result.Result<Answers.Parts, Invalid> => {
  if (code !== undefined) {
    return Result.mapError(
      ScannedCode.read(code),
      (unread) =>
        new Invalid({
          detail: unread.message,
          errors: (unread._tag === "Lacks" ? unread.missing : [unread.message]).map((message) =>
            RequestFaults.inBody("code", unread._tag === "Lacks" ? `lacks ${message}` : message)
          )
        })
    )
  }
  if (gtin !== undefined && serial !== undefined && lot !== undefined && expiry !== undefined)
    return Result.succeed({ gtin, serial, lot, expiry })
  const missing = Object.entries({ gtin, serial, lot, expiry }).filter(([, value]) => value === undefined)
  return Result.fail(
    new Invalid({
      detail: "Give the scanned code, or the GTIN, serial number, lot and expiration date.",
      errors: missing.map(([element]) => RequestFaults.inBody(element, "is missing"))
    })
  )
}

/** Where the parts of a scanned code stand. */
const inCode = { ...Answers.inBody, gtin: "code", serial: "code", lot: "code", exp: "code" }

/** Where `pie--producer-verify--v1` has what is asked. */
const inProducerVerify = {
  gtin: "p.product.packagingCode",
  serial: "p.product.serialNumber",
  lot: "p.product.lotNumber",
  exp: "p.product.expiry",
  context: "p.context",
  corrUUID: "t.cid"
}

/** Moments of a query, where all of them are. */
const momentsOf = <const Name extends string>(texts: Readonly<Record<Name, string | undefined>>) => {
  const moments = Record.map(texts, (text) => (text === undefined ? undefined : new Date(text)))
  const faults = Record.toEntries<string, string | undefined>(texts)
    .filter(
      ([, text]) => text !== undefined && (!/^\d{4}-\d{2}-\d{2}/u.test(text) || Number.isNaN(new Date(text).getTime()))
    )
    .map(([name]) => RequestFaults.inQuery(name, "must be a moment such as 2026-11-24T12:00:00Z"))
  return faults.length > 0 ? Effect.fail(RequestFaults.refused(faults)) : Effect.succeed(moments)
}

export const layer = HttpApiBuilder.group(
  Api,
  "verifications",
  Effect.fn(function* (handlers) {
    const verification = yield* Verification
    const history = yield* History
    const record = Wire.as(VerificationRecord)

    return handlers.handleAll({
      verify: ({ payload }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("verify")
          const parts = yield* Effect.fromResult(partsOf(payload))
          const { code: _, ...rest } = payload
          const outcome = yield* Effect.mapError(
            verification.verify({ ...rest, ...parts, asker: { _tag: "Company", company } }),
            (error) => Answers.problemOf(error, payload.code === undefined ? Answers.inBody : inCode)
          )
          return yield* Answers.answerOf(parts, outcome)
        }),
      list: ({ query: { from, to, show, before, limit = usualPage } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("verify")
          const wanted = { ...(yield* momentsOf({ from, to })), filter: show, before, limit }
          const listed = yield* Effect.mapError(history.list({ company }, wanted), away)
          return yield* Effect.forEach(listed, record)
        }),
      verifyOwn: ({ payload: { t, p } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("verify")
          const { packagingCode: gtin, serialNumber: serial, lotNumber: lot, expiry } = p.product
          const outcome = yield* Effect.mapError(
            verification.verifyOwn({
              gtin,
              serial,
              lot,
              expiry,
              context: p.context,
              inPossession: p.ctrlPossessAtt,
              corrUuid: t.cid,
              asker: { _tag: "Company", company }
            }),
            (error) => Answers.problemOf(error, inProducerVerify)
          )
          const verdict = outcome._tag === "Answered" ? outcome.verdict : { verified: false as const }
          const { headline, detail } = Words.of(outcome)
          const reason = verdict.verified ? undefined : verdict.failureReason
          const answer: typeof ProducerVerified.Type = {
            t: Envelope.reply("pie--producer-verify-response--v1", t),
            p: {
              product: p.product,
              verified: verdict.verified,
              status: statusCode(outcome),
              ...(reason === undefined ? {} : { verificationFailureReason: reason }),
              ...(verdict.additionalInfo === undefined ? {} : { additionalInfo: verdict.additionalInfo }),
              ...(outcome._tag === "Answered" ? { responderGLN: outcome.responderGln } : {}),
              message: `${headline}. ${detail}`,
              verificationTimestamp: outcome.at,
              corrUUID: outcome.corrUuid
            }
          }
          return answer
        })
    })
  })
)
