/**
 * What becomes of a file on a partner's server after its bytes were committed: it moves to the archive there, or is
 * removed. An archived one is looked at a few more times, because a writer that paused for longer than anybody expected
 * may still be at it; then it goes back to the inbox and is taken again, whole.
 *
 * All of it may be done again at any time, on another connection too. Rejects as SftpFiles does.
 */
import * as FileNames from "./FileNames.ts"
import { ensureFolder, moveToFree, type Seen, same, stateOf } from "./SftpFiles.ts"
import type { Candidate } from "./SftpInbox.ts"
import type { Session } from "./SftpSession.ts"

/** Folders of a server. */
export interface Places {
  /** The folder that holds the others; may be empty. */
  readonly base: string
  readonly inbox: string
  readonly archive: string
}

/**
 * Moves the very file that was read to the archive; undefined when it is not there any more. Should another have taken its
 * place in between, that one is put back under its name. `made` remembers the folders of the archive that are there.
 */
export const archive = async (
  session: Session,
  { base, archive }: Places,
  file: Candidate,
  messageId: number,
  made: Map<string, string>
): Promise<string | undefined> => {
  const before = await stateOf(session, file.path)
  if (before === undefined || !same(file.seen, before)) return undefined
  const name = FileNames.archived(messageId, file.name)
  const known = made.get(file.type)
  const folder = known ?? (await ensureFolder(session, base, archive, file.type))
  made.set(file.type, folder)
  const path = await moveToFree(session, file.path, folder, name).catch((error) => {
    // Somebody may have removed the folder.
    made.delete(file.type)
    throw error
  })
  if (path === undefined) made.delete(file.type)
  if (path === undefined) return undefined
  const after = await stateOf(session, path)
  if (after !== undefined && !same(file.seen, after)) {
    await moveToFree(session, path, file.path.slice(0, -file.name.length - 1), file.name)
    return undefined
  }
  return path
}

interface Watched {
  readonly type: string
  readonly name: string
  readonly path: string
  readonly archived: string
  readonly seen: Seen
  readonly since: number
  readonly step: number
}

/** When a taken file is looked at again, in ms after it was taken: writers that pause mostly do so briefly. */
export const afterlooks: ReadonlyArray<number> = [5_000, 30_000, 120_000]

/** Files looked at together. */
const batch = 32

/** Remembers, in memory, which files were taken lately. */
export class Aftercare {
  readonly #steps: ReadonlyArray<number>
  #watched: ReadonlyArray<Watched> = []

  constructor(steps: ReadonlyArray<number> = afterlooks) {
    this.#steps = steps
  }

  watch({ type, name, path, seen }: Candidate, archived: string, now: number): void {
    this.#watched = [...this.#watched, { type, name, path, archived, seen, since: now, step: 0 }]
  }

  /** True when `look` has something to do. */
  isDue(now: number): boolean {
    return this.#watched.some((watched) => now >= this.#dueAt(watched))
  }

  /** Looks at those that are due; gives the files that went back to the inbox and those that are done with. */
  async look(
    session: Session,
    now: number
  ): Promise<{ readonly back: ReadonlyArray<Watched>; readonly done: ReadonlyArray<Watched> }> {
    const due = this.#watched.filter((watched) => now >= this.#dueAt(watched))
    const back: Array<Watched> = []
    for (let at = 0; at < due.length; at += batch) {
      const part = due.slice(at, at + batch)
      const wentOn = await Promise.all(part.map((watched) => this.#wentOn(session, watched)))
      back.push(...part.filter((_, index) => wentOn[index]))
    }
    const later = this.#watched
      .filter((watched) => !back.includes(watched))
      .map((watched) => (due.includes(watched) ? { ...watched, step: watched.step + 1 } : watched))
    this.#watched = later.filter(({ step }) => step < this.#steps.length)
    return { back, done: later.filter(({ step }) => step >= this.#steps.length) }
  }

  #dueAt({ since, step }: Watched): number {
    return since + (this.#steps[step] ?? Number.POSITIVE_INFINITY)
  }

  /** True when the file changed since it was read; it is in the inbox again then. */
  async #wentOn(session: Session, { archived, path, name, seen }: Watched): Promise<boolean> {
    const state = await stateOf(session, archived)
    if (state === undefined || same(seen, state)) return false
    return (await moveToFree(session, archived, path.slice(0, -name.length - 1), name)) !== undefined
  }
}
