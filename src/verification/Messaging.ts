/**
 * GS1 lightweight messaging for the verification of product identifiers, as bytes: the address of a request in both
 * directions, and the answer, in versions 1.0.2, 1.1 and GS1 US R1.3. Pure.
 *
 * Values of a path are percent-encoded, because character set 82 has `/ % & " ? + .`. A `+` is a plus, in the query too.
 * What the versions before R1.3 could say follows public descriptions of them (1.0.2 knew `recalled` only); the texts of
 * the standard itself are not public.
 */
import { Result } from "effect"
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

const queryOf = (raw: string, faults: Array<Fault>): Query => {
  const query = new Map<string, string>()
  if (raw === "") return query
  for (const pair of raw.split("&")) {
    const equals = pair.indexOf("=")
    const name = equals === -1 ? pair : pair.slice(0, equals)
    const value = decode(equals === -1 ? "" : pair.slice(equals + 1))
    if (value === undefined) faults.push({ field: name, message: "is not percent-encoded as it should be" })
    else if (query.has(name) && query.get(name) !== value) faults.push({ field: name, message: "is given twice" })
    else query.set(name, value)
  }
  return query
}

const filled = (text: string | undefined): string | undefined => (text === "" ? undefined : text)

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

/** A request as it was understood; its values are judged elsewhere. */
export type Understood = Request & { readonly requesterGln: string }

const names = [
  ["gtin", "01"],
  ["lot", "10"],
  ["ser", "21"]
] as const

/** What a target says, as far as it could be understood, with what is wrong with its form. */
export interface Reading {
  readonly asked: Understood
  readonly faults: ReadonlyArray<Fault>
}

/** Reads `/verify/gtin/../lot/../ser/..?exp=..`, the target of a request as it was sent. */
export const read = (target: string): Reading => {
  const faults: Array<Fault> = []
  const [path, rawQuery] = split(target)
  const segments = path.split("/")
  const query = queryOf(rawQuery, faults)
  const part = (index: number): string => {
    const [name, ai] = names[index] ?? ["", ""]
    const at = 2 + 2 * index
    if (segments[at] !== name && segments[at] !== ai) faults.push({ field: name, message: "is missing in the path" })
    const value = decode(segments[at + 1] ?? "")
    if (value === undefined) faults.push({ field: name, message: "is not percent-encoded as it should be" })
    return value ?? ""
  }
  const [gtin, lot, serial] = [part(0), part(1), part(2)]
  if (segments.length > 8) faults.push({ field: "path", message: "goes on after the serial number" })
  const link = query.get("linkType")
  if (link !== undefined && link !== linkType) faults.push({ field: "linkType", message: `must be ${linkType}` })
  const requesterGln = query.get("reqGLN") ?? ""
  if (requesterGln === "") faults.push({ field: "reqGLN", message: "is missing" })
  const inPossession = flagOf(query, "ctrlPossessAtt", faults)
  const asked: Understood = {
    gtin,
    lot,
    serial,
    expiry: query.get("exp") ?? "",
    context: filled(query.get("context")),
    requesterGln,
    corrUuid: query.get("corrUUID"),
    inPossession,
    email: filled(query.get("email")),
    telephone: filled(query.get("telephone"))
  }
  return { asked, faults }
}

/** Reads `/checkConnectivity?gtin=..&reqGLN=..`. */
export const readConnectivity = (
  target: string
): Result.Result<
  { readonly gtin: string; readonly requesterGln: string; readonly context: string | undefined },
  ReadonlyArray<Fault>
> => {
  const faults: Array<Fault> = []
  const query = queryOf(split(target)[1], faults)
  for (const name of ["gtin", "reqGLN"]) {
    if ((query.get(name) ?? "") === "") faults.push({ field: name, message: "is missing" })
  }
  return faults.length > 0
    ? Result.fail(faults)
    : Result.succeed({
        gtin: query.get("gtin") ?? "",
        requesterGln: query.get("reqGLN") ?? "",
        context: filled(query.get("context"))
      })
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
