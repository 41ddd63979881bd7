/**
 * The bytes of a request, up to a limit. Of a larger one the beginning is read, where somebody wants it, and the rest
 * refused. What is small passes; of what has turned out to be large only so many are read on at a time, some of them for
 * one company, so that memory is bounded and no company keeps the others waiting.
 *
 * Fails with `Unavailable` when a body stops coming, or has to wait for others for too long; then nothing was done.
 */
import { Duration, Effect, Option, Semaphore, Stream } from "effect"
import { HttpEffect, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { Caller } from "./Caller.ts"
import { TooLarge, Unavailable } from "./Problems.ts"

type Request = HttpServerRequest.HttpServerRequest

/** What was read of a request. */
export interface Head {
  /** At most the limit and one. */
  readonly bytes: Uint8Array
  /** As the request says; where it does not, what came of it. Above the limit there is more than `bytes`. */
  readonly size: number
}

/** A body that has not come further than this waits for no other, whatever it says of its size. */
const small = 1024 * 1024

/** Larger ones that are read at a time, and how many of them for one company. */
const together = 4
const ofCompany = 2

/** A client that sends nothing for so long is gone, or means ill. */
const silentFor = Duration.seconds(20)

/** How long one may wait for others; then its client is told to come again, before it gives up by itself. */
const waitsFor = Duration.seconds(20)

const saidBy = (request: Request): number => Number(request.headers["content-length"] ?? Number.NaN)

/** A request of more than so many bytes. */
export const tooLarge = (maxBytes: number): TooLarge =>
  new TooLarge({ detail: `The document is larger than ${maxBytes} bytes.` })

/** Nobody reads what is left of the request: the connection cannot serve another. */
const notTaken = (detail: string) =>
  Effect.andThen(
    HttpEffect.appendPreResponseHandler((_, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "connection", "close"))
    ),
    Effect.fail(new Unavailable({ detail: `${detail} Nothing was taken; send it again.` }))
  )

export interface Patience {
  readonly silentFor: Duration.Duration
  readonly waitsFor: Duration.Duration
}

/** Reads bodies to their end, or until they are over the limit; one reader for all requests of a server. */
export const heads = (maxBytes: number, patience: Patience = { silentFor, waitsFor }) => {
  const large = Semaphore.makeUnsafe(together)
  const largeOf = new Map<string, Semaphore.Semaphore>()

  /** Waits until one more large body of the company may be read; the turn ends with the scope. */
  const turn = (company: string) => {
    const own = largeOf.get(company) ?? Semaphore.makeUnsafe(ofCompany)
    largeOf.set(company, own)
    return Effect.andThen(own.takeScoped(1), large.takeScoped(1)).pipe(
      Effect.timeoutOrElse({
        duration: patience.waitsFor,
        orElse: () => notTaken("Too many large requests are being read at the moment.")
      })
    )
  }

  const read = Effect.fnUntraced(function* (request: Request) {
    // Strangers share what one company gets.
    const company = Option.match(yield* Effect.serviceOption(Caller), {
      onNone: () => "",
      onSome: (one) => one.company
    })
    const chunks: Array<Uint8Array> = []
    let size = 0
    let hasTurn = false
    yield* request.stream.pipe(
      Stream.timeoutOrElse({
        duration: patience.silentFor,
        orElse: () =>
          Stream.fromEffect(notTaken(`Nothing more of the request came for ${Duration.format(patience.silentFor)}.`))
      }),
      Stream.runForEach(
        Effect.fnUntraced(function* (chunk) {
          size += chunk.length
          chunks.push(chunk)
          if (size > maxBytes) return yield* Effect.fail("enough" as const)
          if (size > small && !hasTurn) {
            hasTurn = true
            yield* turn(company)
          }
        })
      ),
      Effect.catchIf(
        (error) => error === "enough",
        () => Effect.void
      ),
      // A connection that broke: nobody is there to be answered.
      Effect.catchTag("HttpServerError", () => Effect.interrupt)
    )
    const bytes = new Uint8Array(Buffer.concat(chunks))
    const head: Head =
      size > maxBytes
        ? { bytes: bytes.subarray(0, maxBytes + 1), size: Math.max(size, saidBy(request) || 0) }
        : { bytes, size }
    return head
  }, Effect.scoped)

  return read
}

/** Reads bodies up to the limit; one that says it is larger is refused before it is read. */
export const reader = (maxBytes: number) => {
  const read = heads(maxBytes)
  return (request: Request): Effect.Effect<Uint8Array, TooLarge | Unavailable, Request> =>
    saidBy(request) > maxBytes
      ? Effect.fail(tooLarge(maxBytes))
      : Effect.flatMap(read(request), ({ bytes, size }) =>
          size > maxBytes ? Effect.fail(tooLarge(maxBytes)) : Effect.succeed(bytes)
        )
}
