import type { PortView } from '#lib/api/board.ts'
import type { ChargerAct } from '#lib/api/charger.ts'

export type ActKind = NonNullable<PortView['act']>['kind']

/** Where an act leads: a command to the charger, a page, or a person's own hands. */
export type ActWay = 'command' | 'charger' | 'hands' | 'reservation'
const WAY: Record<ActKind, ActWay> = {
  reserve: 'reservation',
  cancelReservation: 'reservation',
  restartCharger: 'command',
  startForDriver: 'command',
  stopSession: 'command',
  openCharger: 'charger',
  checkVehicle: 'hands',
  askUnplug: 'hands',
  plugIn: 'hands',
}
export const actWay = (kind: ActKind): ActWay => WAY[kind]

/** The command an act sends to the port's charger; null when a person does it by hand. */
export function commandOf(kind: ActKind, port: { number: number; vehicleId: string | null }): ChargerAct | null {
  switch (kind) {
    case 'restartCharger':
      return { kind: 'reset', how: 'Soft' }
    case 'startForDriver':
      return { kind: 'start', port: port.number, ...(port.vehicleId && { vehicleId: port.vehicleId }) }
    case 'stopSession':
      return { kind: 'stop', port: port.number }
    default:
      return null
  }
}

/** What must be asked before: acts that end or interrupt charging. Null: no question. `bay` and `van` as they are called. */
export function askBefore(kind: ActKind, bay: string, van: string | null): { title: string; consequence: string; verb: string } | null {
  if (kind === 'restartCharger')
    return {
      title: `Restart the charger at bay ${bay}?`,
      consequence: `A soft restart: it stops ${van ?? 'what it charges'}, restarts and comes back in a minute or two. All ports of this charger are affected.`,
      verb: 'Restart charger',
    }
  if (kind === 'stopSession')
    return {
      title: `Stop charging at bay ${bay}?`,
      consequence: `${van ?? 'The vehicle'} stops now and gets no more energy until it is started again.`,
      verb: 'Stop charging',
    }
  return null
}
