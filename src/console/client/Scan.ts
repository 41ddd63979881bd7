/**
 * What a keyboard-wedge scanner types, told apart from what a person types. Scanners send FNC1 (GS, ASCII 29) as a key
 * of their own choice, and end a code with Enter or Tab; a person's Tab must stay a Tab. Pure; runs in the browser.
 */

/** How FNC1 is shown in a field, where ASCII 29 would be invisible; the service reads it as FNC1. */
export const shownGs = "\u241d"

/** A key as browsers tell of it. */
export interface Key {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

/** True for the keys that scanners are set to send for FNC1: the character itself, Ctrl+], or F8. */
export const isGs = ({ key, code, ctrlKey, altKey, metaKey }: Key): boolean => {
  if (key === "\u001d" || key === "F8") return true
  // A scanner that sends Ctrl+] means the place of that key, whatever the keyboard layout writes on it.
  return ctrlKey && !altKey && !metaKey && (key === "]" || code === "BracketRight")
}

/** True for a key that writes a character. */
export const isCharacter = ({ key, ctrlKey, altKey, metaKey }: Key): boolean =>
  [...key].length === 1 && !ctrlKey && !altKey && !metaKey

/** Text with FNC1 made visible. */
export const shown = (text: string): string => text.replaceAll("\u001d", shownGs)

/** The shortest code that has all four parts is longer. */
const fewest = 8
/** Scanners type a character in less; the fastest typists take twice as long. */
const longestGapMs = 50

/**
 * True when the last characters were typed as fast as only a scanner does. `times` are when keys went down, in ms, the
 * key that ends the code last.
 */
export const isBurst = (times: ReadonlyArray<number>): boolean => {
  const last = times.slice(-fewest - 1)
  return last.length > fewest && last.every((at, index) => index === 0 || at - (last[index - 1] ?? at) <= longestGapMs)
}
