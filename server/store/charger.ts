import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** What the endpoint knows of a charger while its socket is open. */
export type KnownCharger = {
  id: string
  depotId: string
  identity: string
  keyHash: string | null
  clockOffsetMs: number
  commissioned: boolean
  retired: boolean
  ports: Map<number, string>
}

export async function findChargerByIdentity(db: Db, identity: string): Promise<KnownCharger | undefined> {
  const row = await db.charger.findUnique({ where: { identity }, include: { ports: { select: { id: true, number: true } } } })
  return (
    (row && {
      id: row.id,
      depotId: row.depotId,
      identity: row.identity,
      keyHash: row.keyHash,
      clockOffsetMs: row.clockOffsetMs,
      commissioned: row.commissionedAt !== null,
      retired: row.retiredAt !== null,
      ports: new Map(row.ports.map(({ id, number }) => [number, id])),
    }) ??
    undefined
  )
}

export type LockedCharger = { id: string; depotId: string; bootedAt: Instant | undefined }

/** Takes the charger's row lock: what is recorded of one charger happens one after the other. */
export async function lockCharger(db: Db, id: string): Promise<LockedCharger | undefined> {
  const rows = await db.$queryRaw<{ id: string; depot_id: string; booted_at: Date | null }[]>`
    SELECT id, depot_id, booted_at FROM charger WHERE id = ${id} FOR UPDATE`
  const row = rows[0]
  return row && { id: row.id, depotId: row.depot_id, bootedAt: row.booted_at ? instant(row.booted_at) : undefined }
}

/** After a start of the gateway no socket is open, whatever the last one left behind. */
export async function forgetConnections(db: Db, at: Instant): Promise<number> {
  const { count } = await db.charger.updateMany({
    where: { connectedAt: { not: null } },
    data: { connectedAt: null, disconnectedAt: new Date(at) },
  })
  return count
}

/** The column holds 24 days either way; a clock further off is known only while its socket lives. */
export const saveClockOffset = (db: Db, id: string, offsetMs: number) =>
  db.charger.update({ where: { id }, data: { clockOffsetMs: Math.abs(offsetMs) < 2 ** 31 ? offsetMs : 0 } })
