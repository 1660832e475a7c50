import pino from 'pino'
import type { RecordedEvent } from '#lib/charging/event.ts'
import type { LiveEvent } from '#lib/live/event.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import { type Clock, makeClock } from '../clock.ts'
import { readEnv } from '../env.ts'
import type { Ctx } from '../runtime.ts'
import { type Database, openDatabase } from '../store/database.ts'

// A small depot for the tests of energy, bills and key figures: one service of 80 kW, two chargers with one port each, two vans.

export const DEPOT = 'yard'
export const PORTS = ['p1', 'p2'] as const

/** A world whose clock stands where `setNow` puts it; what is published and touched is kept to be looked at. */
export type TestWorld = {
  ctx: Ctx
  setNow(at: Instant | string): void
  published: LiveEvent[]
  touched: string[]
  replanned: string[]
  record(events: RecordedEvent[]): void
}

export function testWorld(url: string, at: string): TestWorld {
  let now = instant(at)
  const real = makeClock()
  const clock: Clock = { ...real, now: () => now, real: () => now, every: real.every, after: real.after }
  const published: LiveEvent[] = []
  const touched: string[] = []
  const replanned: string[] = []
  const listeners = new Set<(events: RecordedEvent[]) => void>()
  const record = (events: RecordedEvent[]) => {
    for (const listener of listeners) listener(events)
  }
  const ctx: Ctx = {
    env: readEnv({}),
    clock,
    log: pino({ level: 'silent' }),
    db: openDatabase(url, 4),
    links: { call: async () => ({ kind: 'offline' }), online: () => false, drop: () => {} },
    feed: { publish: (event) => void published.push(event), subscribe: () => () => {} },
    recorded: {
      publish: record,
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    wakes: {
      replan: (depotId, cause) => void replanned.push(`${depotId}: ${cause}`),
      reconcile: () => {},
      touched: (portId) => void touched.push(portId),
    },
  }
  const setNow = (to: Instant | string) => {
    now = instant(to)
  }
  return { ctx, setNow, published, touched, replanned, record }
}

export async function makeDepot(
  { prisma }: Database,
  { at, zone = 'Europe/Berlin', plugAndGo = false }: { at: string; zone?: string; plugAndGo?: boolean },
): Promise<void> {
  const createdAt = new Date(at)
  await prisma.depot.create({ data: { id: DEPOT, name: 'Yard', zone, currency: 'EUR', plugAndGo, createdAt } })
  await prisma.siteNode.create({
    data: { id: 'service', depotId: DEPOT, kind: 'service', name: 'Service', volts: 400, wiring: 'L-L', phases: 3, limitW: 80_000 },
  })
  for (const [i, id] of PORTS.entries()) {
    await prisma.charger.create({
      data: {
        id: `c${i + 1}`,
        depotId: DEPOT,
        nodeId: 'service',
        identity: `C${i + 1}`,
        name: `Charger ${i + 1}`,
        maxW: 11_000,
        connectedAt: createdAt,
        createdAt,
      },
    })
    await prisma.port.create({
      data: {
        id,
        chargerId: `c${i + 1}`,
        number: 1,
        bay: `B${i + 1}`,
        maxW: 11_000,
        minW: 4_140,
        phases: 3,
        volts: 230,
        wiring: 'L-N',
        status: 'free',
      },
    })
    await prisma.vehicle.create({
      data: {
        id: `v${i + 1}`,
        depotId: DEPOT,
        name: `Van ${i + 1}`,
        batteryWh: 75_000,
        maxW: 11_000,
        phases: 3,
        whPerKm: 250,
        homePortId: id,
      },
    })
    await prisma.driver.create({ data: { id: `driver${i + 1}`, depotId: DEPOT, name: i === 0 ? '=HYPERLINK("http://x")' : 'Bo Berg' } })
    await prisma.token.create({
      data: { id: `t${i + 1}`, depotId: DEPOT, idTag: `CARD${i + 1}`, kind: 'rfid', vehicleId: `v${i + 1}`, driverId: `driver${i + 1}` },
    })
  }
  await prisma.token.create({ data: { id: 'tb', depotId: DEPOT, idTag: 'BLOCKED', kind: 'rfid', status: 'blocked' } })
  await prisma.token.create({
    data: { id: 'te', depotId: DEPOT, idTag: 'EXPIRED', kind: 'rfid', expiresAt: new Date('2020-01-01T00:00Z') },
  })
}

/** Night at 0.10, day (from 06:00) at 0.30 per kWh; 10 per kW of demand. */
export async function makeTariff({ prisma }: Database): Promise<void> {
  const window = {
    tariffId: 'tariff',
    seasonFrom: '01-01',
    seasonUntil: '12-31',
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    demandMicroPerKw: 10_000_000n,
  }
  await prisma.tariff.create({
    data: { id: 'tariff', depotId: DEPOT, name: 'Night and day', currency: 'EUR', source: 'test', validFrom: new Date(0) },
  })
  await prisma.tariffWindow.createMany({
    data: [
      { ...window, id: 'n', name: 'night', startMinute: 0, endMinute: 360, priceMicroPerKwh: 100_000n },
      { ...window, id: 'd', name: 'day', startMinute: 360, endMinute: 1440, priceMicroPerKwh: 300_000n },
    ],
  })
}

export async function makeSession(
  { prisma }: Database,
  {
    from,
    until,
    port = 'p1',
    wh,
    card = 'CARD1',
    everyMin = 15,
  }: { from: string; until?: string; port?: string; wh: number; card?: string; everyMin?: number },
): Promise<number> {
  const start = instant(from)
  const end = instant(until ?? from)
  const token = await prisma.token.findUnique({ where: { idTag: card } })
  const session = await prisma.session.create({
    data: {
      depotId: DEPOT,
      portId: port,
      idTag: card,
      tokenId: token?.id,
      vehicleId: token?.vehicleId,
      driverId: token?.driverId,
      startKey: `${port}|${from}|${card}`,
      startedAt: new Date(start),
      receivedAt: new Date(start),
      meterStartWh: 1_000_000n,
      stoppedAt: until ? new Date(end) : null,
      meterStopWh: until ? BigInt(1_000_000 + wh) : null,
      currency: 'EUR',
    },
  })
  for (let at = start; at <= end; at = (at + everyMin * 60_000) as Instant)
    await makeReading({ prisma }, session.id, port, at, Math.round((wh * (at - start)) / Math.max(1, end - start)))
  return session.id
}

export const makeReading = (
  { prisma }: Pick<Database, 'prisma'>,
  sessionId: number,
  portId: string,
  at: Instant,
  wh: number,
  powerW: number | null = null,
) =>
  prisma.meterReading.create({
    data: {
      at: new Date(at),
      portId,
      sessionId,
      digest: `${at}`,
      receivedAt: new Date(at),
      energyWh: BigInt(1_000_000 + wh),
      powerW,
      context: 'periodic',
    },
  })
