import type { WattHours, Watts } from '#lib/units/units.ts'
import { percentile } from './interval.ts'

/** A service connection over a period. Energy per quarter hour, so that all figures come from the same bins. */
export type ServiceUse = {
  /** Cfirm: what the connection carries for hours. Time-weighted mean where it changed. */
  firmW: Watts
  /** Building load in the peak window, per slot. */
  peakBaseW: number[]
  /** Delivered to vehicles, one value per quarter hour of the period. */
  quarterWh: number[]
  /** Σ of the ports' maximum. */
  portsW: Watts
  /** Real length of the period where its last quarter hour is not over; else that of the bins. */
  days?: number
  /** Building load per quarter hour where it is known, for breaches of Cfirm. */
  baseW?: (number | null)[]
}

export type Throughput = {
  energyWh: WattHours
  /** Cpeak = Cfirm − P95 of the building's load in the peak window, never under 0. */
  peakCapacityW: number
  days: number
  /** KPI2a, kWh per kW and day; null: no headroom. */
  perKwDay: number | null
  /** KPI2b, percent: busiest clock hour ÷ Cpeak. */
  peakHourPct: number | null
  busiestHourWh: number
  /** Index of the quarter hour with which the busiest hour begins. */
  busiestFrom: number
  /** KPI2c, percent. */
  loadFactorPct: number | null
  highest15W: number
  /** KPI2d: Σ port power ÷ Cpeak. */
  overSubscription: number | null
  /** Quarter hours with a mean above Cfirm. */
  breaches: number
}

const QUARTERS_PER_DAY = 96

/** Cpeak in W: firm capacity less what the building takes when it counts. */
export const peakCapacity = (firmW: number, peakBaseW: number[]): number =>
  Math.max(0, firmW - (peakBaseW.length > 0 ? percentile(peakBaseW, 0.95) : 0))

/** KPI 2 of one service connection (docs/kpis.md, throughput). `quarterWh[0]` begins on a full hour of the clock. */
export function throughputOf({
  firmW,
  peakBaseW,
  quarterWh,
  portsW,
  baseW,
  days = quarterWh.length / QUARTERS_PER_DAY,
}: ServiceUse): Throughput {
  const peakCapacityW = peakCapacity(firmW, peakBaseW)
  // whole watt-hours, so that the sum of many parts carries no float noise into the ratios
  const energyWh = Math.round(sum(quarterWh)) as WattHours
  const highest15W = quarterWh.reduce((highest, wh) => Math.max(highest, wh * 4), 0)
  const busiest = busiestHour(quarterWh)
  const headroom = peakCapacityW > 0
  return {
    energyWh,
    peakCapacityW,
    days,
    perKwDay: headroom && days > 0 ? energyWh / peakCapacityW / days : null,
    peakHourPct: headroom ? (100 * busiest.wh) / peakCapacityW : null,
    busiestHourWh: busiest.wh,
    busiestFrom: busiest.from,
    loadFactorPct: highest15W > 0 ? (100 * energyWh) / (highest15W * (quarterWh.length / 4)) : null,
    highest15W,
    overSubscription: headroom ? portsW / peakCapacityW : null,
    // half a percent: registers are whole watt-hours
    breaches: quarterWh.filter((wh, i) => wh * 4 + (baseW?.[i] ?? 0) > firmW * 1.005).length,
  }
}

/** Several services: Σ E ÷ Σ Cpeak, never kW added up for a service's own ratio. */
export function depotThroughput(services: Throughput[]): Pick<Throughput, 'energyWh' | 'peakCapacityW' | 'perKwDay'> {
  const energyWh = sum(services.map((service) => service.energyWh)) as WattHours
  const peakCapacityW = sum(services.map((service) => service.peakCapacityW))
  const days = services[0]?.days ?? 0
  return { energyWh, peakCapacityW, perKwDay: peakCapacityW > 0 && days > 0 ? energyWh / peakCapacityW / days : null }
}

/** What load management kept off the connection: every port at full power, less the highest mean that was measured. */
export const avoidedPeakW = (unmanagedW: number, highest15W: number): number => Math.max(0, unmanagedW - highest15W)

function busiestHour(quarterWh: number[]): { from: number; wh: number } {
  let best = { from: 0, wh: 0 }
  for (let from = 0; from < quarterWh.length; from += 4) {
    const wh = sum(quarterWh.slice(from, from + 4))
    if (wh > best.wh) best = { from, wh }
  }
  return best
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
