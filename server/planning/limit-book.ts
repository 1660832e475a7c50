import type { Db } from '../store/database.ts'
import { type Outcome, writeOutcomes } from '../store/limit.ts'
import { type Confirmation, confirmFallback, confirmFallbacks } from '../store/site.ts'
import { makeTogether } from '../store/together.ts'

/** Where answers of chargers to what the reconciler sent are written down; those that come together, together. */
export type LimitBook = { outcome(outcome: Outcome): Promise<unknown>; confirm(confirmation: Confirmation): Promise<unknown> }

const TRIES = 5
const AGAIN_MS = 20

export function makeLimitBook(db: Db): LimitBook {
  return {
    outcome: makeTogether(async (outcomes: Outcome[]) => {
      await writeOutcomes(db, outcomes)
      return outcomes
    }),
    confirm: makeTogether(async (confirmations: Confirmation[]) => {
      // of a port that is told twice the newest counts, and they come in their order
      let rest = [...new Map(confirmations.map((each) => [each.portId, each])).values()]
      for (let tries = 0; rest.length > 0 && tries < TRIES; tries++) {
        if (tries > 0) await new Promise((soon) => setTimeout(soon, AGAIN_MS))
        const done = await confirmFallbacks(db, rest)
        rest = rest.filter(({ portId }) => !done.has(portId))
      }
      for (const { portId, fallbackW, sentAt } of rest) await confirmFallback(db, portId, fallbackW, sentAt)
      return confirmations
    }),
  }
}
