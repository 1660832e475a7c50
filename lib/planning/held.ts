/** Why a port of a charger that can be reached is not used: it drew more than its limit, its fallback limit is not confirmed where the site has no room for its full power, or a person wants it so. */
export type Held = { why: 'overLimit' | 'unconfirmed' | 'byPerson'; by?: string }

// What is written down of a port, and told of it.
export const HELD_FOR_SAFETY = 'The charger has not confirmed its fallback limit, and the site has no room for its full power.'
export const HELD_DISOBEDIENT = 'The charger draws more than its limit and was stopped.'
export const heldBy = (by: string): string => `Taken out of use by ${by}.`
const BY = /^Taken out of use by (.+)\.$/

/** Why a port is out of use; undefined: it is not. */
export const heldOf = ({ heldReason, inoperative }: { heldReason: string | null; inoperative: boolean }): Held | undefined => {
  if (heldReason === HELD_DISOBEDIENT) return { why: 'overLimit' }
  if (heldReason === HELD_FOR_SAFETY) return { why: 'unconfirmed' }
  if (heldReason === null && !inoperative) return undefined
  const by = BY.exec(heldReason ?? '')?.[1]
  return { why: 'byPerson', ...(by === undefined ? {} : { by }) }
}
