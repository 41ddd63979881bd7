/**
 * What the pool and its workers say to each other. Everything here survives structured cloning.
 */
import type { Annotated, Note } from "../Listing.ts"
import type { Position } from "./XmlLocate.ts"
import type { Plan } from "./XmlPlan.ts"
import type { RawReading } from "./XmlReader.ts"

/** What is to be done with a document. */
export type Task =
  | { readonly kind: "read"; readonly bytes: Uint8Array; readonly schemaPath: string | undefined }
  | { readonly kind: "locate"; readonly bytes: Uint8Array; readonly paths: ReadonlyArray<string> }
  | { readonly kind: "annotate"; readonly bytes: Uint8Array; readonly notes: ReadonlyArray<Note> }

/** A task for one worker. The plan itself travels only where the worker does not know its number yet. */
export type Job = Task & { readonly id: number; readonly planNumber: number; readonly plan: Plan | undefined }

export type Result =
  | { readonly kind: "read"; readonly reading: RawReading }
  | { readonly kind: "locate"; readonly positions: ReadonlyMap<string, Position> }
  | { readonly kind: "annotate"; readonly annotated: Annotated }
  | { readonly kind: "schema-unusable"; readonly schemaPath: string; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string }

export interface Answer {
  readonly job: number
  readonly result: Result
  readonly heapBytes: number
}
