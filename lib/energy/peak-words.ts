import { powerText } from '#lib/format/energy.ts'
import { counted } from '#lib/format/number.ts'

/** Where the peak comes from that the plan may use at no cost: learned, said by a person, or only what was made already. */
export type PeakMode = 'learned' | 'byHand' | 'off'

export const PEAK_MODES = [
  {
    value: 'learned',
    label: 'Learn it',
    words:
      'From what the days before would have needed. The plan uses power up to it as if it were paid for, so that one busy day does not make a higher peak.',
  },
  { value: 'byHand', label: 'Set it by hand', words: 'A peak you know of: the month before, or what was agreed.' },
  { value: 'off', label: 'Do not expect any', words: 'Each day keeps as low as it can; only the peak made so far is free.' },
] as const satisfies readonly { value: PeakMode; label: string; words: string }[]

export type PeakTold = {
  mode: PeakMode
  /** What is in force, W; null: only the peak so far. */
  targetW: number | null
  isHard: boolean
  /** Days that it is learned from. */
  days: number
  /** Of this month, W; null before the first energy. */
  soFarW: number | null
  isCharged: boolean
}

/** `Expected peak of the month 33.1 kW, learned from 21 days; so far 29.0 kW.` */
export function peakSentence({ mode, targetW, isHard, days, soFarW, isCharged }: PeakTold): string {
  if (!isCharged) return 'This tariff has no demand charge: a peak costs nothing.'
  const soFar = soFarW === null ? 'nothing was charged this month yet' : `so far ${powerText(soFarW)}`
  if (mode === 'off') return `No peak is expected; ${soFar}. What is higher costs the demand charge.`
  if (targetW === null)
    return `The peak of the month is not learned yet: ${days === 0 ? 'no day was' : `${counted(days, 'day')} ${days === 1 ? 'was' : 'were'}`} seen, and three like those ahead are needed; ${soFar}.`
  if (mode === 'byHand')
    return isHard
      ? `The peak of the month may be ${powerText(targetW)} at most, set by hand; ${soFar}. Vehicles are rather late than above it.`
      : `Expected peak of the month ${powerText(targetW)}, set by hand; ${soFar}.`
  const made = soFarW !== null && soFarW >= targetW ? ' It is made already: the rest of the month is expected to need no more.' : ''
  return `Expected peak of the rest of the month ${powerText(targetW)}, learned from ${counted(days, 'day')}; ${soFar}.${made}`
}
