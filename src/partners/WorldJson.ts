/**
 * A partner's names for the fields of JSON order documents, as part of its channel in a world: the schema, the fields that
 * may be named, and `faults`, which tells every name that means nothing or more than one thing. Pure.
 */
import { Schema } from "effect"
import { Text } from "./WorldFields.ts"

/** Members of a document, from the outside in: `header.docNo`. A name with a dot in it cannot be told. */
const Path = Text.check(
  Schema.isPattern(/^[^.]+(?:\.[^.]+)*$/u, { message: "must be names with dots between them, such as header.docNo" })
)
const Paths = Schema.Record(Schema.String, Path)

/** Its names by ours. The `header` with sender, receiver and control number is everybody's: the profile is found by it. */
export const JsonProfile = Schema.Struct({
  /** `number: header.docNo` */
  document: Schema.optionalKey(Paths),
  /** Where the list of lines stands. */
  lines: Schema.optionalKey(Path),
  /** Within a line, and within each of its `lots`: `lotNumber: batch.no` */
  line: Schema.optionalKey(Paths)
})
export type JsonProfile = typeof JsonProfile.Type

/** Fields of documents, of whatever type, without header and lines. */
export const documentFields = [
  ...["number", "date", "warehouse", "tool", "notes", "status", "override", "override.by", "override.reason"],
  ...["vendor", "expectedOn", "customer", "salesChannel", "customerOrder", "salesOrder", "carrier", "trackingNumber"],
  ...["purchaseOrder", "creditMemo", "vendorInvoice", "session", "session.id"],
  ...["session.receivedOn", "session.receivedBy", "reason", "page", "action", "order", "operation", "from"],
  ...["from.warehouse", "from.bin", "to", "to.warehouse", "to.bin", "toProduct", "toProduct.gtin", "toProduct.sku"],
  ...["direction", "reference", "box"]
]

/** Fields of lines and lots. */
export const lineFields = [
  ...["line", "parentLine", "orderLine", "gtin", "sku", "quantity", "uom", "lotNumber", "supplierLotNumber"],
  ...["warehouseLotNumber", "serialNumbers", "expirationDate", "bestBeforeDate", "productionDate", "sscc", "lots"],
  ...["price", "notes", "lotSource", "lotSource.type", "lotSource.value"]
]

/** True where one path leads to the other or into it. */
const overlap = (a: string, b: string): boolean => `${a}.`.startsWith(`${b}.`) || `${b}.`.startsWith(`${a}.`)

interface Named {
  readonly path: string
  readonly field: string
  readonly name: string
}

const named = (at: string, names: Readonly<Record<string, string>>): ReadonlyArray<Named> =>
  Object.entries(names).map(([field, name]) => ({ path: `${at}.${field}`, field, name }))

const faultsOf = (names: ReadonlyArray<Named>, known: ReadonlyArray<string>) =>
  names.flatMap(({ path, field, name }, index) => {
    const told = (message: string) => ({ path, message })
    if (!known.includes(field)) return [told(`there is no field ${field} here; there are ${known.join(", ")}`)]
    return names
      .slice(0, index)
      .flatMap((other) => [
        ...(overlap(field, other.field) ? [told(`${other.field} has a name already, ${other.name}`)] : []),
        ...(overlap(name, other.name) ? [told(`${name} is taken: ${other.name} is the name of ${other.field}`)] : [])
      ])
  })

/** Fields that documents or lines cannot do without: nothing else may stand in their place. */
const required = { document: ["number", "status", "lines"], line: ["quantity"] } as const

/** Names that stand where a required field is looked for, because it has no name of its own. */
const covered = (names: ReadonlyArray<Named>, fields: ReadonlyArray<string>) =>
  fields
    .filter((field) => names.every((each) => each.field !== field))
    .flatMap((field) =>
      names
        .filter(({ name }) => overlap(name, field))
        .map(({ path }) => ({
          path,
          message: `${field} is taken: it is the name of ${field}, which has no other here`
        }))
    )

const envelope = ["header.sender", "header.receiver", "header.controlNumber"]

/** Everything wrong with a profile that stands at a path of the world. */
export const faults = (
  at: string,
  profile: JsonProfile
): ReadonlyArray<{ readonly path: string; readonly message: string }> => {
  const { document = {}, lines, line = {} } = profile
  const head = [...named(`${at}.document`, document), ...(lines === undefined ? [] : named(at, { lines }))]
  const within = named(`${at}.line`, line)
  return [
    ...faultsOf(head, lines === undefined ? documentFields : [...documentFields, "lines"]),
    ...head
      .filter(({ name }) => envelope.some((field) => overlap(name, field)))
      .map(({ path, name }) => ({ path, message: `${name} is taken: the envelope stands there` })),
    ...covered(head, required.document),
    ...faultsOf(within, lineFields),
    ...covered(within, required.line)
  ]
}
