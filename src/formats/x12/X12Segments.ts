/**
 * Segments that several sets have and mappings read or write: names, references, dates, products, marks, counters.
 * Names of elements follow the standard's dictionary, with its element numbers.
 */
import { an, composite, dt, id, must, n, r, type Since, tm } from "./X12Element.ts"
import { segment } from "./X12Segment.ts"

/** Reference identification grew from 30 characters to 50 and 80. */
const longer: ReadonlyArray<Since> = [
  ["004030", 50],
  ["005030", 80]
]
const reference = an(127, 1, 30, { since: longer })

export const N1 = segment(
  "N1",
  {
    entity: must(id(98, 2, 3)),
    name: an(93, 1, 60),
    qualifier: id(66, 1, 2),
    code: an(67, 2, 80),
    relationship: id(706, 2),
    otherEntity: id(98, 2, 3)
  },
  ["R0203", "P0304"]
)
export const N3 = segment("N3", { address: must(an(166, 1, 55)), more: an(166, 1, 55) })
export const N4 = segment(
  "N4",
  {
    city: an(19, 2, 30),
    state: id(156, 2),
    postalCode: id(116, 3, 15),
    country: id(26, 2, 3),
    locationQualifier: id(309, 1, 2),
    location: an(310, 1, 30)
  },
  ["C0605"]
)

/** Lots, serials and everything else that has a number: 128 says which, N904 may carry the expiry. */
export const N9 = segment(
  "N9",
  {
    qualifier: must(id(128, 2, 3)),
    value: reference,
    description: an(369, 1, 45),
    date: dt(373, 8),
    time: tm(337, 4, 8),
    timeZone: id(623, 2),
    more: composite(0, 1, 0)
  },
  ["R0203", "C0605"]
)
export const REF = segment(
  "REF",
  { qualifier: must(id(128, 2, 3)), value: reference, description: an(352, 1, 80), more: composite(0, 1, 0) },
  ["R0203"]
)
/** Qualifier 36 is the expiration date. */
export const G62 = segment(
  "G62",
  { qualifier: id(432, 2), date: dt(373, 8), timeQualifier: id(176, 1, 2), time: tm(337, 4, 8), timeZone: id(623, 2) },
  ["R0103", "P0102", "P0304"]
)
/** Qualifier 036 is the expiration date, 011 shipped, 405 produced. */
export const DTM = segment(
  "DTM",
  {
    qualifier: must(id(374, 3)),
    date: dt(373, 8),
    time: tm(337, 4, 8),
    timeZone: id(623, 2),
    periodQualifier: id(1250, 2, 3),
    period: an(1251, 1, 35)
  },
  ["R020305", "C0403", "P0506"]
)
export const G69 = segment("G69", { description: must(an(369, 1, 45)) })
export const NTE = segment("NTE", { code: id(363, 3), text: must(an(352, 1, 80)) })
export const LX = segment("LX", { number: must(n(554, 1, 6)) })
export const LS = segment("LS", { loop: must(an(447, 1, 6)) })
export const LE = segment("LE", { loop: must(an(447, 1, 6)) })
/** Qualifier GM is an SSCC-18, CP a carrier's package number. */
export const MAN = segment(
  "MAN",
  {
    qualifier: must(id(88, 1, 2)),
    value: must(an(87, 1, 48)),
    to: an(87, 1, 48),
    otherQualifier: id(88, 1, 2),
    otherValue: an(87, 1, 48),
    otherTo: an(87, 1, 48)
  },
  ["P0405", "C0605"]
)
export const W27 = segment("W27", {
  method: must(id(91, 1, 2)),
  carrier: id(140, 2, 4),
  routing: an(387, 1, 35),
  payment: id(146, 2),
  equipment: id(40, 2),
  equipmentInitial: an(206, 1, 4),
  equipmentNumber: an(207, 1, 10),
  orderStatus: id(368, 2),
  locationQualifier: id(309, 2, 3),
  location: id(0, 2)
})

/** The product pairs of LIN: qualifier and value, up to fifteen; mappings read the first five. */
export const LIN = segment(
  "LIN",
  {
    line: an(350, 1, 20),
    qualifier: must(id(235, 2)),
    product: must(an(234, 1, 48)),
    qualifier2: id(235, 2),
    product2: an(234, 1, 48),
    qualifier3: id(235, 2),
    product3: an(234, 1, 48),
    qualifier4: id(235, 2),
    product4: an(234, 1, 48),
    qualifier5: id(235, 2),
    product5: an(234, 1, 48)
  },
  ["P0405", "P0607", "P0809", "P1011"]
)
export const SN1 = segment("SN1", {
  line: an(350, 1, 20),
  shipped: must(r(382, 1, 10)),
  unit: must(id(355, 2)),
  shippedToDate: r(646, 1, 15),
  ordered: r(330, 1, 15),
  orderedUnit: id(355, 2),
  returnable: id(728, 1, 2),
  status: id(668, 2)
})
export const PRF = segment("PRF", {
  purchaseOrder: must(an(324, 1, 22)),
  release: an(328, 1, 30),
  change: an(327, 1, 8),
  date: dt(373, 8),
  line: an(350, 1, 20),
  contract: an(367, 1, 30),
  type: id(92, 2)
})
export const PID = segment("PID", {
  type: must(id(349, 1)),
  characteristic: id(750, 2, 3),
  agency: id(559, 2),
  productCode: an(751, 1, 12),
  description: an(352, 1, 80),
  position: id(752, 2),
  source: an(822, 1, 15),
  response: id(1073, 1),
  language: id(819, 2, 3)
})
export const TD1 = segment("TD1", {
  packaging: an(103, 3, 5),
  quantity: n(80, 1, 7),
  commodityQualifier: id(23, 1),
  commodity: an(22, 1, 30),
  description: an(79, 1, 50),
  weightQualifier: id(187, 1, 2),
  weight: r(81, 1, 10),
  weightUnit: id(355, 2),
  volume: r(183, 1, 8),
  volumeUnit: id(355, 2)
})
export const TD5 = segment("TD5", {
  sequence: id(133, 1, 2),
  qualifier: id(66, 1, 2),
  code: an(67, 2, 80),
  method: id(91, 1, 2),
  routing: an(387, 1, 35),
  status: id(368, 2),
  locationQualifier: id(309, 1, 2),
  location: an(310, 1, 30),
  direction: id(731, 2),
  transitDirection: id(732, 2),
  transitTime: r(733, 1, 4),
  serviceLevel: id(284, 2),
  serviceLevel2: id(284, 2),
  serviceLevel3: id(284, 2),
  country: id(26, 2, 3)
})
export const BSN = segment(
  "BSN",
  {
    purpose: must(id(353, 2)),
    shipment: must(an(396, 2, 30)),
    date: must(dt(373, 8)),
    time: must(tm(337, 4, 8)),
    structure: id(1005, 4),
    type: id(640, 2),
    status: id(641, 3)
  },
  ["C0706"]
)
/** Levels used here: S shipment, O order, I item, P pack, T pallet. */
export const HL = segment("HL", {
  number: must(an(628, 1, 12)),
  parent: an(734, 1, 12),
  level: must(id(735, 1, 2)),
  hasChildren: id(736, 1, 1, { codes: ["0", "1"] })
})
export const CTT = segment(
  "CTT",
  {
    lines: must(n(354, 1, 6)),
    hash: r(347, 1, 10),
    weight: r(81, 1, 10),
    weightUnit: id(355, 2),
    volume: r(183, 1, 8),
    volumeUnit: id(355, 2),
    description: an(352, 1, 80)
  },
  ["P0304", "P0506"]
)
