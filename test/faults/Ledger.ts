/**
 * Compares what partners sent with what became of it, knowing nothing of the engine but its tables, what arrived at the
 * partners and the public messages: what was lost, what was done twice, what ended otherwise than it had to, what was delivered more than
 * once with the same bytes. `settled` says whether everything has come to its end, so that looking makes sense.
 */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Arrived, Courier } from "./Courier.ts"
import { type Outcome, packager, type Sent } from "./Post.ts"

/** What was found outside: on the partners' side, and where taken files are kept. */
export interface Found {
  readonly arrived: ReadonlyArray<Arrived>
  /** Digests of kept files by company and `folder name`; companies of whom nobody keeps files are missing. */
  readonly kept: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** What should not be there, in words. */
  readonly astray: ReadonlyArray<string>
}

/** Asks the couriers for all of it. */
export const found = (couriers: ReadonlyArray<Courier>): Effect.Effect<Found> =>
  Effect.promise(async () => {
    const all: Array<Arrived> = []
    const files = new Map<string, ReadonlyMap<string, string>>()
    const left: Array<string> = []
    for (const { arrived, astray, companies, kept } of couriers) {
      all.push(...(await arrived()))
      left.push(...(await astray()))
      const own = await kept()
      if (own !== undefined) for (const company of companies) files.set(company, own)
    }
    return { arrived: all, kept: files, astray: left }
  })

/** What a run of faults ends with. */
export interface Totals {
  readonly sent: number
  readonly processed: number
  /** Failed as they had to, each with its report. */
  readonly failedWithReport: number
  readonly waiting: number
  /** Files, effects or answers that are not there. */
  readonly lost: number
  /** Effects, runs or answers that are there twice. */
  readonly doubled: number
  /** Documents that arrived again with the same name and bytes. */
  readonly resent: number
  /** Messages that ended otherwise than they had to. */
  readonly wrong: number
  /** Messages that were processed, and answers that arrived, before older ones of their lane. */
  readonly disorder: number
  /** What is behind the four numbers above, a line each. */
  readonly details: ReadonlyArray<string>
}

interface Message {
  readonly id: number
  readonly file: string
  readonly company: string
  readonly status: string
  readonly reason: string | null
  readonly duplicate: boolean
  readonly waits: boolean
  readonly sha256: string
  readonly bytes: string
}

interface Answer {
  readonly id: number
  readonly file: string
  readonly of: number
  /** None when the message waited: it left its lane then. */
  readonly lane: string | null
  readonly index: number
  readonly company: string
  readonly sha256: string
  readonly delivery: string
}

interface Moved {
  readonly number: string
  readonly message: number
  readonly times: number
}

const read = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const messages = yield* sql<Message>`
    SELECT m.id::int4, file_name AS file, company, status::text, reason, duplicate_of IS NOT NULL AS duplicate,
      retry_at IS NOT NULL AND wait_until IS NOT NULL AND reason IS NOT NULL AS waits, encode(sha256, 'hex') AS sha256,
      encode(sha256((SELECT string_agg(bytes, '' ORDER BY chunk) FROM message_chunks c WHERE c.message_id = m.id)), 'hex') AS bytes
    FROM messages m WHERE direction = 'in' ORDER BY m.id`
  const answers = yield* sql<Answer>`
    SELECT m.id::int4, m.file_name AS file, m.reply_to::int4 AS of,
      CASE WHEN NOT EXISTS (SELECT FROM runs r WHERE r.message_id = i.id AND r.outcome = 'waiting') THEN i.lane END AS lane, m.output_index AS index, m.company,
      encode(m.sha256, 'hex') AS sha256, d.status::text AS delivery
    FROM messages m JOIN deliveries d ON d.message_id = m.id JOIN messages i ON i.id = m.reply_to
    WHERE m.direction = 'out' ORDER BY d.id`
  const moved = yield* sql<Moved>`
    SELECT p.prefix || s.serial AS number, c.message_id::int4 AS message, count(*)::int4 AS times
    FROM serial_changes c JOIN serial_history h ON h.change_id = c.id JOIN serials s ON s.id = h.serial_id
    JOIN prefixes p ON p.id = s.prefix_id
    WHERE c.kind = 'transfer' GROUP BY 1, 2`
  const there = yield* sql<{ readonly number: string }>`
    SELECT p.prefix || s.serial AS number FROM serials s JOIN prefixes p ON p.id = s.prefix_id
    JOIN names n ON n.id = s.company_id WHERE n.name = ${packager}`
  const transfers = yield* sql<{ readonly message: number; readonly times: number }>`
    SELECT message_id::int4 AS message, count(*)::int4 AS times FROM transfers GROUP BY 1`
  const ends = yield* sql<{ readonly message: number; readonly times: number }>`
    SELECT message_id::int4 AS message, count(*)::int4 AS times FROM runs WHERE outcome <> 'waiting' GROUP BY 1`
  // The first attempt of a message comes after the first attempts of all older ones of its lane.
  const disorder = yield* sql<{ readonly file: string; readonly older: string }>`
    WITH firsts AS (SELECT m.lane, m.id, m.file_name, min(r.xid::text::int8) AS at FROM runs r JOIN messages m ON m.id = r.message_id
      GROUP BY m.lane, m.id, m.file_name),
    ordered AS (SELECT *, lag(at) OVER w AS before, lag(file_name) OVER w AS older FROM firsts WINDOW w AS (PARTITION BY lane ORDER BY id))
    SELECT file_name AS file, older FROM ordered WHERE at < before`
  return { messages, answers, moved, there, transfers, ends, disorder }
})

/** Files whose message has not come to its end, or whose answers are not all delivered; a few of them, in words. */
export const unsettled = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, sent: ReadonlyArray<Sent>) {
  const stranded = sent.filter(({ outcome }) => outcome === "waiting").map(({ file }) => file)
  const open = yield* sql<{ readonly what: string }>`
    SELECT f.file || ' is not there' AS what FROM unnest(${sent.map(({ file }) => file)}::text[]) AS f(file)
      WHERE NOT EXISTS (SELECT FROM messages m WHERE m.direction = 'in' AND m.file_name = f.file)
    UNION ALL
    SELECT file_name || ' is ' || status || ' after ' || attempts || ' claims' FROM messages WHERE direction = 'in'
      AND (status IN ('received', 'processing') OR status = 'waiting' AND file_name <> ALL (${stranded}::text[]))
    UNION ALL
    SELECT 'delivery ' || id || ' is ' || status || ' after ' || attempts || ' claims' FROM deliveries WHERE status IN ('queued', 'retrying')
    LIMIT 10`
  return open.map(({ what }) => what)
})

const group = <A>(rows: ReadonlyArray<A>, key: (row: A) => string): Map<string, Array<A>> => Map.groupBy(rows, key)

const outcomeOf = ({ status, duplicate, waits }: Message): Outcome | string =>
  duplicate ? "duplicate" : status === "waiting" && !waits ? "waiting without reason or deadline" : status

const numbersIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/<(?:\w+:)?SerialNumber(?: [^>]*)?>([^<]+)</gu)].map((match) => match[1] ?? "")

const reportedFile = ({ name, text }: Arrived): string | undefined => {
  if (!name.endsWith(".json")) return undefined
  const report: { readonly input?: { readonly fileName?: string } } = JSON.parse(text)
  return report.input?.fileName
}

/** Answers that first arrived at a partner before one to the same lane that had to be delivered before them. */
const overtaking = (answers: ReadonlyArray<Answer>, arrivals: ReadonlyMap<string, ReadonlyArray<Arrived>>) => {
  const latest = new Map<string, { readonly file: string; readonly at: bigint }>()
  return answers.flatMap(({ company, file, lane }) => {
    const [first] = (arrivals.get(`${company} ${file}`) ?? []).map(({ at }) => at).sort((a, b) => (a < b ? -1 : 1))
    if (first === undefined || lane === null) return []
    const way = `${lane} ${company}`
    const before = latest.get(way)
    if (before !== undefined && first < before.at) return [{ file, older: before.file }]
    latest.set(way, { file, at: first })
    return []
  })
}

/** Reads everything and balances it. */
export const balance = Effect.fn("Ledger.balance")(function* (
  sql: SqlClient.SqlClient,
  sent: ReadonlyArray<Sent>,
  { arrived: documents, kept: keptBy, astray }: Found
) {
  const { messages, answers, moved, there, transfers, ends, disorder } = yield* read(sql)

  const lost: Array<string> = [...astray]
  const doubled: Array<string> = []
  const wrong: Array<string> = []
  const byFile = group(messages, ({ file }) => file)
  const movedBy = group(moved, ({ message }) => `${message}`)
  const movesOf = group(moved, ({ number }) => number)
  const atPackager = new Set(there.map(({ number }) => number))
  const times = (rows: ReadonlyArray<{ readonly message: number; readonly times: number }>) =>
    new Map(rows.map((row) => [row.message, row.times]))
  const transfersOf = times(transfers)
  const endsOf = times(ends)
  const reports = group(
    documents.filter((document) => reportedFile(document) !== undefined),
    (document) => reportedFile(document) ?? ""
  )
  const responses = new Map<string, Set<string>>()
  for (const document of documents.filter(({ company }) => company === packager)) {
    for (const number of numbersIn(document.text)) {
      responses.set(number, (responses.get(number) ?? new Set()).add(`${document.name} ${document.sha256}`))
    }
  }

  let processed = 0
  let failedWithReport = 0
  let waiting = 0
  for (const { file, company, outcome, moves, sha256 } of sent) {
    const [message, second] = byFile.get(file) ?? []
    if (message === undefined) {
      lost.push(`${file} of ${company} was never journaled`)
      continue
    }
    if (second !== undefined) doubled.push(`${file} was journaled as ${message.id} and ${second.id}`)
    if (message.sha256 !== sha256 || message.bytes !== sha256) lost.push(`${file} has other bytes in the journal`)
    const kept = keptBy.get(company)
    if (kept !== undefined) {
      const archived = [`archive ${message.id}_${file}`, `failed ${message.id}_${file}`].filter((name) =>
        kept.has(name)
      )
      if (archived.length === 0) lost.push(`${file} is neither in archive nor in failed`)
      if (archived.some((name) => kept.get(name) !== sha256)) lost.push(`${file} has other bytes in ${archived.join()}`)
      if (archived.length > 1 || kept.has(`inbox ${file}`)) doubled.push(`${file} lies in more than one folder`)
    }
    const found = outcomeOf(message)
    if (found === "received" || found === "processing") lost.push(`${file} has no end: ${found}`)
    else if (found !== outcome) wrong.push(`${file} ended ${found} instead of ${outcome}: ${message.reason ?? ""}`)
    if ((endsOf.get(message.id) ?? 0) > 1) doubled.push(`${file} has ${endsOf.get(message.id)} ends`)

    const transfersMade = transfersOf.get(message.id) ?? 0
    if (transfersMade > 1) doubled.push(`${file} made ${transfersMade} transfers`)
    const here = movedBy.get(`${message.id}`) ?? []
    const expected = new Set(moves)
    for (const { number, times } of here) {
      if (times > 1 || (movesOf.get(number)?.length ?? 0) > 1)
        doubled.push(`${file} moved ${number}, which moved before`)
      if (!expected.has(number)) wrong.push(`${file} moved ${number}, which it may not`)
    }
    if (found === outcome) {
      if (moves.length > 0 && (transfersMade === 0 || here.length < moves.length))
        lost.push(`${file} moved nothing or too little`)
      for (const number of moves) {
        const files = responses.get(number)
        if (!atPackager.has(number)) lost.push(`${file} did not bring ${number} to the packager`)
        if (files === undefined) lost.push(`${file} has no response with ${number}`)
        else if (files.size > 1) doubled.push(`${number} of ${file} stands in ${[...files].join(" and ")}`)
      }
      if (outcome === "processed") processed += 1
      if (outcome === "duplicate") processed += 1
      if (outcome === "waiting") waiting += 1
    }
    const reported = reports.get(file) ?? []
    const different = new Set(reported.map(({ name, sha256 }) => `${name} ${sha256}`))
    if (different.size > 1) doubled.push(`${file} has ${different.size} reports: ${[...different].join(" and ")}`)
    const isTold = found === "duplicate" || found === "map_in_failed" || found === "processing_failed"
    if (isTold && different.size === 0) lost.push(`${file} has no report`)
    if (!isTold && different.size > 0) wrong.push(`${file} has a report and is ${found}`)
    if (isTold && found !== "duplicate" && found === outcome && different.size > 0) failedWithReport += 1
  }

  const known = new Set(sent.map(({ file }) => file))
  for (const { file, id } of messages)
    if (!known.has(file)) doubled.push(`message ${id} is of ${file}, which nobody sent`)

  const places = group(answers, ({ of, index }) => `${of} ${index}`)
  for (const [place, all] of places) if (all.length > 1) doubled.push(`output ${place} is there ${all.length} times`)
  const journaled = group(answers, ({ company, file }) => `${company} ${file}`)
  const deliveredTo = group(documents, ({ company, name }) => `${company} ${name}`)
  for (const [key, copies] of deliveredTo) {
    const [answer] = journaled.get(key) ?? []
    if (answer === undefined) wrong.push(`${key} was delivered and is not in the journal`)
    for (const { sha256 } of copies) if (answer?.sha256 !== sha256) doubled.push(`${key} arrived with other bytes`)
  }
  for (const [key, [answer]] of journaled) {
    if (answer?.delivery === "delivered" && !deliveredTo.has(key))
      lost.push(`${key} counts as delivered and never arrived`)
    if (answer?.delivery !== "delivered") lost.push(`${key} is ${answer?.delivery}`)
  }
  const early = [...disorder, ...overtaking(answers, deliveredTo)]
  const totals: Totals = {
    sent: sent.length,
    processed,
    failedWithReport,
    waiting,
    lost: lost.length,
    doubled: doubled.length,
    resent: documents.length - deliveredTo.size,
    wrong: wrong.length,
    disorder: early.length,
    details: [
      ...lost.map((line) => `lost: ${line}`),
      ...doubled.map((line) => `doubled: ${line}`),
      ...wrong.map((line) => `wrong: ${line}`),
      ...early.map(({ file, older }) => `disorder: ${file} before ${older}`)
    ]
  }
  return totals
})
