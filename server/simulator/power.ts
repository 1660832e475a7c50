import { plus, seconds } from '#lib/time/instant.ts'
import { cancelUpload } from './log-upload.ts'
import { forgetEverything, type Transaction } from './memory.ts'
import { securityEvent } from './security-event.ts'
import { type Down, flash, hasFault, type Port, type Station } from './station.ts'
import { refreshStatus } from './status.ts'
import { endTransaction } from './transaction.ts'

// Losing power, resets, and what is left of the charger's life afterwards.

/** Everything stops at once. `wakesAfterS`: comes back by itself. */
export function powerOff(station: Station, by: Down, wakesAfterS?: number): void {
  station.power = 'off'
  station.wentDownBy = by
  station.registration = 'none'
  station.owesBoot = true
  station.wakesAt = wakesAfterS === undefined ? undefined : plus(station.at, seconds(wakesAfterS))
  for (const port of station.ports) Object.assign(port, { pilotAmps: 0, powerW: 0, armed: undefined, authorising: false, told: undefined })
  cancelUpload(station)
  station.download?.abort()
  Object.assign(station, { download: undefined, image: Buffer.alloc(0), groups: new Map() })
  station.link.disconnect('abruptly')
  station.changed()
}

/** Boots with what the memory kept, and connects. */
export function powerOn(station: Station): void {
  if (station.power === 'on') return
  station.power = 'on'
  station.wakesAt = undefined
  station.retryAt = undefined
  station.bootDueAt = undefined
  if (!station.keepsMemory || hasFault(station, (fault) => fault.forgets)) forgetEverything(station.memory, station.model)
  else if (hasFault(station, (fault) => fault.losesProfiles)) station.memory.profiles = []
  for (const port of station.ports) takeUp(station, port.number)
  if (!station.offline) station.link.connect()
}

/** Reset.req: soft ends transactions before it goes down, hard after it has come up (§5.14). */
export function reset(station: Station, kind: 'Soft' | 'Hard'): void {
  securityEvent(station, 'ResetOrReboot', kind)
  if (kind === 'Soft') {
    for (const port of station.ports) if (flash(station, port).transaction) endTransaction(station, port, 'SoftReset')
  }
  powerOff(station, kind === 'Soft' ? 'SoftReset' : 'HardReset', station.model.rebootS)
}

/** A transaction found in the flash at boot: ended with the reason, or gone on with, as the model does. */
function takeUp(station: Station, number: number): void {
  const port = station.ports[number - 1]!
  const { transaction } = flash(station, port)
  port.finished = port.load !== undefined && transaction === undefined && port.finished
  if (transaction) goOn(station, port, transaction)
  refreshStatus(station, port)
}

function goOn(station: Station, port: Port, transaction: Transaction): void {
  const { afterPowerLoss } = station.model
  if (station.wentDownBy !== 'PowerLoss' || afterPowerLoss === 'stops') {
    endTransaction(station, port, station.wentDownBy ?? 'Other')
  } else if (!port.load) {
    endTransaction(station, port, 'EVDisconnected')
  } else {
    // seen in the field: the register was last saved long before the crash
    if (afterPowerLoss === 'resumesBelowStart') flash(station, port).registerWh = Math.max(0, transaction.meterStartWh - 300)
    port.sampleDueAt = station.at
  }
}
