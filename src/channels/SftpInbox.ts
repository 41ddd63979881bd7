/**
 * Looks at the inbox on a partner's server and says which files are finished: those whose size and time were the same at
 * several looks in a row. How old a file says it is means nothing. Looks must be more than a second apart in all, because
 * the protocol knows times by the second.
 *
 * It reads no content and moves nothing. A file that vanishes between two looks is forgotten; what is odd is reported as a
 * complaint. Rejects only when the inbox itself cannot be read.
 */
import * as FileNames from "./FileNames.ts"
import { type Complaint, type Look, noFile, noTypeFolder, type Patience, Writers } from "./InboxPatience.ts"
import * as SftpError from "./SftpError.ts"
import { type Entry, list, type Seen, same } from "./SftpFiles.ts"
import type { Session } from "./SftpSession.ts"

/** A file in an inbox, as it was at the last look. */
export interface Candidate {
  readonly type: string
  /** Its name on the server. */
  readonly name: string
  /** The name for logs and people. */
  readonly label: string
  readonly path: string
  readonly seen: Seen
  /** How many looks in a row it was like this. */
  readonly looks: number
  /** The look at which it was first there: files of the same second keep the order in which they appeared. */
  readonly since: number
}

const byAge = (a: Candidate, b: Candidate): number =>
  a.seen.modified - b.seen.modified || a.since - b.since || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

export const keyOf = ({ type, name }: { readonly type: string; readonly name: string }): string => `${type}/${name}`

export class Inbox {
  readonly #folder: string
  readonly writers: Writers
  #known = new Map<string, Candidate>()
  #look = 0

  /** `folder` is the inbox on the server. */
  constructor(folder: string, patience: Patience) {
    this.#folder = folder
    this.writers = new Writers(patience)
  }

  /** One look at everything. */
  async look(session: Session): Promise<Look<Candidate>> {
    const complaints: Array<Complaint> = []
    const known = new Map<string, Candidate>()
    this.#look++
    for (const type of await this.#types(session, complaints)) {
      const folder = `${this.#folder}/${type}`
      const listed = await list(session, folder).catch((error) => {
        const problem = SftpError.ofStep(`look at ${folder}`, error)
        // One folder that is closed must not hold up the others; a connection that is gone holds up all.
        if (problem.reason._tag !== "Blocked") throw problem
        complaints.push({ where: folder, what: problem.message })
        return undefined
      })
      for (const name of listed?.unusable ?? []) {
        complaints.push({ where: `${folder}/${FileNames.safe(name)}`, what: "is left alone: its name is not UTF-8" })
      }
      for (const entry of listed?.entries ?? []) {
        const candidate = this.#candidate(folder, type, entry, complaints)
        if (candidate !== undefined) known.set(keyOf(candidate), candidate)
      }
    }
    this.#known = known
    const finished = [...known.values()]
      .filter((candidate) => this.writers.isFinished(keyOf(candidate), candidate.seen.size, candidate.looks))
      .sort(byAge)
    return { finished, settling: finished.length < known.size, complaints }
  }

  /** Begins to count again: what was read was not what had been seen. */
  restart(candidate: Candidate): void {
    this.#known.delete(keyOf(candidate))
  }

  /** Message type folders of the inbox, whether we know the type or not: the engine has an answer to unknown ones. */
  async #types(session: Session, complaints: Array<Complaint>): Promise<ReadonlyArray<string>> {
    const listed = await list(session, this.#folder)
    if (listed === undefined) {
      throw SftpError.make(`there is no folder ${this.#folder} on the server to take files from`, SftpError.blocked)
    }
    const types: Array<string> = []
    for (const { name, kind } of listed.entries) {
      if (kind === "folder" && FileNames.isTypeFolder(name)) types.push(name)
      else if (!FileNames.isUnfinished(name)) {
        const what = noTypeFolder(kind === "folder")
        complaints.push({ where: `${this.#folder}/${FileNames.safe(name)}`, what })
      }
    }
    return types.sort()
  }

  #candidate(folder: string, type: string, entry: Entry, complaints: Array<Complaint>): Candidate | undefined {
    const { name, kind, size, modified } = entry
    if (FileNames.isUnfinished(name)) return undefined
    const label = FileNames.safe(name)
    if (kind !== "file") {
      complaints.push({ where: `${folder}/${label}`, what: noFile })
      return undefined
    }
    const seen: Seen = { size, modified }
    const before = this.#known.get(keyOf({ type, name }))
    const looks = before !== undefined && same(before.seen, seen) ? before.looks + 1 : 1
    return { type, name, label, path: `${folder}/${name}`, seen, looks, since: before?.since ?? this.#look }
  }
}
