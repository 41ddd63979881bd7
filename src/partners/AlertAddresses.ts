/**
 * Who is told by e-mail of an event about a company's message: the addresses of the link between its sender and receiver,
 * where both are known and the company is one of them. Else only those that every link of the company names: they hear
 * of all of its partners anyway, while the addresses of one link may be those of a competitor of another. Pure.
 */
import type { Directory } from "./Directory.ts"

/** The message an event is about; numbers as its header names them. */
export interface About {
  readonly company: string
  readonly sender: string | null
  readonly receiver: string | null
}

/** Each address once, in the order of the links. */
export const of = (directory: Directory, { company, sender, receiver }: About): ReadonlyArray<string> => {
  const between = sender === null || receiver === null ? undefined : directory.parties(sender, receiver).link
  const concerns = ({ owner, partner }: { readonly owner: string; readonly partner: string }) =>
    owner === company || partner === company
  const [first, ...others] = (
    between !== undefined && concerns(between) ? [between] : directory.links.filter(concerns)
  ).map(({ alerts }) => alerts?.emails ?? [])
  return [...new Set(first ?? [])].filter((address) => others.every((emails) => emails.includes(address)))
}
