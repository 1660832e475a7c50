import type { ChargingEvent } from '#lib/charging/event.ts'
import { isPlugged } from '#lib/charging/port-status.ts'
import { earliest } from '#lib/time/instant.ts'
import { findPort, savePortStatus } from '../store/port.ts'
import { type Noted, noted, type Recording, write } from './recording.ts'

type Status = Extract<ChargingEvent, { kind: 'status' }>

/**
 * A port's new state. A status older than the one known (queued offline, out of order) is kept in the journal and changes nothing.
 * Port 0 is the charger itself (1.6 §4.9): journal only, its ports tell their own.
 */
export async function recordStatus(recording: Recording, event: Status): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  const data = {
    port: event.port,
    status: event.status,
    errorCode: event.errorCode,
    vendorErrorCode: event.vendorErrorCode,
    info: event.info,
    at: event.at,
  }
  if (event.port === 0) {
    write(recording, 'charger.status', `charger:${charger.id}`, data)
    return noted(recording, event)
  }
  const port = await findPort(db, charger.id, event.port)
  if (!port) {
    write(recording, 'review.unknownPort', `charger:${charger.id}`, data)
    return noted(recording, event, {}, false)
  }
  const ids = { portId: port.id }
  // a date in the future must not block the states that follow
  const statusAt = earliest(event.at, receivedAt)
  const errorCode = event.errorCode === 'NoError' ? null : (event.errorCode ?? null)
  const vendorErrorCode = event.vendorErrorCode ?? null
  const same = port.status === event.status && port.errorCode === errorCode && port.vendorErrorCode === vendorErrorCode
  if (same && port.statusAt === statusAt) return noted(recording, event, ids, false)
  if (port.statusAt !== undefined && statusAt < port.statusAt) {
    write(recording, 'port.statusLate', `port:${port.id}`, data)
    return noted(recording, event, ids, false)
  }
  const plugged = isPlugged(event.status)
  const pluggedAt = plugged === undefined ? port.pluggedAt : plugged ? (port.pluggedAt ?? statusAt) : undefined
  await savePortStatus(db, port.id, {
    status: event.status,
    statusAt,
    pluggedAt,
    errorCode,
    vendorErrorCode,
    errorInfo: event.info ?? null,
    powerGone: plugged === false || event.status === 'faulted' || event.status === 'unavailable',
  })
  if (!same) write(recording, 'port.status', `port:${port.id}`, { ...data, from: port.status })
  if (port.pluggedAt === undefined && pluggedAt !== undefined) recording.causes.push(`a vehicle plugged in at ${port.bay}`)
  else if (port.pluggedAt !== undefined && pluggedAt === undefined) recording.causes.push(`a vehicle left ${port.bay}`)
  else if (port.status !== event.status) recording.causes.push(`${port.bay} changed its state`)
  return noted(recording, event, ids)
}
