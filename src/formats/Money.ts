/**
 * Amounts of money as people write them: at least two decimals, more where there are more, none that say nothing. No
 * currency stands beside them: prices are in the company's own. Pure.
 */

/** A decimal text of any number of places, as databases keep it; `5.000000` is `5.00`, `0.125000` is `0.125`. */
export const money = (decimal: string): string => {
  const [whole = "0", decimals = ""] = decimal.split(".")
  return `${whole.replace(/^(-?)0+(?=\d)/u, "$1")}.${decimals.replace(/0+$/u, "").padEnd(2, "0")}`
}
