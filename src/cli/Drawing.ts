/**
 * Draws a pipeline: as lines of text for a terminal, as a Mermaid flow chart for documents. Pure; the same pipeline gives
 * the same drawing, so docs/generated can be compared.
 */
import { Duration } from "effect"
import { reportType } from "../engine/Report.ts"
import type { CataloguePipeline } from "./Catalogue.ts"
import * as Print from "./Print.ts"

/** Seconds as people say them: `15 minutes`, `2 hours`. */
export const spoken = (seconds: number): string => {
  const { days, hours, minutes, seconds: rest } = Duration.parts(Duration.seconds(seconds))
  return [[days, "day"] as const, [hours, "hour"] as const, [minutes, "minute"] as const, [rest, "second"] as const]
    .flatMap(([number, unit]) => (number === 0 ? [] : [Print.count(number, unit)]))
    .join(" ")
}

const localName = (root: string): string => root.replace(/^\{[^}]*\}/u, "")

interface Stage {
  readonly name: string
  readonly lines: ReadonlyArray<string>
}

/** The stages in their order, with what there is to say of each. */
const stages = (pipeline: CataloguePipeline): ReadonlyArray<Stage> => {
  const { type, format, roots, schema, map, class1, class2, warnings, mayWait, sends, patience } = pipeline
  const waiting =
    mayWait === 0
      ? []
      : [
          `${Print.count(mayWait, "rule")} may wait: tried every ${spoken(patience.everySeconds)} for ${spoken(patience.untilSeconds)}`
        ]
  const answers = sends.length === 0 ? ["no document"] : sends.map(({ type, map }) => `${type} as ${map}`)
  return [
    { name: "accept", lines: [`${type}, ${format}: ${roots.map(localName).join(" or ")}`] },
    { name: "validate", lines: [`xsd/${schema}`] },
    { name: "map", lines: [`mappings/${map}.ts`] },
    {
      name: "check",
      lines: [`${Print.count(class1, "class 1 rule")}${warnings === 0 ? "" : `, ${Print.count(warnings, "warning")}`}`]
    },
    { name: "apply", lines: [Print.count(class2, "class 2 rule"), ...waiting] },
    { name: "reply", lines: [...answers.map((answer) => `done: ${answer}`), `failed: ${reportType}`] }
  ]
}

/** As text, one stage below the other. */
export const text = (pipeline: CataloguePipeline): string =>
  [
    `${Print.styled("bold", pipeline.name)}  ${pipeline.summary}`,
    ...stages(pipeline).flatMap(({ name, lines }, index, all) =>
      lines.map((line, place) => {
        const mark = place > 0 ? (index === all.length - 1 ? " " : "│") : index === all.length - 1 ? "└" : "├"
        return `  ${mark} ${(place === 0 ? name : "").padEnd(9)} ${line}`
      })
    )
  ].join("\n")

const quoted = (lines: ReadonlyArray<string>): string => `"${lines.join("<br/>").replaceAll('"', "#quot;")}"`

/** As a Mermaid flow chart, without the fence. */
export const mermaid = (pipeline: CataloguePipeline): string => {
  const all = stages(pipeline)
  const nodes = all.map(({ name, lines }) => `  ${name}[${quoted([`<b>${name}</b>`, ...lines.map(Print.plain)])}]`)
  return ["flowchart LR", ...nodes, `  ${all.map(({ name }) => name).join(" --> ")}`].join("\n")
}
