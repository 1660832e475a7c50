import { type Circuit, currentFor, type Milliamps, powerAt, type Watts } from '#lib/units/units.ts'

/** The set points a port has: 0, or whole steps from `minW` to `maxW`, on its circuit. */
export type SetPoints = { minW: Watts; maxW: Watts; stepMa: Milliamps; circuit: Circuit }

/** What a vehicle of `phases` phases has of a port: the same currents on fewer conductors. */
export const pointsOn = (points: SetPoints, phases: 1 | 2 | 3): SetPoints => {
  if (phases >= points.circuit.phases) return points
  const circuit = { ...points.circuit, phases }
  const least = (leastSteps(points.minW, points.stepMa, points.circuit) * points.stepMa) as Milliamps
  return { ...points, circuit, minW: powerAt(least, circuit), maxW: powerAt(currentFor(points.maxW, points.circuit), circuit) }
}

/** Current of the highest set point at or under `limitW`; 0 when even the minimum does not fit. */
export const currentAtMost = (limitW: number, { minW, maxW, stepMa, circuit }: SetPoints): Milliamps => {
  const steps = stepsAtMost(Math.min(limitW, maxW), stepMa, circuit)
  return (steps >= leastSteps(minW, stepMa, circuit) ? steps * stepMa : 0) as Milliamps
}

/** The highest set point at or under `limitW`, in W. */
export const powerAtMost = (limitW: number, points: SetPoints): Watts => powerAt(currentAtMost(limitW, points), points.circuit)

/** Whole steps of current whose power is at or under `limitW` (powers are whole watts, rounded down). */
export const stepsAtMost = (limitW: number, stepMa: Milliamps, circuit: Circuit): number => {
  if (limitW <= 0) return 0
  const steps = Math.floor(currentFor(limitW as Watts, circuit) / stepMa)
  return powerAt(((steps + 1) * stepMa) as Milliamps, circuit) <= limitW ? steps + 1 : steps
}

/** Fewest whole steps that reach `minW`, at least one. */
export const leastSteps = (minW: Watts, stepMa: Milliamps, circuit: Circuit): number => {
  const under = stepsAtMost(minW, stepMa, circuit)
  return Math.max(1, powerAt((under * stepMa) as Milliamps, circuit) >= minW ? under : under + 1)
}
