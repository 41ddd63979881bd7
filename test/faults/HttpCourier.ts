/**
 * Partners that come over HTTP in fault tests, as the how-to page tells them to: each letter is posted under an
 * idempotency key until a server says that it has it, each answer acknowledged after it was noted.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { Schema } from "effect"
import { type Arrived, type Courier, inTurn, type Letter, sha } from "./Courier.ts"

const patienceMs = 5000

const decode = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ id: Schema.Finite, fileName: Schema.String })))

/** `keyOf` gives the API key of a company. `close` ends its trying. */
export const make = (
  base: string,
  companies: ReadonlyArray<string>,
  keyOf: (company: string) => string
): { readonly courier: Courier; readonly close: () => void } => {
  const turns = new Map(companies.map((company) => [company, inTurn()]))
  const fetchTurn = inTurn()
  const all: Array<Arrived> = []
  const refused: Array<string> = []
  let isClosed = false

  const ask = (company: string, path: string, init: RequestInit = {}) =>
    fetch(`${base}/v1${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${keyOf(company)}` },
      signal: AbortSignal.timeout(patienceMs)
    })

  /** True when it was taken, or will never be. */
  const post = async ({ company, type, file, body }: Letter): Promise<boolean> => {
    const path = `/messages/${type}?fileName=${encodeURIComponent(file)}`
    const { status } = await ask(company, path, { method: "POST", body, headers: { "idempotency-key": file } })
    if (status >= 400 && status < 500) refused.push(`${file} was refused with ${status}`)
    return status < 500
  }

  /** True when there is nothing more; rejects when the server does not answer. */
  const fetchFor = async (company: string): Promise<boolean> => {
    const items = decode(await (await ask(company, "/outbox?limit=100")).json())
    for (const { id, fileName } of items) {
      const response = await ask(company, `/outbox/${id}`)
      if (response.status !== 200) return false
      const bytes = Buffer.from(await response.arrayBuffer())
      const at = process.hrtime.bigint()
      all.push({ company, name: fileName, sha256: sha(bytes), text: bytes.toString("utf8"), at })
      await ask(company, `/outbox/${id}`, { method: "DELETE" })
    }
    return items.length === 0
  }

  const courier: Courier = {
    companies,
    carry: async (letter) => {
      void turns.get(letter.company)?.(async () => {
        while (!isClosed && !(await post(letter).catch(() => false))) await sleep(50)
      })
    },
    fetch: () =>
      fetchTurn(async () => {
        let isAll = true
        for (const company of companies) isAll = (await fetchFor(company).catch(() => false)) && isAll
        return isAll
      }),
    arrived: async () => all,
    kept: async () => undefined,
    astray: async () => refused
  }
  return {
    courier,
    close: () => {
      isClosed = true
    }
  }
}
