/**
 * One partner's SFTP server, as an operator describes it: where it is, who we are there, which folders to use. A Schema,
 * so that a configuration file can hold it; secrets are `Redacted` and never print.
 *
 * Decoding fails with all faults at once. What is decoded can be used as it is; whether the server agrees is found out
 * by `Sftp.test`.
 */
import { posix } from "node:path"
import { Schema } from "effect"
import * as Channels from "./Channels.ts"
import { HostName } from "./HostName.ts"

const Secret = Schema.Redacted(Schema.NonEmptyString)

/** A folder on the server: parts joined by `/`, no `..`; relative ones start where the login does. */
const Folder = Schema.String.check(
  Schema.makeFilter((path: string) =>
    path.split("/").every((part) => part !== "." && part !== "..") && !path.includes("\0")
      ? undefined
      : 'a folder without "." and ".."'
  )
)

const FolderName = Schema.String.check(
  Schema.isPattern(/^(?!\.{1,2}$)[^/\0]{1,255}$/u, { message: "the name of one folder, without /" })
)

const Company = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,63}$/u, { message: "must be the key of a company, such as acme-printing" })
)

export const Server = Schema.Struct({
  /** Key of the company that this server speaks for: sender of what we take there, receiver of what we put there. */
  company: Company,
  /** We put only the documents of its link with this company there. */
  with: Schema.optionalKey(Company),
  host: HostName,
  /** Default 22. */
  port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))),
  username: Schema.NonEmptyString,
  password: Schema.optionalKey(Secret),
  /** OpenSSH or PEM text of a private key, and what it is encrypted with. */
  privateKey: Schema.optionalKey(Secret),
  passphrase: Schema.optionalKey(Secret),
  /**
   * The server's host key when it is known beforehand: `SHA256:...`, or `ssh-ed25519 AAAA...` as `ssh-keyscan` prints it.
   * Without one, the key of the first connection is stored and every other one refused from then on.
   */
  hostKey: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^(?:SHA256:[A-Za-z0-9+/]{43}=?|[a-z0-9@.-]+ [A-Za-z0-9+/]+=*)(?:\s.*)?$/u, {
        message:
          "must be a host key: SHA256:... as `ssh-keygen -lf` prints it, or ssh-ed25519 AAAA... as `ssh-keyscan` does"
      })
    )
  ),
  /** Holds the folders below; default: where the login starts. */
  folder: Schema.optionalKey(Folder),
  /** What we take: files in `<inbox>/<TYPE>/`. Default `inbox`. */
  inbox: Schema.optionalKey(FolderName),
  /** What we put: files in `<outbox>/<TYPE>/`. Default `outbox`. */
  outbox: Schema.optionalKey(FolderName),
  /** Where taken files go. Default `archive`. */
  archive: Schema.optionalKey(FolderName),
  /** False: we never look for files there, only put them. Default true. */
  receive: Schema.optionalKey(Schema.Boolean),
  /**
   * What becomes of a taken file. `archive` (default) moves it; a writer that went on is noticed then. `delete` removes it,
   * for servers where nothing may be moved.
   */
  taken: Schema.optionalKey(Schema.Literals(["archive", "delete"])),
  /** Transfers at a time over the one connection. Default 8. */
  concurrency: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 64 })))
}).check(
  Schema.makeFilter((server) =>
    server.password === undefined && server.privateKey === undefined
      ? "a password, a private key, or both are needed"
      : undefined
  )
)

export type Server = typeof Server.Type

/** A server with everything said. */
export interface Filled extends Server {
  readonly port: number
  readonly folder: string
  readonly inbox: string
  readonly outbox: string
  readonly archive: string
  readonly receive: boolean
  readonly taken: "archive" | "delete"
  readonly concurrency: number
}

export const fill = (server: Server): Filled => ({
  port: 22,
  inbox: "inbox",
  outbox: "outbox",
  archive: "archive",
  receive: true,
  taken: "archive",
  concurrency: 8,
  ...server,
  folder: (server.folder ?? "").replace(/(?<=.)\/+$/u, "")
})

/** What a server is kept by: its company, and the link where it is for one only. */
export const addressOf = (server: Server): string => Channels.addressOf({ ...server, other: server.with })

/**
 * A folder of a server as everybody who reaches it names it: two entries with the same place mean the same folder. Of
 * names of one folder that the server alone knows (links, two users with one home) it cannot know.
 */
export const placeOf = ({ host, port, username, folder }: Filled, name: string): string => {
  const path = posix.normalize(folder === "" ? name : `${folder}/${name}`)
  return `sftp://${encodeURIComponent(username)}@${where({ host: host.toLowerCase(), port })}${path.startsWith("/") ? "" : "/~/"}${path}`
}

/** Where it is, for people. */
export const where = ({ host, port }: Pick<Filled, "host" | "port">): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`
