/**
 * The life cycle of a serial number as data: which operation leads from which state and item status to which. Everything
 * that changes serials takes its states from here, the database path included, so there is one table to argue about.
 *
 * Pure data; nothing here fails.
 */
import type { SerialState } from "../partners/World.ts"
import { type ItemStatus, itemStatuses } from "./SerialStatus.ts"

export { type SerialState, serialStates } from "../partners/World.ts"

/** What an operation asks of a number and what it leaves; without `to` the state stays as it was, and so the status. */
export interface Transition {
  readonly from: ReadonlyArray<SerialState>
  readonly to?: SerialState
  /** Item statuses it may start from; any without it. */
  readonly statuses?: ReadonlyArray<ItemStatus>
  readonly status?: ItemStatus
  /**
   * What it means for numbers packed in one another. `together`: contents go with their parent, and a number goes only
   * with its parent. `along`: contents follow, a number may be changed inside its parent. `ends`: the number leaves its
   * parent, and its contents leave it.
   */
  readonly aggregation?: "together" | "along" | "ends"
  readonly source: string
}

const faq = "TraceLink SNX FAQ, serial number statuses (2024.4)"
const update = "TraceLink SNX Update serial number status (2024.4)"
const statuses = "TraceLink Sync serial number information (2024.6), item statuses"
const ours = "Throughline"

/** What lies in stock and is neither blocked nor under investigation. */
const inStock = ["available", "received", "picked"] as const satisfies ReadonlyArray<ItemStatus>
/** What is in the house, whether it may be sold or not. */
const inHouse = [...inStock, "blocked", "under_investigation"] as const satisfies ReadonlyArray<ItemStatus>

/** Every operation there is. Destroyed and deactivated numbers appear in no `from`: they are final. */
export const transitions = {
  /** A packaging location requested the number and received it. */
  provision: { from: ["unreserved"], to: "reserved", source: faq },
  /** The number was printed on a label or carton. */
  encode: { from: ["reserved"], to: "encoded", source: faq },
  /** Bound to a container code, or to packaging code, lot and expiration date; also again after decommissioning. */
  commission: {
    from: ["reserved", "encoded", "decommissioned"],
    to: "commissioned",
    status: "available",
    source: faq
  },
  /** No longer associated; can be used again. */
  decommission: { from: ["commissioned"], to: "decommissioned", aggregation: "ends", source: update },
  /** Terminated for good. */
  destroy: { from: ["commissioned"], to: "destroyed", aggregation: "ends", source: update },
  /** Requested earlier, never to be used. */
  deactivate: { from: ["reserved"], to: "deactivated", source: update },
  /** Moves to another location before it is used ("can only be performed when ... reserved or encoded"). */
  transfer: { from: ["reserved", "encoded"], source: "TraceLink SNX Serial Number Transfer (2024.4)" },
  /** Put into a parent. */
  pack: {
    from: ["commissioned"],
    statuses: inHouse,
    source: "TraceLink SNX Commission and aggregate serial numbers (2024.4)"
  },
  /** Taken out of its parent. */
  unpack: {
    from: ["commissioned"],
    statuses: inHouse,
    source: "TraceLink SNX Disaggregate serial numbers (2024.4)"
  },
  /** Came in: from transit, or from a sender that never said it shipped. What was received is there already. */
  receive: {
    from: ["commissioned"],
    statuses: ["available", "picked", "pending_receipt", "shipped"],
    status: "received",
    aggregation: "together",
    source: statuses
  },
  /** Left the house. Blocked numbers and those under investigation cannot be put in a sales shipment. */
  ship: {
    from: ["commissioned"],
    statuses: inStock,
    status: "shipped",
    aggregation: "together",
    source: statuses
  },
  /** Came back from whom it was shipped to. */
  return: {
    from: ["commissioned"],
    statuses: ["shipped", "pending_receipt", "received"],
    status: "received",
    aggregation: "together",
    source: statuses
  },
  /** Reserved for an outbound delivery. */
  pick: {
    from: ["commissioned"],
    statuses: ["available", "received"],
    status: "picked",
    aggregation: "together",
    source: statuses
  },
  /** Another bin, warehouse or location of the house. */
  move: { from: ["commissioned"], statuses: inHouse, aggregation: "together", source: ours },
  /** A count or correction. */
  adjust: { from: ["commissioned"], aggregation: "along", source: ours },
  /** SKU to SKU: it is of another packaging code from now on. */
  "change-item": { from: ["commissioned"], statuses: inHouse, source: ours },
  /** A status or attributes set by hand or by message. */
  "set-status": { from: ["commissioned"], aggregation: "along", source: "TraceLink SOM SetSerialNumberStatus (2024.3)" }
} as const satisfies Readonly<Record<string, Transition>>

export type Operation = keyof typeof transitions

export const operations: ReadonlyArray<Operation> = [
  "provision",
  "encode",
  "commission",
  "decommission",
  "destroy",
  "deactivate",
  "transfer",
  "pack",
  "unpack",
  "receive",
  "ship",
  "return",
  "pick",
  "move",
  "adjust",
  "change-item",
  "set-status"
]

const transition = (operation: Operation): Transition => transitions[operation]

/** States the operation may start from. */
export const sources = (operation: Operation): ReadonlyArray<SerialState> => transition(operation).from

/** Item statuses the operation may start from; all of them where it does not care. */
export const statusSources = (operation: Operation): ReadonlyArray<ItemStatus> =>
  transition(operation).statuses ?? itemStatuses

/**
 * The item status of a number that comes into being, commissioned, for an operation to start from: available where that
 * will do, else the first of the operation's own: what comes back was shipped. Undefined where it can start from none.
 */
export const beginning = (operation: Operation, statuses: ReadonlyArray<ItemStatus> = itemStatuses) => {
  if (!sources(operation).includes("commissioned")) return undefined
  const may = statusSources(operation).filter((status) => statuses.includes(status))
  return may.find((status) => status === "available") ?? may[0]
}

/** What the operation does to numbers packed in one another. */
export const aggregationOf = (operation: Operation): Transition["aggregation"] => transition(operation).aggregation

/** True when a number in this state may go through the operation. */
export const allowed = (from: SerialState, operation: Operation): boolean => sources(operation).includes(from)

/** The state after the operation, undefined where it is not allowed. */
export const after = (from: SerialState, operation: Operation): SerialState | undefined =>
  allowed(from, operation) ? (transition(operation).to ?? from) : undefined

/** The state the operation sets, undefined where it keeps the one it finds. */
export const target = (operation: Operation): SerialState | undefined => transition(operation).to

/** The item status the operation sets, undefined where it keeps the one it finds. */
export const statusTarget = (operation: Operation): ItemStatus | undefined => transition(operation).status

/** True when nothing leads out of the state. */
export const isFinal = (state: SerialState): boolean => !operations.some((operation) => allowed(state, operation))
