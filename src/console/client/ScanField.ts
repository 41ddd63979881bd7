/**
 * The field that scanners type into, and people. A code ends with Enter, with Tab where a scanner typed it, or with the
 * button; the field is then empty for the next one. Characters typed anywhere but in another field of text begin in this
 * one, so that a scanner works wherever the focus happens to be: on a box just ticked, on the reason just chosen.
 */
import { h } from "preact"
import { useLayoutEffect, useRef } from "preact/hooks"
import * as Scan from "./Scan.ts"

/** Keys that go down are remembered for telling a scanner by its speed; more than any code has. */
const remembered = 64

/** Whether the focus is where people type something else. */
const isElsewhere = (element: Element | null): boolean =>
  element?.matches("input:not([type=checkbox]), textarea") === true

/** Whether a key begins a code. Codes have no blanks: that key presses what has the focus. */
const isBeginning = (event: KeyboardEvent): boolean => Scan.isCharacter(event) && event.key !== " "

export const ScanField = ({ scanned }: { readonly scanned: (code: string) => void }) => {
  const field = useRef<HTMLInputElement>(null)
  const times = useRef<ReadonlyArray<number>>([])

  const finish = () => {
    const input = field.current
    if (input === null) return
    const code = input.value.trim()
    input.value = ""
    times.current = []
    input.focus()
    // Some scanners end a code twice: Enter and Tab, or two line ends.
    if (code !== "") scanned(code)
  }

  const insertGs = (input: HTMLInputElement) => {
    const start = input.selectionStart ?? input.value.length
    input.setRangeText(Scan.shownGs, start, input.selectionEnd ?? start, "end")
  }

  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }) => {
    times.current = [...times.current, event.timeStamp].slice(-remembered)
    if (Scan.isGs(event)) {
      event.preventDefault()
      insertGs(event.currentTarget)
    } else if (event.key === "Tab" && !event.shiftKey && Scan.isBurst(times.current)) {
      event.preventDefault()
      finish()
    }
  }

  // Before the field is painted: of a code that is scanned the moment it appears no key may be missed.
  useLayoutEffect(() => {
    field.current?.focus()
    const catchKey = (event: KeyboardEvent) => {
      if (!isElsewhere(document.activeElement) && isBeginning(event)) field.current?.focus()
    }
    document.addEventListener("keydown", catchKey)
    return () => document.removeEventListener("keydown", catchKey)
  }, [])

  return h(
    "form",
    {
      class: "scan",
      onSubmit: (event: Event) => {
        event.preventDefault()
        finish()
      }
    },
    h("label", { for: "scan" }, "Scan the code"),
    h(
      "div",
      { class: "row" },
      h("input", {
        id: "scan",
        ref: field,
        type: "text",
        inputMode: "text",
        autocomplete: "off",
        autocapitalize: "off",
        // Spelt so, it is set as the attribute: the property is true or false, and "off" would be true.
        autoCorrect: "off",
        spellcheck: false,
        enterKeyHint: "go",
        maxLength: 500,
        placeholder: "(01) (21) (10) (17)",
        "aria-describedby": "scan-help",
        onKeyDown,
        onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
          const visible = Scan.shown(currentTarget.value)
          if (visible !== currentTarget.value) currentTarget.value = visible
        }
      }),
      h("button", { type: "submit" }, "Verify")
    ),
    h(
      "p",
      { id: "scan-help", class: "help" },
      "The scanner types here. The code must hold product (01), serial number (21), lot (10) and expiration date (17)."
    )
  )
}
