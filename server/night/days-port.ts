import { answered, confirms, type LimitOutcome, mayFollow, sentLimit, type WrittenLimit } from '#lib/planning/books.ts'
import type { Attempts, FactPort } from '#lib/planning/depot-facts.ts'
import { hours, type Instant, plus, seconds } from '#lib/time/instant.ts'
import type { Milliamps, Watts } from '#lib/units/units.ts'
import { linesOf, PORT_W, VOLTS } from './days-world.ts'

// What the gateway has in its books of a port: arrays where the real one has rows.

export type Port = {
  van: number
  online: boolean
  rows: WrittenLimit[]
  bootedAt: Instant | undefined
  fallbackW: Watts
  confirmedAt: Instant | undefined
  countsAt: Instant | undefined
  inoperative: boolean
  heldReason: string | null
  extraW: Watts
  open: number[]
  ended: Map<number, Instant>
  tries: { fallback: Attempts; session: Attempts }
  inFlight: number | undefined
  wanted: FactPort['wanted']
  writes: Instant[]
}

export const SKEW_MS = seconds(5)
const CIRCUIT = { volts: VOLTS, wiring: 'L-L' as const, phases: 1 as const }
const never = (): Attempts => ({ failures: 0, lastSentAt: undefined })

export const newPort = (van: number): Port => ({
  van,
  online: true,
  rows: [],
  bootedAt: undefined,
  fallbackW: 0 as Watts,
  confirmedAt: undefined,
  countsAt: undefined,
  inoperative: false,
  heldReason: null,
  extraW: 0 as Watts,
  open: [],
  ended: new Map(),
  tries: { fallback: never(), session: never() },
  inFlight: undefined,
  wanted: undefined,
  writes: [],
})

/** The port as steering and planning see it now; forgets what can no longer be followed. */
export function factOf(port: Port, now: Instant): FactPort {
  port.rows = mayFollow(port.rows, { now, skewMs: SKEW_MS, endedAt: (id) => port.ended.get(id) })
  port.writes = port.writes.filter((at) => at > now - hours(24))
  const of = (kind: WrittenLimit['kind']) => port.rows.filter((written) => written.kind === kind)
  const lines = linesOf(port.van)
  return {
    id: `port-${port.van}`,
    chargerId: `charger-${port.van}`,
    number: 1,
    node: `charger-${port.van}`,
    points: { minW: 1_440 as Watts, maxW: PORT_W as Watts, stepMa: 1000 as Milliamps, circuit: CIRCUIT },
    mostW: PORT_W as Watts,
    phases: lines ?? ['l1', 'l2'],
    ...(lines ? {} : { linesKnown: false }),
    maxPeriods: 20,
    online: port.online,
    known: true,
    bootedAt: port.bootedAt,
    fallbackW: port.fallbackW,
    fallbackConfirmedAt: port.confirmedAt,
    ...(port.countsAt === undefined ? {} : { fallbackCountsAt: port.countsAt }),
    wantedFallbackW: port.fallbackW,
    refusesZero: false,
    fallbacks: of('fallback').map(sentLimit),
    inoperative: port.inoperative,
    heldReason: port.heldReason,
    extraW: port.extraW,
    sessions: port.open.toReversed(),
    limits: of('session').map((written) => ({ ...sentLimit(written), sessionId: written.sessionId! })),
    wanted: port.wanted,
    fallbackTries: port.tries.fallback,
    limitTries: port.tries.session,
    writesToday: port.writes.length,
    inFlight: port.inFlight !== undefined,
    asked: false,
    stopped: false,
  }
}

/** Written down before it leaves; a write outside safety is one of the day's. */
export function write(port: Port, limit: Pick<WrittenLimit, 'id' | 'kind' | 'sessionId' | 'curve'>, safety: boolean, now: Instant): void {
  port.rows.push({ ...limit, sentAt: now, outcome: 'pending' })
  port.inFlight = limit.id
  port.tries[limit.kind] = { ...port.tries[limit.kind], lastSentAt: now }
  if (limit.kind === 'session' && !safety) port.writes.push(now)
}

/** An answer, or none in time. */
export function hear(port: Port, id: number, outcome: LimitOutcome, now: Instant): void {
  const written = port.rows.find((row) => row.id === id)
  if (port.inFlight === id) port.inFlight = undefined
  if (!written) return
  Object.assign(written, answered(outcome, now))
  const tries = port.tries[written.kind]
  port.tries[written.kind] = outcome === 'accepted' ? { ...tries, failures: 0 } : { ...tries, failures: tries.failures + 1 }
  if (written.kind !== 'fallback' || outcome !== 'accepted' || !confirms(written.sentAt, port.bootedAt)) return
  if (port.confirmedAt === undefined) port.countsAt = plus(now, seconds(10))
  port.fallbackW = written.curve.beforeW
  port.confirmedAt = written.sentAt
}
