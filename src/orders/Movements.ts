/**
 * The eleven operations that move stock, as data: what they need, what they do to serials, and where units leave and
 * arrive. Everything that treats one operation otherwise than another stands here.
 *
 * Source of the list: Sellercloud Serial Numbers (2025-04-30), "Validate Serial Globally"; a warehouse transfer has two
 * steps. What each means for the repository is ours. Pure data.
 */
import type { Operation } from "../serials/SerialState.ts"
import type { MovementOperation } from "./TradeDocument.ts"

/** Parts of a movement that an operation may be about. `from`, `to` and `place` are a warehouse; the document's will do. */
export type Need =
  | "from"
  | "from.bin"
  | "to"
  | "to.warehouse"
  | "to.bin"
  | "place"
  | "toProduct"
  | "direction"
  | "reference"
  | "box"

export interface MovementKind {
  /** As people say it. */
  readonly text: string
  /** What its serials go through. */
  readonly operation: Operation
  readonly verb: string
  /** Whether units leave `from` and arrive at `to`; an adjustment says by its direction. */
  readonly leaves: boolean
  readonly arrives: boolean
  /** Where it takes units: to another bin of the warehouse, or to another warehouse; nowhere without it. */
  readonly within?: "bins" | "warehouses"
  readonly needs: ReadonlyArray<Need>
  /** Takes only what another operation picked under the same reference; `once`, each serial a single time. */
  readonly of?: { readonly picked: MovementOperation; readonly kind: string; readonly once: boolean }
}

const move = { operation: "move", verb: "moved" } as const
const pick = { operation: "pick", verb: "picked" } as const

export const movements: Readonly<Record<MovementOperation, MovementKind>> = {
  bin_transfer: {
    text: "bin-to-bin transfer",
    ...move,
    leaves: true,
    arrives: true,
    within: "bins",
    needs: ["from", "from.bin", "to", "to.bin"]
  },
  adjustment: {
    text: "adjustment",
    operation: "adjust",
    verb: "adjusted",
    leaves: true,
    arrives: true,
    needs: ["place", "direction"]
  },
  warehouse_transfer_pick: {
    text: "warehouse transfer, picking",
    ...pick,
    leaves: true,
    arrives: false,
    within: "warehouses",
    needs: ["from", "reference"]
  },
  warehouse_transfer_receive: {
    text: "warehouse transfer, receiving",
    ...move,
    leaves: false,
    arrives: true,
    within: "warehouses",
    needs: ["to", "reference"],
    of: { picked: "warehouse_transfer_pick", kind: "warehouse transfer", once: true }
  },
  sku_transfer: {
    text: "SKU-to-SKU transfer",
    operation: "change-item",
    verb: "transferred",
    leaves: true,
    arrives: true,
    needs: ["from", "toProduct"]
  },
  kit_assembly: { text: "kit assembly", ...pick, leaves: true, arrives: false, needs: ["from", "toProduct"] },
  cycle_count: {
    text: "cycle count",
    operation: "adjust",
    verb: "counted",
    leaves: false,
    arrives: false,
    needs: ["place"]
  },
  credit_memo_pick: {
    text: "credit memo picking",
    ...pick,
    leaves: true,
    arrives: false,
    needs: ["from", "reference"]
  },
  fba_pick: { text: "FBA picking", ...pick, leaves: true, arrives: false, needs: ["from", "reference"] },
  fba_box_content: {
    text: "FBA box content",
    ...move,
    leaves: false,
    arrives: false,
    needs: ["reference", "box"],
    // What lies in one box may be packed into another.
    of: { picked: "fba_pick", kind: "FBA shipment", once: false }
  },
  put_away: { text: "put-away", ...move, leaves: true, arrives: true, within: "bins", needs: ["from", "to", "to.bin"] },
  one_way_transfer: {
    text: "one-way transfer",
    ...move,
    leaves: true,
    arrives: true,
    within: "warehouses",
    needs: ["from", "to.warehouse"]
  }
}
