import { plus, seconds } from '#lib/time/instant.ts'
import type { Payload } from './frame.ts'
import type { TagInfo } from './memory.ts'
import { count, deviceNow, flash, isAccepted, isOn, messageId, type Port, type Station } from './station.ts'
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
  if (allowed) arm(station, port, idTag)
  else station.log.info({ charger: station.identity, port: port.number }, `${station.identity} refuses a tag on port ${port.number}`)
}

/** From RemoteStartTransaction: with or without asking for the tag first (AuthorizeRemoteTxRequests). */
export async function remoteStart(station: Station, port: Port, idTag: string, profile?: Payload): Promise<void> {
  if (isOn(station, 'AuthorizeRemoteTxRequests') && !(await isAllowed(station, idTag))) return
  arm(station, port, idTag, profile)
}

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
  if (isOn(station, 'AuthorizationCacheEnabled')) station.memory.cache[idTag] = info
  return info.status === 'Accepted'
}

function isAllowedOffline(station: Station, idTag: string): boolean {
  const info = known(station, idTag)
  if (info) return isOn(station, 'LocalAuthorizeOffline') && isGood(station, info)
  return isOn(station, 'AllowOfflineTxForUnknownId')
}

/** The list is stronger than the cache (§3.5.3). */
const known = (station: Station, idTag: string): TagInfo | undefined => station.memory.localList.tags[idTag] ?? station.memory.cache[idTag]

const isGood = (station: Station, info: TagInfo | undefined): boolean =>
  info?.status === 'Accepted' && (info.expiryDate === undefined || Date.parse(info.expiryDate) > deviceNow(station))
