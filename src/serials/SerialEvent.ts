/**
 * Events over lists of numbers that are in use: commissioned, packed, received, shipped, moved and so on. The words that
 * `Serials.record`, `pack`, `unpack` and the look-ups take and answer in. An event changes all of its list or nothing;
 * `EventRefused` then names every number that stands in the way, and why.
 */
import { Array as Arr, Data, Effect } from "effect"
import type { Change, ChangeContext, Holder, Item, KnownLot, ListedChange, Load } from "./SerialModel.ts"
import type { SerialState } from "./SerialState.ts"
import type { ItemAttribute, ItemStatus } from "./SerialStatus.ts"
import { SerialsError, Unexplained } from "./SerialsError.ts"

/** What listed numbers have to be; each one that is not is an obstacle. */
export interface Expected {
  /** Lot text. A number that has no lot passes. */
  readonly lot?: string | undefined
  readonly item?: Pick<Item, "codeType" | "code"> | undefined
}

/** Something that happened to a list of numbers, with whatever is packed in them where the operation takes that along. */
export interface SerialEvent extends ListedChange {
  readonly expects?: Expected | undefined
  /**
   * Unknown numbers come into being, commissioned, before the event is recorded of all: goods from outside. They are
   * held by the event's `to` company; the `holder` of the event does not concern them. Their item status is one the
   * operation starts from (`SerialState.beginning`); where there is none they stay unknown, and stand in the way.
   */
  readonly create?: Pick<Load, "owner" | "item" | "lot"> | undefined
}

export interface Recorded {
  readonly changeId: number
  /** Listed numbers, contents not counted. */
  readonly changed: number
  /** Numbers that went along, packed in the listed ones. */
  readonly contents: number
  readonly created: number
}

/** A parent and what is put into it. */
export interface Container {
  readonly parent: string
  readonly children: ReadonlyArray<string>
  readonly eventAt?: Date | undefined
  /** Not full: kept as the attribute `partial`. */
  readonly isPartial?: boolean | undefined
}

type PackingChange = Pick<Change, "kind" | "eventAt" | "attributes" | "line" | "document" | "context"> & {
  readonly holder: Holder | "any"
}

/** Numbers put into parents, all levels in one go. Parents and children are commissioned and known. */
export interface Packing extends PackingChange {
  readonly containers: ReadonlyArray<Container>
  /** Whatever their item statuses are: a world says how things stand, not what happens. */
  readonly anyStatus?: boolean | undefined
}

/** Numbers taken out of parents; all contents where no children are named. */
export interface Unpacking extends PackingChange {
  readonly containers: ReadonlyArray<Omit<Container, "children"> & { readonly children?: ReadonlyArray<string> }>
}

export interface Packed {
  readonly changeId: number
  readonly children: number
}

/** Why a number stands in the way. */
export type Why =
  | { readonly _tag: "unreadable" }
  | { readonly _tag: "unknown" }
  | { readonly _tag: "state"; readonly state: SerialState }
  | { readonly _tag: "status"; readonly status: ItemStatus }
  /** With somebody else. */
  | { readonly _tag: "holder"; readonly company: string }
  /** Packed in a number that does not go along. */
  | { readonly _tag: "parent"; readonly parent: string }
  /** To be taken out of a parent it is not in. */
  | { readonly _tag: "not inside"; readonly parent: string | undefined }
  | { readonly _tag: "lot"; readonly lot: string }
  | { readonly _tag: "item"; readonly codeType: string; readonly code: string }
  /** A number packed in it stands in the way, by its own state, status or holder. */
  | { readonly _tag: "contents"; readonly inside: string; readonly why: "state" | "status" | "holder" }
  /** It would be packed in itself, over however many levels. */
  | { readonly _tag: "cycle" }
  /** Listed under two parents at once. */
  | { readonly _tag: "two parents"; readonly parent: string }
  /** Its text under the new packaging code is another number already. */
  | { readonly _tag: "taken" }

/** A number that stands in the way; one number may have several reasons, each an obstacle of its own. */
export interface Obstacle {
  /** Which of several events, from 0. */
  readonly event?: number | undefined
  /** Place in the list, from 0; in packings the place among the children, undefined for the parent. */
  readonly position: number | undefined
  /** Which container of a packing, from 0. */
  readonly container?: number | undefined
  readonly value: string
  readonly why: Why
}

/** The event changed nothing. */
export class EventRefused extends Data.TaggedError("EventRefused")<{
  readonly obstacles: Arr.NonEmptyReadonlyArray<Obstacle>
}> {
  readonly isRetryable = false
  readonly whoActs = "sender"
  override get message() {
    return `${this.obstacles.length} numbers stand in the way`
  }
}

/** Refuses an event. That it changed nothing though no number stands in the way fails as a fault of the program. */
export const refusal = (
  operation: string,
  values: ReadonlyArray<string>,
  obstacles: ReadonlyArray<Obstacle>
): Effect.Effect<never, EventRefused | SerialsError> =>
  Arr.isReadonlyArrayNonEmpty(obstacles)
    ? Effect.fail(new EventRefused({ obstacles }))
    : Effect.fail(new SerialsError({ reason: new Unexplained({ operation, value: values[0] ?? "", why: undefined }) }))

/** What a message says of obstacles, each of them: one it has no words for fails as a fault of the program. */
export const tell = <A>(
  operation: string,
  obstacles: ReadonlyArray<Obstacle>,
  said: (obstacle: Obstacle) => A | undefined
): Effect.Effect<ReadonlyArray<A>, SerialsError> =>
  Effect.forEach(obstacles, (obstacle) => {
    const text = said(obstacle)
    if (text !== undefined) return Effect.succeed(text)
    const { value, why } = obstacle
    return Effect.fail(new SerialsError({ reason: new Unexplained({ operation, value, why: why._tag }) }))
  })

/** A number as it stands, for those who ask about many or have no time. */
export interface LookUp {
  /** As messages write it. */
  readonly value: string
  readonly state: SerialState
  /** Of commissioned numbers. */
  readonly itemStatus: ItemStatus | undefined
  readonly attributes: ReadonlyArray<ItemAttribute>
  readonly item: Item
  readonly company: string
  readonly location: string | undefined
  readonly lot: KnownLot | undefined
  readonly parent: string | undefined
}

export type { ChangeContext }
