/**
 * What an AMQP message says about itself, and how documents of ours are labelled. Properties come first, headers of the
 * same meaning second, because some clients can set only one of them. Pure functions; nothing fails.
 *
 * | meaning | property | header |
 * |---|---|---|
 * | message type | `type` | `message-type` |
 * | identity of the message at its publisher | `message-id` | `message-id` |
 * | what it belongs to | `correlation-id` | `correlation-id` |
 * | file name | | `file-name` |
 */
import { createHash } from "node:crypto"
import type { ConsumeMessage, Options } from "amqplib"
import type { OutgoingFile } from "../engine/Channel.ts"
import type { Inbox } from "./AmqpOptions.ts"
import * as FileNames from "./FileNames.ts"

export interface Label {
  /** Undefined when neither the message nor the queue nor the routing key says one. */
  readonly type: string | undefined
  readonly fileName: string
  readonly correlationId: string | undefined
  /**
   * What tells it from all others of its queue. `isOwn`: the publisher gave it an id. Without one, only messages that
   * the broker delivers again are compared, by what they say and by their bytes.
   */
  readonly identity: { readonly text: string; readonly isOwn: boolean }
}

const text = (...values: ReadonlyArray<unknown>): string | undefined =>
  values.find((value) => typeof value === "string" && value !== "")?.toString()

/** Far above the 255 bytes of the property; what clients put into headers may be of any length. */
const longestCorrelation = 1000

const isType = (value: string | undefined): value is string => value !== undefined && FileNames.isTypeFolder(value)

/** Reads the label of a message taken from a queue. */
export const labelOf = ({ properties, fields, content }: ConsumeMessage, inbox: Inbox): Label => {
  const headers = properties.headers ?? {}
  const messageId = text(properties.messageId, headers["message-id"])
  const correlationId = text(properties.correlationId, headers["correlation-id"])
  const fileName = text(headers["file-name"])
  const types = [text(properties.type), text(headers["message-type"]), inbox.type, fields.routingKey]
  const said = `${properties.timestamp ?? ""}/${correlationId ?? ""}/${fileName ?? ""}`
  // A queue's name is at most 255 bytes, an id too; what clients put into headers instead may be of any length.
  const identity = messageId ?? said
  const short = identity.length <= 300 ? identity : createHash("sha256").update(identity).digest("hex")
  return {
    type: types.find(isType),
    fileName: FileNames.safe(fileName ?? messageId ?? `message-${digest(content)}`),
    correlationId: correlationId?.toWellFormed().replaceAll("\0", " ").slice(0, longestCorrelation),
    identity: {
      text: `${inbox.queue}${messageId === undefined ? "?" : "#"}${short.replaceAll("\0", " ")}`,
      isOwn: messageId !== undefined
    }
  }
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16)

const contentTypes: Readonly<Record<string, string>> = {
  xml: "application/xml",
  json: "application/json",
  csv: "text/csv",
  txt: "text/plain"
}

/** Properties of a document of ours. Everything comes from the document, so that a resend is identical. */
export const propertiesOf = (file: OutgoingFile): Options.Publish => {
  const extension = /\.([a-z]+)$/u.exec(file.fileName.toLowerCase())?.[1] ?? ""
  return {
    persistent: true,
    mandatory: true,
    messageId: `${file.messageId}`,
    type: file.type,
    correlationId: file.controlNumber,
    contentType: contentTypes[extension] ?? "application/octet-stream",
    appId: "throughline",
    headers: {
      "file-name": FileNames.safe(file.fileName),
      "message-type": file.type,
      ...(file.inReplyTo === undefined ? {} : { "in-reply-to-correlation-id": file.inReplyTo })
    }
  }
}

/** Headers by which a broker routes copies; a dead letter goes to one place. */
const routing = new Set(["CC", "BCC"])

/** Properties that a dead letter keeps. */
const kept = ["contentType", "contentEncoding", "correlationId", "messageId", "type", "appId"] as const

/** The message as it was, and why it could not be taken. */
export const deadPropertiesOf = (
  { properties, fields }: ConsumeMessage,
  inbox: Inbox,
  why: string
): Options.Publish => ({
  ...Object.fromEntries(
    kept.flatMap((name) => (text(properties[name]) === undefined ? [] : [[name, properties[name]]]))
  ),
  ...(typeof properties.timestamp === "number" ? { timestamp: properties.timestamp } : {}),
  persistent: true,
  mandatory: true,
  headers: {
    ...Object.fromEntries(Object.entries(properties.headers ?? {}).filter(([name]) => !routing.has(name))),
    "x-throughline-reason": why,
    "x-throughline-queue": inbox.queue,
    "x-throughline-company": inbox.company,
    "x-throughline-routing-key": fields.routingKey
  }
})
