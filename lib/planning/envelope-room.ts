import type { Watts } from '#lib/units/units.ts'
import { type Curve, constantCurve, mapCurve, minOf, minus, narrow } from './curve.ts'
import { type Envelope, followableByPort, loadByNode } from './envelope.ts'
import type { PortId } from './input.ts'
import { powerAtMost, type SetPoints } from './set-point.ts'

/** What this port may follow at most, in W: at each of its nodes the limit less base load less everyone else's upper curve; never under 0. */
export const roomFor = (portId: PortId, envelope: Envelope): Curve => {
  const holding = envelope.holdings.find((each) => each.portId === portId)
  if (!holding) return constantCurve(0 as Watts)
  const loads = loadByNode(envelope, followableByPort(envelope), portId)
  const left = envelope.nodes.filter(({ id }) => holding.nodePath.includes(id)).map(({ id, limit }) => minus(limit, loads.get(id)!))
  const cap = constantCurve(holding.nameplateW)
  return mapCurve(minOf([cap, ...left]), (value) => Math.max(0, value - holding.extraW) as Watts)
}

/** `wanted` lowered into `room` for every clock that is wrong by up to `skewMs`: at each instant 0 or a set point of the port. */
export const clampToRoom = (wanted: Curve, room: Curve, points: SetPoints, skewMs: number): Curve =>
  mapCurve(minOf([wanted, narrow(room, skewMs)]), (value) => powerAtMost(value, points))
