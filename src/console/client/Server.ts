/**
 * The server as the console asks it: one function a request, with answers and problems typed. Every request says that it
 * is the console's own, which pages of other sites cannot say. A server that does not answer is a problem too.
 */
import type { Me } from "../../api/SessionApi.ts"
import type { VerificationAnswer, VerificationRecord, VerificationRequest } from "../../api/VerificationApi.ts"

export type Answer = typeof VerificationAnswer.Encoded
export type Question = typeof VerificationRequest.Encoded
export type Past = typeof VerificationRecord.Encoded
export type Who = typeof Me.Encoded

/** Why there is no answer: the status of HTTP, 0 for none, and what was said. */
export interface Problem {
  readonly status: number
  readonly detail: string
  readonly errors: ReadonlyArray<string>
}

export type Reply<A> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly problem: Problem }

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const problemOf = (status: number, body: unknown): Problem => {
  const fields = isRecord(body) ? body : {}
  const { detail, errors } = fields
  const list: ReadonlyArray<unknown> = Array.isArray(errors) ? errors : []
  return {
    status,
    detail: typeof detail === "string" ? detail : "The server did not say why.",
    errors: list.flatMap((error) => (isRecord(error) && typeof error["message"] === "string" ? [error["message"]] : []))
  }
}

/** Longer than the slowest other provider is waited for. */
const patienceMs = 60_000

/** The server holds what it says to the schemas that the types come from. */
const ask = async <A>(method: string, path: string, body?: unknown): Promise<Reply<A>> => {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        "throughline-console": "1",
        ...(body === undefined ? {} : { "content-type": "application/json" })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs)
    })
    const text = (await response.text()) || "null"
    if (!response.ok) return { ok: false, problem: problemOf(response.status, JSON.parse(text)) }
    const value: A = JSON.parse(text)
    return { ok: true, value }
  } catch {
    return { ok: false, problem: { status: 0, detail: "The server does not answer. Try again.", errors: [] } }
  }
}

export const whoAmI = () => ask<Who>("GET", "/v1/me")
export const signIn = (key: string) => ask<null>("POST", "/v1/session", { key })
export const signOut = () => ask<null>("DELETE", "/v1/session")
export const verify = (question: Question) => ask<Answer>("POST", "/v1/verifications", question)
export const recent = (limit: number) => ask<ReadonlyArray<Past>>("GET", `/v1/verifications?limit=${limit}`)
