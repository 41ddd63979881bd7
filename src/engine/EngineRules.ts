/**
 * Rules that hold for every message, whatever its type: known type, size, duplicates, authenticity, and the one text
 * for everything that is our fault. Pipelines add their own; reports do not tell the difference.
 */
import * as Rule from "./Rule.ts"

export const unknownType = Rule.define({
  id: "engine/unknown-type",
  class: 1,
  element: "N/A",
  text: "Message type [type] is not known here. Known types: [known].",
  source: "Throughline",
  situation: "The channel names a message type that no pipeline accepts.",
  example: { case: "engine/unknown-type" }
})

export const tooLarge = Rule.define({
  id: "engine/too-large",
  class: 1,
  element: "N/A",
  text: "The file has [bytes] bytes; at most [limit] are accepted.",
  source: "Throughline",
  situation: "The file is larger than the channel's limit; what is beyond it was not kept.",
  example: { test: "test/engine/Flow.test.ts" }
})

/** The documented text prints its placeholders as `<inFilename>`; filled in they read the same. */
export const duplicate = Rule.define({
  id: "engine/duplicate",
  class: 2,
  element: "cmn:FileControlNumber",
  text: "File [inFilename] is a potential duplicate match with file [origFilename] sent from [origCompanyname] received on [origFileDate], based on both files having the same File Control Number [FileControlNumber].",
  source: "TraceLink Administration, Create Service Link, Errors, Class 2 (2025.1)",
  situation:
    "Another message of the same company and type holds the control number, and its bytes differ. `throughline reprocess ID --accept-duplicate --why TEXT` overrides.",
  example: { case: "engine/duplicate-control-number" }
})

export const resent = Rule.define({
  id: "engine/resent",
  class: 2,
  severity: "warning",
  element: "N/A",
  text: "The same bytes were received before: see message [message], run [run], [status]. Nothing was done again.",
  source: "Throughline",
  situation: "A message of the same company and type with the same bytes is received, waits, or was processed.",
  example: { case: "engine/resent" }
})

export const notAuthentic = Rule.define({
  id: "engine/not-authentic",
  class: 2,
  element: "cmn:FileSenderNumber",
  text: "Sender [sender] is neither [company], on whose channel the file came, nor a company it may speak for.",
  source: "Throughline",
  situation: "The sender number belongs to another company and no link delegates it to the channel's company.",
  example: { case: "engine/not-authentic" }
})

export const internal = Rule.define({
  id: "engine/internal",
  class: 3,
  element: "N/A",
  text: "INTERNALERROR=Internal error from server [server details].",
  source: "TraceLink SNX Serial Number Transfer, Errors, Class 3 (2024.4)",
  situation:
    "Anything that is our fault, also a message whose processing killed the process three times. Contact Support with the run named.",
  example: { test: "test/engine/Flow.test.ts" }
})

export const engineRules: ReadonlyArray<Rule.RuleInfo> = [
  unknownType,
  tooLarge,
  duplicate,
  resent,
  notAuthentic,
  internal
]
