/**
 * What of the configured channels does not fit together, though each part of it is right: an address that stands there
 * twice, documents that have no way or two, two entries that would take the same files, a certificate of two companies.
 * All of it at once, each with its place in the file. Pure; nothing fails.
 */
import { type Configured, type Delivery, ends, linksOf, type Way, waysTo } from "./ConfiguredOptions.ts"
import * as SftpOptions from "./SftpOptions.ts"

export interface Fault {
  /** The fields and numbers that lead to it, from the top of the file. */
  readonly steps: ReadonlyArray<string | number>
  readonly message: string
}

const stepsTo = (way: Way): ReadonlyArray<string> => ["channels", way, ...(way === "amqp" ? ["delivers"] : [])]

const nameOf = ({ company, with: other }: { readonly company: string; readonly with?: string | undefined }): string =>
  other === undefined ? `"${company}"` : `"${company}" with "${other}"`

/** What the file says about a company, or a link of it, as its choices with their places. */
const choices = (
  steps: ReadonlyArray<string>,
  said: typeof Delivery.Type
): ReadonlyArray<readonly [ReadonlyArray<string>, Way]> =>
  typeof said === "string"
    ? [[steps, said]]
    : [
        ...(said.channel === undefined ? [] : ([[[...steps, "channel"], said.channel]] as const)),
        ...Object.entries(said.types ?? {}).map(([type, way]) => [[...steps, "types", type], way] as const)
      ]

/** Addresses that are described more than once. */
const twice = (configured: Configured): ReadonlyArray<Fault> => {
  const named = ends(configured).map((end) => ({ way: end.way, name: nameOf(end) }))
  return named
    .filter(
      (one, at) => named.slice(0, at).filter(({ way, name }) => way === one.way && name === one.name).length === 1
    )
    .map(({ way, name }) => ({ steps: stepsTo(way), message: `${name} stands there twice` }))
}

/** Ways that are chosen and not described. */
const unreachable = (configured: Configured): ReadonlyArray<Fault> =>
  Object.entries(configured.deliver).flatMap(([company, said]) => {
    const general = waysTo(configured, company, undefined)
    const missing = (known: ReadonlyArray<Way>, wanted: ReturnType<typeof choices>) =>
      wanted
        .filter(([, way]) => way !== "folder" && !known.includes(way))
        .map(([steps, way]) => ({
          steps,
          message: `there is no way to "${company}" over ${way}: describe it under ${stepsTo(way).join(".")}`
        }))
    const links = Object.entries(linksOf(said)).flatMap(([other, ofLink]) =>
      missing([...general, ...waysTo(configured, company, other)], choices(["deliver", company, "with", other], ofLink))
    )
    return [...missing(general, choices(["deliver", company], said)), ...links]
  })

/** Addresses with several ways of which none is chosen. */
const open = (configured: Configured): ReadonlyArray<Fault> => {
  const all = ends(configured)
  return all.flatMap(({ company, with: other }, at) => {
    const ways = waysTo(configured, company, other)
    const isFirst = all.findIndex((end) => end.company === company && end.with === other) === at
    const said = configured.deliver[company]
    const isSaid =
      other === undefined ? typeof said === "string" || said?.channel !== undefined : linksOf(said)[other] !== undefined
    if (!isFirst || isSaid || ways.length < 2) return []
    const steps = ["deliver", company, ...(other === undefined ? [] : ["with", other])]
    return [{ steps, message: `is missing: documents can go over ${ways.join(" or ")}` }]
  })
}

/** A folder of an SFTP server that an entry uses. */
interface Used {
  readonly at: number
  readonly name: string
  readonly as: "inbox" | "outbox" | "archive"
  readonly place: string
}

/**
 * Folders that two entries, or one in two roles, would use so that files are taken twice: each takes what lies in its
 * inbox, and nobody else may take from there or put there.
 */
const sharedInboxes = ({ channels }: Configured): ReadonlyArray<Fault> => {
  const used = (channels.sftp ?? []).flatMap((server, at): ReadonlyArray<Used> => {
    const filled = SftpOptions.fill(server)
    const folder = (as: Used["as"]) => ({
      at,
      as,
      name: nameOf(server),
      place: SftpOptions.placeOf(filled, filled[as])
    })
    const { receive, taken } = filled
    return [
      ...(receive ? [folder("inbox")] : []),
      folder("outbox"),
      ...(receive && taken === "archive" ? [folder("archive")] : [])
    ]
  })
  return used
    .filter(({ as }) => as === "inbox")
    .flatMap((inbox) => {
      const others = used.filter(
        (other) => other.place === inbox.place && other !== inbox && (other.as !== "inbox" || other.at < inbox.at)
      )
      return others.map(({ at, as, name }) => ({
        steps: ["channels", "sftp", inbox.at],
        message:
          at === inbox.at
            ? `its inbox is its ${as} too (${inbox.place}): what lies there would be taken again and again`
            : as === "inbox"
              ? `takes from the inbox that ${name} takes from (${inbox.place}): files would be taken twice; ` +
                "say `receive: false` in one of the two"
              : `takes from the ${as} of ${name} (${inbox.place}): what lies there is not for us`
      }))
    })
}

/** Queues that would be consumed for two companies, whose messages would be now the one's and now the other's. */
const sharedQueues = ({ channels }: Configured): ReadonlyArray<Fault> => {
  const consumes = channels.amqp?.consumes ?? []
  return consumes.flatMap(({ queue }, at) => {
    const first = consumes.findIndex((other) => other.queue === queue)
    return first === at
      ? []
      : [
          {
            steps: ["channels", "amqp", "consumes", at],
            message: `the queue "${queue}" is consumed for "${consumes[first]?.company}" already`
          }
        ]
  })
}

/** Certificates that would speak for two companies, of which the first would be taken for the sender. */
const sharedCertificates = ({ channels }: Configured): ReadonlyArray<Fault> => {
  const named = (channels.http ?? []).flatMap(({ company, certificates = [] }, at) =>
    certificates.map((certificate, index) => ({
      company,
      steps: ["channels", "http", at, "certificates", index],
      name:
        "fingerprint" in certificate
          ? `fingerprint ${certificate.fingerprint.replaceAll(":", "").toLowerCase()}`
          : `common name ${certificate.commonName}`
    }))
  )
  return named.flatMap(({ company, steps, name }) => {
    const first = named.find((other) => other.name === name)
    return first === undefined || first.company === company
      ? []
      : [{ steps, message: `this certificate speaks for "${first.company}" already` }]
  })
}

/** Message types that `deliver` names, with their places. */
export const typesOf = (deliver: Configured["deliver"]) => {
  const of = (steps: ReadonlyArray<string>, said: typeof Delivery.Type) =>
    typeof said === "string"
      ? []
      : Object.keys(said.types ?? {}).map((type) => ({ steps: [...steps, "types", type], type }))
  return Object.entries(deliver).flatMap(([company, said]) => [
    ...of(["deliver", company], said),
    ...Object.entries(linksOf(said)).flatMap(([other, ofLink]) => of(["deliver", company, "with", other], ofLink))
  ])
}

/** Everything that does not fit together. */
export const of = (configured: Configured): ReadonlyArray<Fault> => [
  ...twice(configured),
  ...sharedInboxes(configured),
  ...sharedQueues(configured),
  ...sharedCertificates(configured),
  ...unreachable(configured),
  ...open(configured)
]
