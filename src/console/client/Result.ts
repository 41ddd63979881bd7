/**
 * What came of a verification: a word, a sign and a colour that say the same, so that none of them is needed to
 * understand the others, and the particulars.
 */
import { h } from "preact"
import type { Answer, Problem } from "./Server.ts"

/** How something came out. */
export type Tone = "good" | "bad" | "unknown" | "none"

/** What is shown. */
export interface Shown {
  readonly tone: Tone
  readonly headline: string
  readonly detail: string
  readonly facts: ReadonlyArray<readonly [string, string]>
}

export const signs: Readonly<Record<Tone, string>> = { good: "✓", bad: "✕", unknown: "?", none: "–" }

const tones: Readonly<Record<Answer["outcome"], Tone>> = {
  verified: "good",
  not_verified: "bad",
  not_asked: "unknown",
  no_impact: "none"
}

/** A date as the code prints it, readable: 271231 is 2027-12-31, and 271200 is 2027-12. */
export const day = (yymmdd: string): string => {
  const [, year, month, dd] = /^(\d{2})(\d{2})(\d{2})$/u.exec(yymmdd) ?? []
  return month === undefined ? yymmdd : `20${year}-${month}${dd === "00" ? "" : `-${dd}`}`
}

export const ofAnswer = (answer: Answer): Shown => {
  const { gtin, serial, lot, expiry, provider } = answer
  return {
    tone: tones[answer.outcome],
    headline: answer.headline,
    detail: answer.detail,
    facts: [
      ["Product", gtin],
      ["Serial number", serial],
      ["Lot", lot],
      ["Expires", day(expiry)],
      ...(provider === undefined ? [] : ([["Answered by", provider]] as const))
    ]
  }
}

const headlines: Readonly<Record<number, string>> = {
  400: "Cannot be verified",
  403: "Not allowed",
  404: "Could not ask"
}

export const ofProblem = ({ status, detail, errors }: Problem): Shown => {
  const lacks = errors.filter((error) => error.startsWith("lacks "))
  return {
    tone: "unknown",
    headline: lacks.length > 0 ? "Code incomplete" : (headlines[status] ?? "Could not ask"),
    detail,
    facts: []
  }
}

export const Result = ({ shown, isBusy }: { readonly shown: Shown | undefined; readonly isBusy: boolean }) =>
  h(
    "div",
    { role: "status", "aria-live": "assertive", "aria-atomic": "true", "aria-busy": isBusy },
    isBusy
      ? h("section", { class: "result busy" }, h("p", { class: "headline" }, "Asking …"))
      : shown === undefined
        ? null
        : h(
            "section",
            { class: `result ${shown.tone}`, "data-tone": shown.tone },
            h(
              "p",
              { class: "headline" },
              h("span", { class: "sign", "aria-hidden": "true" }, signs[shown.tone]),
              shown.headline
            ),
            h("p", { class: "detail" }, shown.detail),
            shown.facts.length === 0
              ? null
              : h(
                  "dl",
                  null,
                  shown.facts.map(([name, value]) => h("div", { key: name }, h("dt", null, name), h("dd", null, value)))
                )
          )
  )
