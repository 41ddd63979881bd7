/** The last verifications of the company, newest first; on a phone each is a block of its own. */
import { h } from "preact"
import { day, signs, type Tone } from "./Result.ts"
import type { Past } from "./Server.ts"

const words: Readonly<Record<Past["outcome"], readonly [Tone, string]>> = {
  valid: ["good", "Verified"],
  invalid: ["bad", "Not verified"],
  not_asked: ["unknown", "Could not ask"],
  no_impact: ["none", "Not needed"]
}

/** In the reader's own time and words. */
const when = (at: string): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })

/** The first word of codes such as `No_match_GTIN_Serial_Lot`, readable. */
const plain = (code: string): string => code.replaceAll("_", " ")

const line = (past: Past) => {
  const [tone, word] = words[past.outcome]
  const more = [past.failureReason, past.additionalInfo].filter((text) => text !== undefined).map(plain)
  return h(
    "li",
    { key: past.id },
    h(
      "span",
      { class: `word ${tone}` },
      h("span", { class: "sign", "aria-hidden": "true" }, signs[tone]),
      h("span", null, word)
    ),
    h("span", { class: "pack" }, h("b", null, past.serial), ` of ${past.gtin}`),
    h(
      "span",
      { class: "more" },
      `Lot ${past.lot}, expires ${day(past.expiry)}${more.length === 0 ? "" : ` · ${more.join(" · ")}`}`
    ),
    h("time", { dateTime: past.at }, when(past.at))
  )
}

export const Recent = ({ list }: { readonly list: ReadonlyArray<Past> }) =>
  h(
    "section",
    { class: "recent", "aria-labelledby": "recent" },
    h("h2", { id: "recent" }, "Last verifications"),
    list.length === 0 ? h("p", { class: "help" }, "None yet.") : h("ol", null, list.map(line))
  )
