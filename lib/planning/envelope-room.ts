import type { Watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, mapCurve, minOf, minus, narrow } from './curve.ts'
import { type Envelope, followableByPort, linesOf, loadOn } from './envelope.ts'
import type { PortId } from './input.ts'
import { powerAtMost, type SetPoints } from './set-point.ts'

/** What this port may follow at most, in W: at each of its nodes the limit less base load less everyone else's upper curve; never under 0. */
export const roomFor = (portId: PortId, envelope: Envelope): Curve => {
  const holding = envelope.holdings.find((each) => each.portId === portId)
  if (!holding) return constantCurve(0 as Watts)
  const upper = followableByPort(envelope)
  const lines = envelope.nodes.filter(({ id }) => holding.nodePath.includes(id)).flatMap(linesOf)
  const left = lines.flatMap((line) => {
    const part = line.part(holding)
    if (part === 0) return []
    const free = minus(line.limit, loadOn(line, envelope.holdings, upper, portId))
    return [part === 1 ? free : mapCurve(free, (w) => Math.floor(w / part) as Watts)]
  })
  const cap = constantCurve(holding.nameplateW)
  return mapCurve(minOf([cap, ...left]), (value) => Math.max(0, value - holding.extraW) as Watts)
}

/** `wanted` lowered into `room` for every clock that is wrong by up to `skewMs`: at each instant 0 or a set point of the port. */
export const clampToRoom = (wanted: Curve, room: Curve, points: SetPoints, skewMs: number): Curve =>
  mapCurve(minOf([wanted, narrow(room, skewMs)]), (value) => powerAtMost(value, points))
