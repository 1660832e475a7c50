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
export function readings16(values: MeterValue16[], arrival: Arrival): Reading[] {
  const readings: Reading[] = []
  for (const value of values) {
    const reading = reading16(value, arrival)
    if (reading) readings.push(reading)
  }
  return readings
}

// thousands of these wait for their commit at a time: what is read of each is its reading and nothing beside it
function reading16({ timestamp, sampledValue = [] }: MeterValue16, arrival: Arrival): Reading | undefined {
  const { at, flags } = deviceTime(timestamp, arrival)
  // what one meter tells goes before the sum of its phases
  let energy: number | undefined
  let energyOfPhases: number | undefined
  let power: number | undefined
  let powerOfPhases: number | undefined
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
        if (sample.phase === undefined) energy = sample.unit === 'kWh' ? value * 1000 : value
        else if (sample.phase !== 'N') energyOfPhases = (energyOfPhases ?? 0) + (sample.unit === 'kWh' ? value * 1000 : value)
        break
      case 'Power.Active.Import':
        if (sample.phase === undefined) power = sample.unit === 'kW' ? value * 1000 : value
        else if (sample.phase !== 'N') powerOfPhases = (powerOfPhases ?? 0) + (sample.unit === 'kW' ? value * 1000 : value)
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
  if (used === 0 && !flags.includes('unreadableValue')) return undefined
  energy ??= energyOfPhases
  power ??= powerOfPhases
  const reading: Reading = { at, currentMa: filled(current), voltageMv: filled(voltage), context, flags }
  if (energy !== undefined) reading.energyWh = wattHours(energy)
  if (power !== undefined) reading.powerW = watts(power)
  if (offeredMa !== undefined) reading.offeredMa = offeredMa
  if (socPct !== undefined) reading.socPct = socPct
  return reading
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
/** A phase that was not told before one that was: nothing flows there. */
function filled(values: number[]): number[] {
  for (let phase = 0; phase < values.length; phase++) values[phase] ??= 0
  return values
}
