import { readFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as WorldFile from "../../src/cli/WorldFile.ts"
import * as World from "../../src/partners/World.ts"
import { anyWorld, worldOf } from "../partners/worlds.ts"

const again = (world: World.World) => Result.getOrThrow(WorldFile.parse(WorldFile.print(world), "again"))

describe("a world as YAML", () => {
  it.prop("reads back as it was printed", [anyWorld], ([world]) => expect(again(world)).toEqual(world))

  it.prop("keeps any name", [World.Company.fields.name, World.Company.fields.name], ([name, settingText]) => {
    const world = worldOf({ companies: [{ id: "a", name, role: "both" }], settings: { serviceId: settingText } })
    expect(again(world)).toEqual(world)
  })

  it("keeps names that YAML could take for something else", () => {
    const names = [
      "true",
      "No",
      "null",
      "~",
      "1e3",
      "0x1f",
      "007",
      "- a",
      "a: b",
      "a #b",
      "#a",
      "&a",
      "*a",
      "!a",
      "{a}",
      "[a]"
    ]
    names.push(
      "'a'",
      '"a"',
      "a, b",
      "| a",
      "> a",
      "%a",
      "@a",
      "`a`",
      "é",
      "a\u2028b".replace("\u2028", "\u00a0"),
      "<<",
      "=",
      "🙂"
    )
    const world = worldOf({ companies: names.map((name, at) => ({ id: `c${at}`, name, role: "both" })) })
    expect(again(world)).toEqual(world)
  })

  it("prints the demo world as itself, and long lists over many lines", () => {
    const path = "samples/demo/world.yaml"
    const demo = Result.getOrThrow(WorldFile.parse(readFileSync(path, "utf8"), path))
    expect(again(demo)).toEqual(demo)
    expect(
      Math.max(
        ...WorldFile.print(demo)
          .split("\n")
          .map((line) => line.length)
      )
    ).toBeLessThanOrEqual(120)
  })

  it("prints nothing of an empty world", () => expect(again(World.empty)).toEqual(World.empty))

  it("says where a text is no YAML", () => {
    const result = WorldFile.parse("companies:\n  - id: a\n  - id: [b\n", "w.yaml")
    assert(Result.isFailure(result))
    expect(result.failure.message).toMatch(/^w\.yaml is not YAML: /u)
    const twice = WorldFile.parse("companies: []\ncompanies: []\n", "w.yaml")
    assert(Result.isFailure(twice))
    expect(twice.failure.message).toContain("line 2")
  })

  it.effect("says which file cannot be read", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(WorldFile.read("no/such/world.yaml"))
      assert(error._tag === "WorldFileError")
      expect(error.reason._tag).toBe("Unreadable")
      expect(error.message).toContain("no/such/world.yaml")
      expect((yield* WorldFile.read("samples/demo/world.yaml")).companies).toHaveLength(4)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
