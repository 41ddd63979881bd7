/** Signing in: a person shows the company's API key once; the browser keeps a session that scripts cannot read. */
import { h } from "preact"
import { useState } from "preact/hooks"
import * as Server from "./Server.ts"

export const SignIn = ({ done }: { readonly done: () => void }) => {
  const [key, setKey] = useState("")
  const [problem, setProblem] = useState("")
  const [isBusy, setBusy] = useState(false)

  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    const reply = await Server.signIn(key.trim())
    setBusy(false)
    if (reply.ok) return done()
    setProblem(reply.problem.status === 400 ? "This is no key." : reply.problem.detail)
  }

  return h(
    "form",
    { class: "card narrow", onSubmit: submit },
    h("h1", null, "Sign in"),
    h("p", { id: "key-help" }, "With an API key of your company that may verify. Whoever runs Throughline makes one."),
    h("label", { for: "key" }, "API key"),
    h("input", {
      id: "key",
      type: "password",
      autocomplete: "off",
      autofocus: true,
      required: true,
      "aria-describedby": "key-help key-problem",
      "aria-invalid": problem !== "",
      value: key,
      onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => setKey(currentTarget.value)
    }),
    h("p", { id: "key-problem", class: "problem", role: "alert" }, problem),
    h("button", { type: "submit", disabled: isBusy }, "Sign in")
  )
}
