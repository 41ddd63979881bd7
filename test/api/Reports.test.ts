/** Reports and traces over HTTP: each over the caller's own company, whatever other companies have of the same kind. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { reports } from "../../src/reports/Catalogue.ts"
import { type FilterName, filterOf, ofCompany } from "../../src/reports/Filters.ts"
import { Serials } from "../../src/serials/Serials.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import { story } from "../cli/ReportStory.ts"
import { asJuniper, elm, juniper, resale, trading } from "./Merchants.ts"
import { gtin, startedWithPacks } from "./VerificationWorld.ts"

type Row = Readonly<Record<string, unknown>>
const rowsIn = (text: string): ReadonlyArray<Row> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))

/** What each filter is given: something that both merchants have. */
const wanted: Readonly<Record<Exclude<FilterName, "company">, ReadonlyArray<string>>> = {
  product: ["SERUM-10", "SALVE-50"],
  warehouse: ["Back Store Room", "Fir hall 1"],
  serial: ["A2", "S1"],
  inStock: ["true"],
  vendor: ["gorse-supply", "Gorse Supply (invented)"],
  manufacturer: ["gorse-supply"],
  lot: ["L1", "K7"],
  po: ["PO-1", "PO-2"],
  order: ["SO-1", "SO-2"],
  session: ["77", "78"],
  receivedOn: ["2026-11-22"],
  from: ["2026-11-01"],
  to: ["2026-12-31"]
}
const isWanted = (name: FilterName): name is keyof typeof wanted => Object.hasOwn(wanted, name)

/** The address of a report with these filters, whether it needs them or not. */
const pathOf = (name: string, filters: ReadonlyArray<FilterName>): string => {
  const query = new URLSearchParams({ format: "json" })
  for (const filter of filters.filter(isWanted)) for (const text of wanted[filter]) query.append(filter, text)
  return `/v1/reports/${name}?${query}`
}

describe("reports over HTTP", () => {
  it.live("never show a company rows of another one", () =>
    Effect.gen(function* () {
      const { ask, keyFor, process } = yield* trading
      const all = Effect.fnUntraced(function* (company: string) {
        const key = yield* keyFor(company, ["read"])
        const answers: Array<readonly [string, ReadonlyArray<Row>]> = []
        for (const { name, needs } of reports) {
          const { status, text } = yield* ask(pathOf(name, needs), { key })
          assert.strictEqual(status, 200, `${name}: ${text}`)
          answers.push([name, rowsIn(text)])
        }
        return answers
      })
      const own = story.map(([type, bytes]) => [type, asJuniper(bytes)] as const)
      assert.deepStrictEqual(yield* process(elm, story), new Set(["processed"]))
      // Everything there is belongs to the one: it is told all of it, and the other nothing.
      const alone = yield* all(elm)
      for (const [name, rows] of alone) assert.isNotEmpty(rows, name)
      for (const [name, rows] of yield* all(juniper)) assert.isEmpty(rows, name)
      // Then the other has the same of its own: it is told that, and the first what it was told before.
      assert.deepStrictEqual(yield* process(juniper, own), new Set(["processed"]))
      for (const [name, rows] of yield* all(juniper)) assert.isNotEmpty(rows, name)
      assert.deepStrictEqual(yield* all(elm), alone)
    })
  )

  it.live("take every filter of every report, and refuse all others by name", () =>
    Effect.gen(function* () {
      const { ask, keyFor, process } = yield* trading
      assert.deepStrictEqual(yield* process(elm, story), new Set(["processed"]))
      const key = yield* keyFor(elm, ["read"])
      const every = new Set<FilterName>()
      for (const { name, takes, needs } of reports) {
        for (const filter of ofCompany(takes)) {
          every.add(filter)
          const { status, text } = yield* ask(pathOf(name, [...new Set([...needs, filter])]), { key })
          assert.strictEqual(status, 200, `${name} ${filter}: ${text}`)
          // It is heard: what is nowhere leaves nothing over, or is refused.
          if (filterOf(filter).value === undefined) continue
          const nowhere = filter === "from" ? "2099-01-01" : filter === "to" ? "1999-01-01" : "2001-01-01"
          const none = yield* ask(
            `${pathOf(
              name,
              needs.filter((one) => one !== filter)
            )}&${filter}=${nowhere}`,
            { key }
          )
          if (none.status === 200) assert.isEmpty(rowsIn(none.text), `${name} ${filter}`)
          else assert.include(none.text, nowhere, `${name} ${filter}`)
        }
        const known = ofCompany(takes)
        const refused = Effect.fnUntraced(function* (query: string) {
          const { status, json } = yield* ask(`${pathOf(name, needs)}&${query}`, { key })
          assert.strictEqual(status, 400, name)
          const { detail, errors } = json()
          return { detail: String(detail), elements: Array.isArray(errors) ? errors.map(({ element }) => element) : [] }
        })
        const nothing = yield* refused(`colour=red&company=${juniper}`)
        assert.sameMembers(nothing.elements, ["colour", "company"], name)
        const others = Object.keys(wanted).find((filter) => !known.some((one) => one === filter))
        const wrong = yield* refused(`inStock=maybe${others === undefined ? "" : `&${others}=1`}`)
        assert.include(wrong.detail, `It takes: format, ${known.join(", ")}.`)
        assert.includeMembers(wrong.elements, others === undefined ? ["inStock"] : ["inStock", others], name)
      }
      assert.sameMembers([...every], Object.keys(wanted))
      // What is no such thing is refused, of a report that takes it.
      const path = pathOf("serial-panel", ["product"])
      assert.include((yield* ask(`${path}&inStock=maybe`, { key })).text, "inStock")
      assert.strictEqual((yield* ask(`${path}&inStock=false`, { key })).status, 200)
    })
  )

  it.live("tell the history of a number that went on to another company to each as far as it is theirs", () =>
    Effect.gen(function* () {
      const { ask, keyFor, process } = yield* trading
      const number = `0100614141101023${"21"}A3`
      const history = Effect.fnUntraced(function* (company: string) {
        const key = yield* keyFor(company, ["read"])
        const { text } = yield* ask(`/v1/reports/serial-history?format=json&serial=${number}`, { key })
        return rowsIn(text)
      })
      const documents = (rows: ReadonlyArray<Row>) => rows.map(({ what, document, heldBy }) => [what, document, heldBy])
      assert.deepStrictEqual(yield* process(elm, story), new Set(["processed"]))
      const before = yield* history(elm)
      assert.deepStrictEqual(yield* process(juniper, resale(number)), new Set(["processed"]))
      assert.deepStrictEqual(documents(yield* history(elm)), documents(before))
      assert.deepStrictEqual(documents(yield* history(juniper)), [
        ["receive", "PO PO-9, receipt R-9", "Juniper Trading (invented)"],
        ["ship", "order SO-9, shipment S-9", "Gorse Supply (invented)"]
      ])
      // The owner of the number is told where it went, and not by which documents of whom.
      const key = yield* keyFor(elm, ["read"])
      for (const path of ["/v1/serials", "/v1/traces"]) {
        const { text } = yield* ask(`${path}?serial=${number}`, { key })
        assert.include(text, "order SO-1, shipment S-1")
        assert.include(text, "gorse-supply")
        for (const theirs of ["SO-9", "S-9", "PO-9", "R-9"]) assert.notInclude(text, theirs, path)
      }
      assert.deepStrictEqual(yield* history("fir-logistics"), [])
    })
  )

  it.live("tell changes without a document to the owner, and to others while they hold the number", () =>
    Effect.gen(function* () {
      const { ask, context, keyFor } = yield* startedWithPacks
      const value = `01${gtin}211001`
      const history = Effect.fnUntraced(function* (company: string) {
        const key = yield* keyFor(company, ["read"])
        const { text } = yield* ask(`/v1/reports/serial-history?format=json&serial=${value}`, { key })
        return rowsIn(text).map(({ what, heldBy }) => `${what} ${heldBy}`)
      })
      const moves = [
        ["ship", "dogwood"],
        ["receive", "dogwood"],
        ["ship", "elm"],
        ["receive", "elm"]
      ] as const
      const clock = new Date("2026-01-06T12:00:00Z")
      const moved = Effect.forEach(moves, ([operation, company]) =>
        Serials.use((serials) =>
          serials.record({
            operation,
            values: [value],
            holder: "any",
            to: { company },
            context: { actor: "test", clock }
          })
        )
      )
      yield* Effect.provideContext(Transaction.transaction(moved), context)
      const all = ["world Alder", "ship Dogwood", "receive Dogwood", "ship Elm", "receive Elm"]
      assert.deepStrictEqual(yield* history("alder"), all)
      assert.deepStrictEqual(yield* history("dogwood"), all.slice(1, 4))
      assert.deepStrictEqual(yield* history("elm"), all.slice(3))
      assert.deepStrictEqual(yield* history("birch"), [])
    })
  )
})
