/**
 * Sums of quantities. A quantity has up to four decimals, and sums of such numbers as computers keep them miss by far less:
 * 0.1 and 0.2 are 0.3 again once they are rounded to what a quantity may have. Pure.
 */

/** Digits behind the point that a quantity may have. */
export const decimals = 4

/** The nearest quantity. */
export const rounded = (quantity: number): number => Number(quantity.toFixed(decimals))

/** The sum of quantities. */
export const sum = (quantities: Iterable<number>): number => {
  let total = 0
  for (const quantity of quantities) total += quantity
  return rounded(total)
}

/** Sums by what the quantities are of. */
export const sums = (all: Iterable<readonly [of: string, quantity: number]>): Map<string, number> => {
  const totals = new Map<string, number>()
  for (const [of, quantity] of all) totals.set(of, (totals.get(of) ?? 0) + quantity)
  for (const [of, total] of totals) totals.set(of, rounded(total))
  return totals
}
