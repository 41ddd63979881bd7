/**
 * One serial number of a Set Event request asked about, and what came of it in the words of Smart Event Manager. Only a
 * producer's no is a negative answer. A question that cannot be put (a code that is none, a requester who may not ask), or
 * that breaks something here, was put to nobody (`PIE_FAILURE`) and its outcome says why: the other serial numbers of the
 * request are not its victims.
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

const broken: ItemOutcome = {
  status: "PIE_FAILURE",
  message: "Could not ask. Verification does not work here; the operator has to mend it."
}

/** Asks about one serial number. Fails with nothing: what cannot be asked is said in the outcome. */
export const ofItem = (
  verification: Verification["Service"],
  company: string,
  about: About,
  item: SetEvent.Item
): Effect.Effect<ItemOutcome> => {
  const { eventType, locationType, locationValue, extensionData } = about
  if (eventType !== "VERIFYING")
    return Effect.succeed(noWorkflow(`There is no workflow for ${eventType}; nothing was recorded.`))
  if (item.packagingCodeType === "CN-RESCODE")
    return Effect.succeed(noWorkflow("Products with a China code are for a market where nobody has to verify."))
  const market = extensionData?.["market"]
  const asked = verification.verify({
    gtin: item.packagingCode,
    serial: SetEvent.bareSerial(item) ?? item.serialNumber,
    lot: item.lotNumber,
    expiry: item.expirationDate,
    ...(locationType === "GLN" ? { requesterGln: locationValue } : {}),
    ...(typeof market === "string" ? { market } : {}),
    asker: { _tag: "Company", company }
  })
  return asked.pipe(
    Effect.map(told),
    Effect.catch(({ detail }) => Effect.succeed<ItemOutcome>({ status: "PIE_FAILURE", message: detail })),
    Effect.catchDefect((defect) =>
      Effect.as(Effect.logError("a serial number of a Set Event request could not be asked about", defect), broken)
    )
  )
}
