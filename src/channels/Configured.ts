/**
 * The channels of this process, made from what is configured and the folder channel, which is always there: which
 * documents go out by them, how they take documents in, and how to try each. Libraries of a channel are loaded only when
 * it is configured; a connection is opened when it is first needed.
 */
import { Context, Effect, type Scope } from "effect"
import type { Channel, ChannelError } from "../engine/Channel.ts"
import type { Journal } from "../engine/Journal.ts"
import type { Leadership } from "../engine/Leadership.ts"
import type { Configured as Options } from "./ConfiguredOptions.ts"
import type { EmailError, Mailer } from "./Email.ts"
import type { FolderChannel } from "./Folder.ts"
import * as Http from "./Http.ts"
import * as HttpOptions from "./HttpOptions.ts"
import type { HostKeys } from "./SftpHostKeys.ts"
import * as SftpOptions from "./SftpOptions.ts"

/** How one end of a channel is tried. */
export interface Trial {
  /** As the configuration calls it: `sftp:acme-printing`, `amqp`, `email`. */
  readonly name: string
  /** Changes nothing that matters; fails with what is wrong, and gives what is to be said though it works. */
  readonly run: Effect.Effect<string | undefined, ChannelError | EmailError>
}

export interface ConfiguredChannels {
  readonly channels: ReadonlyArray<Channel>
  /** Takes documents in by all of them but HTTP, for as long as it runs. */
  readonly receive: Effect.Effect<never, ChannelError, Journal | Leadership>
  readonly trials: ReadonlyArray<Trial>
  /** Where alerts go through, if anywhere. */
  readonly mailer: Mailer | undefined
}

export class Configured extends Context.Service<Configured, ConfiguredChannels>()("throughline/channels/Configured") {}

export interface Surroundings {
  readonly folder: FolderChannel
  /** Keys of the companies that there are. */
  readonly companies: Effect.Effect<ReadonlyArray<string>, unknown>
  /** What SFTP servers are known by. */
  readonly hostKeys: HostKeys
  readonly sizeLimit: number
}

interface Part {
  readonly channel: Channel
  readonly receive?: Effect.Effect<never, ChannelError, Journal | Leadership>
  readonly trials: ReadonlyArray<Trial>
}

export const make = Effect.fnUntraced(function* (
  { channels }: Options,
  { folder, companies, hostKeys, sizeLimit }: Surroundings
): Effect.fn.Return<ConfiguredChannels, never, Scope.Scope | Http.HttpOutbox> {
  const parts: Array<Part> = [{ channel: folder, receive: folder.receive, trials: [] }]

  const webhooks = (channels.http ?? []).flatMap((partner) => {
    const webhook = HttpOptions.webhook(partner)
    return webhook === undefined ? [] : [[HttpOptions.addressOf(partner), webhook] as const]
  })
  parts.push({
    channel: yield* Http.make({ companies, webhooks: new Map(webhooks) }),
    trials: webhooks.map(([address, webhook]) => ({ name: `http:${address}`, run: Http.reach(webhook) }))
  })

  const servers = channels.sftp ?? []
  if (servers.length > 0) {
    const Sftp = yield* Effect.promise(() => import("./Sftp.ts"))
    const sftp = yield* Sftp.make({ servers, hostKeys, sizeLimit })
    parts.push({
      channel: sftp,
      receive: sftp.receive,
      trials: servers
        .map(SftpOptions.addressOf)
        .map((address) => ({ name: `sftp:${address}`, run: Effect.as(sftp.test(address), undefined) }))
    })
  }

  if (channels.amqp !== undefined) {
    const Amqp = yield* Effect.promise(() => import("./Amqp.ts"))
    const amqp = yield* Amqp.make({ sizeLimit, ...channels.amqp })
    parts.push({
      channel: amqp,
      receive: amqp.receive,
      trials: amqp.trials.map(({ name, run }) => ({ name, run: Effect.as(run, undefined) }))
    })
  }

  const mailer =
    channels.email === undefined ? undefined : (yield* Effect.promise(() => import("./Email.ts"))).make(channels.email)

  return {
    channels: parts.map(({ channel }) => channel),
    receive: Effect.forEach(
      parts.flatMap(({ receive }) => (receive === undefined ? [] : [receive])),
      (receive) => receive,
      { concurrency: "unbounded", discard: true }
    ).pipe(Effect.andThen(Effect.never)),
    trials: [
      ...parts.flatMap(({ trials }) => trials),
      ...(mailer === undefined ? [] : [{ name: "email", run: Effect.as(mailer.verify, undefined) }])
    ],
    mailer
  }
})
