/** Ship notice, 856 of version 004010: a flat list of HL loops that number and nest themselves by HL01 and HL02. */
import * as P from "./X12PassingSegments.ts"
import * as S from "./X12Segments.ts"
import { loop, many, maybe, one, transactionSet, unlimited } from "./X12Set.ts"

const hazard = {
  item: one(P.LH1),
  classes: many(P.LH2, 4),
  names: many(P.LH3, 12),
  free: many(P.LFH, 20),
  epa: many(P.LEP, unlimited),
  canadian: maybe(P.LH4),
  transit: many(P.LHT, 3),
  references: many(P.LHR, 10),
  contacts: many(P.PER, 5),
  empty: maybe(P.LHE)
}

export const set856 = transactionSet({
  id: "856",
  functional: "SH",
  name: "Ship Notice/Manifest",
  fields: {
    header: one(S.BSN),
    dates: many(S.DTM, 10),
    levels: loop(
      200_000,
      {
        level: one(S.HL),
        product: maybe(S.LIN),
        quantity: maybe(S.SN1),
        components: many(P.SLN, 1000),
        order: maybe(S.PRF),
        packaging: maybe(P.PO4),
        descriptions: many(S.PID, 200),
        measures: many(P.MEA, 40),
        paperwork: many(P.PWK, 25),
        packages: many(P.PKG, 25),
        cartons: many(S.TD1, 20),
        routing: many(S.TD5, 12),
        equipment: many(P.TD3, 12),
        handling: many(P.TD4, 5),
        schedule: maybe(P.TSD),
        references: many(S.REF, unlimited),
        contacts: many(P.PER, 3),
        hazards: loop(100, hazard),
        loads: loop(200, { load: one(P.CLD), references: many(S.REF, 200), date: maybe(P.DTP) }),
        marks: many(S.MAN, unlimited),
        dates: many(S.DTM, 10),
        terms: maybe(P.FOB),
        pallet: maybe(P.PAL),
        parties: loop(200, {
          name: one(S.N1),
          names: many(P.N2, 2),
          address: many(S.N3, 2),
          place: maybe(S.N4),
          references: many(S.REF, 12),
          contacts: many(P.PER, 3),
          terms: maybe(P.FOB)
        }),
        destinations: many(P.SDQ, 50),
        delay: maybe(P.ETD),
        currency: maybe(P.CUR),
        charges: loop(unlimited, { charge: one(P.SAC), currency: maybe(P.CUR) }),
        furnished: maybe(P.GF),
        questions: many(P.YNQ, 10),
        codes: loop(10, { code: one(P.LM), values: many(P.LQ, 100, 1) }),
        vessels: loop(unlimited, { vessel: one(P.V1), ports: many(P.R4, unlimited), dates: many(S.DTM, unlimited) })
      },
      { min: 1 }
    ),
    totals: maybe(S.CTT)
  }
})
