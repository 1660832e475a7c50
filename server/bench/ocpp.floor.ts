// What a start costs at least: the bare server that stores, in sets, the four rows which a start leaves (session, raw log, journal, attempt of
// KPI 1), and answers after the commit. It asks nothing and checks nothing: whoever says a start has one.

import { textsOf } from '../store/columns.ts'
import { openDatabase } from '../store/database.ts'

export type StartSaid = { connectorId: number; idTag: string; meterStart: number; timestamp: string }
type Waiting = { identity: string; params: StartSaid; done: (id: number) => void; failed: (error: unknown) => void }

const MOST = 250
const AT_ONCE = 2
const WINDOW_MS = 3
const NEXT = '\x1e'

const STORE = `
WITH said AS (
  SELECT * FROM unnest($1::int[], ${textsOf('$2')}, ${textsOf('$3')}, $4::timestamptz[], $5::int8[], ${textsOf('$6')}, ${textsOf('$7')})
    AS r(place, port_id, id_tag, at, wh, charger_id, payload)
), begun AS (
  INSERT INTO session (depot_id, port_id, id_tag, token_id, start_key, started_at, received_at, meter_start_wh, last_meter_wh, last_meter_at, currency)
  SELECT 'd0', port_id, id_tag, 't-' || port_id, port_id || at || place, at, at, wh, wh, at, 'USD' FROM said ORDER BY place
  RETURNING id, port_id, id_tag, started_at
), logged AS (
  INSERT INTO ocpp_message (at, charger_id, direction, type, message_id, action, payload, answer)
  SELECT at, charger_id, 'in', 'call', '', 'StartTransaction', payload::json, '{"idTagInfo":{"status":"Accepted"}}' FROM said
), noted AS (
  INSERT INTO journal (at, real_at, depot_id, actor, kind, subject, data)
  SELECT started_at, started_at, 'd0', 'charger:' || port_id, 'session.started', 'session:' || id, jsonb_build_object('sessionId', id, 'portId', port_id) FROM begun
), tried AS (
  INSERT INTO charge_request (id, depot_id, visit_id, source, port_id, id_tag, session_id, requested_at, plugged_at, asked_at, accepted_at, evidence)
  SELECT 'session-' || id, 'd0', 'session-' || id, 'authorize', port_id, id_tag, id, started_at, started_at, started_at, started_at, '[]' FROM begun
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
