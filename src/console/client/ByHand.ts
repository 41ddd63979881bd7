/** The four parts typed by a person, for packs whose code cannot be scanned, and why they ask. */
import { h } from "preact"
import { useState } from "preact/hooks"
import type { Question } from "./Server.ts"

const parts = [
  ["gtin", "Product (01)", "14 digits", "numeric"],
  ["serial", "Serial number (21)", "as printed", "text"],
  ["lot", "Lot (10)", "as printed", "text"],
  ["expiry", "Expiration date (17)", "YYMMDD, e.g. 271231", "numeric"]
] as const

type Values = Readonly<Record<(typeof parts)[number][0], string>>

const empty: Values = { gtin: "", serial: "", lot: "", expiry: "" }

export const ByHand = ({ asked }: { readonly asked: (question: Question) => void }) => {
  const [values, setValues] = useState(empty)

  const submit = (event: Event) => {
    event.preventDefault()
    const { gtin, serial, lot, expiry } = values
    asked({ gtin: gtin.trim(), serial: serial.trim(), lot: lot.trim(), expiry: expiry.trim() })
  }

  const fields = parts.map(([name, label, hint, inputMode]) =>
    h(
      "div",
      { key: name },
      h("label", { for: name }, label),
      h("input", {
        id: name,
        type: "text",
        inputMode,
        autocomplete: "off",
        autocapitalize: "off",
        // The attribute; see ScanField.
        autoCorrect: "off",
        spellcheck: false,
        required: true,
        maxLength: 20,
        placeholder: hint,
        value: values[name],
        onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
          setValues({ ...values, [name]: currentTarget.value })
      })
    )
  )

  return h(
    "details",
    { class: "by-hand" },
    h("summary", null, "Type the four parts instead"),
    h(
      "form",
      { onSubmit: submit },
      h("div", { class: "grid" }, fields),
      h("button", { type: "submit", class: "second" }, "Verify what I typed")
    )
  )
}
