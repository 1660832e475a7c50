import { waitsToInstall } from './firmware-update.ts'
import { reservationOf } from './reservation.ts'
import { flash, hasFault, isAccepted, messageId, type Port, type Station, type Status, timestamp } from './station.ts'

// StatusNotification (§4.9): what a port is, and telling it when it changes.

function statusOf(station: Station, port: Port): Status {
  const { transaction, operative } = flash(station, port)
  if (hasFault(station, (fault) => fault.breaks)) return 'Faulted'
  if (transaction) {
    if (!port.load || port.load.wantsW() <= 0) return 'SuspendedEV'
    return port.pilotAmps > 0 ? 'Charging' : 'SuspendedEVSE'
  }
  if (!operative || !station.memory.operative) return 'Unavailable'
  if (waitsToInstall(station)) return 'Unavailable'
  if (port.finished) return 'Finishing'
  // a cable changes nothing until the one it is kept for shows the tag
  if (reservationOf(station, port) && !port.armed) return 'Reserved'
  return port.load || port.armed ? 'Preparing' : 'Available'
}

/** Looks at the port again, and tells the central system when it is something else than it was told last. */
export function refreshStatus(station: Station, port: Port): void {
  const status = statusOf(station, port)
  if (status !== port.status) {
    port.status = status
    station.changed()
  }
  if (station.power === 'on' && isAccepted(station) && port.told !== status) tell(station, port)
}

const tell = (station: Station, port: Port): void => {
  port.told = port.status
  sendStatus(station, port.number, port.status)
}

export function sendStatus(station: Station, connectorId: number, status: Status): void {
  const broken = [...station.faults.values()].find(({ fault }) => fault.breaks)?.fault.breaks
  const error = status === 'Faulted' && broken ? broken : { errorCode: 'NoError' }
  const payload = { connectorId, ...error, status, timestamp: timestamp(station) }
  void station.link.call(messageId(), 'StatusNotification', payload)
}

export const wholeStatus = (station: Station): Status => (station.memory.operative ? 'Available' : 'Unavailable')

/** After a boot: connector 0 and every port. */
export function tellAll(station: Station): void {
  sendStatus(station, 0, wholeStatus(station))
  for (const port of station.ports) {
    port.status = statusOf(station, port)
    tell(station, port)
  }
}

/** What changed while nobody listened. */
export const tellChanges = (station: Station): void => {
  for (const port of station.ports) refreshStatus(station, port)
}
