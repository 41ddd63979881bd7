/**
 * One serial number of a Set Event request asked about, and what came of it in the words of Smart Event Manager. A
 * question that cannot be put (a code that is none, a requester who may not ask) is a negative outcome that says why:
 * the other serial numbers of the request are not its victims.
 */
import { Effect } from "effect"
import type { Outcome, Verification } from "../verification/Verification.ts"
import { statusCode } from "../verification/Verification.ts"
import type { ItemOutcome } from "./EventApi.ts"
import * as SetEvent from "./SetEvent.ts"
import * as Words from "./VerificationWords.ts"

/** What a request says beside its serial numbers. */
interface About {
  readonly eventType: string
  readonly locationType: string
  readonly locationValue: string
  readonly extensionData?: Readonly<Record<string, unknown>>
}

interface Item {
  readonly packagingCode: string
  readonly packagingCodeType?: string
  readonly serialNumber: string
  readonly lotNumber: string
  readonly expirationDate: string
}

const told = (outcome: Outcome): ItemOutcome => {
  const { headline, detail } = Words.of(outcome)
  const verdict = outcome._tag === "Answered" ? outcome.verdict : undefined
  const reason = verdict?.verified === false ? verdict.failureReason : undefined
  return {
    status: statusCode(outcome),
    message: `${headline}. ${detail}`,
    ...(reason === undefined ? {} : { verificationFailureReason: reason }),
    ...(verdict?.additionalInfo === undefined ? {} : { additionalInfo: verdict.additionalInfo }),
    ...(outcome.id === undefined ? {} : { eventId: outcome.id })
  }
}

const noWorkflow = (message: string): ItemOutcome => ({ status: "SEM_NO_COMPLIANCE_IMPACT", message })

/** Asks about one serial number. Fails with nothing: what cannot be asked is said in the outcome. */
export const ofItem = (
  verification: Verification["Service"],
  company: string,
  about: About,
  item: Item
): Effect.Effect<ItemOutcome> => {
  const { eventType, locationType, locationValue, extensionData } = about
  if (eventType !== "VERIFYING")
    return Effect.succeed(noWorkflow(`There is no workflow for ${eventType}; nothing was recorded.`))
  const packagingCodeType = item.packagingCodeType ?? "GTIN-14"
  if (packagingCodeType === "CN-RESCODE")
    return Effect.succeed(noWorkflow("Products with a China code are for a market where nobody has to verify."))
  const market = extensionData?.["market"]
  const asked = verification.verify({
    gtin: item.packagingCode,
    serial: SetEvent.bareSerial({ ...item, packagingCodeType }) ?? item.serialNumber,
    lot: item.lotNumber,
    expiry: item.expirationDate,
    ...(locationType === "GLN" ? { requesterGln: locationValue } : {}),
    ...(typeof market === "string" ? { market } : {}),
    asker: { _tag: "Company", company }
  })
  return asked.pipe(
    Effect.map(told),
    Effect.catch((error) =>
      Effect.succeed<ItemOutcome>({
        // What is wrong with the question is a negative answer; that we could not work is none.
        status: error.reason.whoActs === "sender" ? "PV_SUBMISSION_FAILURE" : "PIE_FAILURE",
        message: error.detail
      })
    )
  )
}
