/**
 * Canonical paths of an assignment: where in its blocks a rule's finding stands. The cases show that each leads to a line.
 * Pure.
 */
import * as Places from "./SnxPlaces.ts"

const at = Places.dispositionAssigned

export const { root, messageBody, header } = at

const nth = (index: number): string => `[${index + 1}]`

/** `CommissionEvent`, and what stands in it. */
export const commission = (event: number, below = ""): string => at.body(`snx:CommissionEvent${nth(event)}${below}`)

const common = "/snx:CommissionCommonAttributes"
export const commonAttribute = (event: number, element: string): string => commission(event, `${common}/${element}`)
export const itemDetail = (event: number, element = ""): string =>
  commission(event, `${common}/snx:ItemDetail${element === "" ? "" : `/${element}`}`)

/** An element of a commissioned number. */
export const detail = (event: number, position: number, element: string): string =>
  commission(event, `/snx:CommissionEventDetail${nth(position)}/${element}`)

/** A parent's block, and what stands in it. */
export const aggregation = (event: number, position: number, element = ""): string =>
  at.body(
    `snx:AggregationEvent${nth(event)}/snx:AggregationEventDetail${nth(position)}${element === "" ? "" : `/${element}`}`
  )

/** A child of a parent. */
export const child = (event: number, detail: number, position: number): string =>
  aggregation(event, detail, `cmn:SerialNumberList/cmn:SerialNumber${nth(position)}`)
