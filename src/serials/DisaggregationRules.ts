/**
 * Rules of disaggregations. The public page shows how the message is built, not its error table, so the texts are ours, or
 * those that sibling messages document for the same situation.
 */
import * as Rule from "../engine/Rule.ts"
import * as Settings from "../partners/Settings.ts"
import type { Disaggregation } from "./Disaggregation.ts"
import { encodingOf, parse } from "./SerialNumber.ts"
import { filled, type Known } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Snx from "./SnxRules.ts"

const room = "snx-disaggregated"
const ours = "Throughline"
const transfer = "TraceLink SNX Serial Number Transfer (2024.4), the text for the same situation"
const at = Places.disaggregated
const event = (element: string) => at.body(`snx:DisaggregatedEvent/${element}`)

export const serialRequired = Rule.define({
  id: `${room}/serial-required`,
  class: 1,
  element: "cmn:SerialNumber",
  text: "At least one serial number is required !!!",
  source: "TraceLink SOM Registration errors, Class 1 (2024.6), the text for the same element",
  situation: "SerialNumberList is there and holds no number. Without the list the parent is emptied.",
  example: { case: `${room}/serial-required` }
})

export const formatUnknown = Rule.define({
  id: `${room}/format-unknown`,
  class: 1,
  element: "cmn:SerialNumber | @format",
  text: "Valid format code is required !!!",
  source: "TraceLink SOM Registration errors, Class 1 (2024.6), the text for the same element",
  situation: "The format of a number is not in the setting serialFormats.",
  example: { case: `${room}/format-unknown` }
})

export const parentUnreadable = Rule.define({
  id: `${room}/parent-unreadable`,
  class: 1,
  element: "cmn:ParentSerialNumber",
  text: "[serial number] is not a serial number in the form of [format].",
  source: ours,
  situation: "The parent's text is empty, or built neither like its format nor like any known one.",
  example: { case: `${room}/parent-unreadable` }
})

export const serialUnreadable = Snx.serialUnreadable(room, "cmn:SerialNumber")
export const serialRepeated = Snx.serialRepeated(room, "cmn:SerialNumber")

export const senderUnknown = Rule.define({
  id: `${room}/profile-not-found`,
  class: 2,
  element: "cmn:FileSenderNumber or cmn:FileReceiverNumber",
  text: "Unable to find profile for serviceId [service ID] and subscriber company [Partner company ID].",
  source: transfer,
  situation: "The receiver number is of no company, or the sender has no Serial Number Exchange profile with it.",
  example: { case: `${room}/profile-not-found` }
})

export const notProvisioned = Rule.define({
  id: `${room}/not-provisioned`,
  class: 2,
  element: "cmn:SerialNumber",
  text: "Serial number [serial number] has not been provisioned yet.",
  source: "Throughline, after the Park and Retry of the sibling messages",
  situation: "The parent or a child is not in the repository. The message waits.",
  mayWait: true,
  example: { case: `${room}/not-provisioned` }
})

export const wrongState = Rule.define({
  id: `${room}/wrong-state`,
  class: 2,
  element: "cmn:SerialNumber",
  text: "Cannot perform operation on serial number [serial number] with serial number state [invalid serial number state]. This operation can only be performed when the serial number is [valid states].",
  source: "TraceLink SNX Serial Number Transfer, Response errors, Class 2 (2024.4), the text for the same situation",
  situation: "The parent or a child is not commissioned.",
  example: { case: `${room}/wrong-state` }
})

export const wrongStatus = Rule.define({
  id: `${room}/wrong-status`,
  class: 2,
  element: "cmn:SerialNumber",
  text: "Serial number [serial number] has item status [item status] and cannot be unpacked.",
  source: ours,
  situation: "The parent or a child is shipped, or awaits its receipt elsewhere.",
  example: { case: `${room}/wrong-status` }
})

export const notHeld = Rule.define({
  id: `${room}/not-held`,
  class: 2,
  element: "cmn:SerialNumber",
  text: "Serial number [serial number] is not one that [sender] owns, or holds for [receiver].",
  source: ours,
  situation:
    "The number is with another company than the sender, whose packaging code it is not either, or its packaging code is of another company than the receiver.",
  example: { case: `${room}/not-held` }
})

export const notInside = Rule.define({
  id: `${room}/not-inside`,
  class: 2,
  element: "cmn:SerialNumber",
  text: "Serial number [serial number] is not packed in [parent].",
  source: ours,
  situation: "A number of the list is in another parent, or in none.",
  example: { case: `${room}/not-inside` }
})

export const contents = Rule.define({
  id: `${room}/contents`,
  class: 2,
  element: "cmn:ParentSerialNumber",
  text: "[serial number] cannot be emptied: [inside] stands in the way by its [why].",
  source: ours,
  situation: "Without a list everything comes out, and a number inside may not be touched.",
  example: { case: `${room}/contents` }
})

/** Class 2 rules that the pipeline raises. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [
  senderUnknown,
  notProvisioned,
  wrongState,
  wrongStatus,
  notHeld,
  notInside,
  contents
]

type Message = Known<Disaggregation>

/** The event's own fields stand one level deeper than in other messages. */
const deeper: Places.Places = { ...at, body: event }

/** All class 1 checks. */
export const checks: ReadonlyArray<Rule.Check<Message>> = [
  Rule.check<Message>(serialRequired, function* ({ serials }) {
    if (serials !== undefined && !serials.values.some(filled))
      yield serialRequired.raise({ path: event("snx:SerialNumberList") })
  }),
  Rule.check<Message>(formatUnknown, function* ({ serials, parentFormat, settings: { serialFormats } }) {
    const isUnknown = (format: string | undefined) =>
      filled(format) && Settings.canonical(serialFormats, format) === undefined
    if (isUnknown(parentFormat))
      yield formatUnknown.raise({ path: event("cmn:ParentSerialNumber/@format"), value: parentFormat })
    for (const [position, format] of serials?.formats?.entries() ?? [])
      if (isUnknown(format)) yield formatUnknown.raise({ path: `${at.serial(position)}/@format`, value: format })
  }),
  Rule.check<Message>(parentUnreadable, function* ({ parent, parentFormat, settings: { serialFormats } }) {
    if (filled(parentFormat) && Settings.canonical(serialFormats, parentFormat) === undefined) return
    const format = filled(parentFormat) ? encodingOf(parentFormat) : undefined
    if (parse(parent, format)._tag === "Success") return
    const named = filled(parentFormat) ? parentFormat : serialFormats.join(" or ")
    const place = { path: event("cmn:ParentSerialNumber"), value: parent }
    yield parentUnreadable.raise({ "serial number": parent, format: named }, place)
  }),
  ...Snx.eventChecks<Message>(deeper),
  ...Snx.headerChecks<Message>(at),
  ...Snx.serialChecks<Message>({ unreadable: serialUnreadable, repeated: serialRepeated }, at, ({ serials }) => serials)
]
