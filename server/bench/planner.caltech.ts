import { plan } from '#lib/planning/plan.ts'
import { checkPlan } from '../judge/check-plan.ts'
import { mostDeliverableWh } from '../judge/max-flow.ts'
import { type Policy, planBy } from '../judge/policies.ts'
import type { Question } from '../judge/question.ts'
import { caltechSessions, MARCH_FIRST } from '../judge/real-data.ts'
import { live } from './month.replay.ts'
import { caltech } from './month.worlds.ts'

const SLOTS = 15 * 288
/** 32 A between two lines of 208 V, what the stations of Caltech give at most. */
const STATION_W = 6_656

/** All sessions of the half-month at their stations under one cap, 5-minute slots. */
const caltechQuestion = (capW: number, from = 0, slots = SLOTS): Question => {
  const start = MARCH_FIRST + from * 300_000
  const end = start + slots * 300_000
  const sessions = caltechSessions().filter(({ arrives, departs }) => departs > start && arrives < end)
  const stations = [...new Set(sessions.map(({ station }) => station))]
  return {
    now: start,
    slotMinutes: 5,
    slots,
    nodes: [{ id: 'caltech', limitW: new Array<number>(slots).fill(capW), volts: 208, wiring: 'L-L' }],
    ports: stations.map((id) => ({
      id,
      node: 'caltech',
      maxW: STATION_W,
      minW: 1_248,
      stepMa: 1000,
      phases: ['l1', 'l2'],
      maxPeriods: SLOTS,
      reservedW: [],
    })),
    needs: sessions.map(({ arrives, departs, station, energyWh }, i) => ({
      id: `s${i}`,
      port: station,
      arrives,
      departs,
      energyWh,
      maxW: STATION_W,
      phases: 1,
      efficiency: 1,
      priority: 0,
      mayPause: true,
    })),
    prices: { microPerKwh: new Array<number>(slots).fill(0), demand: [] },
    policy: 'cheapest',
  }
}

/** Published for the whole of March 2019 at Caltech (ACN-Sim): delivered % under one cap. */
const PUBLISHED: Partial<Record<Policy, [number, number, number]>> = {
  roundRobin: [80.8, 92.9, 97.6],
  edf: [86.3, 98.2, 99.7],
  llf: [87.6, 99.0, 99.9],
}

/** Delivered % of the half-month at 20, 30 and 40 kW by each policy and at the most, beside what was published for the month. */
export const caltechDelivered = (): Record<string, string | number>[] => {
  const caps = [20, 30, 40]
  const wanted = caltechSessions().reduce((sum, { energyWh }) => sum + energyWh, 0)
  const percent = (wh: number) => Math.round((wh / wanted) * 1000) / 10
  const rows = (['equalShare', 'roundRobin', 'edf', 'llf'] as const).map((policy) => {
    const delivered = caps.map((kw) => {
      const q = caltechQuestion(kw * 1000)
      const { vehicles } = checkPlan(q, planBy(q, policy))
      return percent(vehicles.reduce((sum, { deliveredWh }, i) => sum + Math.min(deliveredWh, q.needs[i]!.energyWh), 0))
    })
    return {
      policy,
      '20 kW': delivered[0]!,
      '30 kW': delivered[1]!,
      '40 kW': delivered[2]!,
      'published, whole month': PUBLISHED[policy]?.join(' / ') ?? '',
    }
  })
  // asked at every arrival and departure, with what is known then
  const ours = caps.map((kw) => {
    const world = { ...caltech(), node: { limitW: kw * 1000, volts: 208, wiring: 'L-L' as const }, microPerKw: 0 }
    const { deliveredWh } = live(world, (input) => plan({ ...input, policy: 'readyFirst' }), { keeps: true })
    return percent(deliveredWh)
  })
  const most = caps.map((kw) => percent(mostDeliverableWh(caltechQuestion(kw * 1000))))
  return [
    ...rows,
    { policy: 'ours, online', '20 kW': ours[0]!, '30 kW': ours[1]!, '40 kW': ours[2]!, 'published, whole month': '' },
    { policy: 'offline optimum', '20 kW': most[0]!, '30 kW': most[1]!, '40 kW': most[2]!, 'published, whole month': '' },
  ]
}
