import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

/** What the endpoint knows of a charger while its socket is open; read at the door (server/store/admission.ts). */
export type KnownCharger = {
  id: string
  depotId: string
  identity: string
  keyHash: string | null
  /** A key being rotated in: it opens too, and replaces the other one when it is first used. */
  nextKeyHash: string | null
  clockOffsetMs: number
  commissioned: boolean
  retired: boolean
  /** accepted | pending | rejected */
  registration: string
  registrationRetryS: number
  pinnedProtocol: string | null
  lenient: boolean
  /** The least security profile it may come in with, and the one it was told to rise to. */
  securityProfile: number
  nextProfile: number | null
  /** As it told them itself, and as the operator registered it. */
  serial: string | null
  registeredSerial: string | null
  ports: Map<number, string>
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

/** The key that was rotated in opened: from now on it is the only one. @returns false when another socket was first */
export async function takeNextKey(db: Db, id: string, nextKeyHash: string): Promise<boolean> {
  const taken = await db.$executeRaw`
    UPDATE charger SET key_hash = next_key_hash, key_issued_at = coalesce(next_key_at, key_issued_at), next_key_hash = NULL, next_key_at = NULL
    WHERE id = ${id} AND next_key_hash = ${nextKeyHash}`
  return taken > 0
}
