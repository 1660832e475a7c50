import type { OverviewView } from '#lib/api/overview.ts'
import { marks } from '#lib/api/words.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import { clockTime, localParts, type Zone } from '#lib/time/zone.ts'

type Departure = OverviewView['departures'][number]
/** Vehicles that leave together; `more` of them are not listed. */
export type Wave = { at: number; label: string; vans: { id: string; short: string; name: string; mark: Departure['mark'] }[]; more: number }

/** `Van 03` → `03`: the last word, enough where every name begins alike. */
export const shortName = (name: string): string => name.split(/\s+/).at(-1) ?? name

/**
 * Departures in columns by time. When there are more times than `columns`, a column is an hour; when a column holds more than it has
 * room for (`rows` names, more where columns are few), the worst are listed and the rest is counted.
 */
export function departureWaves(departures: readonly Departure[], zone: Zone, columns = 11, rows = 2): Wave[] {
  const sorted = departures.toSorted((a, b) => a.departsAt - b.departsAt || a.name.localeCompare(b.name))
  const exact = Map.groupBy(sorted, ({ departsAt }) => departsAt)
  const groups = exact.size <= columns ? exact : Map.groupBy(sorted, ({ departsAt }) => hourStart(instant(departsAt), zone))
  // few columns are wide: names stand side by side in them
  const room = rows * Math.max(1, Math.floor(columns / groups.size))
  return [...groups].slice(0, columns).map(([at, together]) => {
    const shown = together.length <= room ? together : worstFirst(together).slice(0, room - 1)
    return {
      at,
      label: clockTime(instant(at), zone),
      vans: shown.map(({ vehicleId, name, mark }) => ({ id: vehicleId, short: shortName(name), name, mark })),
      more: together.length - shown.length,
    }
  })
}

const hourStart = (at: Instant, zone: Zone): number => {
  const { minute, second } = localParts(at, zone)
  return at - (minute * 60 + second) * 1000 - (at % 1000)
}

const worstFirst = (departures: readonly Departure[]) =>
  departures.toSorted((a, b) => marks.indexOf(a.mark) - marks.indexOf(b.mark) || a.departsAt - b.departsAt)

/** How many will make it: `ready` and `onTrack` do, `atRisk` and `late` do not. */
export const willBeReady = (departures: readonly Departure[]): number =>
  departures.filter(({ verdict }) => verdict === 'ready' || verdict === 'onTrack').length
