import { type Instant, iso } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import { Prisma } from './generated/client.ts'
import { pgJson } from './json.ts'

// What chargers fall back to when nobody steers them: what they took for sure, and when that is in doubt.

/** Firmware was or may have been installed in this time: what boots may have forgotten what it kept, whatever version it tells. */
const UPDATED_LATELY_MS = 48 * 3_600_000

/** `countsAt`: when it is followed for sure. */
export type Confirmation = { portId: string; fallbackW: number; sentAt: Instant; countsAt: Instant }

/**
 * Chargers took these fallbacks, each port named once. A charger that booted since it was sent may have forgotten it: then nothing is confirmed.
 * One that was not known before is counted from `countsAt` on, for until then the charger may do what it did before.
 * Ports that somebody else is writing are passed over unless `wait`. @returns the ports that were not
 */
export async function confirmFallbacks(db: Db, confirmations: Confirmation[], wait: boolean): Promise<Set<string>> {
  const skip = wait ? Prisma.empty : Prisma.sql`SKIP LOCKED`
  const rows = confirmations.map(({ portId, fallbackW, sentAt, countsAt }) => ({
    ...{ id: portId, w: fallbackW },
    ...{ at: iso(sentAt), counts_at: iso(countsAt) },
  }))
  const free = await db.$queryRaw<{ id: string }[]>`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${pgJson(rows)}::json) AS r(id text, w int, at timestamptz, counts_at timestamptz)
    ), free AS MATERIALIZED (
      -- a boot is written under its charger's lock, which comes before its ports' here as there: it is in these rows, or comes after this statement
      SELECT p.id, c.booted_at FROM port p JOIN charger c ON c.id = p.charger_id WHERE p.id IN (SELECT id FROM r)
      FOR KEY SHARE OF c ${skip} FOR NO KEY UPDATE OF p ${skip}
    ), confirmed AS (
      UPDATE port p SET fallback_w = r.w, fallback_confirmed_at = r.at,
        fallback_counts_at = CASE WHEN p.fallback_confirmed_at IS NULL THEN r.counts_at ELSE p.fallback_counts_at END
      FROM r JOIN free ON free.id = r.id
      WHERE p.id = r.id AND (free.booted_at IS NULL OR free.booted_at < r.at)
    )
    SELECT id FROM free`
  return new Set(free.map(({ id }) => id))
}

/** What each port of a depot falls back to for sure, W. Ports whose charger has not taken a fallback, or may have lost it, are not in it. */
export async function confirmedFallbacks(db: Db, depotId: string): Promise<Map<string, number>> {
  const ports = await db.port.findMany({
    where: { charger: { depotId }, fallbackConfirmedAt: { not: null } },
    select: { id: true, fallbackW: true },
  })
  return new Map(ports.map(({ id, fallbackW }) => [id, fallbackW]))
}

/** The same for one port, which is waited for. */
export const confirmFallback = (db: Db, confirmation: Confirmation) => confirmFallbacks(db, [confirmation], true)

/** The charger may have lost what it kept, that a port is out of use too: its ports count with their nameplate until the fallback is accepted anew. */
export const doubtFallbacks = (db: Db, chargerId: string) =>
  db.port.updateMany({ where: { chargerId }, data: { fallbackConfirmedAt: null, inoperativeAt: null } })

/**
 * A boot of a model that forgets, or with other firmware than before, or soon after an update: the same. In the transaction of the boot, and
 * before the charger's row tells the new firmware.
 */
export const doubtAfterBoot = (db: Db, chargerId: string, firmware: string | null, now: Instant) =>
  db.$executeRaw`
    UPDATE port p SET fallback_confirmed_at = NULL, inoperative_at = NULL FROM charger c
    WHERE c.id = ${chargerId} AND p.charger_id = c.id AND (p.fallback_confirmed_at IS NOT NULL OR p.inoperative_at IS NOT NULL)
      AND ((c.firmware IS NOT NULL AND c.firmware IS DISTINCT FROM ${firmware}) OR c.quirks->>'keepsProfiles' = 'false'
        OR EXISTS (SELECT FROM firmware_update u WHERE u.charger_id = c.id AND u.state_at > ${new Date(now - UPDATED_LATELY_MS)}
          AND u.state NOT IN ('waiting', 'refused', 'cancelled')))`

/** These ports may have lost their limits, and are as much in or out of use as before. */
export const doubtLimits = (db: Db, portIds: string[]) =>
  db.port.updateMany({ where: { id: { in: portIds } }, data: { fallbackConfirmedAt: null } })
