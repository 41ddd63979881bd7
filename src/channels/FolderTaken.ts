/**
 * What becomes of a file after its bytes were committed: it moves to `archive/`, on to `failed/` when its message ends
 * failed (and back when a reprocessed one succeeds), and is looked at a few more times, because a writer that paused
 * for longer than anybody expected may still be at it.
 *
 * All of it may be done again at any time. The journal is the record; these folders are a convenience for people.
 */
import { join } from "node:path"
import * as FileNames from "./FileNames.ts"
import { ensureFolder, moveRead, moveToFree, type Seen, stateOf } from "./FolderFiles.ts"
import type { Candidate } from "./FolderInbox.ts"

/** A message that came in through a folder and has ended. */
export interface Ended {
  readonly messageId: number
  readonly company: string
  readonly type: string
  /** As it was given to the journal. */
  readonly fileName: string
  readonly failed: boolean
}

const archiveFolder = "archive"
const failedFolder = "failed"

/** Moves a taken file to the archive; undefined when it is not there any more or another took its place. */
export const archive = async (home: string, file: Candidate, messageId: number): Promise<string | undefined> =>
  moveRead(
    file.path,
    file.seen,
    { folder: await ensureFolder(home, archiveFolder, file.type), name: FileNames.archived(messageId, file.text) },
    { folder: join(home, "inbox", file.type), name: file.label }
  )

/** Puts a taken file where its message's end wants it; true when it moved. Finding nothing to move is no error. */
export const settle = async (home: string, message: Ended): Promise<boolean> => {
  if (!FileNames.isTypeFolder(message.type)) return false
  const name = FileNames.archived(message.messageId, message.fileName)
  const [from, to] = message.failed ? [archiveFolder, failedFolder] : [failedFolder, archiveFolder]
  if ((await stateOf(join(home, from, message.type, name))) === undefined) return false
  const source = join(await ensureFolder(home, from, message.type), name)
  return (await moveToFree(source, await ensureFolder(home, to, message.type), name)) !== undefined
}

interface Watched {
  readonly type: string
  readonly label: string
  readonly archivedName: string
  readonly seen: Seen
  readonly since: number
  readonly step: number
}

/** When a taken file is looked at again, in ms after it was taken: writers that pause mostly do so briefly. */
export const afterlooks: ReadonlyArray<number> = [1_000, 5_000, 30_000, 120_000]

/**
 * Remembers, in memory, which files of a company were taken lately. A file that grew or changed afterwards goes back to
 * the inbox under its name and is taken again when it holds still: what was taken first was half a file.
 */
export class Aftercare {
  readonly #home: string
  readonly #steps: ReadonlyArray<number>
  #watched: Array<Watched> = []

  constructor(home: string, steps: ReadonlyArray<number> = afterlooks) {
    this.#home = home
    this.#steps = steps
  }

  watch(file: Candidate, messageId: number, now: number): void {
    const { type, label, seen } = file
    const archivedName = FileNames.archived(messageId, file.text)
    this.#watched.push({ type, label, archivedName, seen, since: now, step: 0 })
  }

  /** Looks at those that are due; gives the files that went back to the inbox and those that are done with. */
  async look(now: number): Promise<{
    readonly back: ReadonlyArray<{ readonly type: string; readonly label: string }>
    readonly done: ReadonlyArray<{ readonly type: string; readonly label: string }>
  }> {
    const back: Array<Watched> = []
    const done: Array<Watched> = []
    const kept: Array<Watched> = []
    for (const watched of this.#watched) {
      const due = this.#steps[watched.step]
      if (due === undefined) done.push(watched)
      else if (now < watched.since + due) kept.push(watched)
      else if (await this.#wentOn(watched)) back.push(watched)
      else kept.push({ ...watched, step: watched.step + 1 })
    }
    this.#watched = kept
    return { back, done }
  }

  /** True when the file changed since it was read; it is in the inbox again then. */
  async #wentOn({ type, label, archivedName, seen }: Watched): Promise<boolean> {
    for (const folder of [archiveFolder, failedFolder]) {
      const path = join(this.#home, folder, type, archivedName)
      const state = await stateOf(path)
      if (state === undefined || state.ino !== seen.ino) continue
      if (state.size === seen.size && state.mtimeNs === seen.mtimeNs) return false
      return (await moveToFree(path, await ensureFolder(this.#home, "inbox", type), label)) !== undefined
    }
    return false
  }
}
