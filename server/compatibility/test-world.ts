import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LineId } from '#lib/ocpp/compatibility16.ts'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { makeClock } from '../clock.ts'
import { readEnv } from '../env.ts'
import { compose } from '../gateway/compose.ts'
import { makeLog } from '../log.ts'
import { startEndpoint } from '../ocpp/endpoint.ts'
import { newChargerKey } from '../ocpp/key.ts'
import { until } from '../ocpp/test-depot.ts'
import { directFirst, directPlanner } from '../planning/planner.ts'
import { type Charger, type ChargerOptions, startCharger } from '../simulator/charger.ts'
import { makeVehicle, VAN } from '../simulator/vehicle.ts'
import { checksOf, findCheck, type StoredLine } from '../store/compatibility.ts'
import { openDatabase } from '../store/database.ts'
import { writeDepot } from '../store/depot.ts'
import { testDatabase } from '../tools/test-store.ts'

// A depot with one charger of two ports, the real gateway on a real port, and a simulated charger that lies as it is told to.
// A minute of depot time takes three seconds.

const START = instant('2026-11-23T20:00:00Z')
const SPEED = 20
const TAG = 'VAN1'

export type CheckWorld = Awaited<ReturnType<typeof checkWorld>>

/** To be closed by who opens it. @param capW what the grid connection carries */
export async function checkWorld({ capW = 60_000, charger: made = {} }: { capW?: number; charger?: Partial<ChargerOptions> } = {}) {
  const { url } = await testDatabase()
  const db = openDatabase(url, 8)
  const { key, keyHash } = newChargerKey()
  const start = START
  await writeDepot(db, rows(capW, keyHash), start)
  await db.prisma.port.create({ data: { ...PORT, id: 'p2', number: 2, bay: '2', chargerId: 'c1' } })
  const needs = { vehicleId: 'v1', departsAt: new Date(plus(start, hours(6))), plannedDepartsAt: new Date(plus(start, hours(6))) }
  await db.prisma.duty.create({
    data: {
      id: 'd1',
      ...needs,
      returnsAt: new Date(plus(start, hours(12))),
      distanceM: 1,
      energyWh: 60_000,
      source: 'test',
      changedAt: new Date(start),
    },
  })
  const clock = makeClock({ realMs: Date.now(), depotMs: start, speed: SPEED })
  const env = readEnv({
    DATABASE_URL: url,
    ROLE: 'gateway',
    HOST: '127.0.0.1',
    DATA_DIR: mkdtempSync(join(tmpdir(), 'yardwatt-check-')),
    LOG_LEVEL: 'fatal',
  })
  const log = makeLog('check', process.env.CHECK_LOG ?? 'fatal')
  const boot = async () => {
    const gateway = await compose({ env, clock, log, db, planner: directPlanner(), first: directFirst() })
    const endpoint = await startEndpoint(gateway, { port: 0, host: '127.0.0.1' })
    gateway.useLinks(endpoint.links)
    await gateway.start()
    return { gateway, endpoint }
  }
  const { gateway, endpoint } = await boot()
  const charger: Charger = startCharger({
    url: `ws://127.0.0.1:${endpoint.port}/ocpp`,
    identity: 'C1',
    password: key,
    ports: 2,
    clock,
    backoffMs: { min: 20, max: 100 },
    ...made,
  })
  async function close() {
    charger.close()
    await endpoint.close(500)
    await gateway.close()
    await db.close()
  }
  const prisma = db.prisma
  const port = (id: string) => prisma.port.findUniqueOrThrow({ where: { id } })
  /** Set up, and its fallbacks accepted. */
  async function ready() {
    charger.connect()
    await until(async () => (await prisma.charger.findUniqueOrThrow({ where: { id: 'c1' } })).commissionedAt ?? undefined, 15_000)
  }
  const confirmed = () => until(async () => (await prisma.port.count({ where: { fallbackConfirmedAt: null } })) === 0 || undefined, 15_000)
  /** A van of 19.2 kW at port 2, at what the plan gives it: more than the minimum. */
  async function charging() {
    const van = makeVehicle({ ...VAN, id: 'v1' }, { storedWh: 20_000, odometerM: 0 })
    charger.plug(van.load, 2)
    await charger.swipe(TAG, 2)
    await charger.waitFor(() => charger.powerW(2) > 5_000, 'the van to charge', 20_000)
    await until(
      async () => (await prisma.limitSent.count({ where: { portId: 'p2', kind: 'session', outcome: 'accepted' } })) || undefined,
      15_000,
    )
  }
  /** Runs a check to its end. */
  async function check(input: { mayRestart?: boolean; mayUseVehicle?: boolean } = {}) {
    const { id } = await begin(input)
    await gateway.checks.idle()
    const found = (await findCheck(prisma, id))!
    const line = (name: LineId): StoredLine => found.lines.find((each) => each.id === name)!
    return { ...found, line }
  }
  const begin = ({ mayRestart = false, mayUseVehicle = false }: { mayRestart?: boolean; mayUseVehicle?: boolean } = {}) =>
    gateway.checks.start(gateway, { depotId: 'north', chargerId: 'c1', actor: 'user:anna', mayRestart, mayUseVehicle })
  return {
    db,
    prisma,
    clock,
    gateway,
    endpoint,
    charger,
    port,
    ready,
    confirmed,
    charging,
    check,
    begin,
    close,
    latest: async () => (await checksOf(prisma, 'c1'))[0]!,
    model: () => prisma.chargerModel.findFirst(),
    quirks: async () => (await prisma.charger.findUniqueOrThrow({ where: { id: 'c1' } })).quirks as Record<string, unknown>,
    /** The highest default that ever left for a port. */
    highestW: async (portId: string) =>
      (await prisma.limitSent.aggregate({ where: { portId, kind: 'fallback' }, _max: { maxW: true } }))._max.maxW ?? 0,
    until,
  }
}

const PORT = { maxW: 19_200, minW: 1_440, phases: 1, volts: 240, wiring: 'L-L' }

const rows = (capW: number, keyHash: string) => ({
  depot: {
    id: 'north',
    name: 'North',
    zone: 'UTC',
    currency: 'USD',
    policy: 'readyFirst',
    fallbackPermille: 0,
    createdAt: new Date(START),
  },
  nodes: [
    {
      id: 'service',
      kind: 'service',
      name: 'Grid connection',
      volts: 240,
      wiring: 'L-L',
      phases: 3,
      limitIncludesContinuous: false,
      limitW: capW,
    },
  ],
  chargers: [
    {
      id: 'c1',
      nodeId: 'service',
      identity: 'C1',
      name: 'Charger 1',
      keyHash,
      maxW: 38_400,
      port: { ...PORT, id: 'p1', number: 1, bay: '1' },
    },
  ],
  vehicles: [
    {
      id: 'v1',
      name: 'Van 1',
      batteryWh: VAN.batteryWh,
      maxW: 19_200,
      phases: 1,
      efficiencyPermille: 920,
      whPerKm: 400,
      targetSocPct: 90,
      socPct: 25,
      socAt: new Date(START),
      homePortId: 'p1',
    },
  ],
  drivers: [],
  tokens: [{ id: 't1', idTag: TAG, kind: 'rfid', vehicleId: 'v1' }],
})
