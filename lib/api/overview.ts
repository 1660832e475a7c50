import { z } from 'zod'
import { operators } from '#lib/auth/role.ts'
import { nextAct, supplyView } from './board.ts'
import { contract } from './contract.ts'
import { kpiTile } from './kpi.ts'
import { depotClock, depotRef, mark, moment, money, slot } from './words.ts'

export const departure = z.object({
  vehicleId: z.string(),
  name: z.string(),
  departsAt: moment,
  mark,
  verdict: z.enum(['ready', 'onTrack', 'atRisk', 'late']),
})

export const risk = z.object({
  vehicleId: z.string(),
  name: z.string(),
  mark,
  departsAt: moment,
  cause: z.string(),
  /** `34 of 85 %` or `23 min late` */
  atDeparture: z.string(),
  actBefore: moment.nullable(),
  portId: z.string().nullable(),
  chargerId: z.string().nullable(),
  act: nextAct.nullable(),
})

export const alertView = z.object({
  key: z.string(),
  mark,
  /** Symptom first: `Van 09 will be 23 min late`. */
  what: z.string(),
  /** Cause below: `Port 09 not seen since 21:29`. */
  why: z.string(),
  since: moment,
  href: z.string().nullable(),
})
export type AlertView = z.infer<typeof alertView>

export const overviewView = z.object({
  depot: depotRef,
  clock: depotClock,
  departures: z.array(departure),
  risks: z.array(risk),
  supply: supplyView,
  /** Next 12 hours: cap, building, vehicles; and what was measured in the hours before. */
  power: z.object({
    slotMinutes: z.number().int(),
    cap: z.array(slot),
    base: z.array(slot),
    vehicles: z.array(slot),
    measuredUntil: moment,
  }),
  alerts: z.array(alertView),
  ports: z.object({ fine: z.number().int(), all: z.number().int() }),
  telematicsAgeS: z.number().int().nullable(),
  cost: z.object({
    today: money,
    todayKwh: z.number(),
    month: money,
    monthKwh: z.number(),
    /** Same span a week / a month before; null without history. */
    todayBefore: money.nullable(),
    monthBefore: money.nullable(),
    demand: money.nullable(),
    /** Of the energy that has a price. */
    perKwhMicro: z.number().int().nullable(),
    /** Of the month. */
    unpricedKwh: z.number(),
    /** Is a tariff in force? */
    hasTariff: z.boolean(),
    estimated: z.boolean(),
  }),
  kpis: z.array(kpiTile),
  history: z.object({ done: z.number(), of: z.number() }).nullable(),
})
export type OverviewView = z.infer<typeof overviewView>

export const getOverview = contract({
  method: 'GET',
  path: '/api/depots/:depot/overview',
  roles: operators,
  summary: 'The five questions: on time, under the cap, broken, cost, key figures.',
  params: z.object({ depot: z.string() }),
  output: overviewView,
})
