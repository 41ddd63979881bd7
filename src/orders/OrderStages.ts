/**
 * What the pipelines of order documents have in common: what their stages may fail with and need, the rules they raise,
 * and how long a document waits for the order it is about. A document is judged alike whatever format it came in.
 */
import { Duration } from "effect"
import type { AuditError } from "../audit/Audit.ts"
import type { Patience } from "../engine/Pipeline.ts"
import type { RuleInfo } from "../engine/Rule.ts"
import type { X12Error } from "../formats/X12.ts"
import type { Partners } from "../partners/Partners.ts"
import type { PartnersError } from "../partners/PartnersError.ts"
import type { Serials, SerialsError, StorageError } from "../serials/Serials.ts"
import * as DeskRules from "./DeskRules.ts"
import * as MovementRules from "./MovementRules.ts"
import type { Orders } from "./Orders.ts"
import * as TradeRules from "./TradeRules.ts"

/** What a stage may fail with; a bad document is not among it. */
export type OrderError = PartnersError | SerialsError | StorageError | AuditError | X12Error

/** What the stages need. */
export type OrderServices = Partners | Serials | Orders

/** Class 2 rules that the stages raise. */
export const raises: ReadonlyArray<RuleInfo> = [
  ...TradeRules.refusals,
  ...MovementRules.refusals,
  ...DeskRules.driven.map(({ rule }) => rule)
]

/** A receipt may overtake its order by hours when they come by different ways. */
export const patience: Patience = { every: Duration.minutes(15), until: Duration.hours(4) }
