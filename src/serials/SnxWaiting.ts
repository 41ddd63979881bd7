/**
 * The words by which a waiting message finds out that what it waits for has come: a message that waits lists them, a
 * message that was processed says which it touched, and one in common wakes the first. Missing a word only costs time,
 * because waiting messages are also tried at intervals.
 */
import type { Documents, ItemSelector } from "./SerialModel.ts"
import { filled, parsedOf, type SerialList } from "./SnxMessage.ts"

/** Beyond this many a list is spoken of by what its numbers are of instead of one by one. */
const few = 100

/** Reference documents of a packaging code, a word for each number given. */
export const documentWords = ({ codeType, code }: ItemSelector, documents: Documents): ReadonlyArray<string> =>
  Object.entries(documents)
    .filter(([, value]) => filled(value))
    .map(([field, value]) => `document:${codeType.toUpperCase()}:${code}:${field}=${value}`)

const kindWords = (list: SerialList): ReadonlyArray<string> =>
  parsedOf(list)
    .groups.slice(0, few)
    .map(({ prefix }) => `numbers:${prefix}`)

const serialWords = (values: ReadonlyArray<string>): ReadonlyArray<string> => values.map((value) => `serial:${value}`)

/** What a message waits for that misses these numbers. */
export const awaited = (missing: SerialList): ReadonlyArray<string> => [
  ...serialWords(missing.values.slice(0, few)),
  ...kindWords(missing)
]

/** What a message touched that changed these numbers. */
export const touched = (changed: SerialList): ReadonlyArray<string> =>
  changed.values.length <= few ? serialWords(changed.values) : kindWords(changed)
