/**
 * The serials of a document and the repository: what is known of them before, and the events they go through. Events of
 * all lines are tried, so that a document is told everything that stands in its way at once; the caller then refuses.
 */
import { Effect } from "effect"
import type { Violation } from "../engine/Rule.ts"
import { tell } from "../serials/SerialEvent.ts"
import type { Lot, Obstacle, SerialEvent, Why } from "../serials/Serials.ts"
import { Serials } from "../serials/Serials.ts"
import type { Knowledge } from "./Desk.ts"
import type { KnownLine, Taken } from "./Intake.ts"
import { Orders } from "./Orders.ts"
import * as SerialText from "./SerialText.ts"
import * as Strangers from "./Strangers.ts"
import type { TradeDocument } from "./TradeDocument.ts"
import { serialObstacle } from "./TradeRules.ts"

/** What the repository and the documents know of the serials of a document. */
export const know = Effect.fn("SerialMoves.know")(function* (taken: Taken<TradeDocument>) {
  const values = [...new Set(taken.lines.flatMap((line) => line.values))]
  if (values.length === 0) {
    const nothing: Knowledge = { standing: new Map(), listings: new Map() }
    return nothing
  }
  const serials = yield* Serials
  const orders = yield* Orders
  const lookUps = yield* serials.lookUpAll(values)
  const listings = yield* orders.listing(values, taken.owner.id)
  const knowledge: Knowledge = {
    standing: new Map(
      values.flatMap((value, at) => {
        const found = lookUps[at]
        return found === undefined ? [] : [[value, found] as const]
      })
    ),
    listings: Map.groupBy(
      listings.filter(({ removed }) => !removed),
      ({ value }) => value
    )
  }
  return knowledge
})

/** Why a number stands in the way, as people say it. */
const whyText = (taken: Taken<TradeDocument>, why: Why): string => {
  switch (why._tag) {
    case "unreadable":
      return "it cannot be read"
    case "unknown":
      return "it is not known"
    case "state":
      return `it is ${why.state}`
    case "status":
      return `it is ${why.status.replaceAll("_", " ")}`
    case "holder":
      return Strangers.withWhom(taken, why.company)
    case "parent":
      return `it is packed in ${why.parent}`
    case "not inside":
      return "it is not packed there"
    case "lot":
      return `it is of lot ${why.lot}`
    case "item":
      return `it is of ${why.codeType} ${why.code}`
    case "contents":
      return `${why.inside}, packed in it, stands in the way`
    case "cycle":
      return "it would be packed in itself"
    case "two parents":
      return `it is packed in ${why.parent}`
    case "taken":
      return "the new product has the same serial already"
  }
}

/** The packaging code the numbers of a line are kept under; each number of a line has the same. */
export const itemOf = ({ product, values }: KnownLine) => SerialText.itemOf(product, values[0] ?? "")

/** The lot a line binds its numbers to. */
export const lotOf = (line: KnownLine): Lot | undefined => {
  const { lotNumber, supplierLotNumber, expirationDate, productionDate } = line.line
  const lot = lotNumber ?? supplierLotNumber
  return lot === undefined
    ? undefined
    : { item: itemOf(line), lot, expiry: expirationDate, manufactured: productionDate }
}

/** What the history of a number keeps besides: only what is said. */
export const attributesOf = (
  all: Readonly<Record<string, string | undefined>>
): Readonly<Record<string, string>> | undefined => {
  const given = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

/** What an event is made of besides the numbers. */
export type Move = Omit<SerialEvent, "values" | "formats" | "context" | "line">

/** What an event makes of numbers. */
export type Becomes = NonNullable<Move["to"]>

const obstacleOf = (
  taken: Taken<TradeDocument>,
  line: KnownLine,
  verb: string,
  { position = 0, value, why }: Obstacle
): Violation => {
  const serial = line.serials[position] ?? value
  const path = taken.document.places.serial(line.index, line.positions[position] ?? position)
  return serialObstacle.raise({ serial, product: line.name, verb, why: whyText(taken, why) }, { path, value: serial })
}

/** Takes the serials of lines through an event each; gives what stands in the way, of all lines. */
export const move = Effect.fn("SerialMoves.move")(function* (
  taken: Taken<TradeDocument>,
  lines: ReadonlyArray<{ readonly line: KnownLine; readonly lineId: number }>,
  verb: string,
  context: { readonly messageId: number; readonly runId: number; readonly clock: Date },
  of: (line: KnownLine) => Move
) {
  const serials = yield* Serials
  const { messageId, runId, clock } = context
  const moving = lines.filter(({ line }) => line.values.length > 0)
  const events = moving.map(
    ({ line, lineId }): SerialEvent => ({
      ...of(line),
      values: line.values,
      line: lineId,
      context: { messageId, runId, clock }
    })
  )
  return yield* serials.recordAll(events).pipe(
    Effect.as<ReadonlyArray<Violation>>([]),
    Effect.catchTag("EventRefused", ({ obstacles }) =>
      tell(verb, obstacles, (obstacle) => {
        const line = moving[obstacle.event ?? 0]?.line
        return line === undefined ? undefined : obstacleOf(taken, line, verb, obstacle)
      })
    )
  )
})
