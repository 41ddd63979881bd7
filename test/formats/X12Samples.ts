/** Interchanges for the tests of X12: a small 944 as a value, composed with whatever options a test asks for. */
import * as X12 from "../../src/formats/X12.ts"

type Value944 = X12.Write<typeof X12.set944>

export const receipt: Value944 = {
  header: { reporting: "F", date: "20261123", receipt: "R-1", depositorOrder: "PO-1" },
  parties: [{ name: { entity: "WH", name: "Fir hall" } }],
  lines: [
    {
      item: { quantity: "2", unit: "EA", qualifier: "VN", product: "SERUM-10" },
      references: [
        { qualifier: "LT", value: "L7", date: "20271231" },
        { qualifier: "SE", value: "0001" },
        { qualifier: "SE", value: "0002" }
      ]
    }
  ],
  totals: { received: "2" }
}

export const outgoing = (...sets: ReadonlyArray<Value944>): X12.Outgoing<(typeof X12.set944)["fields"]> => ({
  sender: { qualifier: "ZZ", id: "FIR" },
  receiver: { qualifier: "ZZ", id: "ELM" },
  at: new Date("2026-11-24T09:00:00Z"),
  controlNumber: "17",
  sets
})

export const compose = (options: Partial<X12.WriteOptions> = {}, ...sets: ReadonlyArray<Value944>): string =>
  X12.compose(X12.set944, outgoing(...(sets.length === 0 ? [receipt] : sets)), { version: "004010", ...options }).text

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const read = (text: string, options?: X12.ReadOptions) => X12.read(bytes(text), X12.set944, options)

/** Issues in one line each: rule, path, line:column. */
export const brief = ({ issues }: { readonly issues: ReadonlyArray<X12.Issue> }): Array<string> =>
  issues.map(({ rule, path, line, column }) => `${rule} ${path ?? "-"} ${line ?? "-"}:${column ?? "-"}`)
