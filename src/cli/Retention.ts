/**
 * How long what is kept: idempotency keys and acknowledged documents, the verification history, and results that somebody
 * asked for (Set Event requests, history reports, jobs of product information). Defaults stand here; the configuration file
 * or the environment changes them, and the process that serves keeps to them (engine/Forgetting.ts).
 *
 * Messages, serial numbers, orders and the audit trail are never forgotten.
 */
import { Config, Duration, Effect } from "effect"
import * as EventQueries from "../api/EventQueries.ts"
import * as HttpQueries from "../channels/HttpQueries.ts"
import * as Forgetting from "../engine/Forgetting.ts"
import * as ProductJobQueries from "../products/ProductJobQueries.ts"
import * as HistoryModel from "../verification/HistoryModel.ts"
import * as HistoryQueries from "../verification/HistoryQueries.ts"
import * as HistoryReportQueries from "../verification/HistoryReportQueries.ts"
import * as ConfigFile from "./ConfigFile.ts"

/** What is kept, and for how long. */
export interface Retention {
  /** Long after the last repetition of any client, and nothing that a disk would notice. */
  readonly rememberDays: number
  /** At least as far as reports reach; the law asks for six. */
  readonly historyYears: number
  /** Whoever has not fetched a result by then asks anew. */
  readonly resultDays: number
}

export const defaults: Retention = { rememberDays: 30, historyYears: HistoryModel.yearsBack, resultDays: 30 }

/** As the environment says. */
export const configured: Config.Config<Retention> = Config.all({
  rememberDays: Config.schema(ConfigFile.Kept.rememberDays, "THROUGHLINE_REMEMBER_DAYS").pipe(
    Config.withDefault(defaults.rememberDays)
  ),
  historyYears: Config.schema(ConfigFile.Kept.historyYears, "THROUGHLINE_HISTORY_YEARS").pipe(
    Config.withDefault(defaults.historyYears)
  ),
  resultDays: Config.schema(ConfigFile.Kept.resultDays, "THROUGHLINE_RESULT_DAYS").pipe(
    Config.withDefault(defaults.resultDays)
  )
})

/** Everything that is forgotten after a time. */
export const subjects = Effect.fnUntraced(function* ({ rememberDays, historyYears, resultDays }: Retention) {
  const http = yield* HttpQueries.make
  const history = yield* HistoryQueries.make
  const reports = yield* HistoryReportQueries.make
  const events = yield* EventQueries.make
  const jobs = yield* ProductJobQueries.make
  const remembered = Forgetting.olderThan(Duration.days(rememberDays))
  const offered = Forgetting.olderThan(Duration.days(resultDays))
  return [
    { what: "idempotency keys and acknowledged documents", before: remembered, forget: http.forget },
    {
      what: "verifications",
      before: (now: number) => HistoryModel.oldestDay(now, historyYears),
      forget: history.prune
    },
    { what: "verification reports", before: offered, forget: reports.forget },
    { what: "Set Event requests", before: offered, forget: events.forget },
    { what: "jobs of product information", before: offered, forget: jobs.forget }
  ]
})

/** Forgets for as long as it runs. */
export const run = Effect.gen(function* () {
  return yield* Forgetting.run(yield* subjects(yield* configured))
})
