/**
 * Sends spans, metrics and logs to an OpenTelemetry collector when the environment names one, by the variables every
 * OpenTelemetry program reads (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`, ...).
 * Without one nothing is loaded and nothing is sent.
 *
 * A collector that is away costs the process nothing but what it would have shown.
 */
import { Config, ConfigProvider, Effect, Layer } from "effect"
import * as Version from "../engine/Version.ts"

const variable = (name: string) => Config.String(name).pipe(Config.withDefault(""))

const endpoints = ["", "TRACES_", "METRICS_", "LOGS_"].map((signal) => variable(`OTEL_EXPORTER_OTLP_${signal}ENDPOINT`))

/** Our own name, unless the environment gives one. */
const serviceName = Effect.gen(function* () {
  const named = yield* variable("OTEL_SERVICE_NAME")
  const attributes = yield* variable("OTEL_RESOURCE_ATTRIBUTES")
  return named === "" && !/(?:^|,)\s*service\.name\s*=/u.test(attributes) ? "throughline" : undefined
})

/** What the OpenTelemetry specification says of a missing variable; Effect's reading of it is "none". */
const exportersByDefault = ConfigProvider.layerAdd(
  ConfigProvider.fromUnknown({
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp"
  })
)

const exporter = Effect.gen(function* () {
  const name = yield* serviceName
  // Imported here, so that no command pays for it that does not export.
  const { Otlp, OtlpSerialization } = yield* Effect.promise(() => import("effect/observability"))
  const { FetchHttpClient } = yield* Effect.promise(() => import("effect/http"))
  return Otlp.layerFromConfig({
    resource: { serviceName: name, serviceVersion: Version.version },
    loggerMergeWithExisting: true
  }).pipe(Layer.provide([OtlpSerialization.layerProtobuf, FetchHttpClient.layer, exportersByDefault]))
})

/** Exports, or does nothing; also when the variables cannot be understood, which is logged. */
export const layer: Layer.Layer<never> = Layer.unwrap(
  Effect.gen(function* () {
    const named = yield* Effect.all(endpoints)
    return named.some((endpoint) => endpoint !== "") ? yield* exporter : Layer.empty
  })
).pipe(Layer.catchCause((cause) => Layer.effectDiscard(Effect.logWarning("nothing is sent to a collector", cause))))
