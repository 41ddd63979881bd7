/**
 * The bytes of a request, up to a limit. A request that says it is larger is refused before it is read; one that turns out
 * larger is refused as soon as it does. Only a few large bodies are read at a time, so that memory is bounded by their
 * number times the limit; small ones pass them.
 */
import { Effect, Semaphore, Stream } from "effect"
import type { HttpServerRequest } from "effect/http"
import { TooLarge } from "./Problems.ts"

/** Bodies up to this size are read without waiting for others. */
const small = 1024 * 1024

/** Large bodies read at a time. */
const together = 4

/** Reads bodies; one reader for all requests of a server. */
export const reader = (maxBytes: number) => {
  const large = Semaphore.makeUnsafe(together)
  const tooLarge = new TooLarge({ detail: `The document is larger than ${maxBytes} bytes.` })

  const read = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
    const chunks: Array<Uint8Array> = []
    let size = 0
    yield* Stream.runForEach(request.stream, (chunk) => {
      size += chunk.length
      chunks.push(chunk)
      return size > maxBytes ? Effect.fail(tooLarge) : Effect.void
    }).pipe(
      // A connection that broke: nobody is there to be answered.
      Effect.catchTag("HttpServerError", () => Effect.interrupt)
    )
    return new Uint8Array(Buffer.concat(chunks))
  })

  return (request: HttpServerRequest.HttpServerRequest): Effect.Effect<Uint8Array, TooLarge> => {
    const said = Number(request.headers["content-length"] ?? Number.NaN)
    if (said > maxBytes) return Effect.fail(tooLarge)
    return said <= small ? read(request) : large.withPermit(read(request))
  }
}
