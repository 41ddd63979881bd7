/** The segments that envelopes are made of: ISA, GS, ST and their trailers. Their grammar is the same in all versions. */
import { an, dt, id, must, n0, tm } from "./X12Element.ts"
import { segment } from "./X12Segment.ts"

export const ISA = segment("ISA", {
  authorizationQualifier: must(id(0, 2)),
  authorization: must(an(0, 10)),
  securityQualifier: must(id(0, 2)),
  security: must(an(0, 10)),
  senderQualifier: must(id(0, 2)),
  sender: must(an(0, 15)),
  receiverQualifier: must(id(0, 2)),
  receiver: must(an(0, 15)),
  date: must(dt(0, 6)),
  time: must(tm(0, 4)),
  /** Standards identifier, `U`, before 00402; the repetition separator after. */
  standards: must(an(0, 1)),
  version: must(id(0, 5)),
  controlNumber: must(n0(0, 9)),
  acknowledgmentRequested: must(id(0, 1, 1, { codes: ["0", "1"] })),
  usage: must(id(0, 1, 1, { codes: ["P", "T", "I"] })),
  componentSeparator: must(an(0, 1))
})

export const IEA = segment("IEA", { groups: must(n0(0, 1, 5)), controlNumber: must(n0(0, 9)) })

export const GS = segment("GS", {
  functional: must(id(479, 2)),
  sender: must(an(142, 2, 15)),
  receiver: must(an(124, 2, 15)),
  date: must(dt(373, 8)),
  time: must(tm(337, 4, 8)),
  controlNumber: must(n0(28, 1, 9)),
  agency: must(id(455, 1, 2)),
  version: must(an(480, 1, 12))
})

export const GE = segment("GE", { sets: must(n0(97, 1, 6)), controlNumber: must(n0(28, 1, 9)) })

export const ST = segment("ST", {
  set: must(id(143, 3)),
  controlNumber: must(an(329, 4, 9)),
  implementation: an(1705, 1, 35)
})
export const SE = segment("SE", { segments: must(n0(96, 1, 10)), controlNumber: must(an(329, 4, 9)) })
