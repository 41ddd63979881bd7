/**
 * What of lots, serials and expiry dates may pass to or from a channel on a leg: its capabilities are asked for each
 * line, and what may not pass is taken out with a reason that is recorded and shown. Never an error, never silent.
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
  "expiry_unsupported",
  /** More serials on one line than it takes. */
  "too_many_serials",
  /** Its units were told before the serial came, and no document tells serials alone. */
  "told_before",
  /** It takes orders, and no cancellations of them. */
  "cancellations_unsupported"
] as const
export type SkipReason = (typeof skipReasons)[number]

/** One thing that passes or not, of one line. */
export interface Passing {
  readonly what: "lot" | "serial" | "expiry"
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

/** Sales channels get lots only, unless they are said to take serials. */
const takesSerials = ({ kind, capabilities }: PartnerChannel): boolean => capabilities.serials ?? kind === "warehouse"

const stageReason = (capabilities: Capabilities, stage: Stage): SkipReason | undefined => {
  const { supported, on } = capabilities[stage]
  if (!supported) return "unsupported_channel"
  return on ? undefined : "pass_through_off"
}

const lotsOf = ({ lotNumber, supplierLotNumber, warehouseLotNumber }: TradeLine): ReadonlyArray<string> =>
  [lotNumber, supplierLotNumber, warehouseLotNumber].filter((lot) => lot !== undefined)

const lotReason = (capabilities: Capabilities, line: TradeLine): SkipReason | undefined => {
  if (!capabilities.lots) return "lots_unsupported"
  const longest = capabilities.lotLength ?? Number.POSITIVE_INFINITY
  return lotsOf(line).some((lot) => lot.length > longest) ? "field_too_long" : undefined
}

const serialsReason = (channel: PartnerChannel, line: TradeLine): SkipReason | undefined => {
  const { capabilities } = channel
  if (capabilities.serialsDisallowed) return "serials_disallowed"
  if (!takesSerials(channel)) return "serials_unsupported"
  return line.serialNumbers.length > (capabilities.serialsPerLine ?? Number.POSITIVE_INFINITY)
    ? "too_many_serials"
    : undefined
}

/** What of these lines may pass; `channel` undefined stands for documents of nobody's channel, where all of it may. */
export const pass = <L extends TradeLine>(
  channel: PartnerChannel | undefined,
  stage: Stage,
  lines: ReadonlyArray<L>
): Passed<L> => {
  if (channel === undefined) return { lines, passings: [] }
  const { capabilities } = channel
  const all = stageReason(capabilities, stage)
  const passings: Array<Passing> = []
  const passed = lines.map((line, index): L => {
    const tell = (what: Passing["what"], reason: SkipReason | undefined, quantity = 1) => {
      if (quantity > 0) passings.push({ what, index, lineRef: line.sourceLineRef, reason, quantity })
    }
    const hasLot = lotsOf(line).length > 0
    const noLot = all ?? lotReason(capabilities, line)
    if (hasLot) tell("lot", noLot)
    const noExpiry = all ?? (capabilities.expiry ? undefined : "expiry_unsupported")
    if (line.expirationDate !== undefined) tell("expiry", noExpiry)
    const noSerials = all ?? serialsReason(channel, line)
    const longest = capabilities.serialLength ?? Number.POSITIVE_INFINITY
    const short = noSerials === undefined ? line.serialNumbers.filter((serial) => serial.length <= longest) : []
    tell("serial", noSerials, noSerials === undefined ? short.length : line.serialNumbers.length)
    if (noSerials === undefined) tell("serial", "field_too_long", line.serialNumbers.length - short.length)
    return {
      ...line,
      ...(noLot === undefined
        ? {}
        : { lotNumber: undefined, supplierLotNumber: undefined, warehouseLotNumber: undefined, lotSource: undefined }),
      ...(noExpiry === undefined ? {} : { expirationDate: undefined }),
      serialNumbers: short
    }
  })
  return { lines: passed, passings }
}
