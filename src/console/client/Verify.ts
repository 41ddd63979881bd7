/**
 * The verification page: scan, see the answer, see the last ones. Of codes scanned faster than answers come, the answer
 * shown is the last code's; all of them are in the list.
 */
import { h } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { ByHand } from "./ByHand.ts"
import { Recent } from "./Recent.ts"
import * as Result from "./Result.ts"
import { ScanField } from "./ScanField.ts"
import * as Server from "./Server.ts"

const listed = 20

/** `dscsaSaleableReturn` as people say it: Saleable return. */
const reasonOf = (context: string): string => {
  const words = context.replace(/^dscsa(?=.)/u, "").replace(/(?<=.)Verification$/u, "")
  const spaced = words.replace(/(?<=[a-z])(?=[A-Z])/gu, " ").toLowerCase()
  return `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`
}

export const Verify = ({ who, left }: { readonly who: Server.Who; readonly left: () => void }) => {
  const [shown, setShown] = useState<Result.Shown | undefined>(undefined)
  const [list, setList] = useState<ReadonlyArray<Server.Past>>([])
  const [isBusy, setBusy] = useState(false)
  const [isInHand, setInHand] = useState(true)
  const [context, setContext] = useState(who.contexts[0] ?? "")
  const newest = useRef(0)
  const newestList = useRef(0)

  const refresh = async () => {
    newestList.current += 1
    const mine = newestList.current
    const reply = await Server.recent(listed)
    // A list that was asked for earlier and comes later would take the newest verifications away again.
    if (reply.ok && mine === newestList.current) setList(reply.value)
  }
  useEffect(() => void refresh(), [])

  const ask = async (question: Server.Question) => {
    newest.current += 1
    const mine = newest.current
    setBusy(true)
    const reply = await Server.verify({ ...question, inPossession: isInHand, ...(context === "" ? {} : { context }) })
    if (!reply.ok && reply.problem.status === 401) return left()
    if (mine === newest.current) {
      setBusy(false)
      setShown(reply.ok ? Result.ofAnswer(reply.value) : Result.ofProblem(reply.problem))
    }
    await refresh()
  }

  const reasons = who.contexts.map((word) => h("option", { key: word, value: word }, reasonOf(word)))

  return h(
    "main",
    { id: "main" },
    h("h1", null, "Verify a pack"),
    h(ScanField, { scanned: (code) => void ask({ code }) }),
    h(
      "div",
      { class: "choices" },
      h(
        "label",
        null,
        h("input", {
          type: "checkbox",
          checked: isInHand,
          onChange: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
            setInHand(currentTarget.checked)
        }),
        " I have the pack in hand"
      ),
      h(
        "label",
        null,
        "Reason ",
        h(
          "select",
          {
            value: context,
            onChange: ({ currentTarget }: { readonly currentTarget: HTMLSelectElement }) =>
              setContext(currentTarget.value)
          },
          reasons
        )
      )
    ),
    h(Result.Result, { shown, isBusy }),
    h(ByHand, { asked: (question) => void ask(question) }),
    h(Recent, { list })
  )
}
