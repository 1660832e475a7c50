import type { RecordedEvent } from '#lib/charging/event.ts'
import { type Curve, valueAt } from '#lib/planning/curve.ts'
import { type Instant, seconds } from '#lib/time/instant.ts'
import type { CommandRow } from '../store/command.ts'

/** What shows that a command took effect at the charger (source: spec "kpis" 3.4). */
export type Effect = 'limit' | 'started' | 'stopped' | 'booted' | 'status' | 'none'

const EFFECTS: Record<string, Effect> = {
  start: 'started',
  stop: 'stopped',
  limit: 'limit',
  prioritise: 'limit',
  departure: 'limit',
  reset: 'booted',
  availability: 'status',
}
export const effectOf = (kind: string): Effect => EFFECTS[kind] ?? 'none'

/** A limit that a charger accepted for a command. `mostW`: what the vehicle can take. */
export type AcceptedLimit = { curve: Curve; wasW: number | undefined; mostW: number; at: Instant }

/** Max of 5 % and 0.5 kW. */
export const toleranceW = (limitW: number): number => Math.max(limitW * 0.05, 500)

/** Does this event show the command's effect? Late and older readings show nothing. */
export function shows(event: RecordedEvent, command: CommandRow, limit: AcceptedLimit | undefined): boolean {
  switch (effectOf(command.kind)) {
    case 'started':
      return event.kind === 'started' && event.portId === command.portId && event.verdict === 'accepted' && !event.late
    case 'stopped':
      return event.kind === 'stopped' && event.portId === command.portId && !event.late
    case 'booted':
      return event.kind === 'booted' && event.chargerId === command.chargerId && command.t4 !== undefined
    case 'status':
      return (
        event.kind === 'status' &&
        event.portId === command.portId &&
        (event.status === 'unavailable') === (command.input.operative === false)
      )
    case 'limit':
      if (event.kind !== 'metered' || event.portId !== command.portId || event.late || !limit) return false
      return event.readings.some(({ at, powerW }) => powerW !== undefined && at >= limit.at - seconds(1) && follows(powerW, at, limit))
    case 'none':
      return false
  }
}

const follows = (powerW: number, at: Instant, { curve, wasW, mostW }: AcceptedLimit): boolean => {
  const limitW = valueAt(curve, at)
  const least = wasW !== undefined && limitW > wasW ? Math.min(limitW, mostW) - toleranceW(limitW) : 0
  return powerW >= least && powerW <= limitW + toleranceW(limitW)
}
