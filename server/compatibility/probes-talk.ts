import type { LineId } from '#lib/ocpp/compatibility16.ts'
import { type ConfigurationItem, findItem } from '#lib/ocpp/configuration16.ts'
import {
  arrivedVerdict,
  clockVerdict,
  configurationVerdict,
  intervalVerdict,
  knowsVerdict,
  notTried,
  smartChargingVerdict,
} from '#lib/ocpp/probe-verdicts16.ts'
import { type Instant, iso, minutes, plus, seconds } from '#lib/time/instant.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { arrivals } from '../store/compatibility.ts'
import { arrives, ask, type Desk, heard } from './desk.ts'
import type { Probe } from './probes-limits.ts'

// What a charger tells, and what it knows of the protocol besides limits. None of it changes anything that lasts.

const configuration: Probe = async (desk) => {
  const { gateway, charger } = desk
  const read = await readConfiguration(gateway, charger.id, async (call) => {
    const answer = await gateway.links.call(charger.id, call)
    heard(answer)
    return answer
  })
  if (read.kind === 'read') desk.items = read.items
  return configurationVerdict(desk.items)
}

const ARRIVES_MS = seconds(30)

/** Asks it to send a message now, and looks whether it comes. */
const sends =
  (by: 'TriggerMessage' | 'ExtendedTriggerMessage', requestedMessage: string, what: string): Probe =>
  async (desk) => {
    const since = desk.gateway.clock.now()
    const connectorId = requestedMessage === 'StatusNotification' ? { connectorId: desk.port.number } : {}
    const { answered } = await ask(desk, by, { requestedMessage, ...connectorId })
    const came = answered === 'accepted' && (await arrives(desk, requestedMessage, since, ARRIVES_MS)) !== undefined
    return arrivedVerdict(answered, came, what)
  }

const localList: Probe = async (desk) => {
  const { answered, response } = await ask(desk, 'GetLocalListVersion', {})
  if (answered === 'accepted' && response.listVersion === -1) return { result: 'notSupported', says: 'It keeps no local list.' }
  return knowsVerdict(answered, `It keeps a local list; its version is ${response.listVersion}.`, 'It does not know local lists.')
}

/** Beyond all reservations of our own. */
const RESERVATION_ID = 2_000_000_000

/** Reserved and at once cancelled; nobody is kept waiting. */
const reservation: Probe = async (desk) => {
  const { port, gateway, charger } = desk
  if (port.sessionId !== undefined) return notTried('The port is in use.')
  const expiryDate = iso(plus(gateway.clock.now(), charger.clockOffsetMs + minutes(2)) as Instant)
  const asked = await ask(desk, 'ReserveNow', {
    connectorId: port.number,
    expiryDate,
    idTag: 'COMPATIBILITY',
    reservationId: RESERVATION_ID,
  })
  if (asked.answered !== 'accepted')
    return knowsVerdict(asked.answered, `It knows reservations; this time it said ${asked.status}.`, 'It cannot be reserved.')
  const cancelled = await ask(desk, 'CancelReservation', { reservationId: RESERVATION_ID })
  return cancelled.answered === 'accepted'
    ? { result: 'pass', says: 'It took a reservation of its port, and its cancellation.' }
    : { result: 'fail', says: 'It took a reservation and did not cancel it; it ends by itself in two minutes.' }
}

const certificates: Probe = async (desk) => {
  const { answered } = await ask(desk, 'GetInstalledCertificateIds', { certificateType: 'CentralSystemRootCertificate' })
  // NotFound: it knows the question, and has none
  return knowsVerdict(answered, 'It tells which roots it trusts.', 'It does not tell its certificates.')
}

export const METER_LOOK_BACK_MS = minutes(10)
export const HEARTBEAT_LOOK_BACK_MS = minutes(180)

/** Gaps between arrivals, newest first, in seconds of depot time. */
const gapsOf = (at: readonly Instant[]): number[] => at.slice(1).map((earlier, i) => (at[i]! - earlier) / 1000)
const setTo = (items: ConfigurationItem[], key: string): number | undefined => {
  const value = Number(findItem(items, key)?.value ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

const meterInterval: Probe = async ({ gateway, charger, busy, items }) => {
  if (!busy) return notTried('Nobody charges there now.')
  const at = await arrivals(gateway.db.prisma, charger.id, 'MeterValues', plus(gateway.clock.now(), -METER_LOOK_BACK_MS))
  return intervalVerdict('meter values', setTo(items, 'MeterValueSampleInterval'), gapsOf(at))
}

const heartbeat: Probe = async ({ gateway, charger, items }) => {
  const at = await arrivals(gateway.db.prisma, charger.id, 'Heartbeat', plus(gateway.clock.now(), -HEARTBEAT_LOOK_BACK_MS))
  return intervalVerdict('heartbeats', setTo(items, 'HeartbeatInterval'), gapsOf(at))
}

export const TALK_PROBES = {
  configuration,
  smartCharging: async ({ items }: Desk) => smartChargingVerdict(items),
  trigger: sends('TriggerMessage', 'StatusNotification', 'a status'),
  clock: async ({ charger }: Desk) => clockVerdict(charger.clockOffsetMs),
  meterInterval,
  heartbeat,
  localList,
  reservation,
  extendedTrigger: sends('ExtendedTriggerMessage', 'Heartbeat', 'a heartbeat'),
  logs: sends('ExtendedTriggerMessage', 'LogStatusNotification', 'the state of its log'),
  certificates,
} satisfies Partial<Record<LineId, Probe>>
