import { hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import type { Database } from '#server/store/database.ts'
import type { Prisma } from '#server/store/generated/client.ts'

/**
 * A depot in Berlin with one charger and one van a bay, under 80 kW, with a building, two tariff windows and a duty a van.
 * All is online and free; tests change the rows they are about. Ids: `charger-1`, `port-1`, `van-1`, `tag` `YW1` …
 */
export async function smallDepot(db: Database, now: Instant, { bays = 4, id = 'north', first = 1 } = {}): Promise<void> {
  const at = (ms: number) => new Date(plus(now, ms))
  const numbers = Array.from({ length: bays }, (_, i) => first + i)
  const { prisma } = db
  await prisma.depot.create({ data: { id, name: 'Depot North', zone: 'Europe/Berlin', currency: 'EUR', createdAt: at(-hours(24)) } })
  await prisma.siteNode.create({
    data: {
      id: `${id}-service`,
      depotId: id,
      kind: 'service',
      name: 'service connection',
      volts: 400,
      wiring: 'L-N',
      phases: 3,
      limitW: 80_000,
    },
  })
  await prisma.baseLoad.createMany({
    data: Array.from({ length: 48 }, (_, i) => ({
      nodeId: `${id}-service`,
      startsAt: at(-hours(12) + i * minutes(30) - minutes(17)),
      minutes: 30,
      forecastW: 10_000,
      upperW: 12_000,
      measuredW: i < 25 ? 10_400 : null,
    })),
  })
  await prisma.charger.createMany({
    data: numbers.map((n) => ({
      id: `charger-${n}`,
      depotId: id,
      nodeId: `${id}-service`,
      identity: `CP-${n}`,
      name: `Charger ${n}`,
      maxW: 19_200,
      connectedAt: at(-hours(5)),
      seenAt: at(-1000),
      commissionedAt: at(-hours(5)),
      createdAt: at(-hours(24)),
    })),
  })
  await prisma.port.createMany({
    data: numbers.map((n) => ({
      id: `port-${n}`,
      chargerId: `charger-${n}`,
      number: 1,
      bay: String(n).padStart(2, '0'),
      maxW: 19_200,
      minW: 1440,
      phases: 1,
      volts: 240,
      wiring: 'L-L',
      status: 'free',
      fallbackW: 0,
      fallbackConfirmedAt: at(-hours(5)),
    })),
  })
  await prisma.vehicle.createMany({
    data: numbers.map((n) => ({
      id: `van-${n}`,
      depotId: id,
      name: `Van ${String(n).padStart(2, '0')}`,
      batteryWh: 100_000,
      maxW: 19_200,
      phases: 1,
      whPerKm: 435,
      targetSocPct: 90,
      socPct: 50,
      socAt: at(-minutes(1)),
      socReceivedAt: at(-minutes(1)),
      socSource: 'telematics',
      homePortId: `port-${n}`,
    })),
  })
  await prisma.duty.createMany({
    data: numbers.map((n) => ({
      id: `duty-${n}`,
      vehicleId: `van-${n}`,
      departsAt: at(hours(7) + n * minutes(15)),
      returnsAt: at(hours(16)),
      plannedDepartsAt: at(hours(7)),
      distanceM: 120_000,
      energyWh: 80_000,
      source: 'test',
      changedAt: at(-hours(10)),
    })),
  })
  await prisma.tariff.create({
    data: {
      id: `${id}-tariff`,
      depotId: id,
      name: 'Day and night',
      currency: 'EUR',
      source: 'test',
      validFrom: at(-hours(24 * 60)),
      windows: {
        create: [
          window(`${id}-day`, 'day', 6 * 60, 22 * 60, 312_000n),
          window(`${id}-early`, 'night', 0, 6 * 60, 198_000n),
          window(`${id}-late`, 'night', 22 * 60, 1440, 198_000n),
        ],
      },
    },
  })
}

const window = (id: string, name: string, startMinute: number, endMinute: number, priceMicroPerKwh: bigint) => ({
  id,
  name,
  seasonFrom: '01-01',
  seasonUntil: '12-31',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  startMinute,
  endMinute,
  priceMicroPerKwh,
})

/** Van `n` charges at its port at `powerW`, allowed by an accepted limit. @returns the session's id */
export async function charging(db: Database, now: Instant, n: number, powerW: number, limitW = powerW): Promise<number> {
  const at = (ms: number) => new Date(plus(now, ms))
  const startedAt = at(-minutes(40))
  const session: Prisma.SessionUncheckedCreateInput = {
    depotId: 'north',
    portId: `port-${n}`,
    idTag: `YW${n}`,
    vehicleId: `van-${n}`,
    startKey: `test-${n}`,
    startedAt,
    receivedAt: startedAt,
    meterStartWh: 1000n,
    lastMeterWh: 8000n,
    lastMeterAt: at(-5000),
    energyWh: 7000n,
    costMinor: 218n,
    currency: 'EUR',
  }
  const { id } = await db.prisma.session.create({ data: session })
  await db.prisma.port.update({
    where: { id: `port-${n}` },
    data: { status: 'charging', powerW, powerAt: at(-5000), pluggedAt: startedAt },
  })
  const curve = [
    { from: plus(now, -minutes(40)), limitW },
    { from: plus(now, minutes(30)), limitW: 19_200 },
  ]
  await db.prisma.limitWanted.create({ data: { portId: `port-${n}`, curve, wantedAt: at(-minutes(1)) } })
  await db.prisma.limitSent.create({
    data: {
      portId: `port-${n}`,
      kind: 'session',
      sessionId: id,
      curve,
      maxW: 19_200,
      sentAt: at(-30_000),
      outcome: 'accepted',
      answeredAt: at(-29_000),
      countsAt: at(-19_000),
    },
  })
  return id
}
