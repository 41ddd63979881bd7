/** Writers at work in an inbox: slow ones, pausing ones, those who write again; on a real file system. */
import { appendFile, open, truncate, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe } from "@effect/vitest"
import { Effect } from "effect"
import { companies } from "../contracts/ChannelContract.ts"
import { act, scenario, visible } from "./FolderHarness.ts"

describe("a file that is being written", () => {
  scenario("is left until its writer has finished", (f) =>
    Effect.gen(function* () {
      let whole = ""
      for (let part = 0; part < 12; part++) {
        yield* act(() => appendFile(f.at("slow.xml"), `part ${part};`))
        whole += `part ${part};`
        yield* Effect.sleep("40 millis")
        assert.deepStrictEqual(f.recorded.all, [])
      }
      yield* f.taken(1)
      assert.deepStrictEqual(f.texts(), [whole])
    })
  )

  scenario("is left when it is rewritten with the same length", (f) =>
    Effect.gen(function* () {
      for (let turn = 0; turn < 8; turn++) {
        yield* act(() => writeFile(f.at("a.xml"), `turn ${turn}`))
        yield* Effect.sleep("40 millis")
        assert.deepStrictEqual(f.recorded.all, [])
      }
      yield* f.taken(1)
      assert.deepStrictEqual(f.texts(), ["turn 7"])
    })
  )

  scenario("is left when it is cut and written anew", (f) =>
    Effect.gen(function* () {
      yield* act(() => writeFile(f.at("a.xml"), "the first try, rather long"))
      yield* Effect.sleep("40 millis")
      yield* act(() => truncate(f.at("a.xml"), 0))
      yield* Effect.sleep("100 millis")
      yield* act(() => writeFile(f.at("a.xml"), "second"))
      yield* f.taken(1)
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), ["second"])
    })
  )

  scenario("is left when its date is set back after every part", (f) =>
    Effect.gen(function* () {
      for (let part = 0; part < 8; part++) {
        yield* act(async () => {
          await writeFile(f.at("a.xml"), `part ${part}`)
          await utimes(f.at("a.xml"), 1_000_000, 1_000_000)
        })
        yield* Effect.sleep("40 millis")
        assert.deepStrictEqual(f.recorded.all, [])
      }
      yield* f.taken(1)
      assert.deepStrictEqual(f.texts(), ["part 7"])
    })
  )

  scenario("and whose writer pauses too long comes back whole", (f) =>
    Effect.gen(function* () {
      const file = yield* act(() => open(f.at("a.xml"), "w"))
      yield* act(() => file.writeFile("first half, "))
      yield* f.until("taken too early", async () => (await visible(f.inbox)).length === 0)
      yield* act(() => file.writeFile("second half"))
      yield* act(() => file.close())
      yield* f.taken(2)
      assert.deepStrictEqual(f.texts(), ["first half, ", "first half, second half"])
      yield* f.until("archived", async () => (await visible(f.inbox)).length === 0)
      assert.deepStrictEqual(yield* f.archived(), [`${f.recorded.all[1]?.messageId}_a.xml`])
    })
  )

  scenario("and whose message already failed comes back too", (f) =>
    Effect.gen(function* () {
      const file = yield* act(() => open(f.at("a.xml"), "w"))
      yield* act(() => file.writeFile("first half, "))
      yield* f.until("taken too early", async () => (await visible(f.inbox)).length === 0)
      const messageId = f.recorded.all[0]?.messageId ?? 0
      yield* f.until("archived", async () => (await visible(join(f.home, "archive", "SNX_TRANSFER"))).length === 1)
      yield* f.channel.settle({
        messageId,
        company: companies[0],
        type: "SNX_TRANSFER",
        fileName: "a.xml",
        failed: true
      })
      yield* act(() => file.writeFile("second half"))
      yield* act(() => file.close())
      yield* f.taken(2)
      assert.deepStrictEqual(f.texts(), ["first half, ", "first half, second half"])
    })
  )
})
