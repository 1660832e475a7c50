import { plus, seconds } from '#lib/time/instant.ts'
import type { Payload } from './frame.ts'
import { isGood, known, remember } from './known-tags.ts'
import type { TagInfo } from './memory.ts'
import { isKeptFromOthers } from './reservation.ts'
import { count, flash, isAccepted, isOn, messageId, type Port, type Station } from './station.ts'
import { refreshStatus } from './status.ts'
import { beginTransaction, endTransaction } from './transaction.ts'

// Who may charge: asked over the network, or known from the list and the cache (§3.5).

/** A driver shows a tag at a port. */
export async function swipe(station: Station, port: Port, idTag: string): Promise<void> {
  if (station.power === 'off') return
  const running = flash(station, port).transaction
  if (running) {
    if (mayStop(station, running.idTag, idTag)) endTransaction(station, port, 'Local', idTag)
    return
  }
  if (port.status === 'Unavailable' || port.status === 'Faulted' || port.authorising) return
  port.authorising = true
  const allowed = await isAllowed(station, idTag)
  port.authorising = false
  if (allowed && !isKept(station, port, idTag)) arm(station, port, idTag)
  else station.log.info({ charger: station.identity, port: port.number }, `${station.identity} refuses a tag on port ${port.number}`)
}

/** From RemoteStartTransaction: with or without asking for the tag first (AuthorizeRemoteTxRequests). */
export async function remoteStart(station: Station, port: Port, idTag: string, profile?: Payload): Promise<void> {
  if (isOn(station, 'AuthorizeRemoteTxRequests') && !(await isAllowed(station, idTag))) return
  if (isKept(station, port, idTag)) return
  arm(station, port, idTag, profile)
}

/** For somebody else; the tag's group is known when it was asked for, or listed. */
export const isKept = (station: Station, port: Port, idTag: string): boolean =>
  isKeptFromOthers(station, port, idTag, station.groups.get(idTag) ?? known(station, idTag)?.parentIdTag)

/** Starts at once when the cable is in, or waits for it until ConnectionTimeOut (§9.1.9). */
function arm(station: Station, port: Port, idTag: string, profile?: Payload): void {
  if (station.power === 'off' || flash(station, port).transaction) return
  if (port.load) beginTransaction(station, port, idTag, profile)
  else port.armed = { idTag, profile, until: plus(station.at, seconds(count(station, 'ConnectionTimeOut'))) }
  refreshStatus(station, port)
}

/** The same tag, or one of the same group. */
function mayStop(station: Station, started: string, shown: string): boolean {
  const group = known(station, started)?.parentIdTag
  return started === shown || (group !== undefined && known(station, shown)?.parentIdTag === group)
}

async function isAllowed(station: Station, idTag: string): Promise<boolean> {
  if (!isAccepted(station)) return isAllowedOffline(station, idTag)
  if (isOn(station, 'LocalPreAuthorize') && isGood(station, known(station, idTag))) return true
  const outcome = await station.link.call(messageId(), 'Authorize', { idTag })
  if (outcome.kind !== 'result') return outcome.kind !== 'error' && isAllowedOffline(station, idTag)
  const info = outcome.payload.idTagInfo as TagInfo
  remember(station, idTag, info)
  return info.status === 'Accepted'
}

function isAllowedOffline(station: Station, idTag: string): boolean {
  const info = known(station, idTag)
  if (info) return isOn(station, 'LocalAuthorizeOffline') && isGood(station, info)
  return isOn(station, 'AllowOfflineTxForUnknownId')
}
