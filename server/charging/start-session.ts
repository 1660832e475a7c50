import { randomBytes } from 'node:crypto'
import { countedStart } from '../kpi/request-start.ts'
import type { CallOptions, ChargerAnswer, Ctx } from '../runtime.ts'
import type { PortRow, Site } from '../store/site.ts'
import { centralTag } from '../store/vehicle.ts'

/** Why no session can be started at this port now, in a sentence; undefined: it can. */
export function whyNotStart(ctx: Pick<Ctx, 'links'>, site: Site, port: PortRow): string | undefined {
  if (site.depot.stoppedAt !== undefined) return 'Charging is stopped for the whole depot.'
  if (lockedNode(site, port)) return `${lockedNode(site, port)} is locked out.`
  if (port.heldReason !== null) return port.heldReason
  if (!ctx.links.online(port.chargerId)) return 'The charger is offline.'
  if (port.status === 'faulted' || port.status === 'unavailable') return `The port is ${port.status}.`
  return undefined
}

/** Name of the locked-out node above a port. */
export function lockedNode(site: Site, port: Pick<PortRow, 'chargerId'>): string | undefined {
  let at: string | null | undefined = site.chargers.find(({ id }) => id === port.chargerId)?.nodeId
  for (let depth = 0; at && depth <= site.nodes.length; depth++) {
    const node = site.nodes.find(({ id }) => id === at)
    if (node?.lockedOutAt !== undefined) return node.name
    at = node?.parentId
  }
  return undefined
}

/** Asks the charger to start a session for a vehicle, with the tag that is ours for it: so the session maps to the vehicle. */
export async function startSession(
  ctx: Ctx,
  { depotId, port, vehicleId }: { depotId: string; port: PortRow; vehicleId: string | undefined },
  options?: CallOptions,
): Promise<ChargerAnswer> {
  const idTag = await centralTag(ctx.db.prisma, depotId, vehicleId, () => `YW${randomBytes(8).toString('hex').toUpperCase()}`)
  const asked = { depotId, portId: port.id, source: 'remote_start' as const, idTag, vehicleId: vehicleId ?? null }
  return countedStart(ctx, asked, () => ctx.links.call(port.chargerId, { kind: 'remoteStart', port: port.number, idTag }, options))
}
