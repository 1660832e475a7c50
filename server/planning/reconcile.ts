import { type Curve, valueAt } from '#lib/planning/curve.ts'
import { followable } from '#lib/planning/envelope.ts'
import { steer } from '#lib/planning/steer.ts'
import { lookAgainAt, type Waiting } from '#lib/planning/writes.ts'
import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { ChargerAnswer, Ctx } from '../runtime.ts'
import { lockDepot } from '../store/site.ts'
import { carryOut, type LimitWatcher, writeAhead } from './carry-out.ts'
import { type Reach, readFacts } from './facts.ts'
import { makeLimitBook } from './limit-book.ts'
import { makeGate, oneAtATime } from './one-at-a-time.ts'

/** What one pass did: ports that were sent a limit, and why others do not have theirs yet. `begun`: real monotonic ms. */
export type Pass = { begun: number; sent: Set<string>; waiting: Map<string, Waiting>; overCap: boolean }

export type Reconciler = {
  /** One pass over the depot, begun after this call. */
  depot(depotId: string): Promise<Pass>
  /** The same without hurry: what asks for it meanwhile shares it, and a large depot is left to others for as long as its last pass took. */
  soon(depotId: string): Promise<void>
  /** Is a limit or fallback call to this port under way? */
  inFlight(portId: string): boolean
  /**
   * Runs `work` (a person's own call about limits) while passes send these ports of one charger nothing, and not before what is under
   * way to them is answered: so the order in the books is the order on the wire.
   */
  alone<T>(depotId: string, chargerId: string, portIds: string[], work: () => Promise<T>): Promise<T>
  reach: Reach
  /** The most a port may give at a moment by all it was sent, without excess; undefined before the first pass. */
  mayGiveW(portId: string, at: Instant): number | undefined
  /** Until no pass runs and every call has its answer written down. */
  idle(): Promise<void>
  close(): void
}

const REPEAT_MS = seconds(30)
/** Passes of different depots at a time: after a storm all of them want one, and each holds a connection. */
const AT_ONCE = 4
/** A pass that took longer (real ms) is followed by a pause, so that a depot's chargers that answer one by one do not have one each. */
const SHORT_MS = 25
const MOST_PAUSE_MS = 1000

/**
 * Makes chargers follow what is wanted: reads the depot, decides (pure), writes down what will leave, commits, and only then sends.
 * Everything about one depot's power happens under one lock, so that two sends can never share the same room.
 */
export function makeReconciler(ctx: Ctx, watcher: LimitWatcher, leaveRoom: () => Promise<void> = async () => {}): Reconciler {
  /** Calls under way per port: a fallback and a limit may leave together. */
  const underWay = new Map<string, number>()
  /** Ports that are left to somebody's own call, and the last such call of each charger. */
  const left = new Set<string>()
  const turns = new Map<string, Promise<unknown>>()
  const inFlight = (portId: string) => underWay.has(portId) || left.has(portId)
  const count = (portId: string, by: 1 | -1) => {
    const calls = (underWay.get(portId) ?? 0) + by
    if (calls > 0) underWay.set(portId, calls)
    else underWay.delete(portId)
  }
  const answers = new Set<Promise<void>>()
  const book = makeLimitBook(ctx.db.prisma)
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

  const inTurn = makeGate(AT_ONCE)
  /** When a depot's next pass without hurry may begin: real monotonic ms. */
  const rested = new Map<string, number>()
  const due = new Map<string, Promise<void>>()
  const soon = (depotId: string): Promise<void> => {
    const asked = due.get(depotId)
    if (asked) return asked
    const pauseMs = (rested.get(depotId) ?? 0) - ctx.clock.monotonic()
    const pause = pauseMs > 0 ? new Promise<void>((over) => setTimeout(over, pauseMs)) : Promise.resolve()
    const pass = pause.then(leaveRoom).then(() => {
      due.delete(depotId)
      return closed ? undefined : passes.run(depotId).then(() => {})
    })
    due.set(depotId, pass)
    return pass
  }
  const again = (depotId: string) => {
    if (!closed) soon(depotId).catch(() => {})
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
    (depotId) =>
      inTurn(async () => {
        const begun = ctx.clock.monotonic()
        try {
          return await pass(depotId, begun)
        } finally {
          const tookMs = ctx.clock.monotonic() - begun
          if (tookMs > SHORT_MS) rested.set(depotId, ctx.clock.monotonic() + Math.min(tookMs, MOST_PAUSE_MS))
        }
      }),
    (depotId, error) => {
      if (closed) return
      ctx.log.error({ err: error, depotId }, 'a pass over the depot failed; it is tried again')
      lookAgain(depotId, plus(ctx.clock.now(), 5000))
    },
  )

  async function pass(depotId: string, begun: number): Promise<Pass> {
    const nothing: Pass = { begun, sent: new Set(), waiting: new Map(), overCap: false }
    if (closed) return nothing
    // an answer that arrives while we read is seen by the next pass, which its arrival asks for
    const before = new Set([...underWay.keys(), ...left])
    const mine: Reach = { ...reach, inFlight: (portId) => before.has(portId) || inFlight(portId) }
    const decided = await ctx.db.prisma.$transaction(
      async (tx) => {
        await lockDepot(tx, depotId)
        const read = await readFacts(tx, depotId, ctx.clock.now(), mine)
        if (!read) return undefined
        // for hundreds of ports both reading and deciding take milliseconds: what chargers said meanwhile is answered between
        await new Promise((soon) => setImmediate(soon))
        const steering = steer(read.facts)
        const actions = steering.actions.filter(({ kind, portId }) => {
          if (kind !== 'hold' && kind !== 'release') return true
          if ((calm.get(portId) ?? 0) > read.facts.now) return false
          calm.set(portId, plus(read.facts.now, REPEAT_MS))
          return true
        })
        const sendings = await writeAhead(ctx, tx, watcher, depotId, actions, read.facts)
        const confirmed = new Set(
          read.facts.ports.flatMap(({ id, fallbackConfirmedAt }) => (fallbackConfirmedAt === undefined ? [] : [id])),
        )
        return { facts: read.facts, steering, sendings, confirmed }
      },
      { maxWait: 15_000, timeout: 15_000 },
    )
    if (!decided) return nothing
    for (const holding of decided.steering.envelope.holdings) {
      // room is kept for all that a charger that ignores its limits may give; without that room it is held to what it accepted
      const strict = decided.steering.overCap && decided.confirmed.has(holding.portId)
      const judged = { ...holding, extraW: 0 as Watts, fallbackConfirmed: holding.fallbackConfirmed || strict }
      may.set(holding.portId, followable(judged, decided.facts.now, decided.facts.skewMs))
    }
    for (const { port } of decided.sendings) count(port.id, 1)
    for (const sending of decided.sendings) {
      const answer = carryOut(ctx, { watcher, book }, depotId, sending, decided.facts.now)
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
    const done = { begun, sent, waiting: decided.steering.waiting, overCap: decided.steering.overCap }
    watcher.passed(depotId, done)
    return done
  }

  async function leftAlone<T>(depotId: string, portIds: string[], work: () => Promise<T>): Promise<T> {
    for (const id of portIds) left.add(id)
    try {
      // a pass that read before this moment has sent what it decided when this one is over
      await passes.run(depotId)
      while (portIds.some((id) => underWay.has(id))) await Promise.race(answers)
      return await work()
    } finally {
      for (const id of portIds) left.delete(id)
    }
  }

  return {
    depot: (depotId) => passes.run(depotId),
    soon,
    inFlight,
    alone(depotId, chargerId, portIds, work) {
      const before = turns.get(chargerId) ?? Promise.resolve()
      const turn = before.then(() => leftAlone(depotId, portIds, work))
      const quiet = turn
        .catch(() => {})
        .then(() => {
          if (turns.get(chargerId) === quiet) turns.delete(chargerId)
        })
      turns.set(chargerId, quiet)
      return turn
    },
    reach,
    mayGiveW(portId, at) {
      const curve = may.get(portId)
      return curve && valueAt(curve, at)
    },
    async idle() {
      do {
        await passes.idle()
        await Promise.allSettled([...answers, ...turns.values(), ...due.values()])
      } while (answers.size > 0 || turns.size > 0 || due.size > 0 || passes.busy())
    },
    close() {
      closed = true
      for (const cancel of looks.values()) cancel()
    },
  }
}
