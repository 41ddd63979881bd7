/**
 * Whether a question can be put at all: every field is judged, and all faults are told at once. Pure. What passes has a
 * GTIN-14 with a right check digit, serial and lot of GS1 character set 82, an expiry date, a context of the settings, and
 * a market that is a country, where it names one.
 */
import * as Gs1 from "../formats/Gs1.ts"
import * as Countries from "../partners/Countries.ts"
import type { Settings } from "../partners/Settings.ts"
import type { Question, Request } from "./Verification.ts"
import type { Fault } from "./VerificationError.ts"

/** Longest value of AI (10) and (21). */
const longest = 20
/** RFC 5321 ends addresses at 254; nobody's correlation id is longer. */
const longestText = 254

/** What a question asks about where it names no context. */
export const usualContext = "dscsaSaleableReturn"

const isGln = (gln: string): boolean => gln.length === 13 && Gs1.isDigits(gln)

const printable = /^[\x20-\x7e]*$/u

const text = (field: string, value: string | undefined): ReadonlyArray<Fault> =>
  value === undefined || (value.length <= longestText && printable.test(value))
    ? []
    : [{ field, message: `must be at most ${longestText} printable characters` }]

const cset82 = (field: string, value: string): ReadonlyArray<Fault> =>
  value.length >= 1 && value.length <= longest && Gs1.isCset82(value)
    ? []
    : [{ field, message: `must be 1 to ${longest} characters of GS1 character set 82` }]

/** What the settings say of questions. */
export type Choices = Pick<Settings, "verificationContexts" | "checkPartyCheckDigits">

/** Faults that only the settings know. */
export const unfitting = (
  { context = usualContext, requesterGln }: Pick<Request, "context" | "requesterGln">,
  { verificationContexts: contexts, checkPartyCheckDigits }: Choices
): ReadonlyArray<Fault> => {
  const found: Array<Fault> = []
  if (!contexts.includes(context)) found.push({ field: "context", message: `must be one of ${contexts.join(", ")}` })
  if (checkPartyCheckDigits && requesterGln !== undefined && isGln(requesterGln) && !Gs1.isKey("GLN", requesterGln)) {
    found.push({ field: "reqGLN", message: "check digit must match" })
  }
  return found
}

/** Everything wrong with the form of a question; nothing for nearly all of them. Of a field that could not be read, only that. */
export const faults = (question: Omit<Question, "asker">, year: number): ReadonlyArray<Fault> => {
  const { faults: unread = [] } = question
  const found = formFaults(question, year)
  return unread.length === 0
    ? found
    : [...unread, ...found.filter(({ field }) => !unread.some((fault) => fault.field === field))]
}

const formFaults = (request: Request, year: number): ReadonlyArray<Fault> => {
  const { gtin, serial, lot, expiry, requesterGln, corrUuid, email, telephone, market = "" } = request
  const found: Array<Fault> = []
  const add = (field: string, message: string) => found.push({ field, message })
  if (!Gs1.isKey("GTIN-14", gtin)) add("gtin", "GTIN length must be 14 and check digit must match")
  found.push(...cset82("serial", serial), ...cset82("lot", lot))
  if (Gs1.readDate(expiry, year) === undefined) add("exp", "must be a date as YYMMDD; DD may be 00")
  if (requesterGln !== undefined && !isGln(requesterGln)) add("reqGLN", "must be a GLN of 13 digits")
  if (market !== "" && Countries.codeOf(market) === undefined) add("market", Countries.expected)
  found.push(...text("corrUUID", corrUuid), ...text("email", email), ...text("telephone", telephone))
  return found
}
