import type { Reading } from '#lib/charging/event.ts'
import { wattHours, watts } from '#lib/units/units.ts'
import { type Arrival, deviceTime } from './device-time.ts'

export type Sample16 = {
  value: string
  context?: string
  measurand?: string
  phase?: string
  location?: string
  unit?: string
  format?: string
}
export type MeterValue16 = { timestamp: string; sampledValue?: Sample16[] }

const CONTEXT: Record<string, Reading['context']> = {
  'Sample.Periodic': 'periodic',
  'Sample.Clock': 'clock',
  'Transaction.Begin': 'begin',
  'Transaction.End': 'end',
  Trigger: 'trigger',
}

/**
 * Turns meter values (1.6 §7.33) into our readings: Wh, W, mA, mV, percent. Absent measurand = energy register, absent unit = its default,
 * phase values are summed when no total was sent. Values that are no numbers are left out and flagged; a set without any is left out whole.
 */
export const readings16 = (values: MeterValue16[], arrival: Arrival): Reading[] => values.flatMap((value) => reading16(value, arrival))

function reading16({ timestamp, sampledValue = [] }: MeterValue16, arrival: Arrival): Reading[] {
  const { at, flags } = deviceTime(timestamp, arrival)
  const sums = { energy: new Sum(), power: new Sum() }
  const current: number[] = []
  const voltage: number[] = []
  let offeredMa: number | undefined
  let socPct: number | undefined
  let context: Reading['context'] = 'periodic'
  let used = 0
  for (const sample of sampledValue) {
    if (sample.format === 'SignedData') continue
    const value = Number(sample.value)
    const measurand = sample.measurand ?? 'Energy.Active.Import.Register'
    if (sample.value.trim() === '' || !(Math.abs(value) <= (MOST[measurand] ?? 1e12)) || (measurand === 'SoC' && value < 0)) {
      if (!flags.includes('unreadableValue')) flags.push('unreadableValue')
      continue
    }
    // a value at the vehicle's or the grid's side is another meter than the one we bill
    if (sample.location === 'Inlet' || sample.location === 'EV') if (measurand !== 'SoC') continue
    used++
    context = CONTEXT[sample.context ?? 'Sample.Periodic'] ?? 'other'
    const milli = Math.round(value * 1000)
    switch (measurand) {
      case 'Energy.Active.Import.Register':
        sums.energy.add(sample.phase, sample.unit === 'kWh' ? value * 1000 : value)
        break
      case 'Power.Active.Import':
        sums.power.add(sample.phase, sample.unit === 'kW' ? value * 1000 : value)
        break
      case 'Current.Import':
        if (sample.phase !== 'N') current[phaseIndex(sample.phase)] = milli
        break
      case 'Voltage':
        voltage[phaseIndex(sample.phase)] = milli
        break
      case 'Current.Offered':
        offeredMa = milli
        break
      case 'SoC':
        socPct = value
        break
      default:
        used--
    }
  }
  // a set in which nothing could be read is kept for its flag; one that holds nothing of ours is not
  if (used === 0 && !flags.includes('unreadableValue')) return []
  const energy = sums.energy.value()
  const power = sums.power.value()
  return [
    {
      at,
      ...(energy === undefined ? {} : { energyWh: wattHours(energy) }),
      ...(power === undefined ? {} : { powerW: watts(power) }),
      currentMa: filled(current),
      voltageMv: filled(voltage),
      ...(offeredMa === undefined ? {} : { offeredMa }),
      ...(socPct === undefined ? {} : { socPct }),
      context,
      flags,
    },
  ]
}

class Sum {
  total: number | undefined
  phases: number | undefined
  add(phase: string | undefined, value: number) {
    if (phase === undefined) this.total = value
    else if (phase !== 'N') this.phases = (this.phases ?? 0) + value
  }
  value = () => this.total ?? this.phases
}

/** Above these a value is a fault of the meter, whatever its unit: 1 TWh, 100 MW, 100 kA, 100 kV, 100 %. */
const MOST: Record<string, number> = {
  'Energy.Active.Import.Register': 1e12,
  'Power.Active.Import': 1e8,
  'Current.Import': 1e5,
  'Current.Offered': 1e5,
  Voltage: 1e5,
  SoC: 100,
}

const phaseIndex = (phase: string | undefined): number => (phase?.startsWith('L2') ? 1 : phase?.startsWith('L3') ? 2 : 0)
const filled = (values: number[]): number[] => Array.from(values, (value) => value ?? 0)
