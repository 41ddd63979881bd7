/**
 * Product information as this process's configuration describes it: data rules, the product directory, jobs, and other
 * providers to sync with. `layer` is what commands stand on; `routes` and `working` belong to a process that serves.
 */
import { Effect, Layer } from "effect"
import * as DirectoryRecords from "../api/DirectoryRecords.ts"
import * as DirectoryHttp from "../channels/DirectoryHttp.ts"
import { DirectoryDesk } from "../products/DirectoryDesk.ts"
import { DirectorySync } from "../products/DirectorySync.ts"
import { ProductJobs } from "../products/ProductJobs.ts"
import { ProviderAddresses } from "../products/ProviderAddress.ts"
import { RuleDesk } from "../products/RuleDesk.ts"
import * as Commands from "./Commands.ts"
import * as ConfigFile from "./ConfigFile.ts"

/** The directory in step with the providers that the configuration file names. */
const syncing = Layer.unwrap(
  Effect.map(ConfigFile.Current, ({ verification }) =>
    DirectorySync.layer.pipe(Layer.provide(DirectoryHttp.layer(verification)))
  )
)

const providerAddresses = Layer.unwrap(
  Effect.map(ConfigFile.Current, ({ verification: { providers = {} } }) =>
    Layer.succeed(
      ProviderAddresses,
      Object.entries(providers).map(([provider, { url }]) => ({ provider, url }))
    )
  )
)

export const layer = Layer.mergeAll(
  RuleDesk.layer,
  Layer.provide(DirectoryDesk.layer, providerAddresses),
  ProductJobs.layer,
  syncing
)

/** Our directory for other providers. */
export const routes = DirectoryRecords.routes

/** What goes on beside the answering: directories of others are read, jobs are done. */
export const working = Layer.merge(DirectorySync.running, ProductJobs.working)

/** A command's handler over the installation and product information. */
export const withProducts =
  <Input, A, E, R>(handler: (input: Input) => Effect.Effect<A, E, R>) =>
  (input: Input) =>
    Commands.withInstallation((given: Input) => Effect.provide(handler(given), Layer.fresh(layer)))(input)
