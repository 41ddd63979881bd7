/**
 * The SFTP channel: takes files from `<inbox>/<TYPE>/` on the servers of partners and puts documents into
 * `<outbox>/<TYPE>/` there. Use it where the partner runs the server; where partners come to us, let OpenSSH put what
 * they upload into the folders of the folder channel.
 *
 * Receiving: only finished files are taken; one leaves the inbox after its bytes were committed, never before. Killed or
 * cut off at any point it neither loses nor doubles a file: the journal knows the file it took (path, size, time, bytes).
 * One process at a time looks at an inbox, the one that leads. Delivering: whole files only, at least once, and the same
 * bytes again are a success. Nothing is sent to a server whose host key has changed. Failures are `ChannelError`s.
 */
import { Clock, Context, Effect, Layer, type Scope, Semaphore } from "effect"
import type { Channel, ChannelError, OutgoingFile } from "../engine/Channel.ts"
import type { Journal } from "../engine/Journal.ts"
import { Leadership } from "../engine/Leadership.ts"
import * as ChannelMetrics from "./ChannelMetrics.ts"
import { addressOf } from "./Channels.ts"
import * as FileNames from "./FileNames.ts"
import * as SftpConnection from "./SftpConnection.ts"
import * as SftpError from "./SftpError.ts"
import { ensureFolder, list, sweep, writeWhole } from "./SftpFiles.ts"
import type * as SftpHostKeys from "./SftpHostKeys.ts"
import * as SftpOptions from "./SftpOptions.ts"
import { type Filled, fill, type Server, where } from "./SftpOptions.ts"
import * as SftpReceiver from "./SftpReceiver.ts"
import * as SftpSession from "./SftpSession.ts"

export interface Options extends Partial<SftpReceiver.Settings> {
  /** One for each company, or for each of its links; of several for the same, the last counts. */
  readonly servers: ReadonlyArray<Server>
  /** What the servers we met are known by. */
  readonly hostKeys: SftpHostKeys.HostKeys
  /** Times `sizeLimit`: the memory that large files may take at a time, over all servers. Default 4. */
  readonly reading?: number
  readonly patience?: SftpSession.Patience
}

export interface SftpChannel extends Channel {
  /** Takes files in for as long as it runs. */
  readonly receive: Effect.Effect<never, never, Journal | Leadership>
  /** Connects to the server of an address and looks at its folders; fails with what is wrong. Changes nothing. */
  readonly test: (address: string) => Effect.Effect<void, ChannelError>
}

/** The SFTP channel of this process. */
export class Sftp extends Context.Service<Sftp, SftpChannel>()("throughline/channels/Sftp") {}

/** Age from which a temporary file of ours belongs to a process that is dead, in s: allows for clocks that differ. */
const leftover = 24 * 60 * 60

const below = (base: string, name: string): string =>
  base === "" ? name : base.endsWith("/") ? base + name : `${base}/${name}`

interface Partner {
  readonly server: Filled
  readonly connection: SftpConnection.Connection
}

export const make = (options: Options): Effect.Effect<SftpChannel, never, Scope.Scope> =>
  Effect.gen(function* () {
    const settings: SftpReceiver.Settings = { ...SftpReceiver.defaults, ...options }
    const mostMegabytes = Math.ceil(((options.reading ?? 4) * settings.sizeLimit) / (1024 * 1024))
    const reading = yield* Semaphore.make(mostMegabytes)
    const partners = new Map<string, Partner>()
    for (const server of options.servers.map(fill)) {
      const connection = yield* SftpConnection.make(server, options.hostKeys, options.patience ?? SftpSession.patience)
      partners.set(SftpOptions.addressOf(server), { server, connection })
    }

    const partner = (address: string) => {
      const found = partners.get(address)
      return found === undefined
        ? Effect.fail(SftpError.make(`"${address}" has no SFTP server`, SftpError.noDestination))
        : Effect.succeed(found)
    }

    /** Outboxes that are there and were looked through for what killed processes left. */
    const prepared = new Set<string>()

    const put = async (session: SftpSession.Session, server: Filled, file: OutgoingFile, name: string, now: number) => {
      const key = `${SftpOptions.addressOf(server)} ${file.type}`
      const folder = below(below(server.folder, server.outbox), file.type)
      if (!prepared.has(key)) {
        await ensureFolder(session, server.folder, server.outbox, file.type)
        await sweep(session, folder, now / 1000 - leftover)
        prepared.add(key)
      }
      await writeWhole(session, folder, name, file.bytes).catch((error) => {
        // Somebody may have removed the folder.
        prepared.delete(key)
        throw error
      })
    }

    const deliver = Effect.fn("Sftp.deliver")(
      function* (file: OutgoingFile) {
        const { server, connection } = yield* partner(addressOf(file))
        if (!FileNames.isTypeFolder(file.type)) {
          return yield* SftpError.make(`"${file.type}" is no message type`, SftpError.noDestination)
        }
        const now = yield* Clock.currentTimeMillis
        const name = FileNames.safe(file.fileName)
        yield* connection.use(`put ${name} on ${where(server)}`, (session) => put(session, server, file, name, now))
      },
      Effect.tapError((error) => ChannelMetrics.failed("sftp", error.reason._tag))
    )

    const test = Effect.fn("Sftp.test")(function* (address: string) {
      const { server, connection } = yield* partner(address)
      yield* connection.use(`look at the folders of ${where(server)}`, async (session) => {
        for (const name of server.receive ? [server.inbox, server.outbox] : [server.outbox]) {
          const folder = below(server.folder, name)
          if ((await list(session, folder)) === undefined) {
            throw SftpError.make(`there is no folder ${folder} on ${where(server)}`, SftpError.blocked)
          }
        }
      })
    })

    const takeFrom = ({ server, connection }: Partner) =>
      Effect.flatMap(Leadership, (leadership) =>
        leadership.lead(
          SftpOptions.placeOf(server, server.inbox),
          SftpReceiver.run(
            {
              company: server.company,
              place: SftpOptions.placeOf(server, server.inbox),
              connection,
              base: server.folder,
              inbox: below(server.folder, server.inbox),
              archive: server.archive,
              taken: server.taken,
              reading,
              mostMegabytes
            },
            settings
          )
        )
      )

    const receive = Effect.forEach(
      [...partners.values()].filter(({ server }) => server.receive),
      takeFrom,
      { concurrency: "unbounded", discard: true }
    ).pipe(Effect.andThen(Effect.never))

    return { name: "sftp", deliver, receive, test }
  })

export const layer = (options: Options): Layer.Layer<Sftp> => Layer.effect(Sftp, make(options))
