import { newChargerKey } from '../ocpp/key.ts'
import type { Database } from '../store/database.ts'

/** Depots of at most 200 chargers (as one site has), one card each; the first `wide` chargers have many connectors. Keys by identity. */
export async function seedFleet(
  { prisma, pool }: Database,
  chargers: number,
  wide: { chargers: number; connectors: number },
): Promise<Map<string, string>> {
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
    await prisma.token.createMany({
      data: some.map((index) => ({ id: `t${index + 1}`, depotId: depotOf(index), idTag: `CARD-${index + 1}`, kind: 'rfid' })),
    })
  }
  await pool.query(
    `INSERT INTO port (id, charger_id, number, bay, max_w, min_w, phases, volts, wiring)
     SELECT c.id || '-' || n, c.id, n, c.identity || '/' || n, 19200, 1440, 1, 240, 'L-L'
     FROM charger c, generate_series(1, CASE WHEN substr(c.id, 2)::int <= $1 THEN $2::int ELSE 1 END) AS n`,
    [wide.chargers, wide.connectors],
  )
  await pool.query('VACUUM ANALYZE')
  return keys
}

const PER_DEPOT = 200
