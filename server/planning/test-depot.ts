import { randomUUID } from 'node:crypto'
import { afterAll } from 'vitest'
import type { ChargingEvent, RecordedEvent } from '#lib/charging/event.ts'
import type { ProfilePayload } from '#lib/ocpp/asked-profile.ts'
import { valueAt } from '#lib/planning/curve.ts'
import { curveFromSteps } from '#lib/planning/depot-facts.ts'
import { hours, type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import type { Clock } from '../clock.ts'
import type { Env } from '../env.ts'
import { type Composed, compose } from '../gateway/compose.ts'
import { makeLog } from '../log.ts'
import type { ChargerAnswer, ChargerCall, Links } from '../runtime.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { testDatabase } from '../tools/test-store.ts'
import { directFirst, directPlanner, type Planner } from './planner.ts'

// A depot for tests of steering: real PostgreSQL, a clock that a test moves, and chargers that answer in memory as a test wants.

export const NIGHT = instant('2026-11-23T20:00:00Z')

export type HandClock = Clock & { move(ms: number): Promise<void> }

/** Depot time stands still until moved; real time runs with it. */
export function handClock(start: Instant): HandClock {
  let now = start
  const timers = new Set<{ at: number; every: number | undefined; then: () => void }>()
  const add = (ms: number, every: number | undefined, then: () => void) => {
    const timer = { at: now + ms, every, then }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  return {
    now: () => now,
    real: () => now,
    monotonic: () => now,
    speed: 1,
    after: (ms, then) => add(ms, undefined, then),
    every: (ms, then) => add(ms, ms, then),
    async move(ms) {
      const until = now + ms
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        now = Math.max(now, next.at) as Instant
        if (next.every === undefined) timers.delete(next)
        else next.at += next.every
        next.then()
      }
      now = until as Instant
    },
  }
}

export type Manner = 'accepts' | 'refuses' | 'isMute' | 'breaks'
export type FakeCharger = {
  id: string
  online: boolean
  manner: Manner
  calls: ChargerCall[]
  fallbackW: number | undefined
  limits: Map<number, { sessionId: number; steps: { from: Instant; limitW: number }[] }>
  operative: boolean
  /** Answers wait until `let go`. */
  hold: boolean
}

/** Chargers in memory: what they were asked, and what they would follow. */
export function fakeLinks(clock: Clock, ids: string[]) {
  const chargers = new Map<string, FakeCharger>(
    ids.map((id) => [
      id,
      { id, online: true, manner: 'accepts', calls: [], fallbackW: undefined, limits: new Map(), operative: true, hold: false },
    ]),
  )
  const held: (() => void)[] = []
  const order: { chargerId: string; call: ChargerCall; at: Instant }[] = []
  /** Called for every frame that leaves. */
  const seen = { leaving: async (_chargerId: string, _call: ChargerCall) => {} }
  const obey = (charger: FakeCharger, call: ChargerCall) => {
    if (call.kind === 'setFallback') charger.fallbackW = call.limitW
    if (call.kind === 'setLimit') charger.limits.set(call.port, { sessionId: call.sessionId, steps: call.steps })
    if (call.kind === 'availability') charger.operative = call.operative
    if (call.kind === 'message') obeyMessage(charger, call.action, call.payload)
  }
  const links: Links = {
    online: (id) => chargers.get(id)?.online ?? false,
    drop: () => {},
    async call(id, call, options): Promise<ChargerAnswer> {
      const charger = chargers.get(id)
      if (!charger?.online) return { kind: 'offline' }
      await seen.leaving(id, call)
      options?.onSent?.()
      charger.calls.push(call)
      order.push({ chargerId: id, call, at: clock.now() })
      if (charger.hold) await new Promise<void>((go) => held.push(go))
      switch (charger.manner) {
        case 'refuses':
          return call.kind === 'trigger' ? { kind: 'accepted', response: {} } : { kind: 'refused', reason: 'Rejected' }
        case 'isMute':
          obey(charger, call) // it may follow what it does not answer
          return { kind: 'timeout' }
        case 'breaks':
          obey(charger, call)
          return { kind: 'lost' }
        default:
          obey(charger, call)
          return { kind: 'accepted', response: {} }
      }
    },
  }
  const letGo = () => {
    for (const go of held.splice(0)) go()
  }
  return { links, chargers, order, seen, letGo, charger: (id: string) => chargers.get(id)! }
}

/** A message of a person's own, as a charger that does as it is told follows it. */
function obeyMessage(charger: FakeCharger, action: string, payload: Record<string, unknown>): void {
  if (action === 'ChangeAvailability') charger.operative = payload.type === 'Operative'
  if (action === 'ClearChargingProfile') {
    charger.limits.clear()
    charger.fallbackW = undefined
  }
  if (action !== 'SetChargingProfile') return
  const { connectorId, csChargingProfiles: profile } = payload as ProfilePayload
  const { startSchedule, chargingRateUnit: unit, chargingSchedulePeriod: periods } = profile.chargingSchedule
  const powerW = (limit: number) => (unit === 'A' ? limit * 240 : limit)
  if (profile.transactionId === undefined) charger.fallbackW = Math.max(...periods.map(({ limit }) => powerW(limit)))
  else {
    const from = startSchedule === undefined ? NIGHT : instant(startSchedule)
    const steps = periods.map(({ startPeriod, limit }) => ({ from: plus(from, startPeriod * 1000), limitW: powerW(limit) }))
    charger.limits.set(connectorId, { sessionId: profile.transactionId, steps })
  }
}

const ENV = { role: 'gateway', demo: false, logLevel: 'fatal' } as Env

export type TestDepot = Awaited<ReturnType<typeof testDepot>>

/** `ports` chargers of 10 kW (6 A at 240 V is their least) under one connection, each the home of a vehicle of 60 kWh at 50 %. */
export async function testDepot({
  ports = 3,
  capW = 20_000,
  permille = 0,
  planner = directPlanner(),
  first = directFirst(),
}: {
  ports?: number
  capW?: number
  permille?: number
  planner?: Planner
  first?: Planner
} = {}) {
  const { url } = await testDatabase()
  const db = openDatabase(url, 6)
  let open = true
  const close = async () => {
    if (open) await db.close()
    open = false
  }
  afterAll(close)
  const numbers = Array.from({ length: ports }, (_, i) => i + 1)
  const p = db.prisma
  await p.depot.create({
    data: { id: 'north', name: 'North', zone: 'UTC', currency: 'USD', fallbackPermille: permille, createdAt: new Date(NIGHT) },
  })
  await p.siteNode.create({
    data: { id: 'service', depotId: 'north', kind: 'service', name: 'Grid connection', volts: 240, wiring: 'L-L', phases: 3, limitW: capW },
  })
  for (const n of numbers) {
    await p.charger.create({
      data: {
        id: `c${n}`,
        depotId: 'north',
        nodeId: 'service',
        identity: `C${n}`,
        name: `Charger ${n}`,
        maxW: 9_600,
        createdAt: new Date(NIGHT),
      },
    })
    await p.port.create({
      data: { id: `p${n}`, chargerId: `c${n}`, number: 1, bay: `${n}`, maxW: 9_600, minW: 1_440, phases: 1, volts: 240, wiring: 'L-L' },
    })
    await p.vehicle.create({
      data: {
        id: `v${n}`,
        depotId: 'north',
        name: `Van ${n}`,
        batteryWh: 60_000,
        maxW: 9_600,
        phases: 1,
        efficiencyPermille: 1000,
        whPerKm: 400,
        socPct: 50,
        socAt: new Date(NIGHT),
        homePortId: `p${n}`,
      },
    })
  }
  const clock = handClock(NIGHT)
  const fake = fakeLinks(
    clock,
    numbers.map((n) => `c${n}`),
  )
  const log = makeLog('test', 'fatal')
  const start = async (): Promise<Composed> => {
    const gateway = await compose({ env: ENV, clock, log, db, planner, first })
    gateway.useLinks(fake.links)
    return gateway
  }
  const gateway = await start()
  return { ...fake, db, clock, gateway, start, closeDatabase: close, ...scenes(db, clock) }
}

/** What happens in the depot, as rows: recording is tested elsewhere. */
function scenes(db: Database, clock: HandClock) {
  const p = db.prisma
  return {
    /** Every charger is known and holds a fallback of 0. */
    async allConfirmed() {
      await p.charger.updateMany({ data: { seenAt: new Date(clock.now()) } })
      await p.port.updateMany({ data: { fallbackConfirmedAt: new Date(clock.now()), fallbackW: 0, status: 'free' } })
    },
    async known() {
      await p.charger.updateMany({ data: { seenAt: new Date(clock.now()) } })
    },
    async plug(n: number): Promise<number> {
      const at = new Date(clock.now())
      await p.port.update({ where: { id: `p${n}` }, data: { status: 'charging', pluggedAt: at } })
      const session = await p.session.create({
        data: {
          depotId: 'north',
          portId: `p${n}`,
          idTag: `T${n}`,
          vehicleId: `v${n}`,
          startKey: randomUUID(),
          startedAt: at,
          receivedAt: at,
          meterStartWh: 0n,
          currency: 'USD',
        },
      })
      return session.id
    },
    async unplug(n: number) {
      await p.session.updateMany({ where: { portId: `p${n}`, stoppedAt: null }, data: { stoppedAt: new Date(clock.now()) } })
      await p.port.update({ where: { id: `p${n}` }, data: { status: 'free', pluggedAt: null } })
    },
    async duty(n: number, departsAt: Instant, energyWh: number) {
      await p.duty.create({
        data: {
          id: `d${n}-${departsAt}`,
          vehicleId: `v${n}`,
          departsAt: new Date(departsAt),
          plannedDepartsAt: new Date(departsAt),
          returnsAt: new Date(plus(departsAt, hours(9))),
          distanceM: 50_000,
          energyWh,
          source: 'test',
          changedAt: new Date(clock.now()),
        },
      })
    },
    async baseLoad(upperW: number, measuredW?: number) {
      const startsAt = new Date(Math.floor(clock.now() / hours(1)) * hours(1))
      await p.baseLoad.upsert({
        where: { nodeId_startsAt: { nodeId: 'service', startsAt } },
        update: { upperW, measuredW: measuredW ?? null },
        create: { nodeId: 'service', startsAt, minutes: 60, forecastW: upperW, upperW, measuredW: measuredW ?? null },
      })
    },
    want: (n: number, ...steps: [number, number][]) => {
      const curve = steps.map(([at, limitW]) => ({ from: plus(NIGHT, minutes(at)), limitW }))
      return p.limitWanted.upsert({
        where: { portId: `p${n}` },
        update: { curve },
        create: { portId: `p${n}`, curve, wantedAt: new Date(clock.now()) },
      })
    },
    sentRows: (n: number) => p.limitSent.findMany({ where: { portId: `p${n}` }, orderBy: { id: 'asc' } }),
    event: (n: number, event: Partial<ChargingEvent> & { kind: ChargingEvent['kind'] }): RecordedEvent =>
      ({
        at: clock.now(),
        port: 1,
        depotId: 'north',
        chargerId: `c${n}`,
        portId: `p${n}`,
        receivedAt: clock.now(),
        ...event,
      }) as RecordedEvent,
  }
}

/** What a fake charger gives at most now. */
export const followsW = (charger: FakeCharger, at: Instant, nameplateW = 9_600): number => {
  if (!charger.operative) return 0
  const limit = charger.limits.get(1)
  const fallback = charger.fallbackW ?? nameplateW
  return limit ? valueAt(curveFromSteps(limit.steps as never), at) : fallback
}
