/**
 * How partners exchange files with an installation in fault tests: by folders here, by AMQP and HTTP in the files beside
 * this one. A courier is the partner's side, and all of it: what it says arrived did arrive there, with these bytes.
 *
 * It never gives up: what cannot be handed over is handed over later, in the order of its company.
 */
import { createHash } from "node:crypto"
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises"
import { join } from "node:path"

/** A file on its way to the installation. */
export interface Letter {
  readonly company: string
  readonly type: string
  readonly file: string
  readonly body: string
}

/** A document that arrived at a partner, once for every time it did. */
export interface Arrived {
  readonly company: string
  readonly name: string
  readonly sha256: string
  readonly text: string
  /** When it arrived, in ns; of files, when they were written. */
  readonly at: bigint
}

export interface Courier {
  readonly companies: ReadonlyArray<string>
  /** Takes a letter; it is handed over at once or later. */
  readonly carry: (letter: Letter) => Promise<void>
  /**
   * Fetches what lies there for its companies; one call after another, so that nothing is counted twice. True when it saw
   * that nothing is left.
   */
  readonly fetch: () => Promise<boolean>
  /** Everything that arrived so far. */
  readonly arrived: () => Promise<ReadonlyArray<Arrived>>
  /** Digests of the taken files that are kept, by `folder name`; undefined where nobody keeps them. */
  readonly kept: () => Promise<ReadonlyMap<string, string> | undefined>
  /** What should not be there at the end, in words. */
  readonly astray: () => Promise<ReadonlyArray<string>>
}

export const sha = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")

/** Runs one after another; what fails does not keep the next from running. */
export const inTurn = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <A>(work: () => Promise<A>): Promise<A> => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
}

const filesIn = async (folder: string): Promise<ReadonlyArray<string>> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const arrived = async (company: string, path: string): Promise<Arrived> => {
  const bytes = await readFile(path)
  const { mtimeNs } = await stat(path, { bigint: true })
  return { company, name: path.split("/").at(-1) ?? "", sha256: sha(bytes), text: bytes.toString("utf8"), at: mtimeNs }
}

export interface Folders {
  /** Holds a folder for each company, with inbox, outbox and archive in it. */
  readonly root: string
  readonly companies: ReadonlyArray<string>
  /** Those that remove what they fetched, as real ones do: a file delivered again arrives again. */
  readonly fetching: ReadonlyArray<string>
}

/** By files, which appear in an inbox whole, by rename. Folders of a server are the same to who sits at its disk. */
export const byFolders = ({ root, companies, fetching }: Folders): Courier => {
  const turn = inTurn()
  const fetched: Array<Arrived> = []
  return {
    companies,
    carry: async ({ company, type, file, body }) => {
      const inbox = join(root, company, "inbox", type)
      await mkdir(inbox, { recursive: true })
      await writeFile(join(inbox, `${file}.part`), body)
      await rename(join(inbox, `${file}.part`), join(inbox, file))
    },
    fetch: () =>
      turn(async () => {
        for (const company of fetching) {
          for (const path of await filesIn(join(root, company, "outbox"))) {
            fetched.push(await arrived(company, path))
            await unlink(path)
          }
        }
        return true
      }),
    arrived: async () => {
      const lying = companies.filter((company) => !fetching.includes(company))
      const all = [...fetched]
      for (const company of lying) {
        for (const path of await filesIn(join(root, company, "outbox"))) all.push(await arrived(company, path))
      }
      return all
    },
    kept: async () => {
      const files = new Map<string, string>()
      for (const company of companies) {
        for (const folder of ["archive", "failed", "inbox"]) {
          for (const path of await filesIn(join(root, company, folder))) {
            files.set(`${folder} ${path.split("/").at(-1)}`, sha(await readFile(path)))
          }
        }
      }
      return files
    },
    astray: async () => []
  }
}
