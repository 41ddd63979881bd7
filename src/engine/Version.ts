/** The version of this engine, as package.json says it; part of what identifies a run. */
import manifest from "../../package.json" with { type: "json" }

export const version: string = manifest.version
