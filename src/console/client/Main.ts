/** The console in the browser: who is signed in decides what is shown. Begins when it is loaded. */
import { h, render } from "preact"
import { useEffect, useState } from "preact/hooks"
import * as Server from "./Server.ts"
import { SignIn } from "./SignIn.ts"
import { Verify } from "./Verify.ts"

type State =
  | { readonly is: "loading" }
  | { readonly is: "away"; readonly detail: string }
  | { readonly is: "out" }
  | { readonly is: "in"; readonly who: Server.Who }

const Console = () => {
  const [state, setState] = useState<State>({ is: "loading" })

  const look = async () => {
    const reply = await Server.whoAmI()
    if (reply.ok) return setState({ is: "in", who: reply.value })
    setState(reply.problem.status === 401 ? { is: "out" } : { is: "away", detail: reply.problem.detail })
  }
  useEffect(() => void look(), [])

  const leave = async () => {
    await Server.signOut()
    setState({ is: "out" })
  }

  const content = () => {
    if (state.is === "in") return h(Verify, { who: state.who, left: () => setState({ is: "out" }) })
    if (state.is === "out") return h("main", { id: "main" }, h(SignIn, { done: () => void look() }))
    if (state.is === "away") return h("main", { id: "main" }, h("p", { role: "alert", class: "problem" }, state.detail))
    return h("main", { id: "main", "aria-busy": "true" })
  }

  return [
    h(
      "header",
      { key: "header" },
      h("a", { class: "brand", href: "/console" }, "Throughline"),
      state.is === "in"
        ? h(
            "div",
            { class: "who" },
            h("span", null, state.who.name),
            h("button", { type: "button", class: "second", onClick: () => void leave() }, "Sign out")
          )
        : null
    ),
    h("div", { key: "content" }, content())
  ]
}

const place = document.getElementById("console")
if (place !== null) render(h(Console, null), place)
