/**
 * The asking side of the verification measurement, as a process of its own: so many kept connections over mTLS, each asking
 * about one random unit after another, as fast as answers come or at a steady rate. Prints what it measured as JSON.
 *
 * The rate is kept whatever the answers do: latency counts from when a request was due, so a stall is seen by all that
 * should have been sent meanwhile. Speaks just enough HTTP/1.1 for a server that sends `Content-Length`.
 */
import { readFileSync } from "node:fs"
import { connect, type TLSSocket } from "node:tls"

export interface Orders {
  readonly port: number
  readonly certificate: string
  readonly key: string
  readonly authority: string
  readonly connections: number
  readonly seconds: number
  /** Requests a second over all connections; as many as go without. */
  readonly rate?: number | undefined
  readonly gtin: string
  readonly requester: string
  /** Serials are counted from `first`. */
  readonly first: number
  readonly count: number
}

export interface Measured {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly failures: number
}

/** Of the beginning, which compiles and warms up, nothing counts. */
const warmUpMs = 4000

const run = async (orders: Orders): Promise<Measured> => {
  const { port, connections, seconds, rate, gtin, requester, first, count } = orders
  const latencies: Array<number> = []
  let failures = 0
  let begin = 0
  let counted = 0
  let end = 0

  const request = (): string => {
    const serial = first + Math.floor(Math.random() * count)
    return `GET /verify/gtin/${gtin}/lot/L1/ser/${serial}?exp=301130&linkType=verificationService&context=dscsaSaleableReturn&reqGLN=${requester}&corrUUID=21EC2020-3AEA-4069-A2DD-08002B30309D HTTP/1.1\r\nHost: localhost\r\nGS1US-Version: 1.3.0\r\n\r\n`
  }

  const one = (socket: TLSSocket, index: number) =>
    new Promise<void>((resolve, reject) => {
      const every = rate === undefined ? 0 : (connections / rate) * 1000
      let due = begin + (every * index) / connections
      let text = ""
      const send = (): void => {
        const now = performance.now()
        if (now >= end) {
          socket.end()
          resolve()
        } else if (rate !== undefined && due > now) setTimeout(send, due - now)
        else {
          if (rate === undefined) due = now
          socket.write(request())
        }
      }
      socket.on("data", (chunk: string) => {
        text += chunk
        const head = text.indexOf("\r\n\r\n")
        if (head === -1) return
        const length = Number(/content-length: (\d+)/iu.exec(text)?.[1] ?? 0)
        if (text.length < head + 4 + length) return
        const now = performance.now()
        if (due >= counted) latencies.push(now - due)
        if (!text.startsWith("HTTP/1.1 200") || !text.includes('"verified":true')) failures++
        text = ""
        due += every
        send()
      })
      socket.on("error", reject)
      send()
    })

  const open = () =>
    new Promise<TLSSocket>((resolve, reject) => {
      const socket = connect(
        {
          port,
          host: "127.0.0.1",
          servername: "localhost",
          cert: readFileSync(orders.certificate),
          key: readFileSync(orders.key),
          ca: readFileSync(orders.authority)
        },
        () => {
          socket.setNoDelay(true)
          resolve(socket.setEncoding("latin1"))
        }
      )
      socket.once("error", reject)
    })
  const sockets: Array<TLSSocket> = []
  for (let index = 0; index < connections; index++) sockets.push(await open())
  begin = performance.now()
  counted = begin + warmUpMs
  end = counted + seconds * 1000
  await Promise.all(sockets.map(one))

  latencies.sort((a, b) => a - b)
  const at = (part: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? Number.NaN
  return { perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99), failures }
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? ""))))
}
