/**
 * The group `process` of what is published: how whoever runs a process asks whether it is well. Declarations only, for the
 * reference; the bare routes of Health.ts and Metrics.ts answer, in processes without the API too. Open to everybody.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { about } from "./Fields.ts"

const Checks = Schema.Record(Schema.String, Schema.Literals(["ok", "failed", "timed out"]))

export class Process extends HttpApiGroup.make("process")
  .add(
    HttpApiEndpoint.get("live", "/health/live", {
      success: Schema.Struct({ status: Schema.Literal("live") }).annotate({
        identifier: "Live",
        description: "It answers",
        examples: [{ status: "live" }]
      })
    }).annotateMerge(about("Is it alive", "Restart it when it does not answer.")),
    HttpApiEndpoint.get("ready", "/health/ready", {
      success: Schema.Struct({ status: Schema.Literal("ready"), checks: Checks }).annotate({
        identifier: "Ready",
        description: "All of them are well",
        examples: [{ status: "ready", checks: { database: "ok" } }]
      }),
      error: Schema.Struct({ status: Schema.Literal("not ready"), checks: Checks })
        .annotate({ identifier: "NotReady", description: "Which of them; the log says why" })
        .pipe(HttpApiSchema.status(503))
    }).annotateMerge(about("Can it work", "Send it nothing while it says 503.")),
    HttpApiEndpoint.get("metrics", "/metrics", {
      success: Schema.String.annotate({
        description: "The text format of Prometheus, version 0.0.4"
      }).pipe(HttpApiSchema.asText({ contentType: "text/plain; version=0.0.4; charset=utf-8" }))
    }).annotateMerge(about("What it counts", "For Prometheus; answers while the database is away."))
  )
  .annotateMerge(OpenApi.annotations({ description: "For whoever runs a process: health and metrics" })) {}
