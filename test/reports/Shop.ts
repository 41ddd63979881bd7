/**
 * A shop with its order life cycle in a database of the test's own, and reports over it: 400 serials of one product
 * bought in two purchase orders, a quarter of them transferred, half sold, four returned.
 */
import { Effect, Layer, Stream } from "effect"
import * as ReportData from "../../bench/ReportData.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import type { Cell } from "../../src/reports/Report.ts"
import { Reports, type Wanted } from "../../src/reports/Reports.ts"
import * as Database from "../Database.ts"

export const serials = 400

const filled = Layer.effectDiscard(
  Effect.gen(function* () {
    const configuration = yield* Configuration
    yield* configuration.import(ReportData.world, { actor: "test" })
    yield* ReportData.fill({ serials, perPurchaseOrder: 200, perOrder: 50 })
  })
)

/** Reports over the shop, with its database and configuration. */
export const layer = Layer.mergeAll(Reports.layer, filled).pipe(
  Layer.provideMerge(Layer.mergeAll(Partners.layer, Configuration.layer)),
  Layer.provideMerge(Database.layer)
)

/** A report's rows by heading. */
export const rowsOf = Effect.fnUntraced(function* (name: string, filters: Wanted["filters"] = {}) {
  const reports = yield* Reports
  const { report, rows } = yield* reports.ask({ name, filters })
  const all = (yield* Stream.runCollect(rows)).flat()
  return all.map((cells) =>
    Object.fromEntries(report.columns.map(({ heading }, index): [string, Cell] => [heading, cells[index]]))
  )
})

export const headingsOf = (name: string) =>
  Reports.use(({ list }) =>
    Effect.succeed(list.find((report) => report.name === name)?.columns.map(({ heading }) => heading))
  )
