/**
 * What the wake-ups cost at least: ids through one quorum queue of the same kind, published with confirms by as many
 * publishers as there are senders, each waiting for its own, and taken by one consumer that acknowledges one at a time.
 */
import * as amqplib from "amqplib"
import { Effect } from "effect"

/** Consumers that wait at the queue of wake-ups; 0 while there is no such queue. */
export const consumers = (url: string, queue: string) =>
  Effect.promise(async () => {
    const connection = await amqplib.connect(url)
    // Asking for a queue that is not there closes the channel, which says so beside the refusal.
    const channel = await connection.createChannel()
    channel.on("error", () => {})
    try {
      return (await channel.checkQueue(queue)).consumerCount
    } catch {
      return 0
    } finally {
      await connection.close()
    }
  })

/** Ids per second. */
export const run = (url: string, publishers: number, each: number) =>
  Effect.promise(async () => {
    const queue = "bench.bare"
    const connection = await amqplib.connect(url, { noDelay: true })
    const heard = await amqplib.connect(url, { noDelay: true })
    const consumer = await heard.createChannel()
    await consumer.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } })
    await consumer.prefetch(1)
    const count = publishers * each
    let taken = 0
    const { promise: all, resolve } = Promise.withResolvers<void>()
    await consumer.consume(queue, (message) => {
      if (message === null) return
      consumer.ack(message)
      taken += 1
      if (taken === count) resolve()
    })
    const channel = await connection.createConfirmChannel()
    const publish = (id: string): Promise<void> =>
      new Promise((done, failed) => {
        channel.sendToQueue(queue, Buffer.from(id), { persistent: true, messageId: id }, (error) =>
          error === null ? done() : failed(error)
        )
      })
    const start = performance.now()
    await Promise.all(
      Array.from({ length: publishers }, async (_, n) => {
        for (let k = 0; k < each; k++) await publish(`${n * each + k}`)
      })
    )
    await all
    const ms = performance.now() - start
    await consumer.deleteQueue(queue)
    await connection.close()
    await heard.close()
    return count / (ms / 1000)
  })
