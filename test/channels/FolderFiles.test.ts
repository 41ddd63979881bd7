/** File operations against what may happen between a look and the next step: another file in the same place. */
import { execFileSync } from "node:child_process"
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as FolderFiles from "../../src/channels/FolderFiles.ts"

let folder = ""
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "throughline-files-"))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (name: string) => Buffer.from(join(folder, name))

const seen = async (name: string): Promise<FolderFiles.Seen> => {
  const state = await FolderFiles.stateOf(at(name))
  if (state === undefined) throw new Error(`${name} is not there`)
  return state
}

describe("reading what was seen", () => {
  it("gives nothing of a file that changed, was replaced, or went", async () => {
    await writeFile(at("a"), "one")
    const before = await seen("a")
    assert.strictEqual(Buffer.from((await FolderFiles.readUnchanged(at("a"), before, 10)) ?? []).toString(), "one")
    await writeFile(at("a"), "two")
    assert.isUndefined(await FolderFiles.readUnchanged(at("a"), before, 10))
    await writeFile(at("b"), "one")
    await rename(at("b"), at("a"))
    assert.isUndefined(await FolderFiles.readUnchanged(at("a"), before, 10))
    await rm(at("a"))
    assert.isUndefined(await FolderFiles.readUnchanged(at("a"), before, 10))
  })

  it("follows no link and waits at no pipe that was put in the file's place", async () => {
    await writeFile(at("a"), "one")
    const before = await seen("a")
    await rename(at("a"), at("b"))
    await symlink(at("b"), at("a"))
    const failed = await FolderFiles.readUnchanged(at("a"), before, 10).then(
      () => false,
      () => true
    )
    assert.isTrue(failed)
    await rm(at("a"))
    execFileSync("mkfifo", [at("a").toString()])
    assert.isUndefined(await FolderFiles.readUnchanged(at("a"), before, 10))
  })

  it("stops at the limit and one byte", async () => {
    await writeFile(at("a"), "0123456789")
    assert.strictEqual((await FolderFiles.readUnchanged(at("a"), await seen("a"), 4))?.length, 5)
    assert.strictEqual((await FolderFiles.readUnchanged(at("a"), await seen("a"), 10))?.length, 10)
  })
})

describe("moving what was read", () => {
  it("leaves another file that took its place", async () => {
    await mkdir(at("archive"))
    await writeFile(at("a"), "one")
    const before = await seen("a")
    await writeFile(at("b"), "two")
    await rename(at("b"), at("a"))
    const to = { folder: join(folder, "archive"), name: "1_a" }
    assert.isUndefined(await FolderFiles.moveRead(at("a"), before, to, { folder, name: "a" }))
    assert.strictEqual(await readFile(at("a"), "utf8"), "two")
    assert.deepStrictEqual(await readdir(to.folder), [])
  })
})

const write = async (name: string, bytes: Uint8Array) => {
  const [error] = await FolderFiles.writeWhole(folder, [{ name, bytes }])
  if (error !== undefined) throw error
}

describe("writing what may be there already", () => {
  it("takes no file that a partner fetches in this moment for another document", async () => {
    const bytes = new Uint8Array(1_000_000).fill(65)
    for (let round = 0; round < 400; round++) {
      await write("answer", bytes)
      const fetched = setTimeout((round % 20) / 10).then(() => rm(at("answer"), { force: true }))
      await write("answer", bytes)
      await fetched
    }
    await write("answer", bytes)
    assert.strictEqual((await readFile(at("answer"))).length, bytes.length)
    assert.deepStrictEqual(await readdir(folder), ["answer"])
  })

  it("covers no document that comes to lie there meanwhile, nor its own", async () => {
    const documents = Array.from({ length: 8 }, (_, at) => new Uint8Array(300_000).fill(65 + (at % 2)))
    const results = await Promise.allSettled(documents.map((bytes) => write("answer", bytes)))
    const { ino } = await stat(at("answer"))
    const [first] = await readFile(at("answer"))
    assert.deepStrictEqual(
      results.map(({ status }) => status),
      documents.map((bytes) => (bytes[0] === first ? "fulfilled" : "rejected"))
    )
    await write("answer", new Uint8Array(300_000).fill(first ?? 0))
    assert.strictEqual((await stat(at("answer"))).ino, ino)
    assert.deepStrictEqual(await readdir(folder), ["answer"])
  })

  it("writes several in their order, by time too, up to one that cannot be written", async () => {
    const names = Array.from({ length: 32 }, (_, at) => `${at}`)
    const documents = names.map((name) => ({ name, bytes: new Uint8Array(20_000).fill(65) }))
    await FolderFiles.writeWhole(folder, documents.slice(0, 1))
    await writeFile(at("30"), "another")
    const outcomes = await FolderFiles.writeWhole(folder, documents)
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome?.reason._tag),
      [...names.slice(0, 30).map(() => undefined), "Conflict"]
    )
    const states = await Promise.all(names.slice(0, 30).map((name) => stat(at(name), { bigint: true })))
    const times = states.map(({ mtimeNs }) => mtimeNs)
    assert.deepStrictEqual(times, times.toSorted())
    assert.deepStrictEqual((await readdir(folder)).sort(), names.slice(0, 31).sort())
    assert.strictEqual(await readFile(at("30"), "utf8"), "another")
  })

  it("says what could not be written behind what was", async () => {
    const documents = ["a", "b/c", "d"].map((name) => ({ name, bytes: Buffer.from(name) }))
    const outcomes = await FolderFiles.writeWhole(folder, documents)
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome?.reason._tag),
      [undefined, "Unavailable"]
    )
    assert.deepStrictEqual(await readdir(folder), ["a"])
  })
})
