import { plus, seconds } from '#lib/time/instant.ts'
import { updateAfterBoot } from './firmware-update.ts'
import type { Payload } from './frame.ts'
import { pump } from './queue.ts'
import { securityEvent } from './security-event.ts'
import { connectionOpened } from './security-profile.ts'
import { count, deviceNow, messageId, type Station } from './station.ts'
import { tellAll, tellChanges } from './status.ts'

// BootNotification (§4.2) and what follows from its answer; Heartbeat (§4.6).

const RETRY_S = 30
/** A device clock that differs less is left alone: the answer's way takes time. */
const TOLERATED_MS = 60_000

/** The socket is open: a boot is owed after power-on, not after a mere reconnect. */
export async function opened(station: Station): Promise<void> {
  connectionOpened(station)
  if (station.owesBoot) return boot(station)
  station.registration = 'Accepted'
  tellChanges(station)
  await pump(station)
}

export async function boot(station: Station): Promise<void> {
  station.bootDueAt = undefined
  const { vendor, name, firmware } = station.model
  const outcome = await station.link.call(messageId(), 'BootNotification', {
    chargePointVendor: vendor,
    chargePointModel: name,
    chargePointSerialNumber: station.serial,
    firmwareVersion: station.memory.firmware ?? firmware,
  })
  if (station.power === 'off' || outcome.kind === 'closed') return
  const answer: Payload = outcome.kind === 'result' ? outcome.payload : {}
  const interval = Number(answer.interval ?? 0)
  setClock(station, answer)
  if (answer.status !== 'Accepted') {
    station.registration = answer.status === 'Pending' ? 'Pending' : answer.status === 'Rejected' ? 'Rejected' : 'none'
    // an interval of 0: the charger chooses, and must not flood (§4.2)
    station.bootDueAt = plus(station.at, seconds(interval > 0 ? interval : RETRY_S))
    station.changed()
    return
  }
  station.registration = 'Accepted'
  station.owesBoot = false
  if (interval > 0) station.memory.configuration.HeartbeatInterval = String(interval)
  scheduleHeartbeat(station)
  securityEvent(station, 'StartupOfTheDevice')
  tellAll(station)
  updateAfterBoot(station)
  station.changed()
  await pump(station)
}

export function scheduleHeartbeat(station: Station): void {
  const interval = count(station, 'HeartbeatInterval')
  station.heartbeatDueAt = interval > 0 ? plus(station.at, seconds(interval)) : undefined
}

export async function heartbeat(station: Station): Promise<void> {
  scheduleHeartbeat(station)
  const outcome = await station.link.call(messageId(), 'Heartbeat', {})
  if (outcome.kind === 'result') setClock(station, outcome.payload)
}

/** The device takes over the central system's time, unless its clock is the fault. */
function setClock(station: Station, answer: Payload): void {
  const theirs = Date.parse(String(answer.currentTime ?? ''))
  const isBroken = [...station.faults.values()].some(({ fault }) => fault.skewMs)
  if (!Number.isFinite(theirs) || isBroken) return
  const difference = theirs - deviceNow(station)
  if (Math.abs(difference) <= TOLERATED_MS) return
  station.skewMs += difference
  securityEvent(station, 'SettingSystemTime', `${Math.round(difference / 1000)} s`)
}
