import { newChargerKey } from '../ocpp/key.ts'
import type { Database } from '../store/database.ts'

/** Depots of at most 200 chargers (as one site has), each charger with so many connectors and a card for each. Keys by identity. */
export async function seedFleet({ prisma, pool }: Database, chargers: number, connectors: number): Promise<Map<string, string>> {
  const now = new Date()
  const keys = new Map<string, string>()
  const depots = Array.from({ length: Math.ceil(chargers / PER_DEPOT) }, (_, index) => `d${index}`)
  await prisma.depot.createMany({
    data: depots.map((id) => ({ id, name: id, zone: 'America/Los_Angeles', currency: 'USD', createdAt: now })),
  })
  await prisma.siteNode.createMany({
    data: depots.map((id) => ({
      id: `n-${id}`,
      depotId: id,
      kind: 'service',
      name: 'Service',
      volts: 240,
      wiring: 'L-L',
      phases: 1,
      limitW: 80_000,
    })),
  })
  const all = Array.from({ length: chargers }, (_, index) => index)
  const depotOf = (index: number) => depots[Math.floor(index / PER_DEPOT)]!
  for (let from = 0; from < chargers; from += 1000) {
    const some = all.slice(from, from + 1000)
    await prisma.charger.createMany({
      data: some.map((index) => {
        const { key, keyHash } = newChargerKey()
        const identity = `C${index + 1}`
        keys.set(identity, key)
        return {
          id: identity.toLowerCase(),
          depotId: depotOf(index),
          nodeId: `n-${depotOf(index)}`,
          identity,
          name: identity,
          keyHash,
          maxW: 19_200,
          createdAt: now,
        }
      }),
    })
  }
  await pool.query(
    `INSERT INTO port (id, charger_id, number, bay, max_w, min_w, phases, volts, wiring)
     SELECT c.id || '-' || n, c.id, n, c.identity || '/' || n, 19200, 1440, 1, 240, 'L-L'
     FROM charger c, generate_series(1, $1::int) AS n`,
    [connectors],
  )
  // a card for each connector, so that none is used at two places
  await pool.query(
    `INSERT INTO token (id, depot_id, id_tag, kind)
     SELECT 't-' || p.id, c.depot_id, 'CARD-' || substr(c.id, 2) || '-' || p.number, 'rfid' FROM port p JOIN charger c ON c.id = p.charger_id`,
  )
  // nobody's tables are empty: an ended session of each port, and its charge request
  await pool.query(
    `INSERT INTO session (depot_id, port_id, id_tag, token_id, start_key, started_at, received_at, meter_start_wh, stopped_at, meter_stop_wh, stop_reason, currency)
     SELECT c.depot_id, p.id, 'CARD-' || substr(c.id, 2) || '-' || p.number, 't-' || p.id, 'before-' || p.id, now() - interval '3 days', now(), 0,
       now() - interval '2 days', 1000, 'Local', 'USD' FROM port p JOIN charger c ON c.id = p.charger_id`,
  )
  await pool.query(
    `INSERT INTO charge_request (id, depot_id, visit_id, source, port_id, id_tag, session_id, requested_at, plugged_at, asked_at, accepted_at, powered_at, ended_at, outcome)
     SELECT 'before-' || id, depot_id, 'before-' || id, 'authorize', port_id, id_tag, id, started_at, started_at, started_at, started_at, started_at,
       stopped_at, 'STARTED_IN_SLA' FROM session`,
  )
  await pool.query('VACUUM ANALYZE')
  return keys
}

const PER_DEPOT = 200
