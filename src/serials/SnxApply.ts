/**
 * Class 2 looks that all SNX messages share, so far one: whether the event's location is known. A warning, because the
 * documented example names a location nobody else mentions.
 */
import * as Rule from "../engine/Rule.ts"
import type { Directory } from "../partners/Directory.ts"
import type { Places } from "./SnxPlaces.ts"

const rule = Rule.define({
  id: "snx/event-location-unknown",
  class: 2,
  severity: "warning",
  element: "cmn:EventLocation",
  text: "EventLocation [location] is of no location here.",
  source: "Throughline",
  situation: "No location has the SGLN, nor the GLN it stands for. Numbers do not depend on it.",
  example: { case: "snx-transfer/event-location-unknown" }
})

/** The rule, and the look that raises it. */
export const eventLocationUnknown = {
  rule,
  look: (directory: Directory, location: string, at: Pick<Places, "body">): ReadonlyArray<Rule.Violation> =>
    directory.location(undefined, location) === undefined
      ? [rule.raise({ location }, { path: at.body("cmn:EventLocation"), value: location })]
      : []
}
