/**
 * Sent interchanges as a recorded acknowledgment found them, for journal replay: `read` in the context of the journal's
 * database, `write` in that of an empty throw-away one. Any other message needs none of them. Fails with `SqlError`.
 */
import { Effect } from "effect"
import * as X12 from "../formats/X12.ts"
import * as Queries from "./AcknowledgmentQueries.ts"
import { candidates } from "./Acknowledgments.ts"

export interface AcknowledgmentPast {
  readonly company: string
  readonly sent: ReadonlyArray<Queries.PastInterchange>
}

/** What a run over this message could have matched. */
export const read = Effect.fn("AcknowledgmentPast.read")(function* (
  run: { readonly message: number; readonly company: string; readonly snapshot: string },
  bytes: Uint8Array
) {
  const { company } = run
  const nothing: AcknowledgmentPast = { company, sent: [] }
  if (!X12.claims(bytes) || X12.sniff(bytes).set !== X12.set997.id) return nothing
  const { interchange } = X12.read(bytes, X12.set997)
  const groups = (interchange?.groups ?? []).flatMap(({ sets }) => sets.map(({ value }) => value.group.controlNumber))
  const asked = [...new Set(groups.flatMap((controlNumber) => candidates(controlNumber, run.message)))]
  if (asked.length === 0) return nothing
  const queries = yield* Queries.make
  const past: AcknowledgmentPast = { company, sent: yield* queries.sentBefore(company, asked, run.snapshot) }
  return past
})

/** Puts them into the database of the context. */
export const write = Effect.fn("AcknowledgmentPast.write")(function* ({ company, sent }: AcknowledgmentPast) {
  const queries = yield* Queries.make
  for (const interchange of sent) yield* queries.place(company, interchange)
})
