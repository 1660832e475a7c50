import { pluggedStatuses } from '#lib/charging/port-status.ts'
import type { TokenFacts } from '#lib/charging/verdict.ts'
import { instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

export type FoundToken = TokenFacts & {
  id: string
  depotId: string
  parentIdTag: string | undefined
  vehicleId: string | undefined
  driverId: string | undefined
}

/**
 * The token of an idTag in upper case. Busy elsewhere: a session of it is open on a port other than `exceptPortId` that has a cable in;
 * a session that a dead charger never closed does not lock its driver out.
 */
export async function findToken(db: Db, idTag: string, exceptPortId?: string): Promise<FoundToken | undefined> {
  const row = await db.token.findUnique({ where: { idTag } })
  if (!row) return undefined
  const busy = await db.session.count({
    where: {
      tokenId: row.id,
      stoppedAt: null,
      ...(exceptPortId ? { portId: { not: exceptPortId } } : {}),
      port: {
        status: { in: [...pluggedStatuses] },
        charger: { connectedAt: { not: null } },
      },
    },
  })
  return {
    id: row.id,
    depotId: row.depotId,
    kind: row.kind,
    status: row.status,
    expiresAt: row.expiresAt ? instant(row.expiresAt) : undefined,
    busyElsewhere: busy > 0,
    parentIdTag: row.parentIdTag ?? undefined,
    vehicleId: row.vehicleId ?? undefined,
    driverId: row.driverId ?? undefined,
  }
}

/** A card of the depot that may charge, to begin with; cards before the tags of the central system. */
export const anyIdTag = async (db: Db, depotId: string): Promise<string | undefined> =>
  (
    await db.token.findFirst({
      where: { depotId, status: 'accepted' },
      orderBy: [{ kind: 'desc' }, { id: 'asc' }],
      select: { idTag: true },
    })
  )?.idTag
