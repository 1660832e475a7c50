import type { KpiTile } from '#lib/api/kpi.ts'
import { QUARTER } from '#lib/energy/quarter-hours.ts'
import { type Tariff, windowsBetween } from '#lib/energy/tariff.ts'
import { limitText, powerText } from '#lib/format/energy.ts'
import { counted, decimal, percent } from '#lib/format/number.ts'
import { momentText } from '#lib/format/time.ts'
import { avoidedPeakW, depotThroughput, type Throughput, throughputOf } from '#lib/kpi/throughput.ts'
import { firmLimitW, ratingOf } from '#lib/planning/firm-limit.ts'
import { hours, type Instant, type Interval } from '#lib/time/instant.ts'
import { localParts, type Zone } from '#lib/time/zone.ts'
import { type Watts, watts } from '#lib/units/units.ts'
import { basePower15, quarterHours, sumOf } from '../energy/quarter-hours.ts'
import type { Ctx } from '../runtime.ts'
import { departuresBetween } from '../store/kpi-figures.ts'
import { nodesOfDepot, portsOfDepot } from '../store/quarter-hours.ts'
import { tariffInForce } from '../store/tariff.ts'
import { daysOf } from './window.ts'

/** Share of departures that must have been ready for the figure to stand, percent. */
const READINESS_TARGET = 99

export type ServiceFigures = { id: string; name: string; firmW: Watts; portsW: Watts; use: Throughput; quarterWh: number[] }
export type Figures = {
  from: Instant
  count: number
  sessions: number
  services: ServiceFigures[]
  unmappedPorts: number
  baseEstimated: boolean
  baseKnown: boolean
}

/** KPI 2 of each service connection over a period; quarter hours of the clock from the hour that it begins in. */
export async function throughputIn(ctx: Pick<Ctx, 'db'>, depotId: string, zone: Zone, period: Interval): Promise<Figures> {
  const from = hourOf(period.from, zone)
  const [energy, nodes, ports, tariff] = await Promise.all([
    quarterHours(ctx, depotId, from, period.until),
    nodesOfDepot(ctx.db.prisma, depotId),
    portsOfDepot(ctx.db.prisma, depotId),
    tariffInForce(ctx.db.prisma, depotId, period.until),
  ])
  const { count } = energy
  const services: ServiceFigures[] = []
  const mapped = new Set<string>()
  let baseEstimated = false
  let baseKnown = false
  for (const service of nodes.filter(({ kind }) => kind === 'service')) {
    const below = subtree(service.id, nodes)
    const own = ports.filter(({ nodeId }) => below.has(nodeId))
    for (const { id } of own) mapped.add(id)
    const firmW = firmOf(service, nodes)
    if (firmW === undefined) continue
    const bins = own.map(({ id }) => energy.byPort.get(id)).filter((one) => one !== undefined)
    const quarterWh = sumOf(bins, count)
    const base = await basePower15(ctx, depotId, from, count, below)
    baseEstimated ||= base.estimated
    const peak = peakQuarters(tariff, from, count, quarterWh, zone)
    const peakBaseW = base.powerW.flatMap((powerW, i) => (peak[i] && powerW !== null ? [powerW] : []))
    baseKnown ||= peakBaseW.length > 0
    const portsW = watts(own.reduce((sum, { maxW }) => sum + maxW, 0))
    const use = throughputOf({
      firmW,
      peakBaseW,
      quarterWh,
      portsW,
      baseW: base.powerW,
      days: (period.until - from) / hours(24),
    })
    services.push({ id: service.id, name: service.name, firmW, portsW, use, quarterWh })
  }
  return { from, count, sessions: energy.sessions, services, unmappedPorts: ports.length - mapped.size, baseEstimated, baseKnown }
}

/** KPI 2 as a tile: ET in front, peak-hour use beside it, guards below. */
export async function throughputTile(ctx: Pick<Ctx, 'db'>, depot: { id: string; zone: Zone }, period: Interval): Promise<KpiTile> {
  const [figures, departures] = await Promise.all([
    throughputIn(ctx, depot.id, depot.zone, period),
    departuresBetween(ctx.db.prisma, depot.id, period.from, period.until),
  ])
  const { services } = figures
  const value = depotThroughput(services.map(({ use }) => use)).perKwDay
  const breaches = services.reduce((sum, { use }) => sum + use.breaches, 0)
  const readiness = departures.all === 0 ? null : (100 * departures.ready) / departures.all
  const broken = breaches > 0 || (readiness !== null && readiness < READINESS_TARGET)
  const noData = figures.sessions === 0
  return {
    id: 'throughput',
    name: 'Energy throughput',
    value: noData ? null : value,
    text: noData ? '–' : value === null ? 'no headroom' : decimal(value, 2),
    unit: value === null || noData ? '' : 'kWh/kW·day',
    target: 'from baseline',
    status: noData ? 'notEnoughData' : broken ? 'notMet' : 'noTarget',
    statusWord: noData ? 'Not enough data' : broken ? 'Not valid as success' : 'No target yet',
    mark: noData ? 'standby' : broken ? 'serious' : 'normal',
    n: figures.sessions,
    interval: null,
    notes: [
      ...services.flatMap((service) => serviceNotes(service, figures, depot.zone, services.length > 1)),
      counted(breaches, 'cap breach', 'cap breaches'),
      readiness === null ? 'no departures yet' : `${percent(readiness, 1)} ready at departure (target ≥ ${percent(READINESS_TARGET)})`,
      ...(figures.unmappedPorts > 0 ? [`${counted(figures.unmappedPorts, 'port')} without a service connection`] : []),
    ],
    provisional: figures.baseEstimated ? 'building load estimated' : figures.baseKnown ? null : 'building load not measured',
    trend: trendOf(figures, period, depot.zone),
    freshAt: null,
    formula:
      'kWh delivered to vehicles ÷ (kW of peak-hour capacity × days). Peak-hour capacity is the firm limit less the 95th percentile of the building’s load in the tariff’s on-peak hours.',
  }
}

function serviceNotes({ name, firmW, portsW, use }: ServiceFigures, { from }: Figures, zone: Zone, named: boolean): string[] {
  const at = momentText(from + use.busiestFrom * QUARTER, zone)
  const notes = [
    ...(use.peakHourPct === null || use.busiestHourWh === 0 ? [] : [`busiest hour ${percent(use.peakHourPct, 1)} (${at})`]),
    `peak-hour capacity ${powerText(use.peakCapacityW)} of ${limitText(firmW)}`,
    ...(use.overSubscription === null ? [] : [`ports ${decimal(use.overSubscription, 2)} × capacity`]),
    ...(use.loadFactorPct === null ? [] : [`load factor ${percent(use.loadFactorPct)}, highest quarter hour ${powerText(use.highest15W)}`]),
    // KPI 2d: without management each port would give what it can
    ...(use.highest15W > 0 ? [`${powerText(avoidedPeakW(portsW, use.highest15W))} kept off the connection at its peak`] : []),
  ]
  return named ? notes.map((note) => `${name}: ${note}`) : notes
}

function trendOf({ from, services }: Figures, period: Interval, zone: Zone): KpiTile['trend'] {
  const capacity = services.reduce((sum, { use }) => sum + use.peakCapacityW, 0)
  return daysOf(period, zone).map((day) => {
    const wh = services.reduce((sum, { quarterWh }) => sum + energyOf(quarterWh, from, day), 0)
    const length = (day.until - day.from) / hours(24)
    return { at: day.from, value: capacity > 0 && length > 0 ? wh / capacity / length : null }
  })
}

/** Energy of a period in bins from `from`, Wh. */
export const energyOf = (quarterWh: number[], from: Instant, period: Interval): number =>
  quarterWh
    .slice(Math.max(0, Math.round((period.from - from) / QUARTER)), Math.max(0, Math.ceil((period.until - from) / QUARTER)))
    .reduce((sum, wh) => sum + wh, 0)

/** The tariff's dearest windows; without different prices the hour of the day in which vehicles took most. */
function peakQuarters(tariff: Tariff | null, from: Instant, count: number, quarterWh: number[], zone: Zone): boolean[] {
  const peak = new Array<boolean>(count).fill(false)
  const until = (from + count * QUARTER) as Instant
  const intervals = tariff ? windowsBetween(tariff, from, until, zone) : []
  const prices = intervals.map(({ window }) => window?.priceMicroPerKwh ?? 0)
  const dearest = Math.max(...prices)
  if (prices.some((price) => price < dearest)) {
    intervals.forEach((interval, i) => {
      if (prices[i] === dearest) peak.fill(true, Math.floor((interval.from - from) / QUARTER), Math.ceil((interval.until - from) / QUARTER))
    })
    return peak
  }
  const hourOfBin = peak.map((_, i) => localParts((from + i * QUARTER) as Instant, zone).hour)
  const byHour = new Array<number>(24).fill(0)
  hourOfBin.forEach((hour, i) => {
    byHour[hour]! += quarterWh[i]!
  })
  const busiest = byHour.indexOf(Math.max(...byHour))
  return hourOfBin.map((hour) => hour === busiest)
}

type Nodes = Awaited<ReturnType<typeof nodesOfDepot>>

function subtree(root: string, nodes: Nodes): Set<string> {
  const below = new Set([root])
  for (let grew = true; grew; ) {
    grew = false
    for (const { id, parentId } of nodes)
      if (parentId !== null && below.has(parentId) && !below.has(id)) {
        below.add(id)
        grew = true
      }
  }
  return below
}

/** Cfirm: the smaller of the service's own firm limit and what its transformers carry together. */
function firmOf(service: Nodes[number], nodes: Nodes): Watts | undefined {
  const own = firmLimitW(ratingOf(service))
  const transformers = nodes
    .filter(({ parentId, kind }) => parentId === service.id && kind === 'transformer')
    .map((node) => firmLimitW(ratingOf(node)))
  if (transformers.length === 0 || transformers.includes(undefined)) return own
  const together = transformers.reduce<number>((sum, limitW) => sum + limitW!, 0)
  return Math.min(own ?? together, together) as Watts
}

/** Start of the local hour. */
const hourOf = (at: Instant, zone: Zone): Instant => {
  const { minute, second } = localParts(at, zone)
  return (Math.floor(at / 1000) * 1000 - second * 1000 - minute * 60_000) as Instant
}
