import { capital } from '#lib/format/capital.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { WattHours, Watts } from '#lib/units/units.ts'
import type { NodeId, PortId, VehicleId } from './input.ts'
import type { Cause, ChargeLimit, OutOfUse, Reason, Remedy, Shortfall, WaitCause } from './plan-result.ts'
import type { Stop } from './stopped.ts'

/** How this depot writes things: the time of its clock, the names people use, its money. Names default to the ids; without `price` no figure is told. */
export type Words = {
  time: (at: Instant) => string
  vehicle?: (id: VehicleId) => string
  port?: (id: PortId) => string
  node?: (id: NodeId) => string
  /** `0.12 $/kWh` from millionths per kWh. */
  price?: (microPerKwh: number) => string
}

/** What a vehicle does now and why, as one English sentence: `Waits: two vehicles leave earlier and feeder B is full; starts about 01:15.` */
export const explain = (reason: Reason, words: Words): string => {
  switch (reason.kind) {
    case 'notPlugged':
      return 'Not plugged in.'
    case 'notArrived':
      return `Expected at ${words.time(reason.at)}.`
    case 'departed':
      return `Was to leave at ${words.time(reason.at)}.`
    case 'done':
      return 'Has what it needs.'
    case 'chargerOffline':
      return `The charger at ${named(words.port, reason.port)} cannot be reached; it follows the last limit it has.`
    case 'outOfUse':
      return `${capital(outOfUseText(reason, words))}.`
    case 'charging': {
      const until = reason.until === undefined ? '' : `; done about ${words.time(reason.until)}`
      return `Charges at ${kilowatts(reason.powerW)}, ${limitedBy(reason.limitedBy, words)}${until}.`
    }
    case 'waits': {
      const stop = stopIn(reason)
      if (stop) return `Waits: ${stopText(stop, words)}; ${endText(stop)}.`
      const because = reason.because.map((cause) => waitsFor(cause, words)).join(', and ')
      return `Waits: ${because}; ${reason.until === undefined ? 'no time is found for it yet' : `starts about ${words.time(reason.until)}`}.`
    }
  }
}

/** What a person stopped a vehicle with, where that is why it waits. */
export const stopIn = (reason: Reason): Stop | undefined =>
  reason.kind === 'waits' ? reason.because.find((cause) => cause.kind === 'stopAll' || cause.kind === 'lockedOut') : undefined

/**
 * A shortfall as one sentence: how much is missing, why, and what would help, if that is sure. Whether other ways help is known when they were
 * tried (server/planning/what-would-help.ts).
 */
export const explainShortfall = ({ missingWh, cause, remedies }: Shortfall, words: Words): string => {
  const help = remedies[0] && sureHelp(remedies[0], words)
  return `Will miss ${kilowattHours(missingWh)}: ${causeOf(cause, words)}.${help ? ` ${capital(help)}.` : ''}`
}

/** Why energy will be missing, as a sentence of its own: `Feeder B is full.` */
export const explainCause = (cause: Cause, words: Words): string => `${capital(causeOf(cause, words))}.`

const limitedBy = (limit: ChargeLimit, words: Words): string => {
  switch (limit.kind) {
    case 'port':
      return 'as fast as the port can'
    case 'vehicle':
      return 'as fast as the vehicle can'
    case 'node':
      return `reduced because ${named(words.node, limit.node)} is full`
    case 'plan':
      return 'which is enough to be ready'
  }
}

const waitsFor = (cause: WaitCause, words: Words): string => {
  switch (cause.kind) {
    case 'price':
      return words.price
        ? `energy costs ${words.price(cause.nowMicroPerKwh)} now and ${words.price(cause.thenMicroPerKwh)} then`
        : 'energy is cheaper later'
    case 'carbon':
      return `energy is cleaner later (${cause.thenGPerKwh} instead of ${cause.nowGPerKwh} g CO₂ per kWh)`
    case 'earlierDepartures':
      return `${who(cause.vehicles, words, 'leaves', 'leave')} earlier and ${named(words.node, cause.node)} is full`
    case 'higherPriority':
      return `${who(cause.vehicles, words, 'goes', 'go')} first and ${named(words.node, cause.node)} is full`
    case 'lessSlack':
      return `${who(cause.vehicles, words, 'has', 'have')} less time to spare and ${named(words.node, cause.node)} is full`
    case 'nodeFull':
      return `${named(words.node, cause.node)} is full`
    case 'hasTime':
      return 'there is time to spare'
    case 'stopAll':
    case 'lockedOut':
      return stopText(cause, words)
  }
}

const causeOf = (cause: Cause, words: Words): string => {
  switch (cause.kind) {
    case 'nodeFull':
      return `${named(words.node, cause.node)} is full`
    case 'portPower':
      return `${named(words.port, cause.port)} gives at most ${kilowatts(cause.maxW)}`
    case 'tooLittleTime':
      return `it needs ${duration(cause.neededMinutes)} and has ${duration(cause.availableMinutes)}`
    case 'notPlugged':
      return 'it is not plugged in'
    case 'chargerOffline':
      return `the charger at ${named(words.port, cause.port)} cannot be reached`
    case 'outOfUse':
      return outOfUseText(cause, words)
    case 'stopAll':
    case 'lockedOut':
      return stopText(cause, words)
  }
}

const outOfUseText = ({ port, held: { why, by } }: OutOfUse, words: Words): string => {
  const charger = `the charger at ${named(words.port, port)}`
  if (why === 'overLimit') return `${charger} drew more than its limit and was stopped`
  if (why === 'unconfirmed') return `${charger} is held until it confirms its fallback limit: the site has no room for its full power`
  return `${charger} was taken out of use by ${by ?? 'a person'}`
}
const intoUseText = ({ port, held: { why } }: Pick<OutOfUse, 'port' | 'held'>, words: Words): string => {
  const charger = `the charger at ${named(words.port, port)}`
  if (why === 'overLimit') return `have ${charger} checked, then take it back into use`
  return why === 'unconfirmed' ? `${charger} is released when it confirms its fallback limit` : `take ${charger} back into use to go on`
}
const stopText = (stop: Stop, words: Words): string =>
  stop.kind === 'stopAll' ? 'everything is stopped' : `${named(words.node, stop.node)} is locked out`
const endText = ({ kind }: Stop): string => (kind === 'stopAll' ? 'lift it to go on' : 'release it to go on')

/** What a person does and no planner needs to try. */
const sureHelp = (help: Remedy, words: Words): string | undefined => {
  switch (help.kind) {
    case 'plugIn':
      return `plugging it in by ${words.time(help.by)} would help`
    case 'reconnectCharger':
      return `reconnecting the charger at ${named(words.port, help.port)} would help`
    case 'takeIntoUse':
      return intoUseText(help, words)
    case 'release':
      return endText({ kind: 'lockedOut', node: help.node })
    case 'liftStop':
      return endText({ kind: 'stopAll' })
    default:
      return undefined
  }
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

const who = (vehicles: VehicleId[], words: Words, one: string, many: string): string =>
  vehicles.length === 1 ? `${named(words.vehicle, vehicles[0]!)} ${one}` : `${NUMBERS[vehicles.length] ?? vehicles.length} vehicles ${many}`

const named = (name: ((id: string) => string) | undefined, id: string): string => name?.(id) ?? id
const kilowatts = (power: Watts): string => `${Math.round(power / 100) / 10} kW`
const kilowattHours = (energy: WattHours): string => (energy < 100 ? `${energy} Wh` : `${Math.round(energy / 100) / 10} kWh`)
const duration = (length: number): string =>
  length < 60 ? `${length} min` : `${Math.floor(length / 60)} h ${String(length % 60).padStart(2, '0')} min`
