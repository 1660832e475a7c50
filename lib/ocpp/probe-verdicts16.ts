import type { Verdict } from './compatibility16.ts'
import { type ConfigurationItem, findItem } from './configuration16.ts'
import type { Measured } from './quirks.ts'

// What a probe of a compatibility check saw, as its line (R15): passed or not, in a sentence with the evidence, and what was measured.

/** What became of a probe. `unknown`: the message is not known there. `failed …`: it answered with that error, which tells nothing of what it knows. */
export type Answered = 'accepted' | 'refused' | 'unknown' | 'silent' | `failed ${string}`
const FAILED = 'failed '
export const failedWith = (code: string): Answered => `${FAILED}${code.slice(0, 60)}`
const errorIn = (answered: Answered): string | undefined => (answered.startsWith(FAILED) ? answered.slice(FAILED.length) : undefined)

const pass = (says: string, measured?: Measured): Verdict => ({ result: 'pass', says, ...(measured && { measured }) })
const fail = (says: string, measured?: Measured): Verdict => ({ result: 'fail', says, ...(measured && { measured }) })
const notSupported = (says: string, measured?: Measured): Verdict => ({ result: 'notSupported', says, ...(measured && { measured }) })
/** It is known there, or not: an error of its own tells neither. */
const unclear = (answered: Answered): Verdict | undefined => {
  const error = errorIn(answered)
  return error === undefined ? undefined : fail(`It answered with ${error}.`)
}
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
  if (answered === 'unknown') return notSupported(`It does not know how to be asked for ${what}.`)
  if (answered === 'silent') return fail('It did not answer.')
  if (answered === 'refused') return notSupported(`It will not send ${what} when asked.`)
  const failed = unclear(answered)
  if (failed) return failed
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
    const known = tries.some(({ answered }) => answered !== 'unknown')
    const measured = { smartCharging: false }
    if (tries.some(({ answered }) => answered === 'silent')) return fail('It did not answer when it was given a limit.')
    const errors = new Set(tries.map(({ answered }) => errorIn(answered)))
    const [error] = errors
    if (errors.size === 1 && error !== undefined) return fail(`It answered every limit with ${error}.`, measured)
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
  if (answered === 'unknown') return notSupported('It does not know GetCompositeSchedule.')
  if (answered !== 'accepted') return unclear(answered) ?? fail('It did not tell its composite schedule.')
  if (shown === undefined) return fail('Its composite schedule has no periods.')
  const { limit, unit } = expected
  if (isNear(shown, limit)) return pass(`Its composite schedule shows ${shown} ${unit}, as it was told.`)
  return fail(`It accepted ${limit} ${unit} and shows ${shown} ${unit}.`)
}
export const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= Math.max(0.5, other * 0.05)

export function unitVerdict(unit: 'A' | 'W', claimed: boolean, answered: Answered): Verdict {
  const name = unit === 'A' ? 'amperes' : 'watts'
  if (answered === 'accepted') return pass(`It took a limit in ${name}${claimed ? '' : ', although it does not say so'}.`)
  if (answered !== 'refused' && answered !== 'unknown') return unclear(answered) ?? fail('It did not answer.')
  return claimed ? fail(`It says that it takes ${name}, and refused them.`) : notSupported(`It takes no ${name}, and says so.`)
}

/** What both units together tell of its ways; nothing while one of them is unknown. */
export function unitsMeasured(answers: Record<'A' | 'W', Answered>): Measured {
  const known = (['A', 'W'] as const).filter((unit) => answers[unit] === 'accepted')
  return known.length > 0 && !Object.values(answers).includes('silent') ? { units: [...known] } : {}
}

export function zeroVerdict(answered: Answered, shown: number | undefined): Verdict {
  if (answered === 'silent') return fail('It did not answer.')
  if (answered !== 'accepted') {
    const error = errorIn(answered)
    const how = error === undefined ? 'It refused a limit of 0' : `It answered a limit of 0 with ${error}`
    return fail(`${how}: it cannot pause.`, { refusesZero: true })
  }
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
    if (one !== 'accepted') return unclear(three) ?? fail('It refused three periods, and one as well.')
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
      : (unclear(answered) ?? notSupported(`It takes no stack level but its own: ${level} was refused.`))

export const clearVerdict = (answered: Answered, again: string | undefined): Verdict => {
  if (answered === 'unknown') return notSupported('It does not know ClearChargingProfile.')
  if (answered !== 'accepted') return unclear(answered) ?? fail('It did not clear a profile of ours.')
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
  answered === 'silent' ? fail('It did not answer.') : answered === 'unknown' ? notSupported(not) : (unclear(answered) ?? pass(knows))
