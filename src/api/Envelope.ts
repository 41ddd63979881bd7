/**
 * The envelope of Product Information Exchange messages: `t` names the message and repeats the caller's correlation id,
 * `p` is the payload. Declarations only.
 */
import { Schema } from "effect"
import { optional } from "./Fields.ts"

const head = <const Name extends string>(name: Name) => ({
  v: Schema.Literal(1),
  m: Schema.Literal(name),
  "app-id": optional(Schema.String),
  cid: optional(Schema.String)
})

/** A request of this name. */
export const message = <const Name extends string, const Fields extends Schema.Struct.Fields>(
  name: Name,
  fields: Fields
) => Schema.Struct({ t: Schema.Struct(head(name)), p: Schema.Struct(fields) })

interface Asked {
  readonly "app-id"?: string
  readonly cid?: string
}

/** The head of an answer to a message: its own name, the caller's ids. */
export const reply = <const Name extends string>(name: Name, { "app-id": app, cid }: Asked) => ({
  v: 1 as const,
  m: name,
  ...(app === undefined ? {} : { "app-id": app }),
  ...(cid === undefined ? {} : { cid })
})
