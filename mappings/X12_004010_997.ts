/** 997, functional acknowledgment of what we sent: X12 to what the partner says of each group. */
import * as X12 from "../src/formats/X12.ts"
import type { Acknowledged, GroupAcknowledgment } from "../src/orders/Acknowledgments.ts"

export const map = "X12_004010_997"
export const file = import.meta.filename
export const set = X12.set997

type Value = X12.Read<typeof set>

const statuses: Readonly<Record<string, GroupAcknowledgment["status"]>> = { A: "accepted", E: "errors", P: "partly" }

const codesOf = (result: { readonly [K in "code" | "code2" | "code3" | "code4" | "code5"]: string | undefined }) =>
  [result.code, result.code2, result.code3, result.code4, result.code5].filter((code) => code !== undefined)

/** What a partner found wrong, in its codes. */
const detailOf = ({ sets, result }: Value): string | undefined => {
  const found = sets.flatMap(({ set: { controlNumber }, segments, result: ofSet }) => [
    ...segments.flatMap(({ segment, elements }) => {
      const place = `set ${controlNumber}: ${segment.segment} at ${segment.position}`
      return elements.length === 0
        ? [`${place}: ${segment.code ?? ""}`.trim()]
        : elements.map(({ position, code, value }) => `${place}, element ${position}: ${code} ${value ?? ""}`.trim())
    }),
    ...(ofSet.status === "A" || codesOf(ofSet).length === 0
      ? []
      : [`set ${controlNumber}: ${codesOf(ofSet).join(" ")}`])
  ])
  const codes = codesOf(result)
  const all = [...found, ...(codes.length === 0 ? [] : [`group: ${codes.join(" ")}`])]
  return all.length === 0 ? undefined : all.join("; ").slice(0, 2000)
}

export const canonical = (interchange: X12.Interchange<(typeof set)["fields"]>): Acknowledged => ({
  header: X12.envelopeOf(interchange),
  groups: interchange.groups
    .flatMap(({ sets }) => sets)
    .map(({ path, value }) => ({
      path: X12.Path.below(path, "AK1", value.group.at, 2),
      functional: value.group.functional,
      controlNumber: value.group.controlNumber,
      status: statuses[value.result.status] ?? "rejected",
      detail: detailOf(value)
    }))
})
