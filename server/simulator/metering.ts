import type { Reading } from './faults.ts'
import type { Payload } from './frame.ts'
import { portLimitNow } from './obeying.ts'
import { flash, type Port, type Station, timestamp } from './station.ts'

// What the meter tells (§7.33 MeterValue), measurand by measurand, in the dialect of the model.

type Context = 'Sample.Periodic' | 'Sample.Clock' | 'Trigger' | 'Transaction.End'
type Sampled = { value: string; context?: Context; measurand: string; phase?: string; unit?: string; format?: string; location?: string }

/** Register and power as the charger tells them, faults included. */
export function readMeter(station: Station, port: Port): Reading {
  let reading: Reading = { registerWh: flash(station, port).registerWh, powerW: port.powerW }
  for (const { fault, registersWh } of station.faults.values())
    reading = fault.meter?.(reading, registersWh[port.number - 1] ?? 0) ?? reading
  return reading
}

export function meterValue(station: Station, port: Port, measurands: string, context: Context): Payload {
  const { dialect } = station.model
  const names = measurands.split(',').map((name) => name.trim())
  const values = names.flatMap((name) => MEASURE[name]?.(station, port) ?? []).map((value) => speak(station, { ...value, context }))
  return { timestamp: timestamp(station), sampledValue: dialect.includes('emptySampledValue') ? [] : values }
}

type Measure = (station: Station, port: Port) => Omit<Sampled, 'context'>[]

const MEASURE: Record<string, Measure> = {
  'Energy.Active.Import.Register': (station, port) => [
    { measurand: 'Energy.Active.Import.Register', unit: 'Wh', value: String(Math.round(readMeter(station, port).registerWh)) },
  ],
  'Power.Active.Import': (station, port) => power(station, port),
  'Power.Offered': (station, port) => [{ measurand: 'Power.Offered', unit: 'W', value: portLimitNow(station, port).powerW.toFixed(0) }],
  'Current.Import': (station, port) => perPhase(station, 'Current.Import', 'A', currents(station, port)),
  'Current.Offered': (_station, port) => [{ measurand: 'Current.Offered', unit: 'A', value: port.pilotAmps.toFixed(1) }],
  Voltage: (station) => perPhase(station, 'Voltage', 'V', Array(station.model.wires.phases).fill(station.model.wires.volts), '-N'),
  SoC: (station, port) => {
    const soc = station.model.tellsSoc ? port.load?.soc?.() : undefined
    return soc === undefined ? [] : [{ measurand: 'SoC', unit: 'Percent', location: 'EV', value: (soc * 100).toFixed(0) }]
  },
}

function power(station: Station, port: Port): Omit<Sampled, 'context'>[] {
  const { powerW } = readMeter(station, port)
  const { wires, dialect } = station.model
  if (dialect.includes('perPhaseOnly')) {
    return perPhase(station, 'Power.Active.Import', 'W', Array(wires.phases).fill(powerW / wires.phases))
  }
  return [{ measurand: 'Power.Active.Import', unit: 'W', value: powerW.toFixed(1) }]
}

const usedPhases = (station: Station, port: Port): number => Math.min(station.model.wires.phases, port.load?.phases ?? 1)

function currents(station: Station, port: Port): number[] {
  const { wires } = station.model
  const used = usedPhases(station, port)
  const amps = readMeter(station, port).powerW / (wires.volts * used)
  return Array.from({ length: wires.phases }, (_, i) => (i < used ? amps : 0))
}

const perPhase = (station: Station, measurand: string, unit: string, values: number[], suffix = ''): Omit<Sampled, 'context'>[] =>
  values.map((value, i) => ({
    measurand,
    unit,
    value: value.toFixed(1),
    // a lone split-phase load has no neutral, and mostly no phase is named
    ...(station.model.wires.phases > 1 && { phase: `L${i + 1}${suffix}` }),
  }))

/** Real chargers bend the format; ours can, too. */
function speak(station: Station, plain: Sampled): Sampled {
  const { dialect } = station.model
  const value = { ...plain }
  if (dialect.includes('kWhText') && value.unit === 'Wh')
    Object.assign(value, { unit: 'kWh', value: (Number(value.value) / 1000).toFixed(3) })
  if (dialect.includes('floatNoise') && value.value.includes('.')) value.value = String(Math.fround(Number(value.value)))
  if (value.measurand === 'SoC' && dialect.includes('socPercentSign')) value.unit = '%'
  if (dialect.includes('noUnit')) delete value.unit
  if (dialect.includes('noContext')) delete value.context
  return value
}
