/**
 * Holds the quantities of an end of batch against what was commissioned. The message changes nothing. A difference is a warning: the counts are a report, and what they should bring about is a
 * person's decision; but a lot nobody commissioned is waited for, and then refused, because the report came too early or
 * names the wrong lot. Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import { type Applied, type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import { Partners } from "../partners/Partners.ts"
import * as Settings from "../partners/Settings.ts"
import { type EndOfBatch, quantityPath } from "./EndOfBatch.ts"
import * as Rules from "./EndOfBatchRules.ts"
import type { LotCount } from "./SerialModel.ts"
import { Serials } from "./Serials.ts"
import type { Known } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"

const at = Places.endOfBatch

/** Numbers that were put to use, whatever became of them since. */
const produced = (counts: ReadonlyArray<LotCount>, codeType: string, code: string): number =>
  counts
    .filter((count) => count.codeType === codeType.toUpperCase() && count.code === code)
    .reduce((sum, { count }) => sum + count, 0)

/** Compares; nothing is changed or answered. */
export const apply = Effect.fn("EndOfBatch.apply")(function* (message: Known<EndOfBatch>, _context: RunContext) {
  const directory = yield* Partners.use(({ current }) => current)
  const { header, lotNumber: lot, quantities } = message
  const { sender, receiver: owner } = directory.parties(header.sender, header.receiver)
  const unknown = (number: string, element: string) =>
    Rules.senderUnknown.raise(
      { "service ID": directory.settings.serviceId, "Partner company ID": number },
      { path: at.header(element), value: number }
    )
  if (owner === undefined) return yield* Effect.fail(refuse([unknown(header.receiver, "cmn:FileReceiverNumber")]))
  if (sender === undefined || (sender !== owner && directory.profile(owner.id, sender.id) === undefined))
    return yield* Effect.fail(refuse([unknown(header.sender, "cmn:FileSenderNumber")]))

  const serials = yield* Serials
  const counts = yield* serials.countOfLot(owner.id, lot)
  if (counts.length === 0) {
    const violation = Rules.lotUnknown.raise({ lot }, { path: at.body("cmn:LotNumber"), value: lot })
    return yield* Effect.fail(refuse([violation], { waitFor: [] }))
  }
  const named = new Set<string>()
  const warnings: Array<Violation> = []
  for (const [index, { packagingItemCode, quantityReported: reported }] of quantities.entries()) {
    const { value: code, type = "" } = packagingItemCode
    const codeType = Settings.canonical(directory.settings.packagingCodeTypes, type) ?? type
    named.add(`${codeType.toUpperCase()} ${code}`)
    const count = produced(counts, codeType, code)
    if (Number(reported) === count) continue
    const place = { path: quantityPath(index, "cmn:QuantityReported"), value: reported }
    warnings.push(
      Rules.quantityDiffers.raise({ reported, "packaging code value": code, lot, count: `${count}` }, place)
    )
  }
  const others = new Set(counts.map(({ codeType, code }) => `${codeType} ${code}`).filter((key) => !named.has(key)))
  for (const key of others) {
    const [codeType = "", code = ""] = key.split(" ")
    const filledIn = { "packaging code value": code, lot, count: `${produced(counts, codeType, code)}` }
    warnings.push(Rules.codeNotReported.raise(filledIn, { path: at.messageBody }))
  }
  const applied: Applied<never> = { answers: [], warnings, touched: [] }
  return applied
})
