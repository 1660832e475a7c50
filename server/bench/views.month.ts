import { hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import { addDays, dayInterval, localDay } from '#lib/time/zone.ts'
import { priceSession } from '../billing/price-session.ts'
import { smallDepot } from '../live/test-depot.ts'
import type { Database } from '../store/database.ts'

export const ZONE = 'Europe/Berlin'
const VANS = 14
const NIGHTS = 30
const READINGS = 60
const NIGHT_MS = hours(10)
const COMMANDS_A_DAY = 40

/** The depot `month`: 14 vans that charged on each of the last 30 nights, 60 readings each, priced; requests, duties, commands, building load. */
export async function monthOfNights(db: Database, now: Instant): Promise<void> {
  await smallDepot(db, now, { id: 'month', bays: VANS })
  const { prisma, pool } = db
  const nights = Array.from({ length: NIGHTS }, (_, i) =>
    plus(dayInterval(addDays(localDay(now, ZONE), -NIGHTS + i), ZONE).from, hours(18)),
  )
  await pool.query('UPDATE tariff_window SET demand_micro_per_kw = 9000000')
  await pool.query('UPDATE tariff SET valid_from = $1', [new Date(plus(now, -hours(24 * 90)))])
  const slots = (NIGHTS + 1) * 96
  const quarter = Math.floor(now / minutes(15)) * minutes(15)
  await prisma.baseLoad.deleteMany({})
  await prisma.baseLoad.createMany({
    data: Array.from({ length: slots }, (_, i) => ({
      nodeId: 'month-service',
      startsAt: new Date(quarter - (slots - 96 - i) * minutes(15)),
      minutes: 15,
      forecastW: 10_000,
      upperW: 12_000,
      measuredW: 9_000 + (i % 96) * 40,
    })),
  })
  let id = 0
  const sessions = nights.flatMap((night) =>
    Array.from({ length: VANS }, (_, v) => ({ id: ++id, van: v + 1, startedAt: plus(night, minutes(v * 7)), wh: 40_000 + 1000 * v })),
  )
  await prisma.session.createMany({
    data: sessions.map(({ id: sessionId, van, startedAt, wh }) => ({
      id: sessionId,
      depotId: 'month',
      portId: `port-${van}`,
      idTag: `YW${van}`,
      vehicleId: `van-${van}`,
      startKey: `key-${sessionId}`,
      startedAt: new Date(startedAt),
      receivedAt: new Date(startedAt),
      meterStartWh: 1_000_000n,
      stoppedAt: new Date(plus(startedAt, NIGHT_MS)),
      meterStopWh: BigInt(1_000_000 + wh),
      currency: 'EUR',
    })),
  })
  // in one statement of PostgreSQL's own: prisma takes a minute for as many rows
  await pool.query(
    `INSERT INTO meter_reading (at, port_id, digest, received_at, session_id, energy_wh, power_w, current_ma, voltage_mv, context, flags)
     SELECT at, port_id, i::text, at, id, meter_start_wh + (meter_stop_wh - meter_start_wh) * i / $1, 5000, '{}', '{}', 'periodic', '{}'
     FROM session, generate_series(1, $1::int) i, LATERAL (SELECT started_at + (stopped_at - started_at) * i / $1::int AS at) a WHERE depot_id = 'month'`,
    [READINGS],
  )
  for (const session of sessions) await priceSession(prisma, session.id)
  await prisma.chargeRequest.createMany({
    data: sessions.map(({ id: sessionId, van, startedAt }) => ({
      id: `request-${sessionId}`,
      depotId: 'month',
      visitId: `request-${sessionId}`,
      source: 'plug_in',
      portId: `port-${van}`,
      vehicleId: `van-${van}`,
      sessionId,
      requestedAt: new Date(startedAt),
      pluggedAt: new Date(startedAt),
      askedAt: new Date(startedAt),
      acceptedAt: new Date(plus(startedAt, 2000)),
      poweredAt: new Date(plus(startedAt, 30_000)),
      endedAt: new Date(plus(startedAt, NIGHT_MS)),
      outcome: 'STARTED_IN_SLA',
      evidence: [{ at: startedAt, kind: 'plugged', text: 'Plugged in' }],
    })),
  })
  await prisma.duty.createMany({
    data: sessions.map(({ id: sessionId, van, startedAt }) => ({
      id: `past-${sessionId}`,
      vehicleId: `van-${van}`,
      departsAt: new Date(plus(startedAt, hours(12))),
      returnsAt: new Date(plus(startedAt, hours(22))),
      plannedDepartsAt: new Date(plus(startedAt, hours(12))),
      distanceM: 90_000,
      energyWh: 40_000,
      source: 'bench',
      changedAt: new Date(startedAt),
      outcome: 'ready',
    })),
  })
  await prisma.command.createMany({
    data: nights.flatMap((night, day) =>
      Array.from({ length: COMMANDS_A_DAY }, (_, i) => {
        const t = (ms: number) => new Date(plus(night, i * minutes(11) + ms))
        const stamps = { t0: t(0), t1: t(20), t2: t(30), t3: t(80), t4: t(90), t5: t(400), t6: t(3000) }
        const input = { departsAt: night }
        return {
          id: `c-${day}-${i}`,
          depotId: 'month',
          kind: 'departure',
          input,
          source: 'api',
          actor: 'key:x',
          at: t(0),
          state: 'seen',
          ...stamps,
        }
      }),
    ),
  })
}

/** The depot `big`: 200 ports. */
export const bigDepot = (db: Database, now: Instant): Promise<void> => smallDepot(db, now, { id: 'big', bays: 200, first: VANS + 1 })
