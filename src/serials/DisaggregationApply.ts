/**
 * Takes the numbers of a disaggregation out of their parent, all of them or none, and then names every number that stands in
 * the way. Class 2; runs inside the commit transaction. Numbers that are not there yet make the message wait.
 */
import { Effect } from "effect"
import { type Applied, type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import { Partners } from "../partners/Partners.ts"
import type { Disaggregation } from "./Disaggregation.ts"
import * as Rules from "./DisaggregationRules.ts"
import { type Obstacle, tell } from "./SerialEvent.ts"
import { Serials } from "./Serials.ts"
import { eventLocationUnknown } from "./SnxApply.ts"
import { eventTime, type Known } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Waiting from "./SnxWaiting.ts"

const at = Places.disaggregated

/** An obstacle as its text; undefined for what class 1 refuses before, or no unpacking can meet. */
const said = ({ value, position, why }: Obstacle, { header, parent }: Disaggregation): Violation | undefined => {
  const path = position === undefined ? at.body("snx:DisaggregatedEvent/cmn:ParentSerialNumber") : at.serial(position)
  const [number, place] = [{ "serial number": value }, { path, value }]
  switch (why._tag) {
    case "unknown":
      return Rules.notProvisioned.raise(number, place)
    case "state":
      return Rules.wrongState.raise(
        { ...number, "invalid serial number state": why.state, "valid states": "commissioned" },
        place
      )
    case "status":
      return Rules.wrongStatus.raise({ ...number, "item status": why.status }, place)
    case "holder":
      return Rules.notHeld.raise({ ...number, sender: header.sender, receiver: header.receiver }, place)
    case "not inside":
      return Rules.notInside.raise({ ...number, parent }, place)
    case "contents":
      return Rules.contents.raise({ ...number, inside: why.inside, why: why.why }, place)
    default:
      return undefined
  }
}

/** Carries out a disaggregation; nothing is answered. */
export const apply = Effect.fn("Disaggregation.apply")(function* (message: Known<Disaggregation>, context: RunContext) {
  const directory = yield* Partners.use(({ current }) => current)
  const { header, parent, serials: list } = message
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
  yield* serials
    .unpack({
      containers: [list === undefined ? { parent } : { parent, children: list.values }],
      holder: { company: sender.id, orOwner: true, of: owner.id },
      eventAt: eventTime(message.eventDateTime),
      attributes: { eventLocation: message.eventLocation, eventTimeZoneOffset: message.eventTimeZoneOffset },
      context
    })
    .pipe(
      Effect.catchTag("EventRefused", ({ obstacles }) =>
        Effect.gen(function* () {
          const violations = yield* tell("unpack", obstacles, (obstacle) => said(obstacle, message))
          const missing = obstacles.flatMap(({ value, why }) => (why._tag === "unknown" ? [value] : []))
          const waitFor = Waiting.awaited({ values: missing, formats: undefined })
          return yield* Effect.fail(refuse(violations, { waitFor }))
        })
      )
    )
  const place = { body: (element: string) => at.body(`snx:DisaggregatedEvent/${element}`) }
  const applied: Applied<never> = {
    answers: [],
    warnings: eventLocationUnknown.look(directory, message.eventLocation, place),
    touched: Waiting.touched({ values: [parent], formats: undefined })
  }
  return applied
})
