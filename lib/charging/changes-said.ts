import type { PortView } from '#lib/api/board.ts'

/** What a listener is told of a port: its state, not its kilowatts. */
export type PortWord = { bay: string; word: string; van: string | null }

export const portWords = (ports: readonly PortView[]): Map<string, PortWord> =>
  new Map(ports.map(({ id, bay, word, vehicle }) => [id, { bay, word, van: vehicle?.name ?? null }]))

/** Ports whose state differs, in one sentence each: `Bay 03, Van 07: Fault.` At most `most`, then how many more; empty when nothing changed. */
export function changesSaid(before: Map<string, PortWord>, now: Map<string, PortWord>, most = 4): string {
  const changed = [...now].filter(([id, word]) => before.has(id) && before.get(id)!.word !== word.word).map(([, word]) => word)
  const said = changed.slice(0, most).map(({ bay, word, van }) => `Bay ${bay}${van ? `, ${van}` : ''}: ${word}.`)
  return [...said, changed.length > most && `${changed.length - most} more bays changed.`].filter(Boolean).join(' ')
}
