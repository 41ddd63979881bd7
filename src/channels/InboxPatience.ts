/**
 * What inboxes have in common, in folders here and on partners' servers: how long a file has to hold still before it is
 * finished, and how what is odd about an inbox is said. Nothing here fails.
 */

/** Something an operator may want to mend: where, and what is odd about it. */
export interface Complaint {
  readonly where: string
  readonly what: string
}

export interface Look<Candidate> {
  /** Oldest first: the order in which they are taken. */
  readonly finished: ReadonlyArray<Candidate>
  /** True when files are there that may be finished at a later look. */
  readonly settling: boolean
  readonly complaints: ReadonlyArray<Complaint>
}

export interface Patience {
  /** Looks in a row without a change after which a file is finished. */
  readonly looks: number
  /** The same for an empty file: many programs create a file first and begin to write when the connection stands. */
  readonly emptyLooks: number
}

/** Why something in an inbox that is no folder of a message type stays where it is. */
export const noTypeFolder = (isFolder: boolean): string =>
  isFolder
    ? "is no message type; such folders are named like SNX_TRANSFER"
    : "is left alone: files belong into the folder of their message type"

export const noFile = "is left alone: not a regular file"

/** What was learned about the writers of files, by the files' keys. */
export class Writers {
  readonly #patience: Patience
  /** Files that went on after they were taken for finished; they have to hold still longer. */
  readonly #hasty = new Map<string, number>()

  constructor(patience: Patience) {
    this.#patience = patience
  }

  /** The writer of this file pauses for longer than others: five times as long from now on. */
  beMorePatient(key: string): void {
    this.#hasty.set(key, (this.#hasty.get(key) ?? 1) * 5)
  }

  /** Forgets what was learned about a writer, when the file has long been taken. */
  forget(key: string): void {
    this.#hasty.delete(key)
  }

  /** True when a file of this size was the same at enough looks. */
  isFinished(key: string, size: number, looks: number): boolean {
    const { looks: usual, emptyLooks } = this.#patience
    return looks >= (size === 0 ? emptyLooks : usual) * (this.#hasty.get(key) ?? 1)
  }
}
