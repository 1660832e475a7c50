import { energyText, limitText } from '#lib/format/energy.ts'
import { decimal, percent, THIN, withUnit } from '#lib/format/number.ts'
import { spanText } from '#lib/format/time.ts'
import { minutes } from '#lib/time/instant.ts'
import type { Feasibility, Outcome, Stay, Verdict } from './feasibility.ts'

/** `≈ 14 min`: whole minutes. */
const about = (ms: number): string => {
  const whole = Math.round(ms / minutes(1))
  return `≈${THIN}${whole === 0 ? withUnit('0', 'min') : spanText(whole * minutes(1))}`
}
/** `68 km` */
export const distanceText = (m: number): string => withUnit(decimal(Math.abs(m) / 1000, 0), 'km')

/** `ready, margin ≈ 14 min (≈ 9 km)`, `not ready, short by ≈ 31 kWh (≈ 68 km)`. */
export function outcomeText({ ready, marginMs, marginM, shortWh }: Outcome): string {
  if (ready) return `ready, margin ${about(marginMs ?? 0)} (≈${THIN}${distanceText(marginM)})`
  return `not ready, short by ≈${THIN}${withUnit(decimal(shortWh / 1000, shortWh < 9_500 ? 1 : 0), 'kWh')} (≈${THIN}${distanceText(marginM)})`
}

/** What stands beside the mark. */
export const VERDICT_WORDS: Record<Verdict, string> = {
  ready: 'Ready in time',
  tight: 'Just in time',
  shortByPlan: 'Not by the plan',
  short: 'Not ready',
  unknown: 'No bay',
}

/** How it is reckoned, line by line: what is needed, what the port alone gives, what the plan in force gives. */
export function reckoning({
  stay,
  batteryWh,
  isAssumed,
  portW,
  alone,
  byPlan,
  tooSmall,
  verdict,
}: Feasibility): { name: string; text: string }[] {
  const { hasWh, neededWh } = stay
  const share = (wh: number) => percent((wh / batteryWh) * 100, 1)
  const deficitWh = Math.max(0, neededWh - hasWh)
  const lines = [
    {
      name: 'Needed at departure',
      text: `${energyText(neededWh)} of ${withUnit(decimal(batteryWh / 1000, 0), 'kWh')} (${share(neededWh)}), reserve included`,
    },
    {
      name: 'Comes with',
      text: `${energyText(hasWh)} (${share(hasWh)})${isAssumed ? ', assumed: nobody told its charge' : ''}: ${deficitWh === 0 ? 'enough' : `${energyText(deficitWh)} missing at the battery`}`,
    },
  ]
  if (tooSmall) lines.push({ name: 'Too much for it', text: TOO_SMALL[tooSmall](stay) })
  if (alone && portW !== null)
    lines.push({ name: 'Port alone', text: `${product(stay, portW)} = ${energyText(alone.givesWh)}: ${outcomeText(alone)}` })
  else lines.push({ name: 'Port alone', text: 'it has no bay: give it one, so that this can be reckoned' })
  lines.push({
    name: 'Plan in force',
    text: byPlan
      ? `gives ${energyText(byPlan.givesWh)} until it leaves: ${outcomeText(byPlan)}`
      : verdict === 'unknown'
        ? 'nothing without a bay'
        : 'tells nothing of this departure yet',
  })
  return lines
}

/** `4 h × 19.2 kW × 0.9` */
const product = ({ from, departsAt, efficiency }: Stay, powerW: number): string =>
  `${spanText(departsAt - from)} × ${limitText(powerW)} × ${String(efficiency)}`

const TOO_SMALL = {
  battery: () => 'more than the battery holds. Split the duty, or charge on the way',
  target: ({ mostWh }: Stay) => `more than it is charged to (${energyText(mostWh)}). Raise “Charge to” of the vehicle`,
}
