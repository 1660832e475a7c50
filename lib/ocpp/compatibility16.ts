import type { Mark } from '#lib/api/words.ts'
import { type ConfigurationItem, findItem } from './configuration16.ts'
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

/** What became of a probe. `error`: the message is not known there. */
export type Answered = 'accepted' | 'refused' | 'error' | 'silent'

const pass = (says: string, measured?: Measured): Verdict => ({ result: 'pass', says, ...(measured && { measured }) })
const fail = (says: string, measured?: Measured): Verdict => ({ result: 'fail', says, ...(measured && { measured }) })
const notSupported = (says: string, measured?: Measured): Verdict => ({ result: 'notSupported', says, ...(measured && { measured }) })
export const notTried = (says: string): Verdict => ({ result: 'notTried', says })

const TOLD = [
  'SupportedFeatureProfiles',
  'ChargeProfileMaxStackLevel',
  'ChargingScheduleAllowedChargingRateUnit',
  'ChargingScheduleMaxPeriods',
  'MaxChargingProfilesInstalled',
]
const ALSO_TOLD = ['ConnectorSwitch3to1PhaseSupported', 'LocalAuthListEnabled', 'SecurityProfile']

export function configurationVerdict(items: readonly ConfigurationItem[] | undefined): Verdict {
  if (!items || items.length === 0) return fail('It did not tell its configuration.')
  const of = (key: string) => findItem([...items], key)
  const missing = TOLD.filter((key) => !of(key))
  const also = ALSO_TOLD.flatMap((key) => (of(key)?.value ? [`${key} ${of(key)!.value}`] : []))
  const told = `It told ${items.length} keys${also.length > 0 ? ` (${also.join(', ')})` : ''}`
  if (missing.length === 0) return pass(`${told}, those of smart charging among them.`)
  return fail(`${told}; ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`)
}

export function smartChargingVerdict(items: readonly ConfigurationItem[]): Verdict {
  const told = findItem([...items], 'SupportedFeatureProfiles')?.value
  if (!told) return notTried('It does not tell which features it has.')
  return told.toLowerCase().includes('smartcharging')
    ? pass('It says that it has smart charging.')
    : notSupported('It says that it has no smart charging.')
}

export const arrivedVerdict = (answered: Answered, arrived: boolean, what: string): Verdict => {
  if (answered === 'error') return notSupported(`It does not know how to be asked for ${what}.`)
  if (answered === 'silent') return fail('It did not answer.')
  if (answered === 'refused') return notSupported(`It will not send ${what} when asked.`)
  return arrived ? pass(`Asked for ${what}, it sent one.`) : fail(`It said that it would send ${what}, and nothing came.`)
}

export const SANE_CLOCK_MS = 60_000
export const clockVerdict = (offsetMs: number): Verdict => {
  const off = Math.abs(Math.round(offsetMs / 1000))
  if (Math.abs(offsetMs) <= SANE_CLOCK_MS) return pass(off < 2 ? 'Its clock agrees with ours.' : `Its clock is ${off} s off.`)
  return fail(`Its clock is ${off} s ${offsetMs > 0 ? 'ahead' : 'behind'}; what it tells is corrected by that.`)
}

/** One try to set the minimum. */
export type MinimumTry = { amps: number; unit: 'A' | 'W'; stackLevel: number; answered: Answered }

/** `usual`: what was to be expected from the port and from what the charger tells of itself. */
export function minimumVerdict(tries: readonly MinimumTry[], usual: { amps: number; stackLevel: number }): Verdict {
  const taken = tries.find(({ answered }) => answered === 'accepted')
  if (!taken) {
    const known = tries.some(({ answered }) => answered !== 'error')
    const measured = { smartCharging: false }
    if (tries.some(({ answered }) => answered === 'silent')) return fail('It did not answer when it was given a limit.')
    return known ? fail('It refused every limit it was given.', measured) : notSupported('It does not know charging profiles.', measured)
  }
  const odd = {
    ...(taken.amps > usual.amps && { minA: taken.amps }),
    ...(taken.stackLevel !== usual.stackLevel && { stackLevel: taken.stackLevel }),
  }
  const says = [
    `It took ${taken.amps} A as the default of its port`,
    taken.unit === 'W' && 'in watts',
    taken.stackLevel !== usual.stackLevel && `at stack level ${taken.stackLevel}`,
  ]
    .filter(Boolean)
    .join(', ')
  const refused = taken.amps > usual.amps ? `, after it had refused ${usual.amps} A` : ''
  return pass(`${says}${refused}.`, { smartCharging: true, ...odd })
}

/** `shown`: limit of the first period, in the unit that was asked for. */
export function compositeVerdict(answered: Answered, expected: { limit: number; unit: 'A' | 'W' }, shown: number | undefined): Verdict {
  if (answered === 'error') return notSupported('It does not know GetCompositeSchedule.')
  if (answered !== 'accepted') return fail('It did not tell its composite schedule.')
  if (shown === undefined) return fail('Its composite schedule has no periods.')
  const { limit, unit } = expected
  if (isNear(shown, limit)) return pass(`Its composite schedule shows ${shown} ${unit}, as it was told.`)
  return fail(`It accepted ${limit} ${unit} and shows ${shown} ${unit}.`)
}
export const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= Math.max(0.5, other * 0.05)

export function unitVerdict(unit: 'A' | 'W', claimed: boolean, answered: Answered): Verdict {
  const name = unit === 'A' ? 'amperes' : 'watts'
  if (answered === 'accepted') return pass(`It took a limit in ${name}${claimed ? '' : ', although it does not say so'}.`)
  if (answered === 'silent') return fail('It did not answer.')
  return claimed ? fail(`It says that it takes ${name}, and refused them.`) : notSupported(`It takes no ${name}, and says so.`)
}

/** What both units together tell of its ways; nothing while one of them is unknown. */
export function unitsMeasured(answers: Record<'A' | 'W', Answered>): Measured {
  const known = (['A', 'W'] as const).filter((unit) => answers[unit] === 'accepted')
  return known.length > 0 && !Object.values(answers).includes('silent') ? { units: [...known] } : {}
}

export function zeroVerdict(answered: Answered, shown: number | undefined): Verdict {
  if (answered === 'silent') return fail('It did not answer.')
  if (answered !== 'accepted') return fail('It refused a limit of 0: it cannot pause.', { refusesZero: true })
  if (shown !== undefined && !isNear(shown, 0)) return fail(`It accepted 0 and shows ${shown}: it does not pause.`, { refusesZero: true })
  return pass('It took a limit of 0: it can pause.', { refusesZero: false })
}

/**
 * `asked`: periods of the first try (three), then of what it claims; `kept`: changes that the composite schedule shows of the three;
 * undefined: it shows none.
 */
export function periodsVerdict(three: Answered, kept: number | undefined, one: Answered | undefined, claimed: number | undefined): Verdict {
  const claims = claimed === undefined ? '' : `, although it says ${claimed}`
  if (three === 'silent') return fail('It did not answer.')
  if (three !== 'accepted') {
    if (one !== 'accepted') return fail('It refused three periods, and one as well.')
    const says = claimed === 1 ? 'It takes one period only, and says so.' : `It takes one period only${claims}.`
    return fail(says, { maxPeriods: 1 })
  }
  if (kept === undefined) return pass('It took three periods; what it keeps of them could not be seen.')
  if (kept >= 3) return pass('It took three periods and shows them all.')
  const maxPeriods = Math.max(1, kept)
  return fail(`It took three periods and keeps ${maxPeriods === 1 ? 'the first one only' : `only ${maxPeriods}`}.`, { maxPeriods })
}

export const stackVerdict = (level: number, answered: Answered): Verdict =>
  answered === 'accepted'
    ? pass(`It took a profile at stack level ${level}, too.`)
    : answered === 'silent'
      ? fail('It did not answer.')
      : notSupported(`It takes no stack level but its own: ${level} was refused.`)

export const clearVerdict = (answered: Answered, again: string | undefined): Verdict => {
  if (answered === 'error') return notSupported('It does not know ClearChargingProfile.')
  if (answered !== 'accepted') return fail('It did not clear a profile of ours.')
  return again === 'Unknown'
    ? pass('It cleared a profile by its id, and then knew it no more.')
    : fail(`It said that it cleared a profile, and answers ${again ?? 'nothing'} when asked again.`)
}

/** `lastW`: the last reading before the time was over. */
export function followVerdict(limitW: number, beforeW: number, lastW: number, tookS: number, toleranceW: number): Verdict {
  const kw = (w: number) => `${(w / 1000).toFixed(1)} kW`
  if (lastW <= limitW + toleranceW)
    return pass(`Limited from ${kw(beforeW)} to ${kw(limitW)}, it drew ${kw(lastW)} after ${tookS} s.`, { followsLimits: true })
  return fail(`It accepted ${kw(limitW)} and still drew ${kw(lastW)} after ${tookS} s: it accepts but does not follow.`, {
    followsLimits: false,
  })
}

export const keptVerdict = (before: number, after: number | undefined, unit: 'A' | 'W', bootS: number): Verdict => {
  if (after === undefined) return fail('After the restart it does not show a limit: it counts as lost.', { keepsProfiles: false })
  return isNear(after, before)
    ? pass(`After a restart of ${bootS} s it still shows ${after} ${unit}.`, { keepsProfiles: true })
    : fail(`Before the restart it showed ${before} ${unit}, after it ${after} ${unit}: it loses its limits.`, { keepsProfiles: false })
}

/** `gapsS`: between one message and the next, as they arrived. Half as often again is still as set. */
export function intervalVerdict(what: string, wantedS: number | undefined, gapsS: readonly number[]): Verdict {
  if (wantedS === undefined || wantedS <= 0) return notTried(`It does not tell how often it sends ${what}.`)
  if (gapsS.length < 2) return notTried(`Too few ${what} were sent lately to judge.`)
  const usual = [...gapsS].sort((a, b) => a - b)[Math.floor(gapsS.length / 2)]!
  const said = `It sends ${what} every ${Math.round(usual)} s; it is set to ${wantedS} s.`
  return usual <= wantedS * 1.5 + 2 ? pass(said) : fail(said)
}

export const knowsVerdict = (answered: Answered, knows: string, not: string): Verdict =>
  answered === 'silent' ? fail('It did not answer.') : answered === 'error' ? notSupported(not) : pass(knows)
