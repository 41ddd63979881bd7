/**
 * What goes back to the sender of a message that failed, of a duplicate, and, where a link asks for it, of a success:
 * the processing response. The engine writes one for any pipeline.
 */
import {
  document,
  processingResponse as layout
} from "../mappings/THROUGHLINE_XML_IE_ProcessingResponse_1_0_OB_V1_0.ts"
import { reportType } from "../src/engine/Report.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"

/** Writes reports under the namespace an installation has chosen (setting `ieNamespace`). */
export const processingResponse = (namespace: string) =>
  XmlMessage.sends({ type: reportType, layout: layout(namespace), document })
