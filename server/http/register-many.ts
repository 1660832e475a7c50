import type { z } from 'zod'
import { isProblem } from '#lib/api/problem.ts'
import type { Decided, decideChargers } from '#lib/api/provisioning.ts'
import { makeGate } from '#server/planning/one-at-a-time.ts'
import { type AskedCharger, register } from './charger-doors.ts'

/** One that is online may take ten seconds to say that it will register anew: others are decided meanwhile. */
const AT_ONCE = 8

/**
 * Accepts or rejects chargers, each as when it is decided alone: its own transaction, its own line of the journal, its own word to the
 * gateway. One that cannot be decided says why, and holds up no other.
 */
export async function registerMany(
  asked: Omit<AskedCharger, 'chargerId'>,
  { chargers, registration }: z.output<NonNullable<(typeof decideChargers)['input']>>,
): Promise<{ results: Decided[] }> {
  const inTurn = makeGate(AT_ONCE)
  const ids = [...new Set(chargers)]
  return { results: await Promise.all(ids.map((chargerId) => inTurn(() => decide({ ...asked, chargerId }, registration)))) }
}

async function decide(asked: AskedCharger, registration: 'accepted' | 'rejected'): Promise<Decided> {
  try {
    const { detail } = await register(asked, { registration })
    return { id: asked.chargerId, decided: true, detail }
  } catch (error) {
    if (!isProblem(error)) throw error
    return { id: asked.chargerId, decided: false, detail: error.message }
  }
}
