import { answered, type LimitOutcome } from '#lib/planning/books.ts'
import { type Curve, valueAt } from '#lib/planning/curve.ts'
import { type DepotFacts, type FactPort, stepsOf } from '#lib/planning/depot-facts.ts'
import { HELD_FOR_SAFETY } from '#lib/planning/held.ts'
import { SETTLE_MS } from '#lib/planning/port-holding.ts'
import type { SteerAction } from '#lib/planning/steer.ts'
import { type Instant, plus } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { ChargerAnswer, ChargerCall, Ctx } from '../runtime.ts'
import { appendJournal, writeJournal } from '../store/journal.ts'
import { type NewLimit, writeAheadLimits } from '../store/limit.ts'
import { type lockDepot, setPort, setPorts } from '../store/site.ts'
import type { LimitBook } from './limit-book.ts'
import type { Pass } from './reconcile.ts'

/** A limit on its way to a port, as commands follow it (t4, t5). */
export type LimitSend = { portId: string; chargerId: string; port: number; sessionId: number; curve: Curve; wasW: Watts | undefined }
export type LimitWatcher = {
  /** A command waits for this port: its limit is written even when it could wait. */
  asked(portId: string): boolean
  /** The command that this limit answers. */
  commandFor(portId: string): string | undefined
  sent(send: LimitSend): void
  answered(send: LimitSend, answer: ChargerAnswer): void
  /** A pass is over: who was not sent anything and waits for nothing has what is wanted. */
  passed(depotId: string, pass: Pass): void
}

/** One decision of a pass, written down. */
export type Sending = { action: SteerAction; port: FactPort; limitId: number | undefined }

type Tx = Parameters<typeof lockDepot>[0]

/**
 * Writes down what is about to leave, inside the deciding transaction: a crash after its commit forgets nothing that may have left. All of a pass
 * at once, so that a large depot holds its lock no longer than a small one.
 */
export async function writeAhead(
  ctx: Ctx,
  tx: Tx,
  watcher: LimitWatcher,
  depotId: string,
  actions: SteerAction[],
  { now, ports }: DepotFacts,
): Promise<Sending[]> {
  const byId = new Map(ports.map((port) => [port.id, port]))
  const portOf = ({ portId }: SteerAction) => byId.get(portId)!
  const limits = actions.flatMap((action) => limitOf(watcher, action, now) ?? [])
  const ids = await writeAheadLimits(tx, limits)
  const held = actions.filter(({ kind }) => kind === 'hold').map(portOf)
  const released = actions.filter(({ kind }) => kind === 'release').map(portOf)
  if (held.length > 0) await setPorts(tx, idsOf(held), { heldReason: HELD_FOR_SAFETY })
  if (released.length > 0) await setPorts(tx, idsOf(released), { heldReason: null, inoperativeAt: null })
  const news = held.filter(({ heldReason }) => heldReason !== HELD_FOR_SAFETY)
  await appendJournal(tx, ctx.clock.now(), ctx.clock.real(), [
    ...news.map(({ id }) => ({ depotId, actor: 'system', kind: 'safety.held', subject: id, data: { reason: HELD_FOR_SAFETY } })),
    ...released.map(({ id }) => ({ depotId, actor: 'system', kind: 'safety.released', subject: id })),
  ])
  const unused = ids.values()
  return actions.map((action) => ({
    action,
    port: portOf(action),
    limitId: action.kind === 'fallback' || action.kind === 'limit' ? unused.next().value : undefined,
  }))
}

const idsOf = (ports: FactPort[]) => ports.map(({ id }) => id)

/** The row of an action that sets a limit. */
function limitOf(watcher: LimitWatcher, action: SteerAction, now: Instant): NewLimit | undefined {
  switch (action.kind) {
    case 'fallback':
      return {
        portId: action.portId,
        kind: 'fallback',
        sessionId: null,
        steps: [{ from: now, limitW: action.limitW }],
        sentAt: now,
        planId: null,
        commandId: null,
        safety: true,
      }
    case 'limit':
      return {
        portId: action.portId,
        kind: 'session',
        sessionId: action.sessionId,
        steps: stepsOf(action.curve, now),
        sentAt: now,
        planId: action.planId,
        commandId: watcher.commandFor(action.portId) ?? null,
        safety: action.safety,
        ...(action.phases === undefined ? {} : { phases: action.phases }),
      }
    default:
      return undefined
  }
}

const callOf = ({ action, port }: Sending, now: Instant): ChargerCall => {
  switch (action.kind) {
    case 'fallback':
      return { kind: 'setFallback', port: port.number, limitW: action.limitW }
    case 'limit':
      return {
        kind: 'setLimit',
        port: port.number,
        sessionId: action.sessionId,
        steps: stepsOf(action.curve, now),
        ...(action.phases === undefined ? {} : { phases: action.phases }),
      }
    case 'hold':
      return { kind: 'availability', port: port.number, operative: false }
    case 'release':
      return { kind: 'availability', port: port.number, operative: true }
  }
}

/** Sends what was decided and writes down what became of it. @returns how the charger answered */
export async function carryOut(
  ctx: Ctx,
  { watcher, book }: { watcher: LimitWatcher; book: LimitBook },
  depotId: string,
  sending: Sending,
  now: Instant,
): Promise<ChargerAnswer['kind']> {
  const { action, port, limitId } = sending
  const limit: LimitSend | undefined =
    action.kind === 'limit'
      ? {
          portId: port.id,
          chargerId: port.chargerId,
          port: port.number,
          sessionId: action.sessionId,
          curve: action.curve,
          wasW: acceptedW(port, now),
        }
      : undefined
  const answer = await ctx.links.call(port.chargerId, callOf(sending, now), {
    ...(limit ? { onSent: () => watcher.sent(limit) } : {}),
    priority: action.kind === 'hold' ? 'stop' : 'limit',
  })
  const at = ctx.clock.now()
  const accepted = answer.kind === 'accepted'
  if (limitId !== undefined) {
    const reason = answer.kind === 'refused' ? answer.reason : undefined
    await book.outcome({ id: limitId, ...answered(limitOutcome(answer), at), ...(reason === undefined ? {} : { reason }) })
  }
  if (action.kind === 'fallback' && accepted) {
    // confirmed as of the sending: a boot since then put it in doubt again, whichever of the two is written down first
    await book.confirm({ portId: port.id, fallbackW: action.limitW, sentAt: now, countsAt: plus(at, SETTLE_MS) })
    // its nameplate need not be reserved any more
    if (port.fallbackConfirmedAt === undefined) ctx.wakes.replan(depotId, 'a charger took its fallback limit')
  }
  if (action.kind === 'hold' && accepted && answer.detail !== 'scheduled')
    await setPort(ctx.db.prisma, port.id, { inoperativeAt: new Date(at) })
  if (action.kind === 'release' && !accepted && answer.kind === 'refused')
    await setPort(ctx.db.prisma, port.id, { heldReason: HELD_FOR_SAFETY })
  if (answer.kind === 'refused') {
    ctx.log.warn({ chargerId: port.chargerId, portId: port.id, reason: answer.reason }, `charger refused ${action.kind}`)
    const failures = (action.kind === 'fallback' ? port.fallbackTries : port.limitTries).failures + 1
    // now and then a charger is busy; three times in a row is news
    if (failures === 3)
      await writeJournal(ctx.db.prisma, ctx.clock, {
        depotId,
        actor: 'system',
        kind: 'limit.refused',
        subject: port.id,
        data: { what: action.kind, reason: answer.reason, times: failures },
      })
  }
  if (limit) watcher.answered(limit, answer)
  return answer.kind
}

/** What became of a limit that was written down before it left. */
export const limitOutcome = (answer: ChargerAnswer): LimitOutcome => {
  switch (answer.kind) {
    case 'offline':
    case 'superseded':
      return 'notSent'
    default:
      return answer.kind
  }
}

const acceptedW = (port: FactPort, now: Instant): Watts | undefined => {
  const last = port.limits.findLast(({ outcome }) => outcome === 'accepted')
  return last && valueAt(last.curve, now)
}
