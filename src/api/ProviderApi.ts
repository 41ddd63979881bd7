/**
 * The group `providers` of what is published: what other verification providers ask of us, by GS1 lightweight messaging
 * and for our product directory. Declarations only, for the reference and typed clients; the bare routes of
 * LightweightMessaging.ts and DirectoryRecords.ts answer, for the standard says every byte of them.
 */
import { Schema } from "effect"
import {
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSchema,
  HttpApiSecurity,
  OpenApi
} from "effect/http-api"
import { largestPage } from "../products/DirectorySync.ts"
import { WirePage, WireRecord } from "../products/DirectoryWire.ts"
import { additionalInfos, failureReasons } from "../verification/Verification.ts"
import { about, Moment, numeric, optional, text } from "./Fields.ts"
import { Gone, Invalid, Unauthorized, Unavailable } from "./Problems.ts"

/** How companies show who they are, for the reference: the routes look themselves, at certificates of providers too. */
class KnownAsker extends HttpApiMiddleware.Service<KnownAsker>()("throughline/api/KnownAsker", {
  security: { key: HttpApiSecurity.bearer }
}) {}

/** A text with an example, which is what is asked for in the reference's own example. */
const like = (example: string, description: string) => Schema.String.annotate({ description, examples: [example] })

/** Whatever is not answered is a line of text for whoever reads the log of the asking side. */
const line = (status: number, description: string) =>
  Schema.String.pipe(
    HttpApiSchema.asText({ contentType: "text/plain; charset=utf-8" }),
    HttpApiSchema.status(status)
  ).annotate({ description })

const refusals = [
  line(400, "Something is wrong with the question: all of it, field by field."),
  line(401, "No certificate or key that is known."),
  line(
    403,
    "The key has not the scope `verify`, the producer has blocked the requester, or its credential is refused."
  ),
  line(404, "We do not answer for this product."),
  line(405, "Only GET is understood."),
  line(408, "No answer in the time that the standard gives."),
  line(500, "Our fault."),
  line(503, "Closed for maintenance, or away for a moment.")
] as const

const version = {
  "gs1us-version": optional(
    like("1.3.0", "`1.0.2`, `1.1` or `1.3.0`: in whose words it is answered; `1.1` unless given")
  )
}

const gtin = like("00992326050107", "GTIN-14")
const requester = like("9521234000044", "GLN of who asks")
const context = optional(like("dscsaSaleableReturn", "Why it is asked; `dscsaSaleableReturn` unless given"))

/** The answer of a verification, in the words of GS1 US R1.3. */
const Verified = Schema.Struct({
  verificationTimestamp: Moment,
  responderGLN: Schema.String,
  data: Schema.Struct({
    verified: Schema.Boolean,
    verificationFailureReason: optional(Schema.Literals(failureReasons)),
    additionalInfo: optional(Schema.Literals(additionalInfos))
  }),
  corrUUID: Schema.String
}).annotate({
  identifier: "LightweightVerification",
  description: "Yes or no, and what else may be said of the pack; 1.0.2 and 1.1 know fewer words",
  examples: [
    {
      verificationTimestamp: "2026-11-24T12:00:00.000Z",
      responderGLN: "9521234000013",
      data: { verified: false, verificationFailureReason: "Manufacturer_policy", additionalInfo: "Recalled" },
      corrUUID: "6f1d3a52-7c0b-4f0e-9c55-0d6f3b0f8a11"
    }
  ]
})

/** What may be asked of our directory. */
export const RecordsQuery = Schema.Struct({
  since: optional(text(100).annotate({ description: "Cursor of the page before; from the beginning unless given" })),
  limit: optional(
    numeric(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestPage })), {
      description: `Records of a page: 1 to ${largestPage}, 1000 unless given`,
      examples: ["1"]
    })
  )
})

/** A page of records. */
const DirectoryPage = Schema.Struct({ ...WirePage.fields, records: Schema.Array(WireRecord) }).annotate({
  identifier: "DirectoryPage",
  description: "Newest versions of records; of one that was withdrawn, that it is gone",
  examples: [
    {
      records: [
        {
          id: "00992326050107-alder",
          version: 8,
          gtin: "00992326050107",
          responderGLN: "9521234000013",
          companyPrefix: "0992326",
          description: "Exemplin",
          verifyUrl: null,
          checkUrl: null,
          validFrom: null,
          validTo: null,
          updatedAt: "2026-11-24T12:00:00.000Z",
          deleted: false
        }
      ],
      cursor: "8-089560ae8870b352",
      more: false
    }
  ]
})

export class Providers extends HttpApiGroup.make("providers")
  .add(
    HttpApiEndpoint.get("verify", "/verify/gtin/:gtin/lot/:lot/ser/:ser", {
      params: {
        gtin,
        lot: like("A1/2", "Percent-encoded in the path, as every value: `A1%2F2`"),
        ser: like("2001", "Serial number")
      },
      query: {
        exp: like("271231", "Expiration date, YYMMDD; the day may be 00"),
        reqGLN: requester,
        corrUUID: optional(like("6f1d3a52-7c0b-4f0e-9c55-0d6f3b0f8a11", "Repeated by the answer")),
        context,
        linkType: optional(like("verificationService", "Nothing else")),
        ctrlPossessAtt: optional(like("true", "Whether who asks has the pack in hand")),
        email: optional(Schema.String),
        telephone: optional(Schema.String)
      },
      headers: {
        ...version,
        "atp-authorization": optional(
          Schema.String.annotate({
            description: "Credential of an authorized trading partner, a verifiable presentation"
          })
        )
      },
      success: Verified,
      error: [
        ...refusals,
        line(502, "We had to ask another provider, who could not answer."),
        line(504, "We had to ask another provider, who did not answer in time.")
      ]
    }).annotateMerge(
      about(
        "Verify a product identifier",
        "GS1 lightweight messaging; `01`, `10` and `21` may stand for `gtin`, `lot` and `ser`. A `+` is a plus, in the query too."
      )
    ),
    HttpApiEndpoint.get("connect", "/checkConnectivity", {
      query: { gtin, reqGLN: requester, context },
      headers: version,
      success: Schema.Struct({ responderGLN: Schema.String }).annotate({
        identifier: "LightweightConnectivity",
        description: "GLN of who answers",
        examples: [{ responderGLN: "9521234000013" }]
      }),
      error: refusals
    }).annotateMerge(
      about("Who would answer", "GS1 lightweight messaging: whether this is the place to ask about a GTIN.")
    ),
    HttpApiEndpoint.get("records", "/ld/records", {
      query: RecordsQuery.fields,
      success: DirectoryPage,
      error: [Invalid, Unauthorized, Gone, Unavailable]
    }).annotateMerge(
      about(
        "What changed of our product directory",
        "For providers, and for keys with the scope `read`. Go on with `cursor` until `more` is false; 410 says that the cursor is none of ours: read everything anew."
      )
    )
  )
  .middleware(KnownAsker)
  .annotateMerge(OpenApi.annotations({ description: "What other verification providers ask" })) {}
