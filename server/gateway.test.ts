import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { LiveEvent } from '#lib/live/event.ts'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { makeClock } from './clock.ts'
import { readEnv } from './env.ts'
import { startGateway } from './gateway.ts'
import { askGateway } from './http/ask-gateway.ts'
import { openLink } from './link/open.ts'
import { makeLog } from './log.ts'
import { newChargerKey } from './ocpp/key.ts'
import { type Charger, startCharger } from './simulator/charger.ts'
import { makeVehicle } from './simulator/vehicle.ts'
import { openDatabase } from './store/database.ts'
import { freePort } from './tools/free-port.ts'
import { testDatabase } from './tools/test-store.ts'

// The whole gateway: real PostgreSQL, real sockets, simulated chargers, depot time 20 times as fast.

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function depot() {
  const ocppPort = await freePort()
  const { url } = await testDatabase()
  const speed = 20
  const start = instant('2026-11-23T20:00:00Z')
  const setting = { realMs: Date.now(), depotMs: start, speed }
  const clock = makeClock(setting)
  const env = readEnv({
    DATABASE_URL: url,
    ROLE: 'gateway',
    HOST: '127.0.0.1',
    DATA_DIR: mkdtempSync(join(tmpdir(), 'yardwatt-gateway-')),
    OCPP_PORT: String(ocppPort),
    LOG_LEVEL: 'error',
    YARDWATT_CLOCK: `${setting.realMs}:${setting.depotMs}:${speed}`,
  })
  const db = openDatabase(url, 4)
  closing.push(() => db.close())
  const p = db.prisma
  const createdAt = new Date(start)
  await p.depot.create({
    data: { id: 'north', name: 'North', zone: 'UTC', currency: 'USD', policy: 'cheapest', fallbackPermille: 0, createdAt },
  })
  await p.siteNode.create({
    data: {
      id: 'service',
      depotId: 'north',
      kind: 'service',
      name: 'Grid connection',
      volts: 240,
      wiring: 'L-L',
      phases: 3,
      limitW: 20_000,
    },
  })
  await p.tariff.create({
    data: {
      id: 't',
      depotId: 'north',
      name: 'Night',
      currency: 'USD',
      source: 'test',
      validFrom: new Date(0),
      windows: {
        create: [
          {
            id: 'w1',
            name: 'night',
            seasonFrom: '01-01',
            seasonUntil: '12-31',
            weekdays: [1, 2, 3, 4, 5, 6, 7],
            startMinute: 0,
            endMinute: 480,
            priceMicroPerKwh: 100_000n,
          },
          {
            id: 'w2',
            name: 'day',
            seasonFrom: '01-01',
            seasonUntil: '12-31',
            weekdays: [1, 2, 3, 4, 5, 6, 7],
            startMinute: 480,
            endMinute: 1440,
            priceMicroPerKwh: 400_000n,
          },
        ],
      },
    },
  })
  const key = newChargerKey()
  await p.charger.create({
    data: {
      id: 'c1',
      depotId: 'north',
      nodeId: 'service',
      identity: 'C1',
      name: 'Charger 1',
      keyHash: key.keyHash,
      maxW: 19_200,
      createdAt,
    },
  })
  await p.port.create({
    data: { id: 'p1', chargerId: 'c1', number: 1, bay: '01', maxW: 19_200, minW: 1_440, phases: 1, volts: 240, wiring: 'L-L' },
  })
  await p.vehicle.create({
    data: {
      id: 'v1',
      depotId: 'north',
      name: 'Van 01',
      batteryWh: 80_000,
      maxW: 19_200,
      phases: 1,
      efficiencyPermille: 920,
      whPerKm: 400,
      socPct: 40,
      socAt: createdAt,
      homePortId: 'p1',
    },
  })
  await p.token.create({ data: { id: 'tok', depotId: 'north', idTag: 'VAN1', kind: 'rfid', vehicleId: 'v1' } })
  const departsAt = plus(start, hours(10))
  await p.duty.create({
    data: {
      id: 'd1',
      vehicleId: 'v1',
      departsAt: new Date(departsAt),
      plannedDepartsAt: new Date(departsAt),
      returnsAt: new Date(plus(departsAt, hours(9))),
      distanceM: 60_000,
      energyWh: 60_000,
      source: 'test',
      changedAt: createdAt,
    },
  })
  const run = async () => {
    const gateway = await startGateway(env)
    let open = true
    const close = async () => {
      if (open) await gateway.close()
      open = false
    }
    closing.push(close)
    return { ...gateway, close }
  }
  const log = makeLog('test', 'error')
  const link = openLink({ env, log })
  closing.push(() => link.close())
  const plugIn = async (): Promise<Charger> => {
    const charger = startCharger({
      url: `ws://127.0.0.1:${ocppPort}/ocpp`,
      identity: 'C1',
      password: key.key,
      clock,
      backoffMs: { min: 50, max: 200 },
    })
    closing.push(() => charger.close())
    charger.connect()
    await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
    const van = makeVehicle(
      { id: 'v1', batteryWh: 80_000, maxPowerW: 19_200, phases: 1, efficiency: 0.92, taperFrom: 0.85, taperEnd: 0.15 },
      { storedWh: 32_000, odometerM: 0 },
    )
    charger.plug(van.load)
    await charger.swipe('VAN1')
    await charger.waitFor(() => charger.transaction()?.transactionId, 'the transaction')
    return charger
  }
  const web = { gateway: { call: link.call } }
  return { db, clock, run, plugIn, link, web }
}

test('a van plugs in, the plan holds it for the night price, dispatch moves its departure, the charger speeds up', {
  timeout: 120_000,
}, async () => {
  const { db, clock, run, plugIn, link, web } = await depot()
  await run()
  const heard: LiveEvent[] = []
  link.feed.subscribe((event) => heard.push(event))
  // as a browser does that looks at the depot: views that nobody looks at are not made
  await link.feed.watch!('north')
  const charger = await plugIn()
  await charger.waitFor(() => charger.limitW() === 0, 'the plan to hold it')
  await charger.waitFor(() => charger.receivedCalls('SetChargingProfile').length >= 2, 'the plan itself')

  const { commandId } = await askGateway(web, 'departure', {
    depotId: 'north',
    vehicleId: 'v1',
    departsAt: plus(clock.now(), hours(2)),
    actor: 'key:dispatch',
    source: 'api',
    t1: clock.real(),
  })
  await charger.waitFor(() => charger.powerW() > 10_000, 'the charger to speed up', 40_000)
  const row = await vi.waitFor(
    async () => {
      const command = await db.prisma.command.findUniqueOrThrow({ where: { id: commandId } })
      expect(command.state).toBe('seen')
      return command
    },
    { timeout: 20_000, interval: 50 },
  )
  const stamps = [row.t0, row.t1, row.t2, row.t3, row.t4, row.t5, row.t6].map((at) => at!.getTime())
  expect(stamps).toEqual(stamps.toSorted((a, b) => a - b))
  // told at once or within the second in which viewers were told before
  await vi.waitFor(() => expect(heard.some((event) => event.kind === 'port' && event.port.session !== null)).toBe(true), { timeout: 5_000 })
  expect(heard.some((event) => event.kind === 'changed' && event.what === 'plan')).toBe(true)
})

test('stop all survives a restart of the gateway: whoever starts is held at zero and stopped, until it is lifted', async () => {
  const { db, run, plugIn, web } = await depot()
  const first = await run()
  const charger = await plugIn()
  const stopped = await askGateway(web, 'stopAll', { depotId: 'north', stop: true, actor: 'user:1' })
  expect(stopped).toMatchObject({ reached: 1, unreached: [] })
  await charger.waitFor(() => charger.transaction() === undefined, 'the end of the session')
  await first.close()
  await run()
  await charger.waitFor(() => charger.isConnected() && charger.registration() === 'Accepted', 'the reconnect')
  const sessions = () => db.prisma.session.findMany({ orderBy: { id: 'asc' } })
  charger.unplug()
  charger.plug(
    makeVehicle(
      { id: 'v1', batteryWh: 80_000, maxPowerW: 19_200, phases: 1, efficiency: 0.92, taperFrom: 0.85, taperEnd: 0.15 },
      { storedWh: 32_000, odometerM: 0 },
    ).load,
  )
  await charger.swipe('VAN1')
  await vi.waitFor(async () => expect((await sessions()).map(({ stoppedAt }) => stoppedAt !== null)).toEqual([true, true]), {
    timeout: 15_000,
  })
  expect(charger.powerW()).toBe(0)
  expect((await askGateway(web, 'stopAll', { depotId: 'north', stop: false, actor: 'user:1' })).stoppedAt).toBeNull()
})
