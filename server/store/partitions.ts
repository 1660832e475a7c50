import pg from 'pg'
import { days, type Instant, instant, iso, plus } from '#lib/time/instant.ts'

/** Tables that grow with every meter value and message: one partition per UTC day, and a default for strange dates. */
const PARTITIONED = ['meter_reading', 'ocpp_message']

type Partitioned = { table: string; column: string; fallback: string }
type Window = { back?: number; ahead?: number }

/**
 * Makes the day partitions around `now`, from `back` days ago (1) to `ahead` days from now (7); existing ones are left alone.
 * Rows that had gone to the default partition move into the new one. Call it at start-up and once a depot hour.
 * @returns names of the partitions made. A day that a long query blocks is left for the next call; its rows go to the default meanwhile.
 */
export async function ensurePartitions(pool: pg.Pool, now: Instant, { back = 1, ahead = 7 }: Window = {}): Promise<string[]> {
  const client = await pool.connect()
  const made: string[] = []
  try {
    for (const target of await partitioned(client)) {
      const known = new Set(await children(client, target.table))
      for (let day = -back; day <= ahead; day++) {
        const from = startOfDay(plus(now, days(day)))
        const name = `${target.table}_${iso(from).slice(0, 10).replaceAll('-', '')}`
        if (!known.has(name) && (await tryMake(client, target, name, from))) made.push(name)
      }
    }
  } finally {
    client.release()
  }
  return made
}

const startOfDay = (at: Instant): Instant => instant(Math.floor(at / days(1)) * days(1))

const partitioned = async (client: pg.PoolClient): Promise<Partitioned[]> =>
  (
    await client.query<Partitioned>(
      `SELECT t.relname AS table, a.attname AS column, d.relname AS fallback
       FROM pg_partitioned_table p
       JOIN pg_class t ON t.oid = p.partrelid
       JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
       JOIN pg_class d ON d.oid = p.partdefid
       WHERE t.relname = ANY($1) AND pg_table_is_visible(t.oid) ORDER BY 1`,
      [PARTITIONED],
    )
  ).rows

const children = async (client: pg.PoolClient, table: string): Promise<string[]> =>
  (
    await client.query<{ name: string }>(
      'SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass',
      [table],
    )
  ).rows.map((row) => row.name)

async function tryMake(client: pg.PoolClient, { table, column, fallback }: Partitioned, name: string, from: Instant): Promise<boolean> {
  const [parent, child, spare, key] = [table, name, fallback, column].map((word) => pg.escapeIdentifier(word))
  const range = [iso(from), iso(plus(from, days(1)))].map((at) => pg.escapeLiteral(at))
  try {
    // attached rather than created in place: that locks the table against other changes of its shape, not against inserts
    await client.query(`
      BEGIN;
      SET LOCAL lock_timeout = '2s';
      CREATE TABLE ${child} (LIKE ${parent} INCLUDING ALL EXCLUDING IDENTITY);
      LOCK TABLE ${spare} IN ACCESS EXCLUSIVE MODE;
      WITH moved AS (DELETE FROM ${spare} WHERE ${key} >= ${range[0]} AND ${key} < ${range[1]} RETURNING *) INSERT INTO ${child} SELECT * FROM moved;
      ALTER TABLE ${parent} ATTACH PARTITION ${child} FOR VALUES FROM (${range[0]}) TO (${range[1]});
      COMMIT`)
    return true
  } catch (error) {
    await client.query('ROLLBACK')
    if (BUSY.includes((error as { code?: string }).code ?? '')) return false
    throw error
  }
}

/** Somebody holds the lock, or another process made the same partition a moment ago. */
const BUSY = ['55P03', '40P01', '42P07', '23505', '42P17']
