/**
 * Canonical paths of X12: group and set by number, the segment by its place in the set (ST is 1, as a 997 counts), the
 * element by its position. `/GS[1]/ST[2]/N9@17/N902` is element 2 of the 17th segment, an N9, of the second set.
 */

/** Stands for a segment that has no identifier. */
export const unrecognized = "???"

export interface Parts {
  /** From 1; undefined for the interchange. */
  readonly group: number | undefined
  readonly set: number | undefined
  readonly segment: string | undefined
  /** Place of the segment in its set. */
  readonly at: number | undefined
  readonly element: number | undefined
}

export const element = (segment: string, position: number): string => `${segment}${`${position}`.padStart(2, "0")}`

/** Path of a group: `/GS[1]`. */
export const group = (number: number): string => `/GS[${number}]`
/** Path of a set: `/GS[1]/ST[2]`. */
export const set = (groupNumber: number, number: number): string => `${group(groupNumber)}/ST[${number}]`
/** Path of a segment, or of an element of it, below a set's path. */
export const below = (setPath: string, segment: string, at: number, position?: number): string =>
  `${setPath}/${segment}@${at}${position === undefined ? "" : `/${element(segment, position)}`}`

const pattern =
  /^(?:\/GS\[(\d+)\])?(?:\/ST\[(\d+)\])?(?:\/([A-Z][A-Z0-9]{1,2}|\?\?\?)(?:@(\d+))?(?:\/[A-Z][A-Z0-9]{1,2}(\d{2,}))?)?$/u
/** An element of a group's header, which the group's path stands for. */
const ofHeader = /^\/GS\[(\d+)\]\/GS(\d{2})$/u

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

/** The parts of a path; undefined for text that is none. Element numbers are the last digits: `W0708` is element 8. */
export const parse = (path: string): Parts | undefined => {
  const header = ofHeader.exec(path)
  if (header !== null) {
    const [, groupNumber, position] = header
    return { group: numberOf(groupNumber), set: undefined, segment: "GS", at: undefined, element: numberOf(position) }
  }
  const match = pattern.exec(path)
  if (match === null || path === "") return undefined
  const [, groupNumber, setNumber, segment, at] = match
  const last = path.slice(path.lastIndexOf("/") + 1)
  const named =
    segment !== undefined && last !== segment && !last.includes("@") ? last.slice(segment.length) : undefined
  return {
    group: numberOf(groupNumber),
    set: numberOf(setNumber),
    segment,
    at: numberOf(at),
    element: numberOf(named)
  }
}
