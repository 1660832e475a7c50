import { describe, expect, test } from 'vitest'
import { EVENING } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { isChargerKey } from '#server/ocpp/key.ts'
import { POST as v1Credentials } from '../../app/api/v1/chargers/[charger]/credentials/route.ts'
import { PUT as v1Registration } from '../../app/api/v1/chargers/[charger]/registration/route.ts'
import { DELETE as v1Cancel } from '../../app/api/v1/chargers/[charger]/reservations/[reservation]/route.ts'
import { GET as v1Reservations, POST as v1Reserve } from '../../app/api/v1/chargers/[charger]/reservations/route.ts'
import { POST as v1Restore } from '../../app/api/v1/chargers/[charger]/restore/route.ts'
import { DELETE as v1Delete, PUT as v1Put } from '../../app/api/v1/chargers/[charger]/route.ts'
import { POST as v1Post } from '../../app/api/v1/chargers/route.ts'
import { GET as v1Depots } from '../../app/api/v1/depots/route.ts'
import { testProvisioning } from './test-provisioning.ts'

// Chargers made, changed, reserved and retired by other systems.

const { site, ask, row, journal } = testProvisioning()

describe('other systems', () => {
  const charger = { identity: 'V1-1', name: 'By API', nodeId: 'north-service', maxKw: 11, bay: 'V1', depotId: 'north' }
  test('with the scope chargers:write they make, change, register, rekey and retire chargers, by id or identity', async () => {
    const key = await site().withKey(['chargers:write'], 'north')
    expect(await ask(v1Post, {}, charger, await site().withKey(['chargers:read']))).toMatchObject({ status: 403 })
    const made = await ask(v1Post, {}, charger, key)
    expect(made).toMatchObject({ status: 200, identity: 'V1-1', refusal: null })
    const named = { charger: 'V1-1' }
    expect(await ask(v1Put, named, { name: 'Renamed' }, key)).toMatchObject({ status: 200 })
    expect(await ask(v1Registration, { charger: String(made.id) }, { registration: 'pending' }, key)).toMatchObject({ status: 200 })
    const rekeyed = await ask(v1Credentials, named, { key: 'kJ8#mW2!xQ5$vN7%' }, key)
    const stored = await row(String(made.id))
    expect(stored).toMatchObject({ name: 'Renamed', registration: 'pending' })
    expect(isChargerKey(Buffer.from(String(rekeyed.key)), stored.keyHash)).toBe(true)
    expect(isChargerKey(Buffer.from(String(made.key)), stored.keyHash)).toBe(false)
    expect(await ask(v1Delete, named, { force: false }, key)).toMatchObject({ status: 200 })
    expect((await row(String(made.id))).retiredAt).not.toBeNull()
    const restored = await ask(v1Restore, named, {}, key)
    expect(restored).toMatchObject({ status: 200, key: expect.any(String), url: expect.stringContaining('/ocpp/V1-1') })
    expect(await row(String(made.id))).toMatchObject({ retiredAt: null, identity: 'V1-1' })
    expect(await journal('charger.restored', String(made.id))).toMatchObject([{ actor: expect.stringMatching(/^key:/) }])
    expect(await ask(v1Restore, named, {}, key)).toMatchObject({ status: 409 })
  })

  test('they find the ids of depots and nodes that a new charger asks for: their own only', async () => {
    await smallDepot(site().db, EVENING, { id: 'west', bays: 1, first: 90 })
    const { items } = await ask(v1Depots, {}, undefined, await site().withKey(['chargers:read'], 'north'))
    expect(items).toMatchObject([
      { id: 'north', nodes: expect.arrayContaining([expect.objectContaining({ id: 'north-service', parentId: null })]) },
    ])
    expect(await ask(v1Depots, {}, undefined, await site().withKey(['calls:write'], 'north'))).toMatchObject({ status: 403 })
  })

  test('they reserve a port and end it; a reservation of another charger is not there', async () => {
    site().answers.reserve = () => ({ id: 7, outcome: 'accepted', detail: 'The charger keeps it.' })
    site().answers.cancelReservation = () => ({ id: 7, outcome: 'accepted', detail: 'The charger keeps it no longer.' })
    const key = await site().withKey(['calls:write'], 'north')
    const until = '2025-11-19T06:00:00+01:00'
    expect(await ask(v1Reserve, { charger: 'CP-2' }, { port: 1, vehicleId: 'van-2', until: 'soon' }, key)).toMatchObject({ status: 400 })
    expect(await ask(v1Reserve, { charger: 'CP-2' }, { port: 1, vehicleId: 'van-2', until }, key)).toMatchObject({ outcome: 'accepted' })
    const asked = { depotId: 'north', chargerId: 'charger-2', port: 1, vehicleId: 'van-2', until: Date.parse(until) }
    expect(site().calls.at(-1)).toMatchObject({ verb: 'reserve', input: { ...asked, actor: expect.stringMatching(/^key:/) } })
    const facts = {
      depotId: 'north',
      chargerId: 'charger-2',
      number: 1,
      idTag: 'A',
      expiresAt: new Date(until),
      createdAt: new Date(EVENING),
    }
    await site().db.prisma.reservation.create({ data: { id: 7, ...facts, state: 'accepted', createdBy: 'test' } })
    const list = await ask(v1Reservations, { charger: 'CP-2' }, undefined, await site().withKey(['chargers:read'], 'north'))
    expect(list).toMatchObject({ status: 200, items: [{ id: 7, chargerId: 'charger-2', open: true }], next: null })
    const cancel = (charger: string, reservation: string, as = key) => ask(v1Cancel, { charger, reservation }, undefined, as)
    expect(await cancel('CP-3', '7')).toMatchObject({ status: 404 })
    expect(await cancel('CP-2', 'x')).toMatchObject({ status: 400 })
    expect(await cancel('CP-2', '7', await site().withKey(['chargers:read'], 'north'))).toMatchObject({ status: 403 })
    expect(await cancel('CP-2', '7')).toMatchObject({ status: 200, outcome: 'accepted' })
    expect(site().calls.at(-1)).toMatchObject({ verb: 'cancelReservation', input: { depotId: 'north', id: 7 } })
  })

  test('a key of another depot finds nothing here', async () => {
    await smallDepot(site().db, EVENING, { id: 'south', bays: 1, first: 50 })
    const key = await site().withKey(['chargers:write'], 'south')
    expect(await ask(v1Post, {}, { ...charger, identity: 'V1-2' }, key)).toMatchObject({ status: 404 })
    for (const [door, body] of [
      [v1Put, { name: 'x' }],
      [v1Delete, { force: true }],
      [v1Credentials, {}],
      [v1Registration, { registration: 'rejected' }],
      [v1Restore, {}],
    ] as const)
      expect(await ask(door, { charger: 'CP-2' }, body, key)).toMatchObject({ status: 404 })
    expect(await row('charger-2')).toMatchObject({ name: 'Charger 2', retiredAt: null, registration: 'accepted' })
  })
})
