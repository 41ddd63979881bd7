/**
 * Who is told by e-mail of an event about a company's message: the addresses of the link between its sender and receiver,
 * where both are known and the company is one of them; else those of every link the company is part of. Pure.
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
  const links = between !== undefined && concerns(between) ? [between] : directory.links.filter(concerns)
  return [...new Set(links.flatMap(({ alerts }) => alerts?.emails ?? []))]
}
