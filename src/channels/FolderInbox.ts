/**
 * Looks at the inbox of one company and says which files are finished: those whose size, times and inode were the same
 * at several looks in a row. A rewrite, a truncation, a file renamed over it start the count again; how old a file says
 * it is means nothing.
 *
 * It reads no content and moves nothing. A file that vanishes between two looks is forgotten; one that cannot be
 * looked at is reported as a complaint, once until it changes.
 */
import { lstat, readdir } from "node:fs/promises"
import { join } from "node:path"
import * as FileNames from "./FileNames.ts"
import { inside, isGone, type Seen, same, stateOf } from "./FolderFiles.ts"
import { type Complaint, type Look, noFile, noTypeFolder, type Patience, Writers } from "./InboxPatience.ts"

/** A file in an inbox, as it was at the last look. */
export interface Candidate {
  readonly type: string
  /** Name as bytes, to open it; `text` is for the journal, `label` for logs and people. */
  readonly name: Buffer
  readonly text: string
  readonly label: string
  readonly path: Buffer
  readonly seen: Seen
  /** How many looks in a row it was like this. */
  readonly looks: number
}

const byAge = (a: Candidate, b: Candidate): number =>
  a.seen.mtimeNs < b.seen.mtimeNs ? -1 : a.seen.mtimeNs > b.seen.mtimeNs ? 1 : Buffer.compare(a.name, b.name)

/** Files looked at together within one folder. */
const batch = 32

export class Inbox {
  readonly #home: string
  readonly writers: Writers
  #known = new Map<string, Candidate>()

  /** `home` is the company's folder; `inbox` below it is looked at. */
  constructor(home: string, patience: Patience) {
    this.#home = home
    this.writers = new Writers(patience)
  }

  /** One look at everything. Fails only when the inbox itself cannot be read. */
  async look(): Promise<Look<Candidate>> {
    const complaints: Array<Complaint> = []
    const known = new Map<string, Candidate>()
    for (const type of await this.#types(complaints)) {
      const folder = join(this.#home, "inbox", type)
      try {
        const entries = await readdir(folder, { withFileTypes: true, encoding: "buffer" })
        for (let at = 0; at < entries.length; at += batch) {
          const looked = await Promise.all(
            entries.slice(at, at + batch).map((entry) => this.#candidate(folder, type, entry, complaints))
          )
          for (const candidate of looked) {
            if (candidate !== undefined) known.set(keyOf(candidate.type, candidate.text), candidate)
          }
        }
      } catch (error) {
        if (!isGone(error)) complaints.push({ where: `inbox/${type}`, what: `cannot be read: ${messageOf(error)}` })
      }
    }
    this.#known = known
    const finished = [...known.values()]
      .filter((candidate) =>
        this.writers.isFinished(keyOf(candidate.type, candidate.text), candidate.seen.size, candidate.looks)
      )
      .sort(byAge)
    return { finished, settling: finished.length < known.size, complaints }
  }

  /** Begins to count again: what was read was not what had been seen. */
  restart(candidate: Candidate): void {
    this.#known.delete(keyOf(candidate.type, candidate.text))
  }

  /** Message type folders of the inbox, whether we know the type or not: the engine has an answer to unknown ones. */
  async #types(complaints: Array<Complaint>): Promise<ReadonlyArray<string>> {
    const inbox = join(this.#home, "inbox")
    if (!(await lstat(inbox)).isDirectory()) throw new Error(`${inbox} is not a folder`)
    const types: Array<string> = []
    for (const entry of await readdir(inbox, { withFileTypes: true })) {
      if (entry.isDirectory() && FileNames.isTypeFolder(entry.name)) types.push(entry.name)
      else if (!FileNames.isUnfinished(entry.name)) {
        const what = noTypeFolder(entry.isDirectory())
        complaints.push({ where: `inbox/${FileNames.safe(entry.name)}`, what })
      }
    }
    return types.sort()
  }

  async #candidate(
    folder: string,
    type: string,
    entry: { readonly name: Buffer; isDirectory: () => boolean },
    complaints: Array<Complaint>
  ): Promise<Candidate | undefined> {
    const text = FileNames.textOf(entry.name)
    if (FileNames.isUnfinished(text)) return undefined
    const path = inside(folder, entry.name)
    const label = FileNames.safe(text)
    const where = `inbox/${type}/${label}`
    try {
      const state = await stateOf(path)
      if (state === undefined) return undefined
      if (!state.isFile) {
        complaints.push({ where, what: noFile })
        return undefined
      }
      const before = this.#known.get(keyOf(type, text))
      const { isFile: _, ...seen } = state
      const looks = before !== undefined && same(before.seen, seen) ? before.looks + 1 : 1
      return { type, name: entry.name, text, label, path, seen, looks }
    } catch (error) {
      complaints.push({ where, what: `cannot be looked at: ${messageOf(error)}` })
      return undefined
    }
  }
}

export const keyOf = (type: string, text: string): string => `${type}/${text}`
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
