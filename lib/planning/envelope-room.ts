import type { Watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, mapCurve, minOf, minus, narrow } from './curve.ts'
import { type Envelope, followable, linesOf, loadOn } from './envelope.ts'
import type { PortId } from './input.ts'
import { ANYWHERE, PHASES, type PhaseParts } from './phase-parts.ts'
import { powerAtMost, type SetPoints } from './set-point.ts'

/**
 * What this port may follow at most, in W: at each of its nodes the limit less base load less everyone else's upper curve; never under 0.
 * `parts`: where a limit of it would count on the phases, if not as its whole port.
 */
export const roomFor = (portId: PortId, envelope: Envelope, parts?: PhaseParts): Curve => {
  const holding = envelope.holdings.find((each) => each.portId === portId)
  if (!holding) return constantCurve(0 as Watts)
  const excess = { ...holding, inoperative: true }
  const lines = envelope.nodes.filter(({ id }) => holding.nodePath.includes(id)).flatMap(linesOf)
  const left = lines.flatMap((line) => {
    const part = line.phase === undefined ? 1 : (parts ?? holding.parts ?? ANYWHERE)[line.phase]
    if (part === 0) return []
    const others = minus(line.limit, loadOn(line, envelope, portId))
    const free = holding.extraW > 0 ? minus(others, followable(excess, envelope.now, envelope.skewMs, line.phase)) : others
    return [part === 1 ? free : mapCurve(free, (w) => Math.floor(w / part + ROUND) as Watts)]
  })
  return mapCurve(minOf([constantCurve((holding.nameplateW - holding.extraW) as Watts), ...left]), (value) => Math.max(0, value) as Watts)
}

/** What is a whole watt but for the noise of a root. */
const ROUND = 0.01

/** What a limit that counts as `parts` may be without loading any line more than what the port may follow already, in W. */
export const ownRoom = (portId: PortId, { holdings, now, skewMs }: Envelope, parts?: PhaseParts): Curve => {
  const holding = holdings.find((each) => each.portId === portId)
  if (!holding) return constantCurve(0 as Watts)
  const whole = followable(holding, now, skewMs)
  if (!parts) return whole
  const onPhases = PHASES.filter((phase) => parts[phase] > 0).map((phase) =>
    mapCurve(followable(holding, now, skewMs, phase), (w) => Math.floor(w / parts[phase] + ROUND) as Watts),
  )
  return minOf([whole, ...onPhases])
}

/** `wanted` lowered into `room` for every clock that is wrong by up to `skewMs`: at each instant 0 or a set point of the port. */
export const clampToRoom = (wanted: Curve, room: Curve, points: SetPoints, skewMs: number): Curve =>
  mapCurve(minOf([wanted, narrow(room, skewMs)]), (value) => powerAtMost(value, points))
