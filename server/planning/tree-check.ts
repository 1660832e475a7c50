import { problem } from '#lib/api/problem.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from '../store/database.ts'
import { type Reach, readFacts } from './facts.ts'
import { fallbacksOf, treeRefusal } from './wanted-fallbacks.ts'

/** Which sockets are open does not matter to what chargers store as their fallback. */
const NO_REACH: Reach = { speed: 1, online: () => false, inFlight: () => false, asked: () => false }

export type TreeVerdict = { refusal: string | null; node: string | null; overW: number }

/** Can the chargers' least power be kept under every cap without us? Reads the tree as it stands in `db`, a transaction too. */
export async function checkTree(db: Db, depotId: string, now: Instant): Promise<TreeVerdict> {
  const read = await readFacts(db, depotId, now, NO_REACH)
  if (!read) return { refusal: null, node: null, overW: 0 }
  const permille = read.site.depot.fallbackPermille
  const chosen = fallbacksOf(read.facts, permille)
  if (chosen.kind === 'chosen') return { refusal: null, node: null, overW: 0 }
  return { refusal: treeRefusal(read.facts, permille) ?? null, node: chosen.node, overW: chosen.overW }
}

/** A change may mend a refused tree, never make one. @throws Problem `conflict` with the sentence */
export function refuseWorse(before: TreeVerdict, after: TreeVerdict): void {
  if (after.refusal === null || (before.refusal !== null && after.node === before.node && after.overW < before.overW)) return
  throw problem('conflict', `${after.refusal} Nothing was changed.`)
}
