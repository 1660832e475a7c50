import { type Curve, valueAt } from '#lib/planning/curve.ts'
import { type DepotFacts, type FactPort, stepsOf } from '#lib/planning/depot-facts.ts'
import { followable } from '#lib/planning/envelope.ts'
import { SETTLE_MS } from '#lib/planning/port-holding.ts'
import { HELD_FOR_SAFETY, type SteerAction, steer } from '#lib/planning/steer.ts'
import { lookAgainAt, type Waiting } from '#lib/planning/writes.ts'
import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { ChargerAnswer, ChargerCall, Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { type LimitOutcome, writeAheadLimit, writeOutcome } from '../store/limit.ts'
import { lockDepot, setPort } from '../store/site.ts'
import { type Reach, readFacts } from './facts.ts'
import { oneAtATime } from './one-at-a-time.ts'

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

/** What one pass did: ports that were sent a limit, and why others do not have theirs yet. `begun`: real monotonic ms. */
export type Pass = { begun: number; sent: Set<string>; waiting: Map<string, Waiting>; overCap: boolean }

export type Reconciler = {
  /** One pass over the depot, begun after this call. */
  depot(depotId: string): Promise<Pass>
  /** Is a limit or fallback call to this port under way? */
  inFlight(portId: string): boolean
  reach: Reach
  /** The most a port may give at a moment by all it was sent, without excess; undefined before the first pass. */
  mayGiveW(portId: string, at: Instant): number | undefined
  /** Until no pass runs and every call has its answer written down. */
  idle(): Promise<void>
  close(): void
}

const REPEAT_MS = seconds(30)

type Sending = { action: SteerAction; port: FactPort; limitId: number | undefined }

/**
 * Makes chargers follow what is wanted: reads the depot, decides (pure), writes down what will leave, commits, and only then sends.
 * Everything about one depot's power happens under one lock, so that two sends can never share the same room.
 */
export function makeReconciler(ctx: Ctx, watcher: LimitWatcher): Reconciler {
  /** Calls under way per port: a fallback and a limit may leave together. */
  const underWay = new Map<string, number>()
  const inFlight = (portId: string) => underWay.has(portId)
  const count = (portId: string, by: 1 | -1) => {
    const calls = (underWay.get(portId) ?? 0) + by
    if (calls > 0) underWay.set(portId, calls)
    else underWay.delete(portId)
  }
  const answers = new Set<Promise<void>>()
  const looks = new Map<string, () => void>()
  /** Holds and releases are not repeated at once. */
  const calm = new Map<string, Instant>()
  const may = new Map<string, Curve>()
  let closed = false
  const reach: Reach = {
    speed: ctx.clock.speed,
    online: (chargerId) => ctx.links.online(chargerId),
    inFlight,
    asked: (portId) => watcher.asked(portId),
  }

  const again = (depotId: string) => {
    if (!closed) passes.run(depotId).catch(() => {})
  }

  const lookAgain = (depotId: string, at: Instant | undefined) => {
    looks.get(depotId)?.()
    looks.delete(depotId)
    if (at !== undefined && !closed)
      looks.set(
        depotId,
        ctx.clock.after(Math.max(1, at - ctx.clock.now()) + 1, () => again(depotId)),
      )
  }

  const passes = oneAtATime<Pass>(
    async (depotId) => {
      const begun = ctx.clock.monotonic()
      const nothing: Pass = { begun, sent: new Set(), waiting: new Map(), overCap: false }
      if (closed) return nothing
      // an answer that arrives while we read is seen by the next pass, which its arrival asks for
      const before = new Set(underWay.keys())
      const mine: Reach = { ...reach, inFlight: (portId) => before.has(portId) || inFlight(portId) }
      const decided = await ctx.db.prisma.$transaction(
        async (tx) => {
          await lockDepot(tx, depotId)
          const read = await readFacts(tx, depotId, ctx.clock.now(), mine)
          if (!read) return undefined
          const steering = steer(read.facts)
          const sendings: Sending[] = []
          for (const action of steering.actions) {
            if (action.kind === 'hold' || action.kind === 'release') {
              if ((calm.get(action.portId) ?? 0) > read.facts.now) continue
              calm.set(action.portId, plus(read.facts.now, REPEAT_MS))
            }
            const port = read.facts.ports.find(({ id }) => id === action.portId)!
            sendings.push({ action, port, limitId: await writeAhead(ctx, tx, watcher, depotId, action, read.facts) })
          }
          return { facts: read.facts, steering, sendings }
        },
        { maxWait: 15_000, timeout: 15_000 },
      )
      if (!decided) return nothing
      for (const holding of decided.steering.envelope.holdings)
        may.set(holding.portId, followable({ ...holding, extraW: 0 as Watts }, decided.facts.now, decided.facts.skewMs))
      for (const { port } of decided.sendings) count(port.id, 1)
      for (const sending of decided.sendings) {
        const answer = send(ctx, watcher, depotId, sending, decided.facts.now)
          .catch((error): ChargerAnswer['kind'] => {
            if (!closed) ctx.log.error({ err: error, portId: sending.port.id }, 'the answer of a charger could not be written down')
            return 'lost'
          })
          .then((kind) => {
            count(sending.port.id, -1)
            answers.delete(answer)
            ctx.wakes.touched(sending.port.id)
            // what never left is tried again when the charger is back, or in a moment
            if (kind === 'offline' || kind === 'lost') ctx.clock.after(seconds(5), () => again(depotId))
            else again(depotId)
          })
        answers.add(answer)
      }
      lookAgain(depotId, lookAgainAt(decided.facts, decided.steering.waiting))
      const sent = new Set(decided.sendings.flatMap(({ action }) => (action.kind === 'limit' ? [action.portId] : [])))
      const pass = { begun, sent, waiting: decided.steering.waiting, overCap: decided.steering.overCap }
      watcher.passed(depotId, pass)
      return pass
    },
    (depotId, error) => {
      if (closed) return
      ctx.log.error({ err: error, depotId }, 'a pass over the depot failed; it is tried again')
      lookAgain(depotId, plus(ctx.clock.now(), 5000))
    },
  )

  return {
    depot: (depotId) => passes.run(depotId),
    inFlight,
    reach,
    mayGiveW(portId, at) {
      const curve = may.get(portId)
      return curve && valueAt(curve, at)
    },
    async idle() {
      do {
        await passes.idle()
        await Promise.allSettled([...answers])
      } while (answers.size > 0 || passes.busy())
    },
    close() {
      closed = true
      for (const cancel of looks.values()) cancel()
    },
  }
}

type Tx = Parameters<typeof lockDepot>[0]

/** Inside the deciding transaction: a crash after its commit forgets nothing that may have left. */
async function writeAhead(
  ctx: Ctx,
  tx: Tx,
  watcher: LimitWatcher,
  depotId: string,
  action: SteerAction,
  { now, ports }: DepotFacts,
): Promise<number | undefined> {
  switch (action.kind) {
    case 'fallback':
      return writeAheadLimit(tx, {
        portId: action.portId,
        kind: 'fallback',
        sessionId: null,
        steps: [{ from: now, limitW: action.limitW }],
        sentAt: now,
        planId: null,
        commandId: null,
        safety: true,
      })
    case 'limit':
      return writeAheadLimit(tx, {
        portId: action.portId,
        kind: 'session',
        sessionId: action.sessionId,
        steps: stepsOf(action.curve, now),
        sentAt: now,
        planId: action.planId,
        commandId: watcher.commandFor(action.portId) ?? null,
        safety: action.safety,
      })
    case 'hold':
      await setPort(tx, action.portId, { heldReason: HELD_FOR_SAFETY })
      if (ports.find(({ id }) => id === action.portId)?.heldReason === HELD_FOR_SAFETY) return undefined
      await writeJournal(tx, ctx.clock, {
        depotId,
        actor: 'system',
        kind: 'safety.held',
        subject: action.portId,
        data: { reason: HELD_FOR_SAFETY },
      })
      return undefined
    case 'release':
      await setPort(tx, action.portId, { heldReason: null, inoperativeAt: null })
      await writeJournal(tx, ctx.clock, { depotId, actor: 'system', kind: 'safety.released', subject: action.portId })
      return undefined
  }
}

const callOf = ({ action, port }: Sending, now: Instant): ChargerCall => {
  switch (action.kind) {
    case 'fallback':
      return { kind: 'setFallback', port: port.number, limitW: action.limitW }
    case 'limit':
      return { kind: 'setLimit', port: port.number, sessionId: action.sessionId, steps: stepsOf(action.curve, now) }
    case 'hold':
      return { kind: 'availability', port: port.number, operative: false }
    case 'release':
      return { kind: 'availability', port: port.number, operative: true }
  }
}

async function send(ctx: Ctx, watcher: LimitWatcher, depotId: string, sending: Sending, now: Instant): Promise<ChargerAnswer['kind']> {
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
    const countsAt = accepted ? plus(at, SETTLE_MS) : undefined
    const reason = answer.kind === 'refused' ? answer.reason : undefined
    await writeOutcome(ctx.db.prisma, limitId, outcomeOf(answer), {
      at,
      ...(countsAt === undefined ? {} : { countsAt }),
      ...(reason === undefined ? {} : { reason }),
    })
  }
  if (action.kind === 'fallback' && accepted) {
    // confirmed as of the sending: a boot after it puts it in doubt again
    await setPort(ctx.db.prisma, port.id, { fallbackW: action.limitW, fallbackConfirmedAt: new Date(now) })
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

const outcomeOf = (answer: ChargerAnswer): LimitOutcome => {
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
