/**
 * Brokers for a test run: started by the test runner when a test first asks, shared by those that ask for the same
 * name, stopped when the run ends. Nothing starts in a run that needs none. `test/channels/AmqpBroker.ts` asks.
 */
import { createServer } from "node:http"
import type { TestProject } from "vitest/node"
import { type Broker, start } from "../../scripts/rabbitmq.ts"

declare module "vitest" {
  interface ProvidedContext {
    readonly brokerDoor: string
  }
}

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const brokers = new Map<string, Promise<Broker>>()
  const answer = async (name: string, act: string, given: string): Promise<string> => {
    const starting = brokers.get(name) ?? start(`test-${name}`)
    brokers.set(name, starting)
    const broker = await starting
    if (act === "kill") await broker.kill()
    if (act === "resume") await broker.resume()
    if (act === "freeze") broker.freeze()
    if (act === "thaw") broker.thaw()
    if (act === "control") return broker.control(...given.split("\n"))
    return broker.url
  }
  const door = createServer((request, response) => {
    const [, name = "", act = ""] = (request.url ?? "").split("/")
    const parts: Array<Uint8Array> = []
    request.on("data", (part: Uint8Array) => parts.push(part))
    request.on("end", () => {
      answer(name, act, Buffer.concat(parts).toString()).then(
        (text) => response.end(text),
        (error: unknown) => response.writeHead(500).end(String(error))
      )
    })
  })
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve))
  const address = door.address()
  project.provide("brokerDoor", `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`)
  return async () => {
    door.close()
    door.closeAllConnections()
    for (const starting of brokers.values()) await starting.then((broker) => broker.stop()).catch(() => {})
  }
}
