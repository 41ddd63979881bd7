/**
 * Partners send, processes die: the course of a fault test from the first file to the balance. Times here only say how
 * long trouble is made; the end is waited for, and what does not come to it is lost.
 */
import { Effect, Random, Schedule } from "effect"
import { byFolders, type Courier, type Letter } from "./Courier.ts"
import * as Ledger from "./Ledger.ts"
import type { Orders } from "./member.ts"
import { owner, Post, packager, printer } from "./Post.ts"
import type { End, Member, Site } from "./Site.ts"

/** Longer than recovery takes on a slow machine: several leases, a few starts. */
const patienceMs = 180_000

/** The partners of an installation at work. */
export interface Partners {
  readonly post: Post
  readonly couriers: ReadonlyArray<Courier>
  readonly send: (...files: Parameters<Post["send"]>) => Effect.Effect<void>
}

/** Everybody by folders; the packager takes its answers out of its own. */
const folders = (site: Site, printers: number): ReadonlyArray<Courier> => {
  const companies = [owner, packager, ...Array.from({ length: printers }, (_, index) => printer(index))]
  return [byFolders({ root: site.exchange, companies, fetching: [packager] })]
}

/** Lets partners fetch their answers for as long as the scope is open. */
export const partners = Effect.fnUntraced(function* (
  site: Site,
  printers: number,
  seed: number,
  couriers: ReadonlyArray<Courier> = folders(site, printers)
) {
  const carry = async (letter: Letter) => {
    await couriers.find(({ companies }) => companies.includes(letter.company))?.carry(letter)
  }
  const post = new Post(carry, printers, seed)
  for (const { fetch } of couriers) {
    yield* Effect.forkScoped(Effect.repeat(Effect.promise(fetch), Schedule.spaced("50 millis")))
  }
  const made: Partners = { post, couriers, send: (...files) => Effect.promise(() => post.send(...files)) }
  return made
})

/** What has to be nothing: the lines that say what is lost, doubled, wrong or out of order, and what never ended. */
export const faults = ({ open, totals }: { readonly open: ReadonlyArray<string>; readonly totals: Ledger.Totals }) => [
  ...open.map((line) => `open: ${line}`),
  ...totals.details
]

/** Waits until everything sent has come to its end; gives what has not when patience ends. */
export const settle = Effect.fnUntraced(function* (site: Site, { post }: Partners) {
  const until = performance.now() + patienceMs
  while (true) {
    const open = yield* Ledger.unsettled(site.sql, post.sent)
    if (open.length === 0 || performance.now() > until) return open
    yield* Effect.sleep("100 millis")
  }
})

/** Waits until the query finds something; a database that does not answer has nothing. */
export const until = Effect.fnUntraced(function* (site: Site, query: string) {
  const end = performance.now() + patienceMs
  while ((yield* Effect.orElseSucceed(site.sql.unsafe(query), () => [])).length === 0) {
    if (performance.now() > end) return yield* Effect.fail(`it did not happen: ${query}`)
    yield* Effect.sleep("50 millis")
  }
})

/** Fetches until nothing is left; some is fetched from the processes themselves. */
const fetchAll = Effect.fnUntraced(function* (couriers: ReadonlyArray<Courier>) {
  const until = performance.now() + patienceMs
  for (const { fetch } of couriers) {
    while (!(yield* Effect.promise(fetch)) && performance.now() < until) yield* Effect.sleep("100 millis")
  }
})

/** Fetches what is left, stops processes in good order and balances. */
export const balance = Effect.fnUntraced(function* (
  site: Site,
  { post, couriers }: Partners,
  members: Iterable<Member>
) {
  const ends: Array<End> = []
  yield* fetchAll(couriers)
  for (const member of members) ends.push(yield* member.end("SIGTERM"))
  // And what files were written while they stopped.
  for (const { fetch } of couriers) yield* Effect.promise(fetch)
  const totals = yield* Ledger.balance(site.sql, post.sent, yield* Ledger.found(couriers))
  return { totals, ends }
})

/** How a storm goes. */
export interface Weather {
  readonly seconds: number
  readonly printers: number
  readonly seed: number
  /** The processes; each that dies is started again at once. */
  readonly crew: ReadonlyArray<Partial<Orders>>
  /** Time between two kills, from and to, in ms. */
  readonly calm: readonly [number, number]
  /** Time between two files in ms. */
  readonly pace: number
  /** What else goes wrong, done after every kill. */
  readonly also?: (kills: number) => Effect.Effect<void, unknown>
  /** What else goes wrong at the same time, again and again, with a calm between; the storm lasts for so many at least. */
  readonly strike?: Effect.Effect<void, unknown>
  readonly strikes?: number
  /** Who carries what partners send; folders when nobody is named. */
  readonly couriers?: ReadonlyArray<Courier>
}

/** One process takes files, three work; each lives long enough to come up. */
export const usual = {
  crew: [{ role: "serve" }, { role: "work" }, { role: "work" }],
  calm: [300, 2500],
  pace: 40
} as const

/** Kills processes of an installation at random times while partners send, then lets it come to rest and balances. */
export const run = Effect.fn("Storm.run")(function* (site: Site, weather: Weather) {
  const { crew, seconds, calm, pace } = weather
  const between = Random.nextIntBetween
  const partnership = yield* partners(site, weather.printers, weather.seed, weather.couriers)
  const members: Array<Member> = []
  for (const orders of crew) members.push(yield* site.start(orders))
  yield* Effect.forEach(members, ({ ready }) => ready, { concurrency: "unbounded" })
  const until = performance.now() + seconds * 1000
  let kills = 0
  let struck = 0
  const isOver = () => performance.now() > until && struck >= (weather.strikes ?? 0)

  const sending = Effect.gen(function* () {
    for (let count = 1; !isOver(); count++) {
      yield* partnership.send(...(count % 100 === 50 ? (["stranded"] as const) : []))
      yield* Effect.sleep(pace)
    }
    yield* Effect.promise(() => partnership.post.finish())
  })
  const killing = Effect.gen(function* () {
    while (!isOver()) {
      yield* Effect.sleep(yield* between(calm[0], calm[1]))
      const index = yield* between(0, crew.length - 1)
      const victim = members[index]
      if (victim === undefined) continue
      const { signal } = yield* victim.end("SIGKILL")
      if (signal === "SIGKILL") kills += 1
      if (weather.also !== undefined) yield* weather.also(kills)
      members[index] = yield* site.start(crew[index] ?? {})
    }
  })
  const striking = Effect.gen(function* () {
    const { strike } = weather
    while (strike !== undefined && !isOver()) {
      yield* Effect.sleep(yield* between(calm[0] * 2, calm[1] * 2))
      yield* strike
      struck += 1
    }
  })
  yield* Effect.all([sending, killing, striking], { concurrency: "unbounded" })
  // One that found the database starting up has ended by itself.
  for (const [index, { isAlive }] of members.entries()) {
    if (!isAlive()) members[index] = yield* site.start(crew[index] ?? {})
  }
  const open = yield* settle(site, partnership)
  const { totals, ends } = yield* balance(site, partnership, members)
  return { kills, open, ends, totals }
})
