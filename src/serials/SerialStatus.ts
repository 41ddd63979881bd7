/**
 * Item status and attributes of a number: with its state, the three parts of its status. A set of attributes is one
 * integer in the database, a bit for each in the order of the list.
 *
 * Source: TraceLink "Sync serial number information" and SOM SetSerialNumberStatus. Pure; nothing here fails.
 */
import { type ItemAttribute, itemAttributes } from "../partners/WorldLots.ts"

export { type ItemAttribute, type ItemStatus, itemStatuses } from "../partners/WorldLots.ts"

/** The set as bits. */
export const bitsOf = (attributes: ReadonlyArray<ItemAttribute>): number =>
  attributes.reduce((bits, attribute) => bits | (1 << itemAttributes.indexOf(attribute)), 0)

/** The set of these bits, in the order of the list. */
export const ofBits = (bits: number): ReadonlyArray<ItemAttribute> =>
  bits === 0 ? [] : itemAttributes.filter((_, index) => (bits & (1 << index)) !== 0)

/** Tokens that differ from the list by more than their spelling. */
const synonyms: Readonly<Record<string, ItemAttribute>> = {
  recall: "recalled",
  expiry: "expired",
  spoilage: "spoiled"
}

const byWord: Readonly<Record<string, ItemAttribute>> = Object.fromEntries(
  itemAttributes.map((attribute) => [attribute.replaceAll("_", ""), attribute])
)

/** The attribute a token of a message means: `DAMAGED`, `QualityReleased`, `quality_released`; undefined for others. */
export const attributeOf = (token: string): ItemAttribute | undefined => {
  const word = token
    .trim()
    .toLowerCase()
    .replaceAll(/[_\s-]/gu, "")
  return synonyms[word] ?? byWord[word]
}
