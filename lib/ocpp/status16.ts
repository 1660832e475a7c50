import type { PortStatus } from '#lib/charging/event.ts'

/** The protocol's nine states (1.6 §4.9) in our words. */
const MEANING: Record<string, PortStatus> = {
  Available: 'free',
  Preparing: 'plugged',
  Charging: 'charging',
  SuspendedEVSE: 'pausedByCharger',
  SuspendedEV: 'pausedByVehicle',
  Finishing: 'finishing',
  Reserved: 'reserved',
  Unavailable: 'unavailable',
  Faulted: 'faulted',
}

export const portStatus16 = (status: string): PortStatus => MEANING[status] ?? 'unknown'
