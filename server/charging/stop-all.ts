import { notFound } from '#lib/api/problem.ts'
import { type Instant, seconds } from '#lib/time/instant.ts'
import type { Reconciler } from '../planning/reconcile.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { lockDepot, readSite, type Site, setLockedOut, setStopped } from '../store/site.ts'
import { lockedNode } from './start-session.ts'

type Stopping = Ctx & { reconciler: Reconciler }
/** `unreached`: names of chargers with a session that could not be told; they hold what they last accepted. */
export type Stopped = { stoppedAt: Instant | null; reached: number; unreached: string[] }

/**
 * Stops every session of a depot and holds every port at zero until it is lifted. Written down first: it survives restarts,
 * and whoever starts a session meanwhile is held at zero and stopped.
 * @throws Problem not-found
 */
export async function stopAll(
  ctx: Stopping,
  { depotId, stop, actor }: { depotId: string; stop: boolean; actor: string },
): Promise<Stopped> {
  const now = ctx.clock.now()
  const stoppedAt = await ctx.db.prisma.$transaction(async (tx) => {
    await lockDepot(tx, depotId)
    const site = await readSite(tx, depotId)
    if (!site) throw notFound('depot', depotId)
    const since = stop ? (site.depot.stoppedAt ?? now) : null
    await setStopped(tx, depotId, since, stop ? actor : null)
    await writeJournal(tx, ctx.clock, { depotId, actor, kind: stop ? 'safety.stopAll' : 'safety.stopLifted', subject: depotId })
    return since
  })
  return { stoppedAt, ...(await follow(ctx, depotId, stop)) }
}

/** The same for everything under one node of the tree. @throws Problem not-found */
export async function lockOut(ctx: Stopping, { nodeId, lock, actor }: { nodeId: string; lock: boolean; actor: string }): Promise<Stopped> {
  const now = ctx.clock.now()
  const { depotId, since } = await ctx.db.prisma.$transaction(async (tx) => {
    const node = await tx.siteNode.findUnique({ where: { id: nodeId } })
    if (!node) throw notFound('node', nodeId)
    await lockDepot(tx, node.depotId)
    const since = lock ? now : null
    await setLockedOut(tx, nodeId, since, lock ? actor : null)
    await writeJournal(tx, ctx.clock, {
      depotId: node.depotId,
      actor,
      kind: lock ? 'safety.lockOut' : 'safety.lockLifted',
      subject: nodeId,
    })
    return { depotId: node.depotId, since }
  })
  return { stoppedAt: since, ...(await follow(ctx, depotId, lock)) }
}

async function follow(ctx: Stopping, depotId: string, stop: boolean): Promise<{ reached: number; unreached: string[] }> {
  // zero for whoever can be told, then the end of the sessions
  await ctx.reconciler.depot(depotId)
  const outcome = stop ? await stopSessions(ctx, depotId) : { reached: 0, unreached: [] }
  ctx.wakes.replan(depotId, stop ? 'charging was stopped' : 'charging may go on')
  ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
  const site = await readSite(ctx.db.prisma, depotId)
  for (const { id } of site?.ports ?? []) ctx.wakes.touched(id)
  return outcome
}

/** Tells every charger under a stop to end its session. */
export async function stopSessions(ctx: Ctx, depotId: string): Promise<{ reached: number; unreached: string[] }> {
  const site = await readSite(ctx.db.prisma, depotId)
  if (!site) return { reached: 0, unreached: [] }
  const answers = await Promise.all(
    stoppedSessions(site).map(async ({ chargerId, name, sessionId }) => {
      const answer = await ctx.links.call(chargerId, { kind: 'remoteStop', sessionId }, { priority: 'stop' })
      return { name, reached: answer.kind === 'accepted' }
    }),
  )
  return {
    reached: answers.filter(({ reached }) => reached).length,
    unreached: [...new Set(answers.filter(({ reached }) => !reached).map(({ name }) => name))],
  }
}

/** Sessions that go on although their depot is stopped or their circuit locked out: told again each half minute. */
export function makeStopSweep(ctx: Ctx): (depotId: string) => Promise<void> {
  const told = new Map<number, Instant>()
  return async (depotId) => {
    const site = await readSite(ctx.db.prisma, depotId)
    if (!site) return
    const now = ctx.clock.now()
    for (const { chargerId, sessionId } of stoppedSessions(site)) {
      if (!ctx.links.online(chargerId) || now - (told.get(sessionId) ?? 0) < seconds(30)) continue
      told.set(sessionId, now)
      await ctx.links.call(chargerId, { kind: 'remoteStop', sessionId }, { priority: 'stop' })
    }
  }
}

const stoppedSessions = (site: Site): { chargerId: string; name: string; sessionId: number }[] =>
  site.sessions.flatMap((session) => {
    const port = site.ports.find(({ id }) => id === session.portId)
    if (!port || (site.depot.stoppedAt === undefined && lockedNode(site, port) === undefined)) return []
    return [{ chargerId: port.chargerId, name: site.chargers.find(({ id }) => id === port.chargerId)!.name, sessionId: session.id }]
  })
