import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import { type Circumstances, chargerLimit, portLimit, turningPoints } from './limit.ts'
import type { RateUnit } from './profile.ts'

export type Composite = {
  chargingRateUnit: RateUnit
  duration: number
  chargingSchedulePeriod: { startPeriod: number; limit: number; numberPhases: number }[]
}

/**
 * The composite schedule of a port over `durationS` (§5.7): the lowest of the merged profiles in each interval.
 * Connector 0 is what the whole charger may take from the grid.
 */
export function compositeSchedule(c: Circumstances, connectorId: number, from: Instant, durationS: number, unit: RateUnit): Composite {
  const until = plus(from, seconds(durationS))
  const ports = connectorId > 0 ? [connectorId] : Array.from({ length: c.ports }, (_, i) => i + 1)
  const moments = [...new Set([from, ...ports.flatMap((port) => turningPoints(c, port, from, until))])].sort((a, b) => a - b)
  const periods: Composite['chargingSchedulePeriod'] = []
  for (const at of moments) {
    const sum = ports.reduce((total, port) => total + portLimit(c, port, at, from).powerW, 0)
    const powerW = connectorId > 0 ? sum : Math.min(sum, chargerLimit(c, at).powerW)
    const limit = unit === 'W' ? oneDigit(powerW) : oneDigit(powerW / (c.wires.volts * c.wires.phases))
    if (periods.at(-1)?.limit !== limit) {
      periods.push({ startPeriod: Math.round((at - from) / 1000), limit, numberPhases: c.wires.phases })
    }
  }
  return { chargingRateUnit: unit, duration: durationS, chargingSchedulePeriod: periods }
}

// a limit has at most one digit after the point (§7.14); rounding down never promises more than is obeyed
const oneDigit = (value: number): number => Math.floor(value * 10 + 1e-6) / 10
