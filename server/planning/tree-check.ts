import { problem } from '#lib/api/problem.ts'
import { pathOf, pathsIn } from '#lib/planning/depot-facts.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from '../store/database.ts'
import type { Site } from '../store/site.ts'
import { type Reach, readFacts } from './facts.ts'
import { fallbacksOf, treeRefusal } from './wanted-fallbacks.ts'

/** Which sockets are open does not matter to what chargers store as their fallback. */
const NO_REACH: Reach = { speed: 1, online: () => false, inFlight: () => false, asked: () => false }

export type TreeVerdict = { refusal: string | null; node: string | null; overW: number }

/** Can the chargers' least power be kept under every cap without us? Reads the tree as it stands in `db`, a transaction too. */
export async function checkTree(db: Db, depotId: string, now: Instant): Promise<TreeVerdict> {
  return verdictOf(await readFacts(db, depotId, now, NO_REACH))
}

type Read = Awaited<ReturnType<typeof readFacts>>

function verdictOf(read: Read): TreeVerdict {
  if (!read) return { refusal: null, node: null, overW: 0 }
  const permille = read.site.depot.fallbackPermille
  const chosen = fallbacksOf(read.facts, permille)
  if (chosen.kind === 'chosen') return { refusal: null, node: null, overW: 0 }
  return { refusal: treeRefusal(read.facts, permille) ?? null, node: chosen.node, overW: chosen.overW }
}

/**
 * What the person who adds a charger must know: the tree cannot hold what its chargers store, or this one may draw more than is above it
 * until it has taken its first limits (docs/decisions/004). Null: nothing.
 */
export async function warningFor(db: Db, depotId: string, chargerId: string, now: Instant): Promise<string | null> {
  const read = await readFacts(db, depotId, now, NO_REACH)
  const { refusal } = verdictOf(read)
  if (!read || refusal !== null) return refusal
  const { facts, site } = read
  const own = site.chargers.find(({ id }) => id === chargerId)
  if (!own) return null
  const ports = facts.ports.filter(({ node }) => node === chargerId).reduce((sum, { mostW }) => sum + mostW, 0)
  const drawnW = Math.min(own.maxW, ports)
  const small = pathOf(facts.nodes, own.nodeId)
    .map((id) => facts.nodes.find((node) => node.id === id))
    .find((node) => node?.limitW !== undefined && node.limitW < drawnW)
  if (!small) return unknownLines(site, own)
  const kW = (watts: number) => `${(watts / 1000).toFixed(1)} kW`
  return `${own.name} may draw ${kW(drawnW)} until it has taken its first limits, and ${small.name} carries ${kW(small.limitW!)}: from its first connection until then nobody else charges there. Was the power entered right?`
}

/** One port whose line nobody told takes the check of each line from its whole panel (`readFacts`). */
function unknownLines({ nodes, chargers, ports }: Site, own: Site['chargers'][number]): string | null {
  const isUntold = (port: Site['ports'][number]) => port.phases !== 3 && port.lines === null
  if (!ports.some((port) => port.chargerId === own.id && isUntold(port))) return null
  const pathAbove = pathsIn(nodes.map(({ id, parentId }) => ({ id, ...(parentId === null ? {} : { parent: parentId }) })))
  const nodeOf = new Map(chargers.map(({ id, nodeId }) => [id, nodeId]))
  const loses = nodes.find(({ id, phases, breakerMa }) => {
    const others = ports.filter(({ chargerId }) => chargerId !== own.id && pathAbove(nodeOf.get(chargerId)!).includes(id))
    return phases === 3 && breakerMa !== null && pathAbove(own.nodeId).includes(id) && others.length > 0 && !others.some(isUntold)
  })
  if (!loses) return null
  return `On which line ${own.name} is nobody told: until then ${loses.name} is kept as power over all its lines, and no longer on each. Tell it under Ports in the charger’s set-up.`
}

/** A change may mend a refused tree, never make one. @throws Problem `conflict` with the sentence */
export function refuseWorse(before: TreeVerdict, after: TreeVerdict): void {
  if (after.refusal === null || (before.refusal !== null && after.node === before.node && after.overW < before.overW)) return
  throw problem('conflict', `${after.refusal} Nothing was changed.`)
}
