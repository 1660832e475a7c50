import { energyText, powerText } from '#lib/format/energy.ts'
import { counted } from '#lib/format/number.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Effect, Outcome } from './compare.ts'

/** How a depot writes times, names and money. `money`: millionths of its currency. */
export type ChangeWords = { time: (at: Instant) => string; vehicle: (id: string) => string; money: (micro: number) => string }

/** Of so many vehicles of one kind each is named; of more only their number is said. */
const MOST_NAMED = 4
/** Less than this is the same money on the glass. */
const CENT = 10_000

/** What a change does to one vehicle: `Van 07 leaves short: 4.2 kWh are missing at 05:15.` */
export function effectText({ vehicle, kind, before, after }: Effect, words: ChangeWords): string {
  const name = words.vehicle(vehicle)
  const ready = after?.readyAt == null ? '' : words.time(after.readyAt)
  switch (kind) {
    case 'late':
      return `${name} leaves short: ${energyText(after!.missingWh)} are missing at ${words.time(after!.departs)}.`
    case 'ready':
      return `${name} becomes ready${ready && ` by ${ready}`}: it leaves at ${words.time(after!.departs)}.`
    case 'lacksMore':
    case 'lacksLess':
      return `${name} lacks ${energyText(after!.missingWh)} instead of ${energyText(before!.missingWh)}.`
    case 'readyLater':
    case 'readyEarlier':
      return `${name} is ready at ${ready} instead of ${words.time(before!.readyAt!)}.`
    case 'moved':
      return `${name} charges at other hours and is ready as before.`
    case 'new':
      return `${name} is ready${ready && ` at ${ready}`} and leaves at ${words.time(after!.departs)}.`
    case 'gone':
      return `${name} is not in the plan any more.`
  }
}

/** The differences between two plans in sentences, the most important first; never empty. */
export function differenceTexts(before: Outcome, after: Outcome, effects: readonly Effect[], words: ChangeWords): string[] {
  const of = (kind: Effect['kind']) => effects.filter((each) => each.kind === kind)
  const told = (kind: Effect['kind'], many: (n: number) => string): string[] => {
    const found = of(kind)
    return found.length > MOST_NAMED ? [many(found.length)] : found.map((each) => effectText(each, words))
  }
  const texts = [
    ...told('late', (n) => `${n} vehicles leave short that would have been ready.`),
    ...told('lacksMore', (n) => `${n} vehicles lack more than before.`),
    ...told('ready', (n) => `${n} vehicles become ready that would have left short.`),
    ...told('lacksLess', (n) => `${n} vehicles lack less than before.`),
    ...told('new', (n) => `All ${n} new vehicles are ready.`),
    ...told('gone', (n) => `${n} vehicles are not in the plan any more.`),
    ...costTexts(before, after, words),
    ...peakTexts(before, after),
    ...told('readyLater', (n) => `${n} vehicles are ready later, still in time.`),
    ...told('readyEarlier', (n) => `${n} vehicles are ready earlier.`),
    ...(of('moved').length > 0
      ? [`${counted(of('moved').length, 'vehicle')} ${of('moved').length === 1 ? 'charges' : 'charge'} at other hours, ready as before.`]
      : []),
  ]
  return texts.length > 0 ? texts : ['Nothing changes.']
}

const costTexts = (before: Outcome, after: Outcome, { money }: ChangeWords): string[] => {
  const more = after.costMicro - before.costMicro
  if (Math.abs(more) < CENT) return []
  const energyWh = after.energyWh - before.energyWh
  const isWelcome = after.missingWh <= before.missingWh
  const energy =
    Math.abs(energyWh) < 100
      ? ''
      : `, for ${energyText(Math.abs(energyWh))} ${energyWh > 0 ? 'more' : isWelcome ? 'less, none of it needed for a duty' : 'less'}`
  const cost = `It costs ${money(Math.abs(more))} ${more > 0 ? 'more' : 'less'}: ${money(after.costMicro)} instead of ${money(before.costMicro)}${energy}.`
  const peak = after.newPeakMicro - before.newPeakMicro
  if (Math.abs(peak) < CENT) return [cost]
  return [
    cost,
    peak > 0 ? `${money(peak)} of it is for a new peak of the month.` : `${money(-peak)} for a new peak of the month fall away.`,
  ]
}

const peakTexts = (before: Outcome, after: Outcome): string[] =>
  Math.abs(after.highestW - before.highestW) < 100
    ? []
    : [`The highest quarter hour is ${powerText(after.highestW)} instead of ${powerText(before.highestW)}.`]
