/** Words for the stamps of a record: t0…t6 of a command, and the moments of a charge request (docs/kpis.md 3.2 and 3.4). */
const WORDS: Record<string, string> = {
  t0: 'issued by the source',
  t1: 'received',
  t2: 'checked and queued',
  t3: 'planned',
  t4: 'sent to the charger',
  t5: 'accepted by the charger',
  t6: 'effect seen',
  pluggedAt: 'plugged in',
  askedAt: 'asked for',
  requestedAt: 'the clock starts',
  acceptedAt: 'transaction accepted',
  promisedAt: 'promised by the plan',
  poweredAt: 'energy seen',
  endedAt: 'ended',
}

export type StageStep = { name: string; at: number; afterMs: number | null }

/** The stamps that a record has, in the order of time; `afterMs` since the one before. No stamp is invented: what is missing is left out. */
export function stageSteps(stamps: Record<string, number | null>): StageStep[] {
  const order = Object.keys(WORDS)
  const known = Object.entries(stamps)
    .flatMap(([key, at]) => (at === null ? [] : [{ key, at }]))
    .sort((a, b) => a.at - b.at || order.indexOf(a.key) - order.indexOf(b.key))
  return known.map(({ key, at }, index) => ({ name: WORDS[key] ?? key, at, afterMs: index === 0 ? null : at - known[index - 1]!.at }))
}
