/**
 * What partners send during a fault test, and what has to become of it. Written from the public documents alone, so that
 * it shares no mistake with the engine: a mixture of good transfers by list, broken files, transfers of numbers the
 * sender does not hold, the same file again, another file under a used control number, and transfers by document that
 * have to wait for the status update they rest on.
 *
 * Every number is moved by at most one file.
 */
import { type Letter, sha } from "./Courier.ts"

export const owner = "alder-pharma"
export const packager = "cedar-packaging"
export const printer = (index: number): string => `birch-printing-${index + 1}`

const gtin = "50300694220667"
const ownerGln = "9521234000013"
const packagerGln = "9521234000020"
const lineGln = "9521234000037"
const printerGln = (index: number): string => `95212341${`${index + 1}`.padStart(4, "0")}0`
const strangeGln = "9521234999994"

/** Encoded numbers of a printer, those it has to encode first, and those it does not hold, by their first digits. */
const ranges = { own: 1, reserved: 5, foreign: 9 } as const
const numberOf = (index: number, range: keyof typeof ranges, at: number): string =>
  `${ranges[range]}${`${index}`.padStart(2, "0")}${`${at}`.padStart(9, "0")}`
const text = (serial: string): string => `01${gtin}21${serial}`

/** Companies, numbers and profiles for so many printers, each with numbers for so many transfers of three. */
export const world = (printers: number, transfers: number) => {
  const all = Array.from({ length: printers }, (_, index) => index)
  const packagingCode = { type: "GTIN-14", value: gtin }
  const batch = (index: number, range: keyof typeof ranges, held: object) => ({
    owner,
    packagingCode,
    ...held,
    range: { first: numberOf(index, range, 0), count: transfers * 3 }
  })
  const at = (index: number) => ({ company: printer(index), location: `${printer(index)}-hall` })
  return {
    companies: [
      {
        id: owner,
        name: "Alder Pharma",
        role: "producer",
        identifiers: [{ type: "GLN", value: ownerGln }],
        locations: []
      },
      {
        id: packager,
        name: "Cedar Packaging",
        role: "both",
        identifiers: [{ type: "GLN", value: packagerGln }],
        locations: [{ id: "cedar-line", name: "Line", identifiers: [{ type: "GLN", value: lineGln }] }]
      },
      ...all.map((index) => ({
        id: printer(index),
        name: `Birch Printing ${index + 1}`,
        role: "both",
        identifiers: [{ type: "GLN", value: printerGln(index) }],
        locations: [
          {
            id: `${printer(index)}-hall`,
            name: "Hall",
            identifiers: [{ type: "SGLN", value: `9521234.${`${index + 1}`.padStart(5, "0")}.0` }]
          }
        ]
      }))
    ],
    links: [packager, ...all.map(printer)].map((partner) => ({ id: `link-${partner}`, owner, partner })),
    profiles: [packager, ...all.map(printer)].map((subscriber) => ({
      id: `profile-${subscriber}`,
      owner,
      subscriber,
      packagingCodes: [packagingCode]
    })),
    products: [{ id: "case", owner, name: "Case", packagingLevel: "CA", codes: [packagingCode] }],
    pools: [
      {
        id: "case",
        owner,
        packagingCode,
        encoding: "AI(01)+AI(21)",
        template: { kind: "sequential", digits: 12, first: 700_000_000_000 }
      }
    ],
    serials: all.flatMap((index) => [
      batch(index, "own", { state: "encoded", ...at(index) }),
      batch(index, "reserved", { state: "reserved", ...at(index) }),
      batch(index, "foreign", { state: "encoded" })
    ])
  }
}

const header = (root: string, sender: string, control: string) => `<?xml version="1.0" encoding="UTF-8"?>
<${root} xmlns="urn:tracelink:mapper:sl:serial_number_exchange" xmlns:cmn="urn:tracelink:mapper:sl:commontypes">
<ControlFileHeader>
<cmn:FileSenderNumber>${sender}</cmn:FileSenderNumber>
<cmn:FileReceiverNumber>${ownerGln}</cmn:FileReceiverNumber>
<cmn:FileControlNumber>${control}</cmn:FileControlNumber>
<cmn:FileDate>2026-01-05</cmn:FileDate>
<cmn:FileTime>12:00:00Z</cmn:FileTime>
</ControlFileHeader>
<MessageBody>
<cmn:EventDateTime>2026-01-05T11:59:00Z</cmn:EventDateTime>
<cmn:EventTimeZoneOffset>+00:00</cmn:EventTimeZoneOffset>`

const list = (serials: ReadonlyArray<string>): string =>
  `<SerialNumbers>${serials.map((one) => `<cmn:Serial>${one}</cmn:Serial>`).join("")}</SerialNumbers>`

const documents = (reference: string): string =>
  `<cmn:ReferenceDocuments><cmn:ReferenceIdentifier>${reference}</cmn:ReferenceIdentifier></cmn:ReferenceDocuments>`

const place = (index: number): string =>
  `<cmn:EventLocation>9521234.${`${index + 1}`.padStart(5, "0")}.0</cmn:EventLocation>`

const transfer = (index: number, control: string, what: string): string =>
  `${header("SNXSerialNumberTransferMessage", printerGln(index), control)}
${what}
${place(index)}
<cmn:SNTransferToLocation type="GLN">${lineGln}</cmn:SNTransferToLocation>
</MessageBody>
</SNXSerialNumberTransferMessage>
`

const packagingItem = `<cmn:PackagingItemCode type="GTIN-14">${gtin}</cmn:PackagingItemCode>`

const encoded = (index: number, sender: string, control: string, reference: string, serials: ReadonlyArray<string>) =>
  `${header("SNXDispositionUpdatedMessage", sender, control)}
${list(serials)}
${packagingItem}
<cmn:PackagingSerialNumberStatus>ENCODED</cmn:PackagingSerialNumberStatus>
${place(index)}
${documents(reference)}
</MessageBody>
</SNXDispositionUpdatedMessage>
`

/** What has to become of a file. */
export type Outcome = "processed" | "duplicate" | "map_in_failed" | "processing_failed" | "waiting"

/** A file that was sent. */
export interface Sent {
  /** No two have the same. */
  readonly file: string
  readonly company: string
  readonly type: string
  readonly sha256: string
  readonly outcome: Outcome
  /** Numbers that it moves to the packager, in one transfer and one response. */
  readonly moves: ReadonlyArray<string>
}

/** A kind of file and how often it comes. */
const mixture = [
  ["good", 9],
  ["broken", 1],
  ["foreign", 1],
  ["sender", 1],
  ["again", 2],
  ["number", 1],
  ["waits", 2],
  ["crosses", 2]
] as const
export type Kind = (typeof mixture)[number][0] | "stranded"
const bag: ReadonlyArray<Kind> = mixture.flatMap(([kind, times]) => Array.from({ length: times }, () => kind))

interface Draft extends Omit<Sent, "file" | "sha256" | "type"> {
  readonly body: string
  readonly type?: string
}

/** A generator that always draws the same from the same seed. */
const dice = (seed: number) => {
  let state = seed >>> 0
  return (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** Writes what partners send and hands it to those who carry it. */
export class Post {
  readonly sent: Array<Sent> = []
  readonly #carry: (letter: Letter) => Promise<void>
  readonly #printers: number
  readonly #draw: (sides: number) => number
  readonly #used = new Map<string, number>()
  readonly #good = new Map<number, Array<{ readonly control: string; readonly body: string }>>()
  /** Status updates that others wait for, and after how many more files they come. */
  #upstream: Array<{ readonly draft: Draft; left: number }> = []
  #count = 0

  constructor(carry: (letter: Letter) => Promise<void>, printers: number, seed: number) {
    this.#carry = carry
    this.#printers = printers
    this.#draw = dice(seed)
  }

  /** Sends one file, and the status updates that are due. */
  async send(kind: Kind = bag[this.#draw(bag.length)] ?? "good", from = this.#draw(this.#printers)): Promise<Sent> {
    const sent = await this.#write(this.#draft(kind, from))
    for (const one of this.#upstream) one.left -= 1
    await this.#sendUpstream(({ left }) => left <= 0)
    return sent
  }

  /** Sends the status updates that are still owed. */
  async finish(): Promise<void> {
    await this.#sendUpstream(() => true)
  }

  /** From now on this file has to fail: processing it will kill the process. */
  poison(file: string): void {
    const index = this.sent.findIndex((sent) => sent.file === file)
    const sent = this.sent[index]
    if (sent !== undefined) this.sent[index] = { ...sent, outcome: "processing_failed", moves: [] }
  }

  async #sendUpstream(isDue: (one: { readonly left: number }) => boolean): Promise<void> {
    const due = this.#upstream.filter(isDue)
    this.#upstream = this.#upstream.filter((one) => !due.includes(one))
    for (const { draft } of due) await this.#write(draft)
  }

  #serials(index: number, range: keyof typeof ranges): ReadonlyArray<string> {
    const key = `${index} ${range}`
    const at = this.#used.get(key) ?? 0
    this.#used.set(key, at + 3)
    return [at, at + 1, at + 2].map((n) => text(numberOf(index, range, n)))
  }

  #draft(kind: Kind, index: number): Draft {
    this.#count += 1
    const control = `C${this.#count}`
    const company = printer(index)
    const nothing: ReadonlyArray<string> = []
    const good = this.#good.get(index) ?? []
    const earlier = good[this.#draw(good.length)]
    if (kind === "good" || (earlier === undefined && (kind === "again" || kind === "number"))) {
      const moves = this.#serials(index, "own")
      const body = transfer(index, control, list(moves))
      this.#good.set(index, [...good.slice(-20), { control, body }])
      return { company, body, outcome: "processed", moves }
    }
    switch (kind) {
      case "broken": {
        const whole = transfer(index, control, list(this.#serials(index, "foreign")))
        const half = this.#draw(2) === 0
        const body = half ? whole.slice(0, -80) : whole.replace(/<cmn:EventDateTime>[^<]*/u, "<cmn:EventDateTime>soon")
        return { company, body, outcome: "map_in_failed", moves: nothing }
      }
      case "sender": {
        const body = transfer(index, control, list(this.#serials(index, "foreign")))
        return {
          company,
          body: body.replace(printerGln(index), strangeGln),
          outcome: "processing_failed",
          moves: nothing
        }
      }
      case "again":
        return { company, body: earlier?.body ?? "", outcome: "duplicate", moves: nothing }
      case "number": {
        const body = transfer(index, earlier?.control ?? "", list(this.#serials(index, "foreign")))
        return { company, body, outcome: "processing_failed", moves: nothing }
      }
      case "waits":
      case "crosses": {
        const moves = this.#serials(index, "reserved")
        // The update comes from the printer itself or, in another lane, from the owner.
        const [by, gln] = kind === "waits" ? [company, printerGln(index)] : [owner, ownerGln]
        const update: Draft = {
          company: by,
          type: "SNX_DISPOSITION_UPDATED",
          body: encoded(index, gln, `U${this.#count}`, control, moves),
          outcome: "processed",
          moves: nothing
        }
        this.#upstream.push({ draft: update, left: this.#draw(12) })
        return {
          company,
          body: transfer(index, control, packagingItem + documents(control)),
          outcome: "processed",
          moves
        }
      }
      case "stranded": {
        const body = transfer(index, control, packagingItem + documents(control))
        return { company, body, outcome: "waiting", moves: nothing }
      }
      default: {
        const body = transfer(index, control, list(this.#serials(index, "foreign")))
        return { company, body, outcome: "processing_failed", moves: nothing }
      }
    }
  }

  async #write({ body, company, type = "SNX_TRANSFER", outcome, moves }: Draft): Promise<Sent> {
    // Names sort as they were sent: a server tells times by the second.
    const number = `${this.sent.length + 1}`.padStart(6, "0")
    const file = `${type === "SNX_TRANSFER" ? "transfer" : "update"}-${number}.xml`
    const sent: Sent = { file, company, type, sha256: sha(body), outcome, moves }
    this.sent.push(sent)
    await this.#carry({ company, type, file, body })
    return sent
  }
}
