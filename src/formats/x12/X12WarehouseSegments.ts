/**
 * The W segments of warehouse sets (940, 943, 944, 945). A line names its product by a case code or by up to three pairs
 * of qualifier and value; the qualifier LT makes a pair a lot.
 */
import { an, dt, id, must, n, r, tm } from "./X12Element.ts"
import { segment } from "./X12Segment.ts"

const qualifier = id(235, 2)
const product = an(234, 1, 48)
const caseCode = an(438, 12)
/** Twelve characters in every version: a GS1 batch number of up to twenty may not fit. */
const warehouseLot = an(451, 1, 12)

export const W01 = segment(
  "W01",
  {
    quantity: must(r(330, 1, 15)),
    unit: must(id(355, 2)),
    caseCode,
    qualifier,
    product,
    qualifier2: qualifier,
    product2: product,
    freightClass: id(59, 2, 5),
    rateClass: id(58, 1, 3),
    commodityQualifier: id(23, 1),
    commodity: an(22, 1, 30),
    palletBlock: n(358, 6),
    warehouseLot,
    condition: id(0, 2),
    qualifier3: qualifier,
    product3: product
  },
  ["P0405", "P0607", "P1516"]
)
export const W03 = segment(
  "W03",
  {
    units: must(r(382, 1, 10)),
    weight: r(81, 1, 10),
    weightUnit: id(355, 2),
    volume: r(183, 1, 8),
    volumeUnit: id(355, 2),
    lading: n(80, 1, 7),
    ladingUnit: id(355, 2)
  },
  ["P0203", "P0405", "P0607"]
)
export const W04 = segment(
  "W04",
  {
    quantity: must(r(382, 1, 10)),
    unit: must(id(355, 2)),
    caseCode,
    qualifier,
    product,
    qualifier2: qualifier,
    product2: product,
    freightClass: id(59, 2, 5),
    rateClass: id(58, 1, 3),
    commodityQualifier: id(23, 1),
    commodity: an(22, 1, 30),
    palletBlock: n(358, 6),
    hold: id(0, 2),
    qualifier3: qualifier,
    product3: product
  },
  ["P0405", "P0607", "P1415"]
)
export const W05 = segment("W05", {
  status: must(id(473, 1)),
  depositorOrder: must(an(285, 1, 22)),
  purchaseOrder: an(324, 1, 22),
  linkSequence: n(474, 6),
  masterReference: an(475, 1, 22),
  transaction: id(640, 2),
  action: id(306, 1, 2)
})
export const W06 = segment("W06", {
  reporting: must(id(514, 1)),
  depositorOrder: an(285, 1, 22),
  date: dt(373, 8),
  shipment: an(145, 1, 30),
  agentShipment: an(286, 1, 12),
  purchaseOrder: an(324, 1, 22),
  masterReference: an(475, 1, 22),
  linkSequence: n(474, 6),
  handling: id(0, 2, 3),
  prepriced: id(0, 2),
  transaction: id(640, 2),
  action: id(306, 1, 2)
})
export const W07 = segment(
  "W07",
  {
    quantity: must(n(413, 1, 7)),
    unit: must(id(355, 2)),
    caseCode,
    qualifier,
    product,
    qualifier2: qualifier,
    product2: product,
    warehouseLot,
    hold: id(0, 1),
    qualifier3: qualifier,
    product3: product
  },
  ["P0405", "P0607", "P1011"]
)
export const W12 = segment(
  "W12",
  {
    status: must(id(368, 2)),
    ordered: r(330, 1, 15),
    shipped: r(382, 1, 10),
    difference: r(414, 1, 9),
    unit: id(355, 2),
    caseCode,
    qualifier,
    product,
    warehouseLot,
    weight: r(81, 1, 10),
    weightQualifier: id(187, 1, 2),
    weightUnit: id(188, 1),
    weight2: r(81, 1, 10),
    weightQualifier2: id(187, 1, 2),
    weightUnit2: id(188, 1),
    caseCode2: caseCode,
    qualifier2: qualifier,
    product2: product,
    lineStatus: id(0, 2),
    packing: id(0, 1),
    qualifier3: qualifier,
    product3: product
  },
  ["P0708", "P1718", "P2122"]
)
export const W13 = segment("W13", {
  quantity: must(r(380, 1, 15)),
  unit: must(id(355, 2)),
  reason: must(id(412, 2)),
  warehouseLot,
  condition: id(0, 2)
})
export const W14 = segment("W14", {
  received: must(n(413, 1, 7)),
  shipped: r(382, 1, 10),
  difference: r(414, 1, 9),
  lading: n(80, 1, 7),
  damaged: n(0, 1, 7)
})
export const W17 = segment("W17", {
  reporting: must(id(514, 1)),
  date: must(dt(373, 8)),
  receipt: must(an(394, 1, 12)),
  depositorOrder: an(285, 1, 22),
  shipment: an(145, 1, 30),
  timeQualifier: id(176, 1, 2),
  time: tm(337, 4, 8),
  masterReference: an(475, 1, 22),
  linkSequence: n(474, 6)
})
export const W76 = segment("W76", {
  quantity: must(r(330, 1, 15)),
  weight: r(81, 1, 10),
  weightUnit: id(355, 2),
  volume: r(183, 1, 8),
  volumeUnit: id(355, 2),
  lading: r(380, 1, 10)
})
