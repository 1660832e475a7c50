import type { Mark } from '#lib/api/words.ts'
import type { Measured } from './quirks.ts'

// How a model of charger is graded (R15): what each probe of a compatibility check saw becomes a line, and the lines a grade.

/** In the order they are tried. */
export const LINES = {
  configuration: 'Tells its configuration',
  smartCharging: 'Knows charging profiles',
  trigger: 'Sends what it is asked for',
  clock: 'Its clock is right',
  minimum: 'Takes a limit at its minimum',
  composite: 'Shows the limit it took',
  amperes: 'Takes limits in amperes',
  watts: 'Takes limits in watts',
  zero: 'Takes a limit of 0',
  periods: 'Keeps several periods',
  stackLevels: 'Takes other stack levels',
  clear: 'Clears a profile',
  follows: 'Follows its limit',
  meterInterval: 'Measures as often as it is set to',
  heartbeat: 'Sends heartbeats as it is set to',
  localList: 'Has a local list',
  reservation: 'Can be reserved',
  extendedTrigger: 'Knows the security whitepaper',
  logs: 'Tells about its logs',
  certificates: 'Tells its certificates',
  keepsProfiles: 'Keeps its limits over a restart',
} as const
export type LineId = keyof typeof LINES
export const lineIds = Object.keys(LINES) as [LineId, ...LineId[]]

export const lineResults = ['pass', 'fail', 'notSupported', 'notTried'] as const
export type LineResult = (typeof lineResults)[number]
export type Verdict = { result: LineResult; says: string; measured?: Measured }
export type Line = Verdict & { id: LineId }

export const RESULTS: Record<LineResult, { mark: Mark; word: string }> = {
  pass: { mark: 'normal', word: 'Pass' },
  fail: { mark: 'serious', word: 'Fail' },
  notSupported: { mark: 'off', word: 'Not supported' },
  notTried: { mark: 'standby', word: 'Not tried' },
}

export const grades = ['follows', 'followsWithCare', 'unproven', 'acceptsOnly', 'cannotBeLimited'] as const
export type Grade = (typeof grades)[number]
export const GRADES: Record<Grade, { mark: Mark; word: string; says: string }> = {
  follows: { mark: 'normal', word: 'Follows its limits', says: 'It takes every kind of limit that the plan sends, and follows it.' },
  followsWithCare: {
    mark: 'caution',
    word: 'Follows, with care',
    says: 'It follows its limits in its own ways, which the plan now reckons with.',
  },
  unproven: {
    mark: 'standby',
    word: 'Not proven',
    says: 'That it takes its least limit and follows it was not seen, or not both. Check it again while a vehicle charges and the site has room.',
  },
  acceptsOnly: {
    mark: 'critical',
    word: 'Accepts but does not follow',
    says: 'It accepts limits and draws what it likes. Its full power is reserved for it, and where the site has no room for that it is taken out of use.',
  },
  cannotBeLimited: {
    mark: 'critical',
    word: 'Cannot be limited',
    says: 'It takes no charging profile. Its full power is reserved for it.',
  },
}

/** Why no check can be started now, in a sentence; undefined: it can. */
export const whyNotCheck = (of: { online: boolean; isRunning: boolean; registration: string }): string | undefined =>
  !of.online
    ? 'The charger is offline.'
    : of.isRunning
      ? 'A check of this charger is running.'
      : of.registration !== 'accepted'
        ? 'The charger is not accepted yet.'
        : undefined

/** The worst that counts: what a charger does with its limits goes before what it knows besides. */
export function gradeOf(lines: readonly Line[]): Grade {
  const result = (id: LineId) => lines.find((line) => line.id === id)?.result
  if (result('follows') === 'fail') return 'acceptsOnly'
  if (result('minimum') === 'fail' || result('minimum') === 'notSupported') return 'cannotBeLimited'
  if (result('minimum') !== 'pass' || result('follows') !== 'pass') return 'unproven'
  const care: LineId[] = ['composite', 'zero', 'periods', 'clear', 'keepsProfiles', 'meterInterval', 'clock', 'trigger']
  const oddUnits = result('amperes') !== 'pass'
  const oddMinimum = lines.some(({ measured }) => measured?.minA !== undefined || measured?.stackLevel === 0)
  return oddUnits || oddMinimum || care.some((id) => ['fail', 'notSupported'].includes(result(id) ?? '')) ? 'followsWithCare' : 'follows'
}

/** All that the lines measured of the model's ways. */
export const measuredBy = (lines: readonly Line[]): Measured =>
  Object.assign({}, ...lines.map(({ measured }) => measured ?? {})) as Measured

/** What is known of a model's ways, in sentences; nothing special: none. */
export const quirkWords = (found: Measured): string[] =>
  [
    found.smartCharging === false && 'Takes no charging profiles.',
    found.followsLimits === false && 'Accepts limits and does not follow them.',
    found.keepsProfiles === false && 'Loses its limits in a restart.',
    found.maxPeriods !== undefined &&
      found.maxPeriods < MANY_PERIODS &&
      (found.maxPeriods === 1 ? 'Keeps one period only.' : `Keeps ${found.maxPeriods} periods.`),
    found.refusesZero && 'Cannot pause: it refuses a limit of 0.',
    found.minA !== undefined && `Takes no limit under ${found.minA} A.`,
    found.units && !found.units.includes('A') && 'Takes watts only.',
    found.units && !found.units.includes('W') && 'Takes amperes only.',
    found.stackLevel === 0 && 'Takes stack level 0 only.',
  ].filter((words): words is string => typeof words === 'string')

/** Plans seldom have more. */
const MANY_PERIODS = 6
