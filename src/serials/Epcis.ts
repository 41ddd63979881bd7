/**
 * The history of the repository as an EPCIS 2.0 document in JSON-LD, or as single events: what happened to which numbers,
 * when and where, and by which message. It reads page by page, so a history of any length needs the same memory, and in
 * the order in which changes were written down. What was imported as a world is how things stood, not what happened, and
 * is left out.
 *
 * It changes nothing. Fails with `SqlError`, or where the configuration cannot be read.
 */
import { Clock, Context, Effect, Layer, Option, Stream } from "effect"
import type { Directory } from "../partners/Directory.ts"
import { Partners } from "../partners/Partners.ts"
import type { PartnersError } from "../partners/PartnersError.ts"
import * as EpcisEvent from "./EpcisEvent.ts"
import * as EpcisQueries from "./EpcisQueries.ts"
import type { StorageError } from "./SerialQueries.ts"

export interface Choice extends EpcisQueries.Span {
  /** One document, or one event a line. */
  readonly as: "document" | "events"
}

const gln = (identifiers: ReadonlyArray<{ readonly type: string; readonly value: string }>): string | undefined =>
  identifiers.find(({ type, value }) => type.toUpperCase() === "GLN" && /^\d{13}$/u.test(value))?.value

/** GLNs of the configuration by key. */
const glnsOf = (directory: Directory): EpcisEvent.Glns => ({
  warehouse: (key) => directory.orders.warehouses.find(({ id }) => id === key)?.location,
  company: (key) => gln(directory.company(key)?.identifiers ?? []),
  location: (key) => gln(directory.locationByKey(key)?.location?.identifiers ?? [])
})

export class Epcis extends Context.Service<
  Epcis,
  {
    /** Pieces of text. */
    readonly stream: (choice: Choice) => Stream.Stream<string, StorageError | PartnersError>
  }
>()("throughline/serials/Epcis") {
  static readonly layer = Layer.effect(
    Epcis,
    Effect.gen(function* () {
      const partners = yield* Partners
      const queries = yield* EpcisQueries.make

      /** The events of the next page of changes. */
      const page = Effect.fnUntraced(function* (after: bigint, span: EpcisQueries.Span, glns: EpcisEvent.Glns) {
        const changes = yield* queries.changes(after, span)
        const [first, last] = [changes[0], changes.at(-1)]
        if (first === undefined || last === undefined) return { events: [], last: undefined }
        const numbers = Map.groupBy(yield* queries.numbers(first.id, last.id), ({ change_id }) => change_id)
        const events = changes.flatMap((change) =>
          (numbers.get(change.id) ?? []).flatMap((some, nth) => EpcisEvent.event(change, some, nth + 1, glns) ?? [])
        )
        return { events, last: last.id }
      })

      const events = (span: EpcisQueries.Span, glns: EpcisEvent.Glns) =>
        Stream.paginate(0n, (after: bigint) =>
          Effect.map(page(after, span, glns), ({ events, last }) => [events, Option.fromUndefinedOr(last)] as const)
        ).pipe(Stream.map((event) => JSON.stringify(event)))

      const stream = (choice: Choice) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const glns = glnsOf(yield* partners.current)
            const created = new Date(yield* Clock.currentTimeMillis)
            const texts = events(choice, glns)
            if (choice.as === "events") return Stream.map(texts, (text) => `${text}\n`)
            const { before, after } = EpcisEvent.document(created)
            return Stream.make(before).pipe(
              Stream.concat(Stream.intersperse(texts, ",\n")),
              Stream.concat(Stream.make(after))
            )
          })
        )

      return { stream }
    })
  )
}
