import { texts, textsOf } from './columns.ts'
import type { Sql } from './sql.ts'

const LOCK = `SELECT id FROM charger WHERE id = ANY(${textsOf('$1')}) AND retired_at IS NULL FOR UPDATE SKIP LOCKED`

/** Takes the row locks of chargers that nobody else holds. @returns their ids */
export async function lockChargers(sql: Sql, ids: string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }>({ name: 'lock-chargers', text: LOCK, values: [texts(ids, (id) => id)] })
  return new Set(rows.map(({ id }) => id))
}
