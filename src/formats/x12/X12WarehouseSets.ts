/**
 * Warehouse sets of version 004010 as grammars: 940 order, 943 and 944 stock transfer shipment and receipt, 945 shipping
 * advice. 005010 has the same loops; lengths that grew are in the elements.
 */
import * as P from "./X12PassingSegments.ts"
import * as S from "./X12Segments.ts"
import { loop, many, maybe, one, transactionSet, unlimited } from "./X12Set.ts"
import * as W from "./X12WarehouseSegments.ts"

/** N1 with what may follow it in the header of warehouse sets. */
const party = {
  name: one(S.N1),
  names: many(P.N2, 2),
  address: many(S.N3, 2),
  place: maybe(S.N4),
  contacts: many(P.PER, 5)
}
const codes = { code: one(P.LM), values: many(P.LQ, 100, 1) }
const accounts = { type: one(P.FA1), values: many(P.FA2, unlimited, 1) }
/** Most references of a line where it has no LS loop. */
export const lineReferences = 200
/** The loop identifier that LS and LE carry around long lists of references. */
export const longListLoop = "0312"

export const set940 = transactionSet({
  id: "940",
  functional: "OW",
  name: "Warehouse Shipping Order",
  fields: {
    header: one(W.W05),
    parties: loop(10, party),
    references: many(S.N9, 10),
    contacts: many(P.G61, 3),
    dates: many(S.G62, 10),
    notes: many(S.NTE, unlimited),
    equipment: maybe(P.W09),
    carrier: maybe(P.W66),
    handling: maybe(P.W6),
    routes: many(P.R2, 13),
    rail: maybe(P.BNX),
    codes: loop(10, codes),
    sections: loop(
      unlimited,
      {
        number: one(S.LX),
        marks: many(S.MAN, unlimited),
        destinations: many(P.SDQ, unlimited),
        party: maybe(S.N1),
        dates: many(S.G62, 10),
        lines: loop(unlimited, {
          item: one(W.W01),
          descriptions: many(S.G69, 5),
          references: many(S.N9, lineReferences),
          notes: many(S.NTE, unlimited),
          packs: many(P.W20, 3),
          quantities: many(P.QTY, 10),
          amount: maybe(P.AMT),
          dates: many(S.G62, 10),
          instructions: maybe(P.G66),
          parties: many(S.N1, 3),
          contacts: many(P.PER, 5),
          hazards: many(P.LH2, 6),
          hazardReference: maybe(P.LHR),
          certificates: many(P.LH6, 5),
          codes: loop(10, codes),
          long: loop(
            1,
            {
              start: one(S.LS),
              items: loop(
                unlimited,
                {
                  number: one(S.LX),
                  references: many(S.N9, unlimited),
                  dates: many(S.G62, 10),
                  party: maybe(S.N1),
                  destinations: many(P.SDQ, unlimited),
                  codes: loop(10, codes),
                  hazards: loop(unlimited, {
                    item: one(P.LH1),
                    classes: many(P.LH2, 4),
                    names: many(P.LH3, 10),
                    free: many(P.LFH, 20),
                    epa: many(P.LEP, 3),
                    canadian: maybe(P.LH4),
                    transit: many(P.LHT, 3),
                    references: many(P.LHR, 5),
                    contacts: many(P.PER, 5)
                  })
                },
                { min: 1 }
              ),
              end: one(S.LE)
            },
            { name: longListLoop }
          ),
          accounts: loop(unlimited, accounts)
        })
      },
      { min: 1 }
    ),
    totals: maybe(W.W76)
  }
})

export const set943 = transactionSet({
  id: "943",
  functional: "AR",
  name: "Warehouse Stock Transfer Shipment Advice",
  fields: {
    header: one(W.W06),
    parties: loop(10, party, { min: 1 }),
    references: many(S.N9, 10),
    contacts: many(P.G61, 3),
    dates: many(S.G62, 5),
    notes: many(S.NTE, 20),
    carrier: one(S.W27),
    load: maybe(P.W28),
    pallets: maybe(P.W10),
    lines: loop(
      9999,
      {
        item: one(W.W04),
        descriptions: many(S.G69, 5),
        references: many(S.N9, lineReferences),
        packs: many(P.W20, 2)
      },
      { min: 1 }
    ),
    totals: one(W.W03)
  }
})

export const set944 = transactionSet({
  id: "944",
  functional: "RE",
  name: "Warehouse Stock Transfer Receipt Advice",
  fields: {
    header: one(W.W17),
    parties: loop(10, party, { min: 1 }),
    references: many(S.N9, 10),
    contacts: many(P.G61, 3),
    dates: many(S.G62, 5),
    notes: many(S.NTE, 20),
    receiving: maybe(P.W08),
    temperatures: many(P.W18, 10),
    equipment: many(P.G08, 2),
    lines: loop(
      9999,
      {
        item: one(W.W07),
        descriptions: many(S.G69, 5),
        references: many(S.N9, lineReferences),
        packs: many(P.W20, 2),
        exceptions: loop(50, { exception: one(W.W13), references: many(S.N9, lineReferences) })
      },
      { min: 1 }
    ),
    totals: one(W.W14)
  }
})

export const set945 = transactionSet({
  id: "945",
  functional: "SW",
  name: "Warehouse Shipping Advice",
  fields: {
    header: one(W.W06),
    parties: loop(10, party, { min: 1 }),
    references: many(S.N9, 10),
    contacts: many(P.G61, 3),
    dates: many(S.G62, 5),
    notes: many(S.NTE, 20),
    carrier: maybe(S.W27),
    handling: maybe(P.W6),
    load: maybe(P.W28),
    pallets: many(P.W10, 10),
    allowances: many(P.G72, 5),
    codes: loop(10, codes),
    sections: loop(
      unlimited,
      {
        number: one(S.LX),
        marks: many(S.MAN, unlimited),
        pallet: maybe(P.PAL),
        references: many(S.N9, 5),
        lines: loop(unlimited, {
          item: one(W.W12),
          descriptions: many(S.G69, 5),
          references: many(S.N9, lineReferences),
          dates: many(S.G62, 10),
          quantities: many(P.QTY, 10),
          measures: many(P.MEA, 5),
          amount: maybe(P.AMT),
          ports: many(P.R4, 5),
          carrier: maybe(S.W27),
          parties: many(S.N1, 5),
          allowances: many(P.G72, 5),
          codes: loop(10, codes),
          long: loop(
            1,
            {
              start: one(S.LS),
              items: loop(
                unlimited,
                {
                  number: one(S.LX),
                  references: many(S.N9, unlimited),
                  dates: many(S.G62, 10),
                  party: maybe(S.N1),
                  codes: loop(10, codes)
                },
                { min: 1 }
              ),
              end: one(S.LE)
            },
            { name: longListLoop }
          ),
          accounts: loop(unlimited, accounts)
        })
      },
      { min: 1 }
    ),
    totals: maybe(W.W03)
  }
})
