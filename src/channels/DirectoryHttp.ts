/**
 * Reads the directories of other providers over HTTPS (`GET /ld/records`), each with the certificate that is dedicated to
 * it. A page has a time limit; what may pass (no connection, 408, 5xx) is tried again.
 *
 * Fails with `DirectorySyncError`. Redirections are not followed: what is read is what the configuration names.
 */
import { Duration, Effect, Layer, Schedule } from "effect"
import {
  DirectoryPeers,
  DirectorySyncError,
  type DirectorySyncReason,
  noPeer,
  pageOf
} from "../products/DirectorySync.ts"
import { networkReason } from "./HttpWebhook.ts"
import * as ProviderHttp from "./ProviderHttp.ts"
import type { Provider, VerificationOptions } from "./VerificationOptions.ts"

/** A page is some 400 kB and comes from a query over an index. */
const timeout = Duration.seconds(60)
const retries = 2
const pause = "1 second"
/** Ten thousand records with long descriptions. */
const largest = 64 * 1024 * 1024

const failed = (reason: DirectorySyncReason, detail: string, cause?: unknown) =>
  new DirectorySyncError({ reason, detail, cause })

const down = (provider: string, detail: string, cause?: unknown) =>
  failed({ _tag: "PeerDown", isRetryable: true, whoActs: "nobody" }, `${provider} ${detail}`, cause)

/** What an answer means. */
const judge = Effect.fnUntraced(function* (provider: string, { status, body }: ProviderHttp.Response) {
  if (status === 408 || status === 429 || status >= 500) return yield* down(provider, `answered ${status}.`)
  if (status === 410) {
    const detail = `${provider} does not know our cursor.`
    return yield* failed({ _tag: "CursorUnknown", isRetryable: false, whoActs: "sender" }, detail)
  }
  if (status === 401 || status === 403) {
    const detail = `${provider} does not let us read its directory: it answered ${status}.`
    return yield* failed({ _tag: "PeerRefused", isRetryable: false, whoActs: "operator" }, detail)
  }
  const wrong = (detail: string) =>
    failed({ _tag: "PeerWrong", isRetryable: false, whoActs: "operator" }, `${provider} ${detail}`)
  if (status !== 200) return yield* wrong(`answered ${status} where directory records were expected.`)
  const json = yield* Effect.try({
    try: (): unknown => JSON.parse(body),
    catch: () => wrong("answered something that is not JSON.")
  })
  return yield* pageOf(provider, json)
})

const reader = Effect.fnUntraced(function* (provider: string, options: Provider) {
  const agent = yield* Effect.acquireRelease(
    Effect.sync(() => ProviderHttp.agentOf(options)),
    (agent) => Effect.sync(() => agent.destroy())
  )
  const base = options.url.replace(/\/+$/u, "")
  return (since: string | undefined, limit: number) => {
    const query = new URLSearchParams({ limit: `${limit}`, ...(since === undefined ? {} : { since }) })
    const headers = { accept: "application/json" }
    return ProviderHttp.get(`${base}/ld/records?${query}`, agent, { headers, largest }).pipe(
      Effect.mapError((cause) => down(provider, `cannot be reached: ${networkReason(cause)}.`, cause)),
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(down(provider, `did not answer in ${Duration.toSeconds(timeout)} s.`))
      }),
      Effect.flatMap((response) => judge(provider, response)),
      Effect.retry({ times: retries, schedule: Schedule.spaced(pause), while: ({ isRetryable }) => isRetryable })
    )
  }
})

/** The configured providers. */
export const layer = ({ providers = {} }: VerificationOptions) =>
  Layer.effect(
    DirectoryPeers,
    Effect.gen(function* () {
      const readers = new Map<string, Effect.Success<ReturnType<typeof reader>>>()
      for (const [provider, options] of Object.entries(providers))
        readers.set(provider, yield* reader(provider, options))
      return {
        keys: [...readers.keys()],
        page: (provider, since, limit) => readers.get(provider)?.(since, limit) ?? Effect.fail(noPeer(provider))
      }
    })
  )
