/**
 * Answers the group `events` of the API. One serial number is asked about at once; several are committed and asked about
 * in the background (EventJobs). A request that is wrong is refused with all its faults and asks nothing.
 */
import { Effect, Result } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Verification } from "../verification/Verification.ts"
import { Api } from "./Api.ts"
import { allowed } from "./Authentication.ts"
import { type ItemOutcome, SetEventResponse } from "./EventApi.ts"
import { EventJobs } from "./EventJobs.ts"
import * as EventOutcome from "./EventOutcome.ts"
import { Invalid, NotFound, Unavailable } from "./Problems.ts"
import * as RequestBody from "./RequestBody.ts"
import * as SetEvent from "./SetEvent.ts"
import * as WellFormed from "./WellFormed.ts"
import * as Wire from "./Wire.ts"

const away = () => new Unavailable({ detail: "Set Event requests are not taken at the moment. Ask again." })

/** A request of ten thousand serial numbers is below two megabytes. */
const maxBytes = 8 * 1024 * 1024

/** The head of an answer: what the request said, with the name of a response. */
const headOf = (t: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { m } = t
  return typeof m === "string" ? { ...t, m: m.replace(/(?=--v\d+$)/u, "-response") } : t
}

const respond = Wire.as(SetEventResponse)

interface Known {
  readonly company: string
  readonly caller: string
  readonly event: object & { readonly serialNumberList: ReadonlyArray<object> }
  readonly outcomes: ReadonlyArray<ItemOutcome>
  readonly id?: string
}

/** The request with what is known of its outcome. */
const responseOf = ({ company, caller, event, outcomes, id }: Known) => {
  const { serialNumberList } = event
  const isDone = outcomes.length === serialNumberList.length
  const only = serialNumberList.length === 1 ? outcomes[0] : undefined
  const done = `${outcomes.length} of ${serialNumberList.length} serial numbers are done.`
  return respond({
    ...event,
    companyID: company,
    userId: caller,
    eventId: only?.eventId ?? null,
    eventQueryResponseId: id ?? null,
    state: isDone ? "COMPLETED" : "PROCESSING",
    status: only?.status ?? null,
    message: only?.message ?? done,
    serialNumberList: serialNumberList.map((item, index) => Wire.plain({ ...item, outcome: outcomes[index] ?? null }))
  })
}

export const layer = HttpApiBuilder.group(
  Api,
  "events",
  Effect.fn(function* (handlers) {
    const verification = yield* Verification
    const jobs = yield* EventJobs
    const body = RequestBody.reader(maxBytes)

    const outcome = Effect.fnUntraced(function* (company: string, caller: string, event: SetEvent.SetEvent) {
      const [item, ...more] = event.serialNumberList
      if (item === undefined || more.length > 0) {
        const id = yield* Effect.mapError(jobs.submit(company, caller, event), away)
        return yield* responseOf({ company, caller, event, outcomes: [], id })
      }
      const only = yield* EventOutcome.ofItem(verification, company, event, item)
      return yield* responseOf({ company, caller, event, outcomes: [only] })
    })

    return handlers
      .handleRaw("set", ({ request }) =>
        Effect.gen(function* () {
          const { company, by } = yield* allowed("verify")
          yield* WellFormed.requireJson(request)
          const { event, envelope } = yield* Effect.fromResult(
            Result.mapError(
              SetEvent.parse(yield* body(request)),
              (errors) => new Invalid({ detail: errors.map(({ message }) => message).join(" "), errors })
            )
          )
          const response = yield* outcome(company, by, event)
          const json = { ...response }
          return HttpServerResponse.jsonUnsafe(envelope === undefined ? json : { t: headOf(envelope), p: json })
        })
      )
      .handle("result", ({ params: { eventQueryResponseId: id } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("verify")
          const job = yield* Effect.mapError(jobs.find(company, id), away)
          if (job === undefined) return yield* new NotFound({ detail: `You have no Set Event request ${id}.` })
          const { event } = job
          if (event === undefined) {
            const detail = `Your Set Event request ${id} cannot be read any more; please tell whoever runs this.`
            return yield* new Unavailable({ detail })
          }
          return yield* responseOf({ ...job, event, company })
        })
      )
  })
)
