/**
 * Addresses in directory records against those of the configured providers. A provider is asked with the certificate that
 * is dedicated to it, so a record, whoever wrote it, names a place under the provider's own address or none: another
 * scheme, port or path at its host is not for it to choose.
 *
 * Pure.
 */
import { Context } from "effect"

/** Where a configured provider is. */
export interface ProviderAddress {
  readonly provider: string
  readonly url: string
}

/** The configured providers, for whoever takes addresses; none unless provided. */
export const ProviderAddresses = Context.Reference<ReadonlyArray<ProviderAddress>>(
  "throughline/products/ProviderAddress/ProviderAddresses",
  { defaultValue: () => [] }
)

const parse = (url: string): URL | undefined => (URL.canParse(url) ? new URL(url) : undefined)

/** Parts that would turn what is asked behind an address into something else. */
const isPlain = ({ username, password, search, hash, pathname, href }: URL): boolean =>
  username + password + search + hash === "" && !/[?#]$/u.test(href) && !/%(?:2e|2f|5c)/iu.test(pathname)

/** Whether an address is the provider's or under it. */
export const isUnder = (base: string, url: string): boolean => {
  const [own, named] = [parse(base), parse(url)]
  if (own === undefined || named === undefined || own.origin !== named.origin || !isPlain(named)) return false
  const path = own.pathname.replace(/\/+$/u, "")
  return named.pathname === path || named.pathname.startsWith(`${path}/`)
}

/** The provider under whose address this one is; the one whose address says most. */
export const providerAt = (addresses: ReadonlyArray<ProviderAddress>, url: string): string | undefined =>
  addresses
    .filter((address) => isUnder(address.url, url))
    .reduce<ProviderAddress | undefined>(
      (best, one) => (one.url.length > (best?.url.length ?? 0) ? one : best),
      undefined
    )?.provider

/** What is wrong with an address that somebody writes into a record. */
export const fault = (addresses: ReadonlyArray<ProviderAddress>, url: string): string | undefined => {
  const named = parse(url)
  if (named === undefined || !isPlain(named)) return `"${url}" is no address`
  const near = addresses.find((address) => parse(address.url)?.host === named.host)
  if (near === undefined || providerAt(addresses, url) !== undefined) return undefined
  return `"${url}" is at the host of ${near.provider} and not under its address ${near.url}`
}
