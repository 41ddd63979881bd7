/**
 * What of a line each way out has a place for. The registry counts nothing as passed that is not in the file: what a
 * format has no place for is left out with its reason, and a test reads every file for it. Pure.
 */
import type { PartnerChannel } from "../partners/WorldOrders.ts"
import type { Thing } from "./PassThrough.ts"

/** The documents of a channel, as it says what format it takes them in. */
export type Way = "purchaseOrders" | "salesOrders" | "shipNotices"

type Formats<W extends Way> = { readonly [F in PartnerChannel[W]]: ReadonlySet<Thing> }

const nothing: ReadonlySet<Thing> = new Set()
const everything: ReadonlySet<Thing> = new Set([
  ...(["lot", "supplierLot", "warehouseLot"] as const),
  ...(["expiry", "bestBefore", "production", "serial"] as const)
])

/** W04 has no warehouse lot, and its loop no date but that of a reference. */
const advices: Formats<"purchaseOrders"> = {
  none: nothing,
  X12: new Set(["lot", "supplierLot", "expiry", "serial"] as const),
  JSON: everything
}

/** W0113 is the warehouse lot; date qualifiers know neither best before nor production. */
const orders: Formats<"salesOrders"> = {
  none: nothing,
  X12: new Set(["lot", "supplierLot", "warehouseLot", "expiry", "serial"] as const),
  JSON: everything
}

const notices: Formats<"shipNotices"> = {
  none: nothing,
  X12: new Set(["lot", "supplierLot", "expiry", "production", "serial"] as const),
  JSON: everything,
  SHOPIFY: everything,
  AMAZON: new Set(["lot", "expiry", "production"] as const)
}

/** What the next notice takes the place of, as what is written into a field: each has to tell the whole order's shipments. */
export const replaces = ({ shipNotices }: PartnerChannel): boolean => shipNotices === "SHOPIFY"

/** What documents that leave this way by a channel can carry of a line. */
export const by = (channel: PartnerChannel, way: Way): ReadonlySet<Thing> => {
  switch (way) {
    case "purchaseOrders":
      return advices[channel.purchaseOrders]
    case "salesOrders":
      return orders[channel.salesOrders]
    case "shipNotices":
      return notices[channel.shipNotices]
  }
}
