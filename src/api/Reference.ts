/**
 * The reference page of the API (`/docs`), written from the OpenAPI document: every operation with its parameters, what
 * it takes and what it answers, and every schema, linked. Plain HTML without scripts: it loads nothing from anywhere,
 * reads well in any browser, on paper and aloud, and is the same as `/openapi.json` for people. Pure.
 */
import { OpenApi } from "effect/http-api"
import { Published } from "./Published.ts"
import * as ReferenceSchema from "./ReferenceSchema.ts"

const { escaped, code, prose } = ReferenceSchema

type Spec = OpenApi.OpenAPISpec
type Operation = OpenApi.OpenAPISpecOperation

const methods = ["get", "post", "put", "patch", "delete"] as const

interface Endpoint {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

const endpointsOf = ({ paths }: Spec): ReadonlyArray<Endpoint> =>
  Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }]
    })
  )

const anchor = (text: string): string => text.replace(/[^A-Za-z0-9]+/gu, "-").toLowerCase()

const table = (headings: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  rows.length === 0
    ? ""
    : `<table><thead><tr>${headings.map((text) => `<th scope="col">${text}</th>`).join("")}</tr></thead><tbody>${rows
        .map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`)
        .join("")}</tbody></table>`

const parameters = ({ parameters: all }: Operation): string =>
  table(
    ["Parameter", "In", "Type", "Meaning"],
    all.map(({ name, in: place, required, schema, description }) => [
      code(name),
      place,
      ReferenceSchema.typeOf(schema),
      [required ? "Required." : "", prose(description ?? ReferenceSchema.descriptionOf(schema))].join(" ").trim()
    ])
  )

/** JSON goes without saying. */
const isJson = (type: string): boolean => /^application\/(?:problem\+)?json$/u.test(type)

/** The schema of a body, with its media type where it is not JSON. */
const content = (of: OpenApi.OpenApiSpecContent | undefined): string =>
  Object.entries(of ?? {})
    .map(([type, media]) => {
      const schema = "schema" in media ? ReferenceSchema.typeOf(media.schema) : ""
      return isJson(type) ? schema : `${schema} (${code(type)})`
    })
    .join(", ")

const takes = ({ requestBody }: Operation): string =>
  requestBody === undefined ? "" : `<p><b>Takes</b> ${content(requestBody.content)}</p>`

const answers = ({ responses }: Operation): string =>
  table(
    ["Answer", "Meaning", "Body"],
    Object.entries(responses).map(([status, response]) => [
      code(status),
      prose(response.description === "Success" ? "" : response.description),
      content(response.content)
    ])
  )

const endpoint = ({ method, path, operation }: Endpoint): string => `<section id="${anchor(operation.operationId)}">
<h3>${escaped(operation.summary ?? operation.operationId)}</h3>
<p class="call"><b>${method}</b> ${code(path)}</p>
<p>${prose(operation.description ?? "")}</p>
${parameters(operation)}${takes(operation)}${answers(operation)}
</section>`

const group = (name: string, description: string, endpoints: ReadonlyArray<Endpoint>): string =>
  `<section id="${anchor(name)}"><h2>${escaped(name)}</h2><p>${prose(description)}</p>${endpoints.map(endpoint).join("\n")}</section>`

const navigation = (spec: Spec, endpoints: ReadonlyArray<Endpoint>): string =>
  `<nav aria-label="Contents"><ul>${spec.tags
    .map(({ name }) => {
      const items = endpoints
        .filter(({ operation }) => operation.tags.includes(name))
        .map(
          ({ operation }) =>
            `<li><a href="#${anchor(operation.operationId)}">${escaped(operation.summary ?? operation.operationId)}</a></li>`
        )
      return `<li><a href="#${anchor(name)}">${escaped(name)}</a><ul>${items.join("")}</ul></li>`
    })
    .join("")}<li><a href="#schemas">schemas</a></li></ul></nav>`

/** Where the page's style sheet is. */
export const stylePath = "/docs/style.css"

/** The page. */
export const html = (): string => {
  const spec = OpenApi.fromApi(Published)
  const endpoints = endpointsOf(spec)
  const groups = spec.tags.map(({ name, description = "" }) =>
    group(
      name,
      description,
      endpoints.filter(({ operation }) => operation.tags.includes(name))
    )
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(spec.info.title)} API</title>
<link rel="stylesheet" href="${stylePath}">
</head>
<body>
<header><h1>${escaped(spec.info.title)} API ${escaped(spec.info.version)}</h1>
<p>${prose(spec.info.description ?? "")} For programs: <a href="/openapi.json">openapi.json</a>.</p>
<p>Show an API key with each request (${code("Authorization: Bearer tl_...")}), or a client certificate that is known.</p></header>
${navigation(spec, endpoints)}
<main>
${groups.join("\n")}
<section id="schemas"><h2>schemas</h2>
${ReferenceSchema.definitions(spec.components.schemas)}
</section>
</main>
</body>
</html>
`
}
