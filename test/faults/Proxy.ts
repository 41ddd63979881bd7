/**
 * A TCP proxy that misbehaves on command: it stands before a real server and cuts, resets, delays or holds what passes,
 * or turns everybody away. For tests of anything that talks over TCP; it looks at no byte.
 *
 * The port stays the same for its life, so that whoever was cut off can come back. It ends with its scope.
 */
import { connect, createServer, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

export interface Proxy {
  readonly port: number
  /** Connections that stand now, and all there ever were. */
  readonly open: () => number
  readonly accepted: () => number
  /** Ends every connection as a server does that goes away; those that come are served. */
  readonly cut: () => void
  /** The same with a reset, as from a machine that has been restarted. */
  readonly reset: () => void
  /** New connections are turned away at once until `accept`; those that stand are reset. */
  readonly refuse: () => void
  readonly accept: () => void
  /** Nothing passes any more, and nobody is told: a firewall that forgot us. `resume` lets pass what waited. */
  readonly hold: () => void
  readonly resume: () => void
  /** Every packet takes so long, in ms, both ways. */
  readonly delay: (ms: number) => void
  /** Where connections go from now on. */
  readonly target: (port: number) => void
  /** Told of every packet from the client with the bytes so far; may cut. For faults at a certain point. */
  onData: (fromClient: number) => void
}

/** A proxy on loopback before a port of loopback. */
export const make = (port: number): Effect.Effect<Proxy, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => start(port)),
    ({ end }) => Effect.promise(end)
  ).pipe(Effect.map(({ proxy }) => proxy))

const start = async (target: number): Promise<{ readonly proxy: Proxy; readonly end: () => Promise<void> }> => {
  let to = target
  let latency = 0
  let held = false
  let refusing = false
  let accepted = 0
  const sockets = new Set<Socket>()
  const waiting: Array<() => void> = []

  /** Now, or when `resume` is called. */
  const pass = (act: () => void): void => {
    if (held) waiting.push(act)
    else act()
  }

  const relay = (from: Socket, into: Socket, seen: (bytes: number) => void): void => {
    from.on("data", (data) => {
      seen(data.length)
      const write = () => pass(() => into.writable && into.write(data))
      if (latency === 0) write()
      else setTimeout(write, latency)
    })
    from.on("end", () => pass(() => setTimeout(() => into.end(), latency)))
    from.on("error", () => into.destroy())
    from.on("close", () => pass(() => setTimeout(() => into.destroy(), latency)))
  }

  const server = createServer((client) => {
    if (refusing) {
      client.resetAndDestroy()
      return
    }
    accepted++
    const upstream = connect({ host: "127.0.0.1", port: to, noDelay: true })
    client.setNoDelay(true)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.once("close", () => sockets.delete(socket))
    }
    let sent = 0
    relay(client, upstream, (bytes) => {
      sent += bytes
      proxy.onData(sent)
    })
    relay(upstream, client, () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the proxy has no port")

  const all = (act: (socket: Socket) => void) => () => {
    for (const socket of [...sockets]) act(socket)
  }
  const proxy: Proxy = {
    port: address.port,
    open: () => sockets.size / 2,
    accepted: () => accepted,
    cut: all((socket) => socket.destroy()),
    reset: all((socket) => socket.resetAndDestroy()),
    refuse: () => {
      refusing = true
      all((socket) => socket.resetAndDestroy())()
    },
    accept: () => {
      refusing = false
    },
    hold: () => {
      held = true
    },
    resume: () => {
      held = false
      for (const act of waiting.splice(0)) act()
    },
    delay: (ms) => {
      latency = ms
    },
    target: (port) => {
      to = port
    },
    onData: () => undefined
  }
  const end = () =>
    new Promise<void>((resolve) => {
      all((socket) => socket.destroy())()
      server.close(() => resolve())
    })
  return { proxy, end }
}
