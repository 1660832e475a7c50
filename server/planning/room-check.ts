import { problem } from '#lib/api/problem.ts'
import { envelopeOf } from '#lib/planning/depot-facts.ts'
import { checkEnvelope } from '#lib/planning/envelope.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from '../store/database.ts'
import { type Reach, readFacts } from './facts.ts'

/** Which sockets are open does not matter to what ports may be following. */
const NO_REACH: Reach = { speed: 1, online: () => false, inFlight: () => false, asked: () => false }

export type Room = { node: string | null; name: string; overW: number }

/** Do the limits that chargers may be following fit under every cap? Reads the depot as it stands in `db`, a transaction too. */
export async function checkRoom(db: Db, depotId: string, now: Instant): Promise<Room> {
  const read = await readFacts(db, depotId, now, NO_REACH)
  // a charger's own maximum it keeps by itself: what counts is the tree above
  const own = new Set(read?.site.chargers.map(({ id }) => id))
  const envelope = read && envelopeOf(read.facts)
  const check = envelope && checkEnvelope({ ...envelope, nodes: envelope.nodes.filter(({ id }) => !own.has(id)) })
  if (!read || check?.kind !== 'over') return { node: null, name: '', overW: 0 }
  return { node: check.node, name: read.facts.nodes.find(({ id }) => id === check.node)?.name ?? check.node, overW: check.overW }
}

/** A change may mend a depot that is over, never make one. @throws Problem `conflict` with the sentence */
export function refuseOver(before: Room, after: Room, what: string): void {
  if (after.node === null || (before.node === after.node && after.overW <= before.overW)) return
  const over = (after.overW / 1000).toFixed(1)
  throw problem(
    'conflict',
    `${what}, ${after.name} could be ${over} kW over its limit. Take ports out of use there first. Nothing was changed.`,
  )
}
