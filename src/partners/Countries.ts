/**
 * Countries as people and programs write them: codes of ISO 3166-1 in any case, and the markets in scope by their names and
 * three-letter codes too, so that nobody who means the United States is taken to mean something else.
 *
 * Pure. What is no country is `undefined`: never a guess.
 */
import { type Market, marketNames, markets } from "./WorldProducts.ts"

const threeLetters: Readonly<Record<Market, string>> = {
  AS: "ASM",
  GU: "GUM",
  MP: "MNP",
  PR: "PRI",
  US: "USA",
  UM: "UMI",
  VI: "VIR"
}

const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" })

/** Codes that ISO 3166-1 leaves to its users, and groups of countries, which the names know too. */
const noCountry = /^(?:AA|Q[M-Z]|X[A-Z]|ZZ|EU|EZ|UN)$/u

/** Markets by everything they are called. */
const marketsByName = new Map<string, Market>(
  markets.flatMap((market) =>
    [market, threeLetters[market], marketNames[market], names.of(market) ?? market].map(
      (name) => [name.toUpperCase(), market] as const
    )
  )
)

/** The market in scope that a text means. */
export const marketOf = (text: string): Market | undefined => marketsByName.get(text.trim().toUpperCase())

/** The two-letter code of the country that a text means; a code that was given up is the one in its place. */
export const codeOf = (text: string): string | undefined => {
  const market = marketOf(text)
  if (market !== undefined) return market
  const written = text.trim().toUpperCase()
  const code = /^[A-Z]{2}$/u.test(written) ? new Intl.Locale(`und-${written}`).region : undefined
  return code === undefined || noCountry.test(code) || names.of(code) === undefined ? undefined : code
}

/** What is said of a text that is none. */
export const expected = "must be a country of ISO 3166-1 such as US"
