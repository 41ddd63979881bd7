/**
 * How another provider is reached: one GET over the connections that its dedicated certificate opens. For asking it and for
 * reading its directory.
 *
 * Fails with whatever went wrong, also where the address alone is wrong; redirections are not followed, and an answer that
 * is larger than the caller allows is none.
 */
import * as http from "node:http"
import * as https from "node:https"
import { Effect, Redacted } from "effect"
import type { Provider } from "./VerificationOptions.ts"

/** Connections to one provider; more questions than that wait for each other. */
const connections = 32

export interface Response {
  readonly status: number
  readonly body: string
}

/** The connections of a provider. */
export const agentOf = ({ url, certificate, key, authorities }: Provider): http.Agent =>
  url.startsWith("https:")
    ? new https.Agent({
        keepAlive: true,
        maxSockets: connections,
        ...(certificate === undefined ? {} : { cert: certificate }),
        ...(key === undefined ? {} : { key: Redacted.value(key) }),
        ...(authorities === undefined ? {} : { ca: [...authorities] })
      })
    : new http.Agent({ keepAlive: true, maxSockets: connections })

/** One GET over the connections of an agent, of at most so many bytes. */
export const get = (
  url: string,
  agent: http.Agent,
  { headers, largest }: { readonly headers: Readonly<Record<string, string>>; readonly largest: number }
) =>
  Effect.callback<Response, unknown>((resume) => {
    const fail = (cause: unknown) => resume(Effect.fail(cause))
    const take = (request: http.ClientRequest, response: http.IncomingMessage) => {
      const chunks: Array<Buffer> = []
      let size = 0
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > largest) request.destroy(new Error(`it answered more than ${largest} bytes`))
      })
      response.on("end", () => {
        resume(Effect.succeed({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }))
      })
      response.on("error", fail)
    }
    try {
      const request = (url.startsWith("https:") ? https : http).get(url, { agent, headers })
      request.on("response", (response) => take(request, response))
      request.on("error", fail)
      return Effect.sync(() => request.destroy())
    } catch (cause) {
      // Node throws at once where address and agent do not go together.
      fail(cause)
      return undefined
    }
  })
