// What a start costs at least: the bare server that stores each one as a session row and a row of the raw log, in sets, and answers after the
// commit. It asks nothing, checks nothing, and keeps neither journal nor key figures.

import { textsOf } from '../store/columns.ts'
import { openDatabase } from '../store/database.ts'

export type StartSaid = { connectorId: number; idTag: string; meterStart: number; timestamp: string }
type Waiting = { identity: string; params: StartSaid; done: (id: number) => void; failed: (error: unknown) => void }

const MOST = 250
const AT_ONCE = 2
const WINDOW_MS = 3
const NEXT = '\x1e'

const STORE = `
WITH begun AS (
  INSERT INTO session (depot_id, port_id, id_tag, start_key, started_at, received_at, meter_start_wh, currency)
  SELECT 'd0', port_id, id_tag, port_id || at || place, at, at, wh, 'USD'
  FROM unnest($1::int[], ${textsOf('$2')}, ${textsOf('$3')}, $4::timestamptz[], $5::int8[]) AS r(place, port_id, id_tag, at, wh) ORDER BY place
  RETURNING id
), logged AS (
  INSERT INTO ocpp_message (at, charger_id, direction, type, message_id, action, payload)
  SELECT at, charger_id, 'in', 'call', '', 'StartTransaction', payload::json FROM unnest($4::timestamptz[], ${textsOf('$6')}, ${textsOf('$7')}) AS r(at, charger_id, payload)
)
SELECT id FROM begun`

/** @returns the transaction's id, once it is committed */
export function makeFloor(url: string): (identity: string, params: StartSaid) => Promise<number> {
  const { pool } = openDatabase(url)
  let waiting: Waiting[] = []
  let running = 0

  async function run() {
    await new Promise((soon) => setTimeout(soon, WINDOW_MS))
    while (waiting.length > 0) {
      const set = waiting.slice(0, MOST)
      waiting = waiting.slice(MOST)
      await store(set).catch((error: unknown) => {
        for (const { failed } of set) failed(error)
      })
    }
    running--
  }

  async function store(set: Waiting[]) {
    const chargers = set.map(({ identity }) => identity.toLowerCase())
    const values = [
      `{${set.map((_, place) => place).join()}}`,
      set.map(({ params }, place) => `${chargers[place]}-${params.connectorId}`).join(NEXT),
      set.map(({ params }) => params.idTag).join(NEXT),
      `{${set.map(({ params }) => params.timestamp).join()}}`,
      `{${set.map(({ params }) => params.meterStart).join()}}`,
      chargers.join(NEXT),
      set.map(({ params }) => JSON.stringify(params)).join(NEXT),
    ]
    const { rows } = await pool.query<{ id: number }>({ name: 'floor', text: STORE, values })
    for (const [place, { done }] of set.entries()) done(rows[place]!.id)
  }

  return (identity, params) =>
    new Promise((done, failed) => {
      waiting.push({ identity, params, done, failed })
      if (running >= AT_ONCE) return
      running++
      void run()
    })
}
