/**
 * Finds the channel a delivery goes through. Destinations read `channel:company`, e.g. `folder:acme-printing`: the
 * first word is a channel of this process, the rest is the company whose address there is meant. `channel:company/other`
 * is the address it has there for its link with the other company.
 *
 * A destination that names no channel of ours fails with `NoDestination`: an operator has to configure it.
 */
import { Effect, Layer } from "effect"
import { type Channel, ChannelError, Channels, type OutgoingFile } from "../engine/Channel.ts"

export interface Destination {
  readonly channel: string
  readonly company: string
  /** The other end of the link that this address is for; none: for all that have no address of their own. */
  readonly other?: string | undefined
}

/** What an address is kept by where a channel has several: the company, and the other end of the link it is for. */
export const addressOf = ({ company, other }: Omit<Destination, "channel">): string =>
  other === undefined ? company : `${company}/${other}`

/** Takes a destination apart; undefined when it is none. */
export const parse = (destination: string): Destination | undefined => {
  const colon = destination.indexOf(":")
  const [company = "", other] = destination.slice(colon + 1).split("/", 2)
  if (colon <= 0 || company === "") return undefined
  return { channel: destination.slice(0, colon), company, other }
}

/** The destination as it is written. */
export const print = ({ channel, ...address }: Destination): string => `${channel}:${addressOf(address)}`

export const make = (channels: ReadonlyArray<Channel>): Channels["Service"] => {
  const byName = new Map(channels.map((channel) => [channel.name, channel]))

  const deliver = Effect.fn("Channels.deliver")(function* (destination: string, files: ReadonlyArray<OutgoingFile>) {
    const parsed = parse(destination)
    const channel = parsed === undefined ? undefined : byName.get(parsed.channel)
    if (parsed === undefined || channel === undefined) {
      const error = new ChannelError({
        channel: parsed?.channel ?? "none",
        reason: { _tag: "NoDestination", isRetryable: false, whoActs: "operator" },
        message: `"${destination}" is no destination; there are: ${[...byName.keys()].join(", ")}`
      })
      return [error]
    }
    const { company, other } = parsed
    const addressed = files.map((file) => ({ ...file, company, other }))
    if (channel.deliverSome !== undefined) return yield* channel.deliverSome(addressed)
    return yield* Effect.forEach(addressed.slice(0, 1), (file) =>
      channel.deliver(file).pipe(Effect.as(undefined), Effect.catch(Effect.succeed))
    )
  })

  return { deliver }
}

/** All channels of this process. */
export const layer = (channels: ReadonlyArray<Channel>): Layer.Layer<Channels> =>
  Layer.succeed(Channels, make(channels))
