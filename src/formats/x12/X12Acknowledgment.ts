/**
 * Functional acknowledgment, 997 of version 004010, as a grammar and as a value that says what became of each set of a
 * group. It is read and written; a group of acknowledgments is never acknowledged itself.
 */
import { an, composite, id, must, n } from "./X12Element.ts"
import { segment } from "./X12Segment.ts"
import { loop, many, one, transactionSet } from "./X12Set.ts"

const syntax = id(718, 1, 3)
const groupSyntax = id(716, 1, 3)

// Control numbers are repeated as they came, also where they broke the standard.
const AK1 = segment("AK1", { functional: must(id(479, 2)), controlNumber: must(an(28, 1, 9)) })
const AK2 = segment("AK2", { set: must(id(143, 3)), controlNumber: must(an(329, 1, 9)) })
const AK3 = segment("AK3", {
  segment: must(id(721, 2, 3)),
  position: must(n(719, 1, 6)),
  loop: an(447, 1, 6),
  code: id(720, 1, 3)
})
const AK4 = segment("AK4", {
  position: must(composite(0, 1, 0)),
  number: n(725, 1, 4),
  code: must(id(723, 1, 3)),
  value: an(724, 1, 99)
})
const AK5 = segment("AK5", {
  status: must(id(717, 1, 1, { codes: ["A", "E", "M", "R", "W", "X"] })),
  code: syntax,
  code2: syntax,
  code3: syntax,
  code4: syntax,
  code5: syntax
})
const AK9 = segment("AK9", {
  status: must(id(715, 1, 1, { codes: ["A", "E", "M", "P", "R", "W", "X"] })),
  included: must(n(97, 1, 6)),
  received: must(n(123, 1, 6)),
  accepted: must(n(2, 1, 6)),
  code: groupSyntax,
  code2: groupSyntax,
  code3: groupSyntax,
  code4: groupSyntax,
  code5: groupSyntax
})

export const set997 = transactionSet({
  id: "997",
  functional: "FA",
  name: "Functional Acknowledgment",
  fields: {
    group: one(AK1),
    sets: loop(999_999, {
      set: one(AK2),
      segments: loop(999_999, { segment: one(AK3), elements: many(AK4, 99) }),
      result: one(AK5)
    }),
    result: one(AK9)
  }
})
