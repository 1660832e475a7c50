import type { PortStatus } from '#lib/charging/event.ts'
import { isPlugged } from '#lib/charging/port-status.ts'
import type { Site } from '../store/site.ts'

type AtHome = { id: string; homePortId: string | null }

/**
 * Which vehicle stands at which port, by port. A vehicle that is named by several open sessions (a card that was copied, a stop that never came)
 * stands where it may charge: not at a charger that nobody let in, rather where its card was taken than where it was refused, rather where
 * something is plugged in, then where it began last. One without a session stands where it is at home, while something is plugged in there.
 */
export function vehiclesAt(site: Site, vehicles: AtHome[]): Map<string, string> {
  const ports = new Map(site.ports.map((port) => [port.id, port]))
  const letIn = new Set(site.chargers.filter(({ registration }) => registration === 'accepted').map(({ id }) => id))
  const hasCable = (portId: string) => isPlugged(ports.get(portId)?.status as PortStatus) === true
  const rank = ({ refused, portId }: Site['sessions'][number]) => (refused ? 0 : 2) + (hasCable(portId) ? 1 : 0)
  const isLetIn = (portId: string) => letIn.has(ports.get(portId)?.chargerId ?? '')

  const standing = new Map<string, Site['sessions'][number]>()
  const inUse = new Set<string>()
  // newest first: of several at one port the newest is the one that goes on
  for (const session of site.sessions) {
    if (inUse.has(session.portId) || !isLetIn(session.portId)) continue
    inUse.add(session.portId)
    if (session.vehicleId === null) continue
    const other = standing.get(session.vehicleId)
    if (other === undefined || rank(session) > rank(other)) standing.set(session.vehicleId, session)
  }
  const at = new Map([...standing].map(([vehicleId, { portId }]) => [portId, vehicleId]))
  for (const { id, homePortId } of vehicles)
    if (homePortId !== null && !standing.has(id) && !inUse.has(homePortId) && !at.has(homePortId) && hasCable(homePortId))
      at.set(homePortId, id)
  return at
}

/** The port that is meant where a vehicle is named: where its session says that it stands, else where it is at home, cable or not. */
export function portOfVehicle(site: Site, { id, homePortId }: AtHome): string | undefined {
  for (const [portId, vehicleId] of vehiclesAt(site, [])) if (vehicleId === id) return portId
  return homePortId ?? undefined
}
