/**
 * The bytes of a request, up to a limit. Of a larger one the beginning is read, where somebody wants it, and the rest
 * refused. Only a few large bodies are read at a time, so that memory is bounded by their number times the limit; small
 * ones pass them.
 */
import { Effect, Semaphore, Stream } from "effect"
import type { HttpServerRequest } from "effect/http"
import { TooLarge } from "./Problems.ts"

type Request = HttpServerRequest.HttpServerRequest

/** What was read of a request. */
export interface Head {
  /** At most the limit and one. */
  readonly bytes: Uint8Array
  /** As the request says; where it does not, what came of it. Above the limit there is more than `bytes`. */
  readonly size: number
}

/** Bodies up to this size are read without waiting for others. */
const small = 1024 * 1024

/** Large bodies read at a time. */
const together = 4

const saidBy = (request: Request): number => Number(request.headers["content-length"] ?? Number.NaN)

/** A request of more than so many bytes. */
export const tooLarge = (maxBytes: number): TooLarge =>
  new TooLarge({ detail: `The document is larger than ${maxBytes} bytes.` })

/** Reads bodies to their end, or until they are over the limit; one reader for all requests of a server. */
export const heads = (maxBytes: number) => {
  const large = Semaphore.makeUnsafe(together)

  const read = Effect.fnUntraced(function* (request: Request) {
    const chunks: Array<Uint8Array> = []
    let size = 0
    yield* Stream.runForEach(request.stream, (chunk) => {
      size += chunk.length
      chunks.push(chunk)
      return size > maxBytes ? Effect.fail("enough" as const) : Effect.void
    }).pipe(
      Effect.catch((error) => (error === "enough" ? Effect.void : Effect.fail(error))),
      // A connection that broke: nobody is there to be answered.
      Effect.catchTag("HttpServerError", () => Effect.interrupt)
    )
    const bytes = new Uint8Array(Buffer.concat(chunks))
    const head: Head =
      size > maxBytes
        ? { bytes: bytes.subarray(0, maxBytes + 1), size: Math.max(size, saidBy(request) || 0) }
        : { bytes, size }
    return head
  })

  return (request: Request): Effect.Effect<Head> =>
    saidBy(request) <= small ? read(request) : large.withPermit(read(request))
}

/** Reads bodies up to the limit; one that says it is larger is refused before it is read. */
export const reader = (maxBytes: number) => {
  const read = heads(maxBytes)
  return (request: Request): Effect.Effect<Uint8Array, TooLarge> =>
    saidBy(request) > maxBytes
      ? Effect.fail(tooLarge(maxBytes))
      : Effect.flatMap(read(request), ({ bytes, size }) =>
          size > maxBytes ? Effect.fail(tooLarge(maxBytes)) : Effect.succeed(bytes)
        )
}
