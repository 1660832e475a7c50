import pg from 'pg'
import { days, type Instant, instant, iso, plus } from '#lib/time/instant.ts'

const TABLE = 'ocpp_message'
/** Where there is no depot yet. */
const USUAL_DAYS = 90

/**
 * Forgets the raw log as each depot wants it kept: whole days that no depot wants any more go with their partition, the rest row by row.
 * A day that a long query blocks is left for the next call. @returns names of the partitions that went, and how many rows besides
 */
export async function forgetMessages(pool: pg.Pool, now: Instant): Promise<{ dropped: string[]; deleted: number }> {
  const { rows: depots } = await pool.query<{ id: string; kept: number }>('SELECT id, message_days AS kept FROM depot ORDER BY id')
  const before = plus(now, -days(Math.max(...(depots.length > 0 ? depots.map(({ kept }) => kept) : [USUAL_DAYS]))))
  const dropped: string[] = []
  for (const name of await endedBefore(pool, before)) if (await tryDrop(pool, name)) dropped.push(name)
  let deleted = 0
  for (const { id, kept } of depots) {
    // a moment that is known when it is planned: days that are kept are not even opened
    const gone = await pool.query(
      `DELETE FROM ${TABLE} WHERE at < $1::timestamptz AND charger_id IN (SELECT id FROM charger WHERE depot_id = $2)`,
      [iso(plus(now, -days(kept))), id],
    )
    deleted += gone.rowCount ?? 0
  }
  return { dropped, deleted }
}

/** Partitions whose whole day lies before a moment, oldest first. The default one has no day. */
async function endedBefore(pool: pg.Pool, before: Instant): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    'SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass ORDER BY 1',
    [TABLE],
  )
  return rows.flatMap(({ name }) => {
    const day = new RegExp(`^${TABLE}_(\\d{4})(\\d{2})(\\d{2})$`).exec(name)
    return day && plus(instant(`${day[1]}-${day[2]}-${day[3]}T00:00:00Z`), days(1)) <= before ? [name] : []
  })
}

async function tryDrop(pool: pg.Pool, name: string): Promise<boolean> {
  const client = await pool.connect()
  try {
    await client.query(`BEGIN; SET LOCAL lock_timeout = '2s'; DROP TABLE ${pg.escapeIdentifier(name)}; COMMIT`)
    return true
  } catch (error) {
    await client.query('ROLLBACK')
    if (BUSY.includes((error as { code?: string }).code ?? '')) return false
    throw error
  } finally {
    client.release()
  }
}

/** Somebody reads it, or another process dropped it a moment ago. */
const BUSY = ['55P03', '40P01', '42P01']
