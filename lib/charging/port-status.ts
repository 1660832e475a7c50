import { type PortStatus, portStatuses } from './event.ts'

/** A cable is in a vehicle. Undefined: this state does not tell. */
export const isPlugged = (status: PortStatus): boolean | undefined => PLUGGED[status]

const PLUGGED: Record<PortStatus, boolean | undefined> = {
  free: false,
  plugged: true,
  charging: true,
  pausedByCharger: true,
  pausedByVehicle: true,
  finishing: true,
  reserved: false,
  unavailable: undefined,
  faulted: undefined,
  unknown: undefined,
}

/** States in which a cable is in a vehicle. */
export const pluggedStatuses: readonly PortStatus[] = portStatuses.filter((status) => PLUGGED[status])

/** The word a person reads. */
export const statusWord: Record<PortStatus, string> = {
  free: 'Free',
  plugged: 'Plugged in',
  charging: 'Charging',
  pausedByCharger: 'Held by plan',
  pausedByVehicle: 'Paused by vehicle',
  finishing: 'Finishing',
  reserved: 'Reserved',
  unavailable: 'Out of use',
  faulted: 'Fault',
  unknown: 'Unknown',
}
