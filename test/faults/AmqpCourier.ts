/**
 * Partners that speak through RabbitMQ in fault tests, with a library and nothing of ours: each letter is published under
 * an id until the broker has confirmed it, each answer acknowledged after it was noted. A broker that dies is waited for.
 */
import { setTimeout as sleep } from "node:timers/promises"
import * as amqplib from "amqplib"
import { Predicate } from "effect"
import { type Arrived, type Courier, inTurn, type Letter, sha } from "./Courier.ts"

/** Of a request that a dying broker leaves without an answer. */
const patienceMs = 5000

const patiently = <A>(work: Promise<A>): Promise<A> =>
  Promise.race([
    work,
    sleep(patienceMs, undefined, { ref: false }).then(() => Promise.reject(new Error("the broker says nothing")))
  ])

/** A queue that nothing was sent to yet is not there. */
const isMissing = (error: unknown): boolean => Predicate.hasProperty(error, "code") && error.code === 404

/** The queue that a company's letters go to, and the one that answers lie in. */
export const inboxOf = (company: string): string => `faults.in.${company}`
const outboxOf = (company: string): string => `throughline.out.${company}`

/** A channel that is opened when needed, and anew when it is gone. */
const line = (url: string) => {
  let current: Promise<amqplib.ConfirmChannel> | undefined
  let connection: amqplib.ChannelModel | undefined
  const drop = () => {
    current = undefined
    const old = connection
    connection = undefined
    old?.close().catch(() => undefined)
  }
  const open = async () => {
    connection = await patiently(amqplib.connect(`${url}?heartbeat=5`, { noDelay: true, timeout: patienceMs }))
    connection.on("error", () => undefined)
    connection.on("close", drop)
    const channel = await patiently(connection.createConfirmChannel())
    channel.on("error", () => undefined)
    channel.on("close", drop)
    return channel
  }
  const use = async <A>(work: (channel: amqplib.ConfirmChannel) => Promise<A>): Promise<A> => {
    current ??= open()
    try {
      return await patiently(work(await current))
    } catch (error) {
      drop()
      throw error
    }
  }
  return { use, drop }
}

/** `close` ends its connections and its trying. */
export const make = (
  url: string,
  companies: ReadonlyArray<string>
): { readonly courier: Courier; readonly close: () => void } => {
  const [sending, fetching] = [line(url), line(url)]
  const [sendTurn, fetchTurn] = [inTurn(), inTurn()]
  const all: Array<Arrived> = []
  let isClosed = false

  const publish = ({ company, type, file, body }: Letter) =>
    sending.use(async (channel) => {
      let returned = false
      const note = () => {
        returned = true
      }
      channel.on("return", note)
      channel.sendToQueue(inboxOf(company), Buffer.from(body), {
        persistent: true,
        mandatory: true,
        messageId: file,
        type,
        headers: { "file-name": file }
      })
      await channel.waitForConfirms()
      channel.off("return", note)
      if (returned) throw new Error("there is no such queue yet")
    })

  const fetchFrom = (company: string) =>
    fetching.use(async (channel) => {
      while (true) {
        const message = await patiently(channel.get(outboxOf(company)))
        if (message === false) return
        const { content, properties } = message
        const name = String(properties.headers?.["file-name"])
        const at = process.hrtime.bigint()
        all.push({ company, name, sha256: sha(content), text: content.toString("utf8"), at })
        channel.ack(message)
      }
    })

  const courier: Courier = {
    companies,
    carry: async (letter) => {
      void sendTurn(async () => {
        while (!isClosed) {
          const done = await publish(letter).then(
            () => true,
            () => false
          )
          if (done) return
          await sleep(100)
        }
      })
    },
    fetch: () =>
      fetchTurn(async () => {
        let isAll = true
        for (const company of companies) isAll = (await fetchFrom(company).then(() => true, isMissing)) && isAll
        return isAll
      }),
    arrived: async () => all,
    kept: async () => undefined,
    astray: async () => {
      const left: Array<string> = []
      for (const queue of ["throughline.dead", ...companies.map(inboxOf)]) {
        const { messageCount } = await fetching.use(async (channel) => await channel.checkQueue(queue))
        if (messageCount > 0) left.push(`${messageCount} messages lie in ${queue}`)
      }
      return left
    }
  }
  return {
    courier,
    close: () => {
      isClosed = true
      sending.drop()
      fetching.drop()
    }
  }
}
