import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hours, type Instant, instant, plus } from '#lib/time/instant.ts'
import type { Clock } from '../clock.ts'
import { readEnv } from '../env.ts'
import { type Composed, compose } from '../gateway/compose.ts'
import { makeLog } from '../log.ts'
import { type Endpoint, startEndpoint } from '../ocpp/endpoint.ts'
import { newChargerKey } from '../ocpp/key.ts'
import { firstThread, threadPlanner } from '../planning/planner.ts'
import { type Depot, startDepot } from '../simulator/depot.ts'
import { type JudgedNode, portId as judgedPort } from '../simulator/judge.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { writeAhead, writeDepot } from '../store/depot.ts'

// A depot for a night: 14 ports of 19.2 kW, its vans, the real gateway on a real port, and the simulated chargers that connect to it.

/** One van and its port: comes home, plugs in, leaves. Energies at the battery, Wh. */
export type NightVan = { n: number; homeAt: Instant; leavesAt: Instant; hasWh: number; needsWh: number }

export type NightPlan = {
  clock: Clock
  start: Instant
  end: Instant
  vans: NightVan[]
  /** What the connection carries, W. */
  capW: number
  /** What panel B (ports 8 … 14) carries, W. */
  panelBW?: number
  /** Upper bound of the building's load that is known ahead; none: there is no building. */
  buildingUpperW?: number
  /** What the building really draws. */
  buildingW?: (at: Instant) => number
  databaseUrl: string
}

export type Night = {
  db: Database
  depot: Depot
  gateway: Composed
  endpoint: Endpoint
  /** The site meter tells the building's power. */
  meter(at: Instant, powerW: number): Promise<void>
  close(): Promise<void>
}

export const BATTERY_WH = 80_000
const EFFICIENCY = 0.92
const two = (n: number) => String(n).padStart(2, '0')
export const chargerOf = (n: number) => `charger-${two(n)}`
export const portOf = (n: number) => `port-${two(n)}`
export const identityOf = (n: number) => `N${two(n)}`
export const vanOf = (n: number) => `van-${two(n)}`
const tagOf = (n: number) => `NIGHT${two(n)}`

/** Nodes with a limit, and the ports under each: the scenario's own list, for judges that read nothing of the gateway. */
export const nightNodes = ({ vans, capW, panelBW }: Pick<NightPlan, 'vans' | 'capW' | 'panelBW'>) => [
  { id: 'service', capW, ports: vans.map(({ n }) => n) },
  { id: 'panel-a', capW: Math.floor(160 * 240 * Math.sqrt(3)), ports: vans.filter(({ n }) => n <= 7).map(({ n }) => n) },
  { id: 'panel-b', capW: panelBW ?? Math.floor(160 * 240 * Math.sqrt(3)), ports: vans.filter(({ n }) => n > 7).map(({ n }) => n) },
]

/** Writes the depot, starts the gateway and the chargers; vans come home by the clock. */
export async function startNight(plan: NightPlan): Promise<Night> {
  const { clock, start, end } = plan
  const db = openDatabase(plan.databaseUrl, 16)
  const keys = new Map(plan.vans.map(({ n }) => [n, newChargerKey()]))
  await writeDepot(db, depotRows(plan, keys), start)
  await writeTariff(db)
  await writeAhead(db, {
    duties: plan.vans.flatMap((van) => dutyRows(van, start)),
    baseLoad: plan.buildingUpperW === undefined ? [] : baseLoadRows(plan.buildingUpperW, start, end),
  })
  const env = readEnv({
    DATABASE_URL: plan.databaseUrl,
    ROLE: 'gateway',
    HOST: '127.0.0.1',
    DATA_DIR: mkdtempSync(join(tmpdir(), 'yardwatt-night-')),
    LOG_LEVEL: 'error',
  })
  const log = makeLog('night', process.env.NIGHT_LOG ?? 'error')
  const planner = threadPlanner()
  const first = firstThread()
  const gateway = await compose({ env, clock, log, db, planner, first })
  const endpoint = await startEndpoint(gateway, { port: 0, host: '127.0.0.1' })
  gateway.useLinks(endpoint.links)
  await gateway.start()
  const depot = startDepot({
    url: `ws://127.0.0.1:${endpoint.port}/ocpp`,
    clock,
    seed: 20261123,
    chargers: plan.vans.map(({ n }) => ({
      identity: identityOf(n),
      password: keys.get(n)!.key,
      registerWh: 1_000_000,
      model: { tellsSoc: true },
    })),
    vehicles: plan.vans.map(({ n, hasWh }) => ({
      id: vanOf(n),
      tag: tagOf(n),
      batteryWh: BATTERY_WH,
      maxPowerW: 19_200,
      phases: 1 as const,
      efficiency: EFFICIENCY,
      taperFrom: 0.85,
      taperEnd: 0.15,
      // the last drive takes 10 kWh
      soc: (hasWh + LAST_DRIVE_WH) / BATTERY_WH,
      home: { charger: identityOf(n), port: 1 },
    })),
    trips: plan.vans.flatMap(({ n, homeAt, leavesAt }) => [
      { vehicleId: vanOf(n), leavesAt: plus(start, -hours(8)), returnsAt: homeAt, energyWh: LAST_DRIVE_WH, distanceM: 25_000 },
      { vehicleId: vanOf(n), leavesAt, returnsAt: plus(leavesAt, hours(9)), energyWh: LAST_DRIVE_WH, distanceM: 25_000 },
    ]),
    habits: { latePlugShare: 0 },
    nodes: judgedNodes(plan),
    network: { backoffMs: { min: 20, max: 100 }, keepFrames: 5_000 },
  })
  return {
    db,
    depot,
    gateway,
    endpoint,
    async meter(at, powerW) {
      const startsAt = new Date(Math.floor(at / hours(1)) * hours(1))
      await db.prisma.baseLoad.updateMany({ where: { nodeId: 'service', startsAt }, data: { measuredW: Math.round(powerW) } })
    },
    async close() {
      depot.close()
      await endpoint.close(500)
      await gateway.close()
      await Promise.all([planner.close(), first.close()])
      await db.close()
    },
  }
}

const LAST_DRIVE_WH = 10_000

const judgedNodes = (plan: NightPlan): JudgedNode[] =>
  nightNodes(plan).map(({ id, capW, ports }) => ({
    id,
    capW,
    ports: ports.map((n) => judgedPort(identityOf(n), 1)),
    ...(id === 'service' && plan.buildingW ? { baseLoadW: plan.buildingW } : {}),
  }))

function depotRows({ vans, capW, panelBW, start }: NightPlan, keys: Map<number, { keyHash: string }>) {
  const shared = { volts: 240, wiring: 'L-L', phases: 3, limitIncludesContinuous: false }
  const panel = (id: string, name: string, limitW: number | null) => ({
    ...shared,
    id,
    parentId: 'service',
    kind: 'panel',
    name,
    breakerMa: 200_000,
    limitW,
  })
  return {
    depot: { id: 'north', name: 'North', zone: 'UTC', currency: 'USD', policy: 'cheapest', createdAt: new Date(start) },
    nodes: [
      { ...shared, id: 'service', kind: 'service', name: 'Grid connection', limitW: capW },
      panel('panel-a', 'Panel A', null),
      panel('panel-b', 'Panel B', panelBW ?? null),
    ],
    chargers: vans.map(({ n }) => ({
      id: chargerOf(n),
      nodeId: n <= 7 ? 'panel-a' : 'panel-b',
      identity: identityOf(n),
      name: `Charger ${two(n)}`,
      keyHash: keys.get(n)!.keyHash,
      maxW: 19_200,
      port: { id: portOf(n), number: 1, bay: two(n), maxW: 19_200, minW: 1_440, phases: 1, volts: 240, wiring: 'L-L' },
    })),
    vehicles: vans.map(({ n, hasWh }) => ({
      id: vanOf(n),
      name: `Van ${two(n)}`,
      batteryWh: BATTERY_WH,
      maxW: 19_200,
      phases: 1,
      efficiencyPermille: EFFICIENCY * 1000,
      whPerKm: 400,
      targetSocPct: 90,
      socPct: ((hasWh + LAST_DRIVE_WH) / BATTERY_WH) * 100,
      socAt: new Date(plus(start, -hours(9))),
      homePortId: portOf(n),
    })),
    drivers: [],
    tokens: vans.map(({ n }) => ({ id: `token-${two(n)}`, idTag: tagOf(n), kind: 'rfid', vehicleId: vanOf(n) })),
  }
}

/** The drive that it comes home from, and the one that it leaves for. */
const dutyRows = ({ n, homeAt, leavesAt, hasWh, needsWh }: NightVan, start: Instant) => {
  const duty = (id: string, departsAt: Instant, returnsAt: Instant, energyWh: number) => ({
    id: `${id}-${n}`,
    vehicleId: vanOf(n),
    departsAt: new Date(departsAt),
    plannedDepartsAt: new Date(departsAt),
    returnsAt: new Date(returnsAt),
    distanceM: 25_000,
    energyWh,
    source: 'night',
    changedAt: new Date(start),
  })
  return [
    duty('last', plus(start, -hours(8)), homeAt, LAST_DRIVE_WH),
    duty('next', leavesAt, plus(leavesAt, hours(9)), Math.round(hasWh + needsWh)),
  ]
}

const baseLoadRows = (upperW: number, start: Instant, end: Instant) => {
  const first = (Math.floor(start / hours(1)) * hours(1)) as Instant
  const many = Math.ceil((end - first) / hours(1)) + 30
  return Array.from({ length: many }, (_, index) => ({
    nodeId: 'service',
    startsAt: new Date(plus(first, hours(index))),
    minutes: 60,
    forecastW: Math.round(upperW * 0.9),
    upperW,
  }))
}

/** Dear in the early evening, cheap after it: everybody wants the same hours. */
async function writeTariff({ prisma }: Database): Promise<void> {
  const window = (id: string, startMinute: number, endMinute: number, priceMicroPerKwh: bigint) => ({
    id,
    name: id,
    seasonFrom: '01-01',
    seasonUntil: '12-31',
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    startMinute,
    endMinute,
    priceMicroPerKwh,
  })
  await prisma.tariff.create({
    data: {
      id: 'night-tariff',
      depotId: 'north',
      name: 'Night',
      currency: 'USD',
      source: 'night test',
      validFrom: new Date(0),
      windows: {
        create: [window('day', 0, 960, 120_000n), window('dear', 960, 1045, 490_000n), window('late', 1045, 1440, 120_000n)],
      },
    },
  })
}

export const atTime = (text: string): Instant => instant(`2026-11-23T${text.length === 5 ? `${text}:00` : text}Z`)
