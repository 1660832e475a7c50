import type { Db } from '../store/database.ts'
import { type Confirmation, confirmFallbacks } from '../store/fallback.ts'
import { freeFirst } from '../store/free-first.ts'
import { type Outcome, writeOutcomes } from '../store/limit.ts'
import { makeTogether } from '../store/together.ts'

/** Where answers of chargers to what the reconciler sent are written down; those that come together, together. */
export type LimitBook = { outcome(outcome: Outcome): Promise<unknown>; confirm(confirmation: Confirmation): Promise<unknown> }

/** A command's stamp waits for the one; nobody for the other. */
const OUTCOMES = { windowMs: 3 }
const CONFIRMATIONS = { windowMs: 20 }

export function makeLimitBook(db: Db): LimitBook {
  return {
    outcome: makeTogether(async (outcomes: Outcome[]) => {
      await writeOutcomes(db, outcomes)
      return outcomes
    }, OUTCOMES),
    confirm: makeTogether(async (confirmations: Confirmation[]) => {
      await freeFirst(
        confirmations,
        ({ portId }) => portId,
        (rows, wait) => confirmFallbacks(db, rows, wait),
      )
      return confirmations
    }, CONFIRMATIONS),
  }
}
