import type { Database } from '../store/database.ts'
import { newChargerKey } from './key.ts'

/** A depot `d` with chargers C1 … Cn of two ports each, two vans, four tokens. Returns the keys by identity. Used by tests and by the bench. */
export async function seed({ prisma }: Database, chargers: number): Promise<Map<string, string>> {
  const now = new Date()
  const keys = new Map<string, string>()
  await prisma.depot.create({ data: { id: 'd', name: 'Test', zone: 'America/Los_Angeles', currency: 'USD', createdAt: now } })
  await prisma.siteNode.create({
    data: { id: 'n', depotId: 'd', kind: 'service', name: 'Service', volts: 240, wiring: 'L-L', phases: 1, limitW: 80_000 },
  })
  const ids = Array.from({ length: chargers }, (_, index) => `C${index + 1}`)
  await prisma.charger.createMany({
    data: ids.map((id) => {
      const { key, keyHash } = newChargerKey()
      keys.set(id, key)
      return { id: id.toLowerCase(), depotId: 'd', nodeId: 'n', identity: id, name: id, keyHash, maxW: 19_200, createdAt: now }
    }),
  })
  await prisma.port.createMany({
    data: ids.flatMap((id) =>
      [1, 2].map((number) => ({
        id: `${id.toLowerCase()}-${number}`,
        chargerId: id.toLowerCase(),
        number,
        bay: `${id}/${number}`,
        maxW: 19_200,
        minW: 1_440,
        phases: 1,
        volts: 240,
        wiring: 'L-L',
      })),
    ),
  })
  await prisma.vehicle.createMany({
    data: ['v1', 'v2'].map((id, index) => ({
      id,
      depotId: 'd',
      name: id,
      batteryWh: 80_000,
      maxW: 11_000,
      phases: 1,
      whPerKm: 400,
      homePortId: `c1-${index + 1}`,
    })),
  })
  await prisma.token.createMany({
    data: [
      { id: 't1', depotId: 'd', idTag: 'CARD1', kind: 'rfid', vehicleId: 'v2' },
      { id: 't2', depotId: 'd', idTag: 'CENTRAL', kind: 'central' },
      { id: 't3', depotId: 'd', idTag: 'LOST', kind: 'rfid', status: 'blocked' },
      { id: 't4', depotId: 'd', idTag: 'OLD', kind: 'rfid', expiresAt: new Date('2020-01-01T00:00:00Z') },
    ],
  })
  return keys
}
