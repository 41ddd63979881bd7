/**
 * Takes of a document what no earlier message brought, and tells what was there already, what is less, and what is said
 * otherwise now. Every document that may come again begins so; what the desk and the books look at are the news alone.
 */
import { Effect } from "effect"
import type { Taken } from "./Intake.ts"
import { Orders, type StoredDocument, type StoredLine } from "./Orders.ts"
import * as Repoll from "./Repoll.ts"
import type { TradeDocument } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

/** Serials that corrections added to the order by hand. */
const addedByHand = Effect.fnUntraced(function* (about: ReadonlyArray<StoredDocument>) {
  const orders = yield* Orders
  const lines = about
    .filter(({ kind, head }) => kind === "serial_correction" && head["action"] === "add")
    .flatMap((document) => document.lines)
  const serials = lines.length === 0 ? new Map() : yield* orders.serialsOf(lines.map(({ id }) => id))
  return new Set<string>([...serials.values()].flat())
})

/** What is new of a document against lines that are stored; tells nothing. */
export const compare = Effect.fn("News.compare")(function* (
  { lines }: Pick<Taken<TradeDocument>, "lines">,
  stored: ReadonlyArray<StoredLine>,
  about: ReadonlyArray<StoredDocument> = []
) {
  const orders = yield* Orders
  const ids = stored.map(({ id }) => id)
  const before: Repoll.Before = {
    lines: stored,
    listed: ids.length === 0 ? new Map() : yield* orders.serialsOf(ids, true),
    takenOff: ids.length === 0 ? [] : yield* orders.takenOff(ids),
    byHand: yield* addedByHand(about)
  }
  return Repoll.compare(before, lines)
})

/** Tells what of a document is said otherwise than it is stored, and stays so. */
export const tellDifferences = (
  { document, judgement }: Pick<Taken<TradeDocument>, "document" | "judgement">,
  differences: Repoll.Fresh["differences"]
): void => {
  for (const { line, what, now, before } of differences) {
    const filled = { what, line: line.line.sourceLineRef, now, before }
    judgement.add(Rules.takenOtherwise.raise(filled, { path: document.places.line(line.index), value: now }))
  }
}

/** The document with only what is new of it. `stored` are its lines so far, `about` the documents about its order. */
export const of = Effect.fn("News.of")(function* <D extends TradeDocument>(
  taken: Taken<D>,
  stored: ReadonlyArray<StoredLine>,
  about: ReadonlyArray<StoredDocument> = []
) {
  const { document, judgement } = taken
  const news = yield* compare(taken, stored, about)
  const kind = document.kind.replaceAll("_", " ")
  const { number, places } = document
  if (news.known > 0)
    judgement.add(Rules.known.raise({ count: `${news.known}`, kind, number }, { path: places.document }))
  for (const { line, quantity, before } of news.fewer) {
    const filled = { product: line.name, quantity: `${quantity}`, before: `${before}`, kind, number }
    judgement.add(Rules.fewerThanBefore.raise(filled, { path: places.line(line.index), value: `${quantity}` }))
  }
  tellDifferences(taken, news.differences)
  const left: Taken<D> = { ...taken, lines: news.lines }
  return left
})
