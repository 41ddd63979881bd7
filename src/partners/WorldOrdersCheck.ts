/**
 * Whether the order part of a world makes sense: companies, warehouses, products and locations it names exist, a
 * warehouse is run through one channel, a setting of the desk stands once for the same scope. Pure; every fault at once.
 */
import { join } from "./Places.ts"
import type { Fault, World } from "./World.ts"
import * as WorldCsv from "./WorldCsv.ts"
import * as WorldJson from "./WorldJson.ts"
import { companySettings } from "./WorldOrders.ts"

/** Everything wrong with the order part of a world. */
export const check = (world: World): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const add = (path: string, message: string) => faults.push({ path, message })
  const companies = new Set(world.companies.map(({ id }) => id))
  const locations = new Set(world.companies.flatMap((company) => company.locations.map(({ id }) => id)))
  const warehouses = new Map(world.warehouses.map((warehouse) => [warehouse.id, warehouse]))
  const productOwner = new Map(world.products.map(({ id, owner }) => [id, owner]))
  const exists = (key: string, path: string) => {
    if (!companies.has(key)) add(path, `there is no company ${key}`)
  }
  const product = (key: string, owner: string, path: string) => {
    const found = productOwner.get(key)
    if (found === undefined) add(path, `there is no product ${key}`)
    else if (found !== owner) add(path, `${key} is a product of ${found}, not of ${owner}`)
  }
  const once = (seen: Map<string, string>, key: string, path: string, what: string) => {
    const first = seen.get(key)
    if (first === undefined) seen.set(key, path)
    else add(path, `${first} already is ${what}`)
  }

  for (const { id, owner, location } of world.warehouses) {
    exists(owner, `warehouses[${id}].owner`)
    if (location !== undefined && !locations.has(location))
      add(`warehouses[${id}].location`, `there is no location ${location}`)
  }
  const run = new Map<string, string>()
  for (const channel of world.partnerChannels) {
    const path = `partnerChannels[${channel.id}]`
    exists(channel.owner, `${path}.owner`)
    exists(channel.partner, `${path}.partner`)
    for (const key of channel.warehouses) {
      const warehouse = warehouses.get(key)
      if (warehouse === undefined) add(`${path}.warehouses`, `there is no warehouse ${key}`)
      else if (warehouse.owner !== channel.owner)
        add(`${path}.warehouses`, `${key} is a warehouse of ${warehouse.owner}, not of ${channel.owner}`)
      once(run, key, path, `the channel of warehouse ${key}`)
    }
    if (channel.csv !== undefined) faults.push(...WorldCsv.faults(`${path}.csv`, channel.csv))
    if (channel.json !== undefined) faults.push(...WorldJson.faults(`${path}.json`, channel.json))
    if (channel.kind === "sales" && channel.warehouses.length > 0)
      add(`${path}.warehouses`, "a sales channel runs no warehouse")
  }
  const preferred = new Map<string, string>()
  for (const preferences of world.shippingPreferences) {
    const path = `shippingPreferences[${preferences.id}]`
    exists(preferences.owner, `${path}.owner`)
    product(preferences.product, preferences.owner, `${path}.product`)
    once(preferred, preferences.product, path, `for product ${preferences.product}`)
  }
  const scopes = new Map<string, string>()
  for (const setting of world.deskSettings) {
    const path = `deskSettings[${setting.id}]`
    exists(setting.owner, `${path}.owner`)
    if (setting.product !== undefined) product(setting.product, setting.owner, `${path}.product`)
    if (companySettings.has(setting.setting) && setting.tool !== "client")
      add(`${path}.tool`, `must be client: ${setting.setting} is of the whole company`)
    if (setting.setting === "serialLengthValidation" && setting.on && setting.value === undefined)
      add(`${path}.value`, "is missing: the length that serials must have")
    if (setting.setting === "skipPromptForVendor" && setting.vendor === undefined)
      add(`${path}.vendor`, "is missing: the vendor whose products are not asked for serials")
    const scope = join(setting.setting, setting.owner, setting.tool, setting.product ?? "", setting.vendor ?? "")
    once(scopes, scope, path, "for the same scope")
  }
  return faults
}
