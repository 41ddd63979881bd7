/**
 * What of lots, serials and dates may pass to or from a channel on a leg: its capabilities are asked for each line, and
 * what may not pass, or has no place in the document, is taken out with a reason that is recorded and shown. Never an
 * error, never silent.
 *
 * Pure.
 */
import type { Capabilities, PartnerChannel, Stage } from "../partners/WorldOrders.ts"
import type { TradeLine } from "./TradeLine.ts"

/** Why something was not passed. */
export const skipReasons = [
  /** The other side's software cannot. */
  "unsupported_channel",
  /** It could; the option is off. */
  "pass_through_off",
  /** Longer than the other side keeps. */
  "field_too_long",
  /** The shop forbids serials. */
  "serials_disallowed",
  /** The channel takes lots only. */
  "serials_unsupported",
  "lots_unsupported",
  /** It takes no dates: neither expiry nor best before nor production. */
  "expiry_unsupported",
  /** The format it takes documents in has no place for it. */
  "not_in_format",
  /** More serials on one line than it takes. */
  "too_many_serials",
  /** Its units were told before the serial came, and no document tells serials alone. */
  "told_before",
  /** It takes orders, and no cancellations of them. */
  "cancellations_unsupported"
] as const
export type SkipReason = (typeof skipReasons)[number]

/** Things of a line that pass or not, each by itself. */
export type Thing = "lot" | "supplierLot" | "warehouseLot" | "expiry" | "bestBefore" | "production" | "serial"

/** One thing that passes or not, of one line. */
export interface Passing {
  readonly what: Thing
  readonly index: number
  readonly lineRef: string
  readonly reason: SkipReason | undefined
  /** Serials; 1 for the others. */
  readonly quantity: number
}

export interface Passed<L extends TradeLine> {
  /** The lines with only what may pass. */
  readonly lines: ReadonlyArray<L>
  readonly passings: ReadonlyArray<Passing>
}

/** Fields of a line that are one lot or one date. */
const lots = [
  ["lot", "lotNumber"],
  ["supplierLot", "supplierLotNumber"],
  ["warehouseLot", "warehouseLotNumber"]
] as const
const dates = [
  ["expiry", "expirationDate"],
  ["bestBefore", "bestBeforeDate"],
  ["production", "productionDate"]
] as const

/** Sales channels get lots only, unless they are said to take serials. */
const takesSerials = ({ kind, capabilities }: PartnerChannel): boolean => capabilities.serials ?? kind === "warehouse"

const stageReason = (capabilities: Capabilities, stage: Stage): SkipReason | undefined => {
  const { supported, on } = capabilities[stage]
  if (!supported) return "unsupported_channel"
  return on ? undefined : "pass_through_off"
}

const lotReason = (capabilities: Capabilities, lot: string): SkipReason | undefined => {
  if (!capabilities.lots) return "lots_unsupported"
  return lot.length > (capabilities.lotLength ?? Number.POSITIVE_INFINITY) ? "field_too_long" : undefined
}

const serialsReason = (channel: PartnerChannel, line: TradeLine): SkipReason | undefined => {
  const { capabilities } = channel
  if (capabilities.serialsDisallowed) return "serials_disallowed"
  if (!takesSerials(channel)) return "serials_unsupported"
  return line.serialNumbers.length > (capabilities.serialsPerLine ?? Number.POSITIVE_INFINITY)
    ? "too_many_serials"
    : undefined
}

/**
 * What of these lines may pass; `channel` undefined stands for documents of nobody's channel, where all of it may.
 * `carried` is what the format of a document that leaves has a place for.
 */
export const pass = <L extends TradeLine>(
  channel: PartnerChannel | undefined,
  stage: Stage,
  lines: ReadonlyArray<L>,
  carried?: ReadonlySet<Thing>
): Passed<L> => {
  if (channel === undefined) return { lines, passings: [] }
  const { capabilities } = channel
  const all = stageReason(capabilities, stage)
  const placed = (what: Thing): SkipReason | undefined =>
    carried === undefined || carried.has(what) ? undefined : "not_in_format"
  const passings: Array<Passing> = []
  const passed = lines.map((line, index): L => {
    const tell = (what: Thing, reason: SkipReason | undefined, quantity = 1) => {
      if (quantity > 0) passings.push({ what, index, lineRef: line.sourceLineRef, reason, quantity })
      return reason === undefined
    }
    const left: { -readonly [K in keyof TradeLine]?: TradeLine[K] } = {}
    for (const [what, field] of lots) {
      const lot = line[field]
      if (lot !== undefined && !tell(what, all ?? lotReason(capabilities, lot) ?? placed(what))) left[field] = undefined
    }
    // Who assigned the lot says nothing without it.
    if ("lotNumber" in left || all !== undefined || !capabilities.lots) left.lotSource = undefined
    const noDates = all ?? (capabilities.expiry ? undefined : "expiry_unsupported")
    for (const [what, field] of dates)
      if (line[field] !== undefined && !tell(what, noDates ?? placed(what))) left[field] = undefined
    const noSerials = all ?? serialsReason(channel, line) ?? placed("serial")
    const longest = capabilities.serialLength ?? Number.POSITIVE_INFINITY
    const short = noSerials === undefined ? line.serialNumbers.filter((serial) => serial.length <= longest) : []
    tell("serial", noSerials, noSerials === undefined ? short.length : line.serialNumbers.length)
    if (noSerials === undefined) tell("serial", "field_too_long", line.serialNumbers.length - short.length)
    return { ...line, ...left, serialNumbers: short }
  })
  return { lines: passed, passings }
}
