/**
 * The life cycle of a serial number as data: which operation leads from which state to which. Everything that changes
 * serials takes its states from here, the database path included, so there is one table to argue about.
 *
 * Source: TraceLink SNX FAQ, "serial number statuses", and SNX "Update serial number status" (only a provisioned number
 * is deactivated, only a commissioned one destroyed or decommissioned). Pure data; nothing here fails.
 */
import type { SerialState } from "../partners/World.ts"

export { type SerialState, serialStates } from "../partners/World.ts"

/** What an operation asks of a number and what it leaves; without `to` the state stays as it was. */
export interface Transition {
  readonly from: ReadonlyArray<SerialState>
  readonly to?: SerialState
}

/** Every operation there is. Destroyed and deactivated numbers appear in no `from`: they are final. */
export const transitions = {
  /** A packaging location requested the number and received it. */
  provision: { from: ["unreserved"], to: "reserved" },
  /** The number was printed on a label or carton. */
  encode: { from: ["reserved"], to: "encoded" },
  /** Bound to a container code, or to packaging code, lot and expiration date; also again after decommissioning. */
  commission: { from: ["reserved", "encoded", "decommissioned"], to: "commissioned" },
  /** No longer associated; can be used again. */
  decommission: { from: ["commissioned"], to: "decommissioned" },
  /** Terminated for good. */
  destroy: { from: ["commissioned"], to: "destroyed" },
  /** Requested earlier, never to be used. */
  deactivate: { from: ["reserved"], to: "deactivated" },
  /** Moves to another location before it is used ("can only be performed when ... reserved or encoded"). */
  transfer: { from: ["reserved", "encoded"] }
} as const satisfies Readonly<Record<string, Transition>>

export type Operation = keyof typeof transitions

export const operations: ReadonlyArray<Operation> = [
  "provision",
  "encode",
  "commission",
  "decommission",
  "destroy",
  "deactivate",
  "transfer"
]

const transition = (operation: Operation): Transition => transitions[operation]

/** States the operation may start from. */
export const sources = (operation: Operation): ReadonlyArray<SerialState> => transition(operation).from

/** True when a number in this state may go through the operation. */
export const allowed = (from: SerialState, operation: Operation): boolean => sources(operation).includes(from)

/** The state after the operation, undefined where it is not allowed. */
export const after = (from: SerialState, operation: Operation): SerialState | undefined =>
  allowed(from, operation) ? (transition(operation).to ?? from) : undefined

/** The state the operation sets, undefined where it keeps the one it finds. */
export const target = (operation: Operation): SerialState | undefined => transition(operation).to

/** True when nothing leads out of the state. */
export const isFinal = (state: SerialState): boolean => !operations.some((operation) => allowed(state, operation))
