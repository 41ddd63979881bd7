/**
 * How long each partner may take to acknowledge what it was sent: `acknowledgeWithinHours` of its channel with the company
 * that sent it, else a day. Whoever asks for overdue interchanges gives this to the statements. Pure.
 */
import type { Directory } from "../partners/Directory.ts"

/** A partner's software answers within minutes, its people within a day. */
export const usualHours = 24

/** Columns: the partner, a number of the company that sent it something, and the hours it has. */
export interface Patience {
  readonly partners: ReadonlyArray<string>
  readonly numbers: ReadonlyArray<string>
  readonly hours: ReadonlyArray<number>
  /** The most that anybody has. */
  readonly longest: number
}

/** Everybody has a day. */
export const usual: Patience = { partners: [], numbers: [], hours: [], longest: usualHours }

/** What the channels of a directory say. Of several between the same two the first that speaks X12 counts. */
export const of = ({ orders, company }: Pick<Directory, "orders" | "company">): Patience => {
  const speaking = orders.partnerChannels.filter(({ x12 }) => x12 !== undefined)
  const between = new Map(speaking.toReversed().map((channel) => [`${channel.owner} ${channel.partner}`, channel]))
  const rows = [...between.values()].flatMap(({ owner, partner, x12 }) => {
    const { identifiers = [], locations = [] } = company(owner) ?? {}
    const numbers = [...identifiers, ...locations.flatMap((location) => location.identifiers)]
    return numbers.map(({ value }) => ({ partner, number: value, hours: x12?.acknowledgeWithinHours ?? usualHours }))
  })
  return {
    partners: rows.map(({ partner }) => partner),
    numbers: rows.map(({ number }) => number),
    hours: rows.map(({ hours }) => hours),
    longest: rows.reduce((most, { hours }) => Math.max(most, hours), usualHours)
  }
}
