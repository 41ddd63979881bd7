/**
 * An SFTP server of ssh2's own, for what Debian's sshd does not do when asked: passwords without an account of the system,
 * names that lead out of their folder, silence. It serves the folders it is given and takes nothing.
 */
import { generateKeyPairSync } from "node:crypto"
import { Effect, type Scope } from "effect"
import ssh2 from "ssh2"

export interface Options {
  /** Password of the user `partner`. */
  readonly password?: string
  /** Asks for it in a dialogue, as some servers do. */
  readonly dialogue?: boolean
  /** Entries of each folder, exactly as sent: name, POSIX mode, size. */
  readonly folders?: Readonly<Record<string, ReadonlyArray<readonly [string, number, number]>>>
  /** Answers no SFTP request at all. */
  readonly silent?: boolean
  /** Opens files, answers no request to read them, and calls this. */
  readonly stalls?: () => void
}

const { STATUS_CODE } = ssh2.utils.sftp

const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" })

const serve = (sftp: ssh2.SFTPWrapper, { folders = {}, silent = false, stalls }: Options) => {
  // Without a listener, ssh2 answers by itself that it does not know the request.
  if (silent) return void sftp.on("OPENDIR", () => undefined)
  const handles: Array<{ readonly path: string; done: boolean }> = []
  const attributes = (mode: number, size: number) => ({ mode, size, uid: 1, gid: 1, atime: 1000, mtime: 1000 })
  sftp.on("OPENDIR", (id, path) => {
    if (folders[path] === undefined) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE)
    sftp.handle(id, Buffer.from([handles.push({ path, done: false }) - 1]))
  })
  sftp.on("READDIR", (id, handle) => {
    const opened = handles[handle[0] ?? 0]
    const entries = folders[opened?.path ?? ""] ?? []
    if (opened === undefined || opened.done || entries.length === 0) return sftp.status(id, STATUS_CODE.EOF)
    opened.done = true
    sftp.name(
      id,
      entries.map(([filename, mode, size]) => ({ filename, longname: filename, attrs: attributes(mode, size) }))
    )
  })
  sftp.on("CLOSE", (id) => sftp.status(id, STATUS_CODE.OK))
  if (stalls !== undefined) {
    sftp.on("OPEN", (id) => sftp.handle(id, Buffer.from([255])))
    sftp.on("READ", () => stalls())
  }
  for (const event of stalls !== undefined ? (["LSTAT", "STAT"] as const) : (["LSTAT", "STAT", "OPEN"] as const)) {
    sftp.on(event, (id: number) => sftp.status(id, STATUS_CODE.NO_SUCH_FILE))
  }
}

/** The port of a server that runs for the scope. */
export const start = (options: Options): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const clients = new Set<ssh2.Connection>()
      const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
        clients.add(client)
        client.on("error", () => undefined)
        client.on("close", () => clients.delete(client))
        client.on("authentication", (context) => {
          if (options.password === undefined) return context.accept()
          if (context.method === "password" && options.dialogue !== true) {
            return context.password === options.password ? context.accept() : context.reject(["password"])
          }
          if (context.method === "keyboard-interactive" && options.dialogue === true) {
            return context.prompt([{ prompt: "Password: ", echo: false }], (answers) =>
              answers[0] === options.password ? context.accept() : context.reject(["keyboard-interactive"])
            )
          }
          context.reject([options.dialogue === true ? "keyboard-interactive" : "password"])
        })
        client.on("session", (accept) => accept().on("sftp", (open) => serve(open(), options)))
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const address = server.address()
      return { server, clients, port: typeof address === "object" && address !== null ? address.port : 0 }
    }),
    ({ server, clients }) =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            for (const client of clients) client.end()
            server.close(() => resolve())
          })
      )
  ).pipe(Effect.map(({ port }) => port))
