import { addToQuarters, QUARTER, quarterOf, quartersOf } from '#lib/energy/quarter-hours.ts'
import { registerCurve } from '#lib/energy/register-curve.ts'
import { type Instant, latest } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Ctx } from '../runtime.ts'
import { baseLoadBetween, registersBetween, type SessionRegisters } from '../store/quarter-hours.ts'

/** Energy per quarter hour of the clock and port, Wh, from meter registers; `from` is lowered to a quarter. `portW`: what each port gives at most. */
export async function quarterHours(
  ctx: Pick<Ctx, 'db'>,
  depotId: string,
  from: Instant,
  until: Instant,
): Promise<{ from: Instant; byPort: Map<string, number[]>; portW: Map<string, number>; count: number; sessions: number }> {
  const first = quarterOf(from)
  const count = Math.max(0, Math.ceil((until - first) / QUARTER))
  const byPort = new Map<string, number[]>()
  const sessions = await registersBetween(ctx.db, depotId, first, until)
  const portW = new Map(sessions.map(({ portId, portW }) => [portId, portW]))
  for (const session of sessions) {
    const bins = byPort.get(session.portId) ?? new Array<number>(count).fill(0)
    addToQuarters(bins, first, sessionQuarters(session))
    byPort.set(session.portId, bins)
  }
  return { from: first, byPort, portW, count, sessions: sessions.length }
}

function sessionQuarters(session: SessionRegisters): { from: Instant; wh: number[] } {
  if (session.quarterWh.length > 0) return { from: quarterOf(session.startedAt), wh: session.quarterWh }
  const lastAt = session.readings.reduce((last, { at }) => latest(last, at), session.startedAt)
  return quartersOf(registerCurve({ ...session, until: session.stoppedAt ?? lastAt, meterStopWh: session.meterStopWh ?? undefined }))
}

/** So many times what a port gives it may have given: before it was rated lower, or against its limits. More is a register gone mad. */
const PLAUSIBLE = 2

/**
 * Mean power of all vehicles of a depot per quarter hour of the clock, W. No port counts with more than is plausible: energy that came at no time,
 * as of a session that ended before it began, is no peak.
 */
export async function vehiclePower15(
  ctx: Pick<Ctx, 'db'>,
  depotId: string,
  from: Instant,
  until: Instant,
): Promise<{ from: Instant; powerW: Watts }[]> {
  const { from: first, byPort, portW, count } = await quarterHours(ctx, depotId, from, until)
  const bins = Array.from(byPort, ([port, wh]) => wh.map((each) => Math.min(each, (PLAUSIBLE * portW.get(port)!) / 4)))
  return sumOf(bins, count).map((wh, i) => ({
    from: (first + i * QUARTER) as Instant,
    powerW: Math.round(wh * 4) as Watts,
  }))
}

/** Building load of a depot per quarter hour; null where nothing is known. `estimated`: part of it is a forecast. */
export async function basePower15(
  ctx: Pick<Ctx, 'db'>,
  depotId: string,
  from: Instant,
  count: number,
  nodes?: Set<string>,
): Promise<{ powerW: (number | null)[]; estimated: boolean }> {
  const powerW = new Array<number | null>(count).fill(null)
  let estimated = false
  for (const row of await baseLoadBetween(ctx.db, depotId, from, (from + count * QUARTER) as Instant)) {
    if (nodes && !nodes.has(row.nodeId)) continue
    if (!row.measured) estimated = true
    const first = Math.floor((row.startsAt.getTime() - from) / QUARTER)
    const slots = Math.max(1, Math.round((row.minutes * 60_000) / QUARTER))
    // slots shorter than a quarter count by their share
    const share = Math.min(1, (row.minutes * 60_000) / QUARTER)
    for (let i = Math.max(0, first); i < Math.min(count, first + slots); i++) powerW[i] = (powerW[i] ?? 0) + row.powerW * share
  }
  return { powerW, estimated }
}

export const sumOf = (bins: number[][], count: number): number[] => {
  const sum = new Array<number>(count).fill(0)
  for (const one of bins) for (let i = 0; i < count; i++) sum[i]! += one[i]!
  return sum
}
