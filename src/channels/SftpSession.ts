/**
 * One SSH connection to an SFTP server, opened by ssh2-sftp-client and used through the SFTP requests below it: a request
 * answers, fails with what the server said, or fails because the connection is gone; it never hangs. The server's host
 * key is looked at before anything of ours is sent, the user name included.
 *
 * `open` rejects with a `ChannelError`. A session that lost its connection stays lost; SftpConnection opens the next.
 */
import { connect as connectSocket, type Socket } from "node:net"
import { Redacted } from "effect"
import SftpClient from "ssh2-sftp-client"
import type { ChannelError } from "../engine/Channel.ts"
import * as SftpError from "./SftpError.ts"
import * as SftpHostKeys from "./SftpHostKeys.ts"
import { type Filled, where } from "./SftpOptions.ts"

/** The requests of the protocol, as ssh2 has them. */
export type Requests = Awaited<ReturnType<SftpClient["connect"]>>

export interface Patience {
  /** From the first packet to the first SFTP answer. Default 20 s. */
  readonly connectMs: number
  /** Of each single request; a transfer is many. Default 30 s. */
  readonly requestMs: number
  /** How often a silent server is asked whether it is there; three times without an answer, and it is not. Default 10 s. */
  readonly keepaliveMs: number
}

export const patience: Patience = { connectMs: 20_000, requestMs: 30_000, keepaliveMs: 10_000 }

export interface Session {
  /** Sends a request whose answer has a value. */
  readonly ask: <A>(send: (sftp: Requests, done: (error: Error | undefined, value: A) => void) => void) => Promise<A>
  /** Sends a request that is answered with a status alone. */
  readonly tell: (send: (sftp: Requests, done: (error?: Error | null) => void) => void) => Promise<void>
  readonly isOpen: () => boolean
  readonly close: () => void
}

const openSocket = (server: Filled, connectMs: number, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(SftpError.make("stopped", SftpError.unavailable))
    // A put takes 176 ms instead of 2 when small packets wait for each other.
    const socket = connectSocket({ host: server.host, port: server.port, noDelay: true, keepAlive: true })
    const end = (error: unknown) => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(
      () => end(SftpError.make(`${where(server)} does not answer`, SftpError.timeout)),
      connectMs
    )
    const failed = (cause: Error) => end(SftpError.ofSocket(where(server), cause))
    signal.addEventListener("abort", () => end(SftpError.make("stopped", SftpError.unavailable)), { once: true })
    socket.once("error", failed)
    socket.once("connect", () => {
      clearTimeout(timer)
      socket.off("error", failed)
      resolve(socket)
    })
  })

/** What to do about a server that has another key. */
const ifRight = (host: string, port: number): string =>
  "If the partner confirms the new key: " +
  `throughline channels forget-host-key ${SftpHostKeys.nameOf(host, port).replace(/^\[.*$/u, "'$&'")} --why TEXT`

/** Decides about a key that a server shows; what is wrong with it, or undefined. */
const judge = async (
  server: Filled,
  known: Uint8Array | undefined,
  keys: SftpHostKeys.HostKeys,
  key: Uint8Array
): Promise<ChannelError | undefined> => {
  const { host, port, hostKey } = server
  const shown = `${SftpHostKeys.typeOf(key)} ${SftpHostKeys.fingerprint(key)}`
  if (hostKey !== undefined) {
    if (SftpHostKeys.isNamed(key, hostKey)) return undefined
    return SftpError.make(
      `${where(server)} shows the host key ${shown}, which is not the one configured; nothing was sent`,
      SftpError.untrusted
    )
  }
  const trusted = known ?? (await keys.pin(host, port, key))
  if (SftpHostKeys.isSame(trusted, key)) return undefined
  return SftpError.make(
    `the host key of ${where(server)} has changed: it was ${SftpHostKeys.fingerprint(trusted)} and is now ${shown}; ` +
      `nothing was sent. ${ifRight(host, port)}`,
    SftpError.untrusted
  )
}

/** Requests under way, each ended by its answer, by its time, or by the end of the connection. */
class Pending {
  readonly #all = new Set<(error: ChannelError) => void>()
  #ended: ChannelError | undefined

  get ended(): ChannelError | undefined {
    return this.#ended
  }

  end(error: ChannelError): void {
    this.#ended ??= error
    for (const reject of [...this.#all]) reject(this.#ended)
  }

  run<A>(ms: number, late: () => void, send: (resolve: (value: A) => void, reject: (e: unknown) => void) => void) {
    return new Promise<A>((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended)
      const settle = () => {
        clearTimeout(timer)
        this.#all.delete(give)
      }
      const give = (error: unknown) => {
        settle()
        reject(error)
      }
      const timer = setTimeout(late, ms)
      this.#all.add(give)
      try {
        send((value) => {
          settle()
          resolve(value)
        }, give)
      } catch (error) {
        give(error)
      }
    })
  }
}

const sessionOf = (sftp: Requests, socket: Socket, pending: Pending, server: Filled, requestMs: number): Session => {
  const late = () => {
    pending.end(SftpError.make(`${where(server)} did not answer within ${requestMs / 1000} s`, SftpError.timeout))
    socket.destroy()
  }
  return {
    ask: <A>(send: (sftp: Requests, done: (error: Error | undefined, value: A) => void) => void) =>
      pending.run<A>(requestMs, late, (resolve, reject) =>
        send(sftp, (error, value) => (error ? reject(error) : resolve(value)))
      ),
    tell: (send) =>
      pending.run<void>(requestMs, late, (resolve, reject) =>
        send(sftp, (error) => (error ? reject(error) : resolve()))
      ),
    isOpen: () => pending.ended === undefined,
    close: () => {
      pending.end(SftpError.make(`the connection to ${where(server)} was closed`, SftpError.unavailable))
      socket.destroy()
    }
  }
}

const secret = (value: Redacted.Redacted | undefined) => (value === undefined ? undefined : Redacted.value(value))

/** Connects and logs in. An aborted signal closes what was opened. */
export const open = async (
  server: Filled,
  keys: SftpHostKeys.HostKeys,
  { connectMs, requestMs, keepaliveMs }: Patience,
  signal: AbortSignal
): Promise<Session> => {
  const { hostKey } = server
  const known = hostKey === undefined ? await keys.find(server.host, server.port) : SftpHostKeys.named(hostKey)
  const password = secret(server.password)
  const privateKey = secret(server.privateKey)
  const passphrase = secret(server.passphrase)
  const socket = await openSocket(server, connectMs, signal)
  const pending = new Pending()
  let distrusted: ChannelError | undefined
  let said: unknown
  // The library prints to the console unless it is given these.
  const client = new SftpClient(where(server), { error: (error) => (said ??= error), end: () => {}, close: () => {} })
  client.on("error", (error: unknown) => (said ??= error))
  // Some servers ask for the password as if a person sat there.
  const respond = (prompts: ReadonlyArray<unknown>, answer: (answers: ReadonlyArray<string>) => void) =>
    answer(prompts.map(() => (prompts.length === 1 && password !== undefined ? password : "")))
  client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) => respond(prompts, answer))
  socket.once("close", () =>
    pending.end(SftpError.make(`the connection to ${where(server)} was lost`, SftpError.unavailable, said))
  )
  try {
    const sftp = await pending.run<Requests>(
      connectMs,
      () => {
        said ??= Object.assign(new Error("no answer in time"), { level: "client-timeout" })
        socket.destroy()
      },
      (resolve, reject) =>
        client
          .connect({
            sock: socket,
            host: server.host,
            port: server.port,
            username: server.username,
            ...(password === undefined ? {} : { password, tryKeyboard: true }),
            ...(privateKey === undefined ? {} : { privateKey }),
            ...(passphrase === undefined ? {} : { passphrase }),
            ...(known === undefined ? {} : { algorithms: { serverHostKey: SftpHostKeys.asked(known) } }),
            readyTimeout: connectMs,
            keepaliveInterval: keepaliveMs,
            keepaliveCountMax: 3,
            hostVerifier: (key: Buffer, verify: (trusted: boolean) => void) => {
              judge(server, known, keys, key)
                .catch((error: unknown) =>
                  SftpError.make(
                    `the host key of ${where(server)} cannot be kept: ${String(error)}`,
                    SftpError.blocked,
                    error
                  )
                )
                .then((wrong) => {
                  distrusted = wrong
                  verify(wrong === undefined)
                })
                // The connection may be gone by then.
                .catch(() => socket.destroy())
            }
          })
          .then(resolve, reject)
    )
    sftp.on("error", () => socket.destroy())
    return sessionOf(sftp, socket, pending, server, requestMs)
  } catch (error) {
    socket.destroy()
    if (distrusted !== undefined) throw distrusted
    if (known !== undefined && /host key/iu.test(String(said ?? error))) {
      throw SftpError.make(
        `${where(server)} no longer has its host key ${SftpHostKeys.fingerprint(known)}; nothing was sent. ` +
          ifRight(server.host, server.port),
        SftpError.untrusted,
        error
      )
    }
    throw SftpError.ofHandshake(where(server), server.username, said ?? error)
  }
}
