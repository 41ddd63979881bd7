/**
 * Arrays of numbers as parameters. The driver names an array's type by its elements and refuses one whose numbers fall
 * into two types: `[2, 3.5]`, or `[1, 3_000_000_000]`. These give every element the same type, whatever its size. Use
 * them for every column of numbers that are not surely small integers. Nothing here fails but on what is no integer.
 */

/** For `::int8[]`: ids, sizes, counters. */
export const int8s = (values: ReadonlyArray<number>): ReadonlyArray<bigint> => values.map(BigInt)

/** For `::text[]::float8[]` and `::text[]::numeric[]`: durations, quantities, prices. */
export const float8s = (values: ReadonlyArray<number>): ReadonlyArray<string> => values.map(String)
