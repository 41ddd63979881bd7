/** Destinations find their channel; those that name none say so. And what a failing disk is worth. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Channels from "../../src/channels/Channels.ts"
import * as FolderFiles from "../../src/channels/FolderFiles.ts"
import type { OutgoingFile } from "../../src/engine/Channel.ts"

const file: OutgoingFile = {
  company: "other",
  type: "SNX_TRANSFER",
  fileName: "a.xml",
  bytes: new Uint8Array(),
  messageId: 1,
  controlNumber: "1"
}

describe("a destination", () => {
  it.effect("finds its channel and its company there", () =>
    Effect.gen(function* () {
      const got: Array<OutgoingFile> = []
      const channels = Channels.make([
        { name: "folder", deliver: (each) => Effect.sync(() => void got.push(each)) },
        { name: "mail", deliver: () => Effect.die("not this one") }
      ])
      assert.deepStrictEqual(yield* channels.deliver("folder:acme-printing", [file]), [undefined])
      // One at a time where the channel does not take several.
      const two = [file, { ...file, fileName: "b.xml" }]
      assert.deepStrictEqual(yield* channels.deliver("folder:acme-printing/borealis-pharma", two), [undefined])
      assert.deepStrictEqual(got, [
        { ...file, company: "acme-printing", other: undefined },
        { ...file, company: "acme-printing", other: "borealis-pharma" }
      ])
    })
  )

  it.effect("that names no channel of ours is for an operator", () =>
    Effect.gen(function* () {
      const channels = Channels.make([{ name: "folder", deliver: () => Effect.void }])
      for (const destination of ["sftp:acme", "acme", "", ":acme", "folder:", "folder:/acme"]) {
        const [error] = yield* channels.deliver(destination, [file, file])
        assert.strictEqual(error?.reason._tag, "NoDestination")
        assert.strictEqual(error?.reason.whoActs, "operator")
      }
    })
  )

  it("is read as it is written", () => {
    for (const destination of [
      { channel: "folder", company: "a-b", other: undefined },
      { channel: "sftp", company: "a", other: "b-c" }
    ]) {
      assert.deepStrictEqual(Channels.parse(Channels.print(destination)), destination)
    }
  })
})

describe("a failing disk", () => {
  it.effect("is for an operator when it is full, closed or read-only, and for nobody when it is away", () =>
    Effect.gen(function* () {
      const reasonOf = (code: string) =>
        Effect.map(
          Effect.flip(FolderFiles.attempt("write", () => Promise.reject(Object.assign(new Error(code), { code })))),
          ({ reason }) => [reason._tag, reason.isRetryable, reason.whoActs]
        )
      for (const code of ["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS"]) {
        assert.deepStrictEqual(yield* reasonOf(code), ["Blocked", true, "operator"])
      }
      for (const code of ["EIO", "ESTALE", "EMFILE", "ENOENT"]) {
        assert.deepStrictEqual(yield* reasonOf(code), ["Unavailable", true, "nobody"])
      }
    })
  )
})
