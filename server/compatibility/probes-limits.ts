import type { LineId, Verdict } from '#lib/ocpp/compatibility16.ts'
import { findItem } from '#lib/ocpp/configuration16.ts'
import {
  type Answered,
  clearVerdict,
  compositeVerdict,
  type MinimumTry,
  minimumVerdict,
  notTried,
  periodsVerdict,
  stackVerdict,
  unitsMeasured,
  unitVerdict,
  zeroVerdict,
} from '#lib/ocpp/probe-verdicts16.ts'
import { unitOf } from '#lib/ocpp/profile16.ts'
import { valueAt } from '#lib/planning/curve.ts'
import { seconds } from '#lib/time/instant.ts'
import { currentFor, type Watts } from '#lib/units/units.ts'
import { readFacts } from '../planning/facts.ts'
import { composite, type NoRoom, PERIOD_MS, profileOf, tryDefault, wattsOf } from './default-profile.ts'
import { ask, type Desk } from './desk.ts'

// What a charger does with limits, tried at one port with nothing above its minimum and one ampere.

export type Probe = (desk: Desk) => Promise<Verdict>

const NO_ROOM = notTried('The site has no room for the least power of this port now.')
const NEEDS_MINIMUM = notTried('It took no limit to try this with.')
const COMPOSITE_S = 600

const hasNoRoom = (tried: object): tried is NoRoom => 'answered' in tried && tried.answered === 'noRoom'
const other = (unit: 'A' | 'W'): 'A' | 'W' => (unit === 'A' ? 'W' : 'A')

/** Its minimum, and the unit and the stack level in which it takes it; what the charger tells of itself is tried first. */
async function minimum(desk: Desk): Promise<Verdict> {
  const { port, quirks } = desk
  const least = Math.max(6, Math.ceil(currentFor(port.points.minW, port.points.circuit) / 1000))
  const unit = unitOf({ quirks })
  const levels = [...new Set([quirks.stackLevel, 0])]
  const tries: MinimumTry[] = []
  for (const amps of [least, least + 1, least + 2, least + 4]) {
    for (const stackLevel of levels) {
      for (const each of [unit, other(unit)]) {
        const form = { unit: each, stackLevel }
        const answered = await tryDefault(desk, profileOf(desk, [amps], form), wattsOf(desk, amps), async (asked) => asked.answered)
        if (typeof answered === 'object') return tries.length > 0 ? minimumVerdict(tries, { amps: least, stackLevel: levels[0]! }) : NO_ROOM
        tries.push({ amps, ...form, answered })
        if (answered === 'accepted') desk.taken = { amps, ...form }
        if (answered === 'accepted' || answered === 'unknown' || answered === 'silent')
          return minimumVerdict(tries, { amps: least, stackLevel: levels[0]! })
      }
    }
  }
  return minimumVerdict(tries, { amps: least, stackLevel: levels[0]! })
}

async function compositeShows(desk: Desk): Promise<Verdict> {
  const { taken } = desk
  if (!taken) return NEEDS_MINIMUM
  const { amps, unit } = taken
  const seen = await tryDefault(desk, profileOf(desk, [amps], taken), wattsOf(desk, amps), () => composite(desk, unit, COMPOSITE_S))
  if (hasNoRoom(seen)) return NO_ROOM
  const expectedW = (await sessionLimitW(desk)) ?? wattsOf(desk, amps)
  const limit = unit === 'W' ? expectedW : Math.floor(currentFor(expectedW, desk.port.points.circuit) / 1000)
  const verdict = compositeVerdict(seen.answered, { limit, unit }, seen.shown)
  desk.shows = verdict.result === 'pass'
  return verdict
}

/** What the plan of the session there allows now: it stands above the default. */
async function sessionLimitW({ gateway, depotId, port }: Desk): Promise<Watts | undefined> {
  const now = gateway.clock.now()
  const read = await readFacts(gateway.db.prisma, depotId, now, gateway.reconciler.reach)
  const last = read?.facts.ports.find(({ id }) => id === port.id)?.limits.findLast(({ outcome }) => outcome === 'accepted')
  return last && valueAt(last.curve, now)
}

const claims = (desk: Desk, unit: 'A' | 'W'): boolean => {
  const told = findItem(desk.items, 'ChargingScheduleAllowedChargingRateUnit')?.value?.toLowerCase() ?? 'current'
  return told.split(',').some((word) => (unit === 'A' ? ['current', 'a'] : ['power', 'w']).includes(word.trim()))
}

const inUnit =
  (unit: 'A' | 'W'): Probe =>
  async (desk) => {
    const { taken } = desk
    if (!taken) return NEEDS_MINIMUM
    const form = { unit, stackLevel: taken.stackLevel }
    const answered: Answered | NoRoom =
      taken.unit === unit
        ? 'accepted'
        : await tryDefault(desk, profileOf(desk, [taken.amps], form), wattsOf(desk, taken.amps), async (asked) => asked.answered)
    if (typeof answered === 'object') return NO_ROOM
    desk.units[unit] = answered
    const verdict = unitVerdict(unit, claims(desk, unit), answered)
    return unit === 'W' ? { ...verdict, measured: unitsMeasured(desk.units) } : verdict
  }

/** What a default shows, where no plan of a session stands above it. */
const canSee = ({ shows, port }: Desk): boolean => shows && port.sessionId === undefined

async function zero(desk: Desk): Promise<Verdict> {
  const { taken } = desk
  if (!taken) return NEEDS_MINIMUM
  const seen = await tryDefault(desk, profileOf(desk, [0], taken), 0 as Watts, async ({ answered }) => {
    const after = answered === 'accepted' && canSee(desk) ? await composite(desk, taken.unit, COMPOSITE_S) : undefined
    return { zero: answered, shown: after?.shown }
  })
  return hasNoRoom(seen) ? NO_ROOM : zeroVerdict(seen.zero, seen.shown)
}

async function periods(desk: Desk): Promise<Verdict> {
  const { taken } = desk
  if (!taken) return NEEDS_MINIMUM
  const { amps } = taken
  const upperW = wattsOf(desk, amps + 1)
  const seen = await tryDefault(desk, profileOf(desk, [amps, amps + 1, amps], taken), upperW, async ({ answered }) => {
    const after = answered === 'accepted' && canSee(desk) ? await composite(desk, taken.unit, (3 * PERIOD_MS) / seconds(1)) : undefined
    return { three: answered, kept: after?.periods }
  })
  if (hasNoRoom(seen)) return notTried('The site has no room to try several periods now.')
  const one =
    seen.three !== 'accepted' && seen.three !== 'silent'
      ? await tryDefault(desk, profileOf(desk, [amps], taken), wattsOf(desk, amps), async (asked) => asked.answered)
      : undefined
  const told = Number(findItem(desk.items, 'ChargingScheduleMaxPeriods')?.value ?? Number.NaN)
  return periodsVerdict(seen.three, seen.kept, typeof one === 'string' ? one : undefined, Number.isInteger(told) ? told : undefined)
}

/** Beside ours, and below it: whatever became of it, ours prevails. */
const BESIDES_ID = 3_000

async function stackLevels(desk: Desk): Promise<Verdict> {
  const { taken, port } = desk
  if (!taken) return NEEDS_MINIMUM
  if (taken.stackLevel === 0) return { result: 'notSupported', says: 'It has stack level 0 only.' }
  const id = BESIDES_ID + port.number
  const form = { ...taken, stackLevel: 0 }
  // ours stays as the periods left it, one ampere above: the books hold the higher of the two
  const upperW = wattsOf(desk, taken.amps + 1)
  const answered = await tryDefault(desk, profileOf(desk, [taken.amps], form, id), upperW, async (asked) => {
    if (asked.answered === 'accepted') desk.besides = id
    return asked.answered
  })
  return typeof answered === 'object' ? NO_ROOM : stackVerdict(0, answered)
}

async function clear(desk: Desk): Promise<Verdict> {
  const { besides } = desk
  if (besides === undefined) return notTried('Only its fallback stands there, and that one is not taken away.')
  const first = await ask(desk, 'ClearChargingProfile', { id: besides })
  const again = first.answered === 'accepted' ? await ask(desk, 'ClearChargingProfile', { id: besides }) : undefined
  desk.besides = undefined
  return clearVerdict(first.status === 'Unknown' ? 'refused' : first.answered, again?.status)
}

/** In the order they are tried. */
export const LIMIT_PROBES = {
  minimum,
  composite: compositeShows,
  amperes: inUnit('A'),
  watts: inUnit('W'),
  zero,
  periods,
  stackLevels,
  clear,
} satisfies Partial<Record<LineId, Probe>>
