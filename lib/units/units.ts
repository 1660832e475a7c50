// Branded integers: a number wears its unit, so that watts and watt-hours cannot be mixed up.
// W ↔ A conversion lives here and nowhere else.

declare const unit: unique symbol
type Unit<Name extends string> = number & { readonly [unit]: Name }

/** Active power, whole watts. */
export type Watts = Unit<'W'>
/** Energy, whole watt-hours. */
export type WattHours = Unit<'Wh'>
/** Current per phase, whole milliamperes. */
export type Milliamps = Unit<'mA'>

/** How a node's loads are connected: between line and neutral, or between two lines (North American 208/240 V). */
export type Wiring = 'L-N' | 'L-L'
export type Phase = 'l1' | 'l2' | 'l3'

export const watts = (value: number): Watts => whole(value, 'W') as Watts
export const kilowatts = (value: number): Watts => whole(value * 1000, 'W') as Watts
export const wattHours = (value: number): WattHours => whole(value, 'Wh') as WattHours
export const kilowattHours = (value: number): WattHours => whole(value * 1000, 'Wh') as WattHours
export const milliamps = (value: number): Milliamps => whole(value, 'mA') as Milliamps
export const amperes = (value: number): Milliamps => whole(value * 1000, 'mA') as Milliamps

/** Energy that a constant power delivers in `durationMs`; rounded to the nearest watt-hour. */
export const energyOver = (power: Watts, durationMs: number): WattHours => wattHours((power * durationMs) / 3_600_000)

/** What a W ↔ A conversion needs to know of a circuit. `volts` is the nominal voltage between the two conductors of one load. */
export type Circuit = { volts: number; wiring: Wiring; phases: 1 | 2 | 3 }

/**
 * Power drawn at `current` per phase conductor.
 * L-N: phases × volts × A (volts line to neutral). L-L with 1 or 2 phases: one load between two lines, volts × A.
 * L-L with 3 phases: √3 × volts × A (volts line to line). Rounded down: a limit never grows by rounding.
 */
export const powerAt = (current: Milliamps, circuit: Circuit): Watts =>
  Math.floor(roundOff(current * voltsPerAmpere(circuit)) / 1000) as Watts

/** Current per phase conductor that keeps the load at or under `power`. Rounded down to a whole milliampere. */
export const currentFor = (power: Watts, circuit: Circuit): Milliamps =>
  Math.floor(roundOff((power * 1000) / voltsPerAmpere(circuit))) as Milliamps

const voltsPerAmpere = ({ volts, wiring, phases }: Circuit): number => {
  if (wiring === 'L-N') return volts * phases
  return phases === 3 ? volts * Math.sqrt(3) : volts
}

// 19200.000000000004 / 240 must not lose a milliampere to float noise
const roundOff = (value: number): number => Math.round(value * 1e6) / 1e6

function whole(value: number, name: string): number {
  const rounded = Math.round(value)
  if (!Number.isSafeInteger(rounded)) throw new RangeError(`${value} is not a whole number of ${name}`)
  return rounded === 0 ? 0 : rounded
}
