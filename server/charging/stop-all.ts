import { notFound } from '#lib/api/problem.ts'
import { type Instant, seconds } from '#lib/time/instant.ts'
import type { Reconciler } from '../planning/reconcile.ts'
import type { ChargerAnswer, Ctx } from '../runtime.ts'
import { depotOfNode } from '../store/charger-site.ts'
import { writeJournal } from '../store/journal.ts'
import { depotsHeld, hasHeldStarts, lockDepot, readSite, type Site, setLockedOut, setStopped } from '../store/site.ts'
import { goOn } from './go-on.ts'
import { lockedNode } from './start-session.ts'

type Stopping = Ctx & { reconciler: Reconciler; sweepStopped: StopSweep }
/** `unreached`: names of chargers that could not be told to end a session (they hold what they last accepted), or to go on with one. */
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
  const { since: stoppedAt, lifted } = await ctx.db.prisma.$transaction(async (tx) => {
    await lockDepot(tx, depotId)
    const site = await readSite(tx, depotId)
    if (!site) throw notFound('depot', depotId)
    const since = stop ? (site.depot.stoppedAt ?? now) : null
    await setStopped(tx, depotId, since, stop ? actor : null)
    await writeJournal(tx, ctx.clock, { depotId, actor, kind: stop ? 'safety.stopAll' : 'safety.stopLifted', subject: depotId })
    return { since, lifted: stop ? undefined : site.depot.stoppedAt }
  })
  return { stoppedAt, ...(await follow(ctx, depotId, stop, lifted)) }
}

/** The same for everything under one node of the tree. @throws Problem not-found */
export async function lockOut(ctx: Stopping, { nodeId, lock, actor }: { nodeId: string; lock: boolean; actor: string }): Promise<Stopped> {
  const now = ctx.clock.now()
  const { depotId, since, lifted } = await ctx.db.prisma.$transaction(async (tx) => {
    const depotId = await depotOfNode(tx, nodeId)
    if (depotId === undefined) throw notFound('node', nodeId)
    await lockDepot(tx, depotId)
    const since = lock ? now : null
    const lifted = lock ? undefined : (await readSite(tx, depotId))?.nodes.find(({ id }) => id === nodeId)?.lockedOutAt
    await setLockedOut(tx, nodeId, since, lock ? actor : null)
    await writeJournal(tx, ctx.clock, {
      depotId,
      actor,
      kind: lock ? 'safety.lockOut' : 'safety.lockLifted',
      subject: nodeId,
    })
    return { depotId, since, lifted }
  })
  return { stoppedAt: since, ...(await follow(ctx, depotId, lock, lifted)) }
}

async function follow(ctx: Stopping, depotId: string, stop: boolean, lifted: Instant | undefined): Promise<Told> {
  const before = stop ? await underStop(ctx, depotId) : undefined
  // zero for whoever can be told, then the end of the sessions
  await ctx.reconciler.depot(depotId)
  const outcome = stop ? await ctx.sweepStopped(depotId, before?.sessions) : await goOn(ctx, depotId, lifted)
  ctx.wakes.replan(depotId, stop ? 'charging was stopped' : 'charging may go on')
  ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
  const site = await readSite(ctx.db.prisma, depotId)
  for (const { id } of site?.ports ?? []) ctx.wakes.touched(id)
  return outcome
}

export type Told = { reached: number; unreached: string[] }
/** `before`: sessions that the stop found; one that has ended meanwhile was reached. */
export type StopSweep = (depotId: string, before?: StoppedSession[]) => Promise<Told>

/**
 * Tells every charger under a stop to end its session, and one that began a session at a port that is out of use; one that goes on is told
 * again after half a minute.
 * Whoever asks meanwhile gets the answer that the charger gave.
 */
export function makeStopSweep(ctx: Ctx): StopSweep {
  const toldIn = new Map<string, Answers>()
  return async (depotId, before = []) => {
    const found = await underStop(ctx, depotId)
    if (!found) {
      toldIn.delete(depotId)
      return { reached: 0, unreached: [] }
    }
    const { open, sessions } = found
    const told: Answers = toldIn.get(depotId) ?? new Map()
    toldIn.set(depotId, told)
    const now = ctx.clock.now()
    const answers = await Promise.all(
      sessions.map(async ({ chargerId, name, sessionId }) => {
        const last = told.get(sessionId)
        const again = last === undefined || now - last.at >= AGAIN_MS
        const answer = again ? ctx.links.call(chargerId, { kind: 'remoteStop', sessionId }, { priority: 'stop' }) : last.answer
        if (again) told.set(sessionId, { at: now, answer })
        const { kind } = await answer
        if (kind === 'offline') told.delete(sessionId)
        return { name, reached: kind === 'accepted' }
      }),
    )
    for (const id of told.keys()) if (!open.has(id)) told.delete(id)
    return {
      reached: answers.filter(({ reached }) => reached).length + before.filter(({ sessionId }) => !open.has(sessionId)).length,
      unreached: [...new Set(answers.filter(({ reached }) => !reached).map(({ name }) => name))],
    }
  }
}

const AGAIN_MS = seconds(30)

/** By session: when its charger was last told to end it. */
type Answers = Map<number, { at: Instant; answer: Promise<ChargerAnswer> }>
type StoppedSession = { chargerId: string; name: string; sessionId: number }

/** `open`: all open sessions, those that may go on too. Undefined where all may. */
async function underStop({ db }: Ctx, depotId: string): Promise<{ open: Set<number>; sessions: StoppedSession[] } | undefined> {
  const held = (await depotsHeld(db.prisma, [depotId])).length > 0 || (await hasHeldStarts(db.prisma, depotId))
  const site = held ? await readSite(db.prisma, depotId) : undefined
  return site && { open: new Set(site.sessions.map(({ id }) => id)), sessions: stoppedSessions(site) }
}

const stoppedSessions = (site: Site): StoppedSession[] =>
  site.sessions.flatMap((session) => {
    const port = site.ports.find(({ id }) => id === session.portId)
    const isHeld = session.startedHeld && port?.heldReason !== null
    if (!port || (site.depot.stoppedAt === undefined && lockedNode(site, port) === undefined && !isHeld)) return []
    return [{ chargerId: port.chargerId, name: site.chargers.find(({ id }) => id === port.chargerId)!.name, sessionId: session.id }]
  })
