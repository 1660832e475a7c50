import type { SendableAction } from '#lib/ocpp/actions16.ts'
import type { PortRow, Site } from '../store/site.ts'

/** The port that a call is about: its connector, or where its transaction runs. Undefined: the whole charger, or none of ours. */
export function targetPort(site: Site, chargerId: string, action: SendableAction, payload: Record<string, unknown>): PortRow | undefined {
  const own = site.ports.filter((port) => port.chargerId === chargerId)
  if (action === 'RemoteStopTransaction') {
    const session = site.sessions.find(({ id }) => id === payload.transactionId)
    return own.find(({ id }) => id === session?.portId)
  }
  return own.find(({ number }) => number === payload.connectorId)
}

/** Words of commands that were there before calls had one way. Those whose effect is seen at a port need the port. */
const KINDS: Partial<Record<SendableAction, { kind: string; atPort: boolean }>> = {
  ChangeAvailability: { kind: 'availability', atPort: true },
  ClearChargingProfile: { kind: 'clearProfiles', atPort: false },
  GetCompositeSchedule: { kind: 'compositeSchedule', atPort: false },
  RemoteStartTransaction: { kind: 'start', atPort: true },
  RemoteStopTransaction: { kind: 'stop', atPort: true },
  TriggerMessage: { kind: 'trigger', atPort: false },
}

/** The command's kind (docs/kpis.md, KPI 3): `reset`, `start`, `getLog` … */
export function commandKind(action: SendableAction, port: PortRow | undefined): string {
  const known = KINDS[action]
  return known && (port || !known.atPort) ? known.kind : `${action.charAt(0).toLowerCase()}${action.slice(1)}`
}
