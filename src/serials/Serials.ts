/**
 * The serial repository: which numbers exist, in which state, who holds them where and for which reference documents,
 * and everything that ever happened to each. Messages change it through this service, whole lists at a time.
 *
 * Every change is made inside the caller's REPEATABLE READ transaction and fails as a whole with it. Two transactions
 * that want the same numbers end in a retryable `StorageError` for one of them. `SerialsError` says what the repository
 * could not do; that numbers are missing or in a wrong state is a result, because only the message knows what to say.
 */
import { Context, type Effect, type Stream } from "effect"
import type { SerialBatch } from "../partners/World.ts"
import type { EventRefused, LookUp, Packed, Packing, Recorded, SerialEvent, Unpacking } from "./SerialEvent.ts"
import type {
  ChangeContext,
  Changed,
  Explained,
  Filters,
  Found,
  Imported,
  ItemSelector,
  KnownLot,
  ListedChange,
  Load,
  Loaded,
  LotCount,
  Page,
  Provision,
  Provisioned,
  Selected,
  SelectedChange,
  Selection,
  Transfer
} from "./SerialModel.ts"
import type { Encoding } from "./SerialNumber.ts"
import type { StorageError } from "./SerialQueries.ts"
import type { SerialState } from "./SerialState.ts"
import type { SerialsError } from "./SerialsError.ts"

export * from "./SerialEvent.ts"
export type * from "./SerialModel.ts"
export type { StorageError } from "./SerialQueries.ts"
export * from "./SerialsError.ts"

export class Serials extends Context.Service<
  Serials,
  {
    /** Changes the listed numbers that the change allows; the caller rolls back when `changed` is short. */
    readonly changeListed: (change: ListedChange) => Effect.Effect<Changed, SerialsError | StorageError>
    /**
     * Records what happened to a list of numbers and to everything packed in them, or refuses the whole event with all
     * that stands in the way. Unknown numbers are created where the event says so.
     */
    readonly record: (event: SerialEvent) => Effect.Effect<Recorded, EventRefused | SerialsError | StorageError>
    /**
     * The same for many events, of which each keeps its own change: all of them or none, in as many statements as one.
     * Results are parallel to the events; obstacles name theirs.
     */
    readonly recordAll: (
      events: ReadonlyArray<SerialEvent>
    ) => Effect.Effect<ReadonlyArray<Recorded>, EventRefused | SerialsError | StorageError>
    /** Puts numbers into parents; one parent at a time, no cycles. */
    readonly pack: (packing: Packing) => Effect.Effect<Packed, EventRefused | SerialsError | StorageError>
    /** Takes numbers out of their parents. */
    readonly unpack: (unpacking: Unpacking) => Effect.Effect<Packed, EventRefused | SerialsError | StorageError>
    /** One number as it stands, in one statement; undefined for a text that is no known number. */
    readonly lookUp: (value: string) => Effect.Effect<LookUp | undefined, StorageError>
    /** A list of numbers as they stand, parallel to the list. */
    readonly lookUpAll: (
      values: ReadonlyArray<string>,
      formats?: ReadonlyArray<Encoding | undefined>
    ) => Effect.Effect<ReadonlyArray<LookUp | undefined>, StorageError>
    /** What was said of a lot of a packaging code: a row for each expiry it was named with. */
    readonly lotsOf: (item: ItemSelector, lot: string) => Effect.Effect<ReadonlyArray<KnownLot>, StorageError>
    /** Numbers of a lot by packaging code and state, as they stand. */
    readonly countOfLot: (owner: string, lot: string) => Effect.Effect<ReadonlyArray<LotCount>, StorageError>
    /** Changes all numbers of a packaging code and reference documents that the change allows. */
    readonly changeSelected: (change: SelectedChange) => Effect.Effect<Selected, SerialsError | StorageError>
    /** Says of each listed number what is known, to tell which ones a change left out. */
    readonly explain: (
      values: ReadonlyArray<string>,
      formats?: ReadonlyArray<Encoding | undefined>
    ) => Effect.Effect<Explained, StorageError>
    /** Numbers of a packaging code and reference documents in each state, now. */
    readonly countByState: (selection: Selection) => Effect.Effect<Readonly<Record<SerialState, number>>, StorageError>
    /** True when any change so far, or any of these kinds, named the packaging code and reference documents. */
    readonly knownDocument: (
      selection: Omit<Selection, "holder"> & { readonly kinds?: ReadonlyArray<string> | undefined }
    ) => Effect.Effect<boolean, StorageError>
    /** Draws new numbers from a pool and gives them to a location in state reserved. */
    readonly provision: (provision: Provision) => Effect.Effect<Provisioned, SerialsError | StorageError>
    /** Adds numbers that are not there yet. */
    readonly load: (load: Load) => Effect.Effect<Loaded, SerialsError | StorageError>
    /** Records a transfer; returns its id. */
    readonly recordTransfer: (transfer: Transfer) => Effect.Effect<number, StorageError>
    /** Transfers whose request carried the control number, oldest first. */
    readonly transfersOf: (controlNumber: string) => Effect.Effect<ReadonlyArray<Transfer>, StorageError>
    /** Every number that the text means (AI text with or without parentheses, EPC URI, bare serial), with its history; at most 100. */
    readonly find: (text: string) => Effect.Effect<ReadonlyArray<Found>, StorageError>
    /** Numbers in the order they were created. */
    readonly list: (
      filters: Filters,
      page: { readonly limit: number; readonly after?: number | undefined }
    ) => Effect.Effect<Page, StorageError>
    /** Loads the serials of a world; numbers that are there stay as they are. */
    readonly importWorld: (
      batches: ReadonlyArray<SerialBatch>,
      context: ChangeContext
    ) => Effect.Effect<Imported, SerialsError | StorageError>
    /** All serials as batches of a world, at most 10,000 numbers in each. History is not part of a world. */
    readonly exportWorld: Stream.Stream<SerialBatch, StorageError>
  }
>()("throughline/serials/Serials") {}
