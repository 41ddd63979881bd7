/**
 * GS1 lightweight messaging for the verification of product identifiers, as bytes: the address of a request in both
 * directions, and the answer, in versions 1.0.2, 1.1 and GS1 US R1.3. Pure.
 *
 * Values of a path are percent-encoded, because character set 82 has `/ % & " ? + .`. A `+` is a plus, in the query too.
 * What the versions before R1.3 could say follows public descriptions of them (1.0.2 knew `recalled` only); the texts of
 * the standard itself are not public.
 */
import type { Outcome, Request, Verdict } from "./Verification.ts"
import type { Fault } from "./VerificationError.ts"

export const versions = ["1.0.2", "1.1", "1.3.0"] as const
export type Version = (typeof versions)[number]

/** Version of who names none: the last one that had no header for it. */
export const unnamedVersion: Version = "1.1"

const spellings: ReadonlyMap<string, Version> = new Map([
  ["1.0.2", "1.0.2"],
  ["1.1", "1.1"],
  ["1.1.0", "1.1"],
  ["1.3", "1.3.0"],
  ["1.3.0", "1.3.0"],
  ["R1.3", "1.3.0"]
])

/** The version of a header `GS1US-Version`; undefined where it names none that is known. */
export const versionOf = (header: string | undefined): Version | undefined =>
  header === undefined ? unnamedVersion : spellings.get(header.trim())

export const linkType = "verificationService"

const decode = (raw: string): string | undefined => {
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined
  }
}

type Query = ReadonlyMap<string, string>

/** Parameters of a query; others mean nothing here, and nothing is wrong with them. `17` is the expiry of a Digital Link. */
const parameters: ReadonlyMap<string, string> = new Map([
  ...["gtin", "exp", "linkType", "context", "reqGLN", "corrUUID", "ctrlPossessAtt", "email", "telephone"].map(
    (name) => [name, name] as const
  ),
  ["17", "exp"]
])

const queryOf = (raw: string, faults: Array<Fault>): Query => {
  const query = new Map<string, string>()
  if (raw === "") return query
  for (const pair of raw.split("&")) {
    const equals = pair.indexOf("=")
    const name = parameters.get(equals === -1 ? pair : pair.slice(0, equals))
    if (name === undefined) continue
    const value = decode(equals === -1 ? "" : pair.slice(equals + 1))
    if (value === undefined) faults.push({ field: name, message: "is not percent-encoded as it should be" })
    else if (query.has(name) && query.get(name) !== value) faults.push({ field: name, message: "is given twice" })
    else query.set(name, value)
  }
  return query
}

const filled = (text: string | undefined): string | undefined => (text === "" ? undefined : text)

const needed = (query: Query, name: string, faults: Array<Fault>): string => {
  const text = query.get(name) ?? ""
  if (text === "") faults.push({ field: name, message: "is missing" })
  return text
}

const flagOf = (query: Query, name: string, faults: Array<Fault>): boolean | undefined => {
  const text = filled(query.get(name))
  if (text === undefined) return undefined
  if (text !== "true" && text !== "false") faults.push({ field: name, message: "must be true or false" })
  return text === "true"
}

const split = (target: string): readonly [path: string, query: string] => {
  const mark = target.indexOf("?")
  return mark === -1 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)]
}

/** What could be read of a request, and what could not; its values are judged elsewhere, so that all faults are told at once. */
export type Read = Request & { readonly requesterGln: string; readonly faults: ReadonlyArray<Fault> }

const names = [
  ["gtin", "01", "gtin"],
  ["lot", "10", "lot"],
  ["ser", "21", "serial"]
] as const

/** Reads `/verify/gtin/../lot/../ser/..?exp=..`, the target of a request as it was sent. */
export const read = (target: string): Read => {
  const faults: Array<Fault> = []
  const [path, rawQuery] = split(target)
  const segments = path.split("/")
  const query = queryOf(rawQuery, faults)
  const part = (index: number): string => {
    const [name, ai, field] = names[index] ?? ["", "", ""]
    const at = 2 + 2 * index
    if (segments[at] !== name && segments[at] !== ai) {
      faults.push({ field, message: "is missing in the path" })
      return ""
    }
    const value = decode(segments[at + 1] ?? "")
    if (value === undefined) faults.push({ field, message: "is not percent-encoded as it should be" })
    return value ?? ""
  }
  const [gtin, lot, serial] = [part(0), part(1), part(2)]
  if (segments.length > 8) faults.push({ field: "path", message: "goes on after the serial number" })
  const asked = query.get("linkType")
  if (asked !== undefined && asked !== linkType) faults.push({ field: "linkType", message: `must be ${linkType}` })
  const expiry = needed(query, "exp", faults)
  const requesterGln = needed(query, "reqGLN", faults)
  const inPossession = flagOf(query, "ctrlPossessAtt", faults)
  return {
    gtin,
    lot,
    serial,
    expiry,
    context: filled(query.get("context")),
    requesterGln,
    corrUuid: query.get("corrUUID"),
    inPossession,
    email: filled(query.get("email")),
    telephone: filled(query.get("telephone")),
    faults
  }
}

/** Reads `/checkConnectivity?gtin=..&reqGLN=..`. */
export const readConnectivity = (
  target: string
): Pick<Read, "gtin" | "requesterGln" | "faults"> & { readonly context: string | undefined } => {
  const faults: Array<Fault> = []
  const query = queryOf(split(target)[1], faults)
  return {
    gtin: needed(query, "gtin", faults),
    requesterGln: needed(query, "reqGLN", faults),
    context: filled(query.get("context")),
    faults
  }
}

const strict = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/gu, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** The address that puts a question to the provider at `base`. */
export const addressOf = (
  base: string,
  request: Request & { readonly requesterGln: string; readonly corrUuid: string; readonly context: string },
  version: Version
): string => {
  const { gtin, lot, serial, expiry, context, requesterGln, corrUuid, inPossession, email, telephone } = request
  const since13 =
    version === "1.3.0"
      ? [
          ["ctrlPossessAtt", inPossession === undefined ? undefined : `${inPossession}`],
          ["email", email],
          ["telephone", telephone]
        ]
      : []
  const query = [
    ["exp", expiry],
    ["linkType", linkType],
    ["context", context],
    ["reqGLN", requesterGln],
    ["corrUUID", corrUuid],
    ...since13
  ].flatMap(([name = "", value]) => (value === undefined ? [] : [`${name}=${strict(value)}`]))
  const path = `/verify/gtin/${strict(gtin)}/lot/${strict(lot)}/ser/${strict(serial)}`
  return `${base.replace(/\/+$/u, "")}${path}?${query.join("&")}`
}

/** A verdict in the words of a version. */
export const spoken = (verdict: Verdict, version: Version): Record<string, unknown> => {
  const { additionalInfo } = verdict
  const info =
    version !== "1.0.2" ? additionalInfo : additionalInfo === "Recalled" ? additionalInfo.toLowerCase() : undefined
  const reason = verdict.verified ? undefined : verdict.failureReason
  return {
    verified: verdict.verified,
    ...(reason === undefined ? {} : { verificationFailureReason: reason }),
    ...(info === undefined ? {} : { additionalInfo: info })
  }
}

/** The body of a 200. */
export const bodyOf = (outcome: Extract<Outcome, { readonly _tag: "Answered" }>, version: Version): string =>
  JSON.stringify({
    verificationTimestamp: outcome.at,
    responderGLN: outcome.responderGln,
    data: spoken(outcome.verdict, version),
    corrUUID: outcome.corrUuid
  })
