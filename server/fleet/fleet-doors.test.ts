import { beforeAll, describe, expect, test } from 'vitest'
import { getDuties as dutiesDoor } from '#lib/api/duty.ts'
import { hours, plus } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { gather } from '#server/planning/replan.ts'
import { PUT as putDuty, DELETE as removeDuty } from '../../app/api/depots/[depot]/duties/[duty]/route.ts'
import { POST as importDuties } from '../../app/api/depots/[depot]/duties/import/route.ts'
import { GET as getDuties } from '../../app/api/depots/[depot]/duties/route.ts'
import { PUT as putToken } from '../../app/api/depots/[depot]/tokens/[token]/route.ts'
import { POST as postDuty } from '../../app/api/depots/[depot]/vehicles/[vehicle]/duties/route.ts'
import { PUT as putVehicle } from '../../app/api/depots/[depot]/vehicles/[vehicle]/route.ts'
import { GET as getFleet, POST as postVehicle } from '../../app/api/depots/[depot]/vehicles/route.ts'
import { authorise } from '../charging/authorise.ts'

type Told = { status: number; id: string; detail: string; fields: Record<string, string> } & Record<string, unknown>
type Vehicle = { id: string; name: string; word: string; driver: string | null; tags: { id: string; idTag: string; blocked: boolean }[] }

const VAN = { name: 'Van 20', batteryKwh: 80, maxKw: 11, kwhPerKm: 0.4, targetSocPct: 90 }

describe('the fleet, by its doors', () => {
  let site: Site
  let manager: Record<string, string>
  const replans: string[] = []
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
    manager = await site.as('manager', ['north'])
    site.ctx.wakes.replan = (depotId, cause) => void replans.push(`${depotId}: ${cause}`)
  })

  const ask = (door: Door, params: Record<string, string>, body?: unknown, headers = manager, query = '') =>
    askDoor<Told>(door, headers, { params, body, query })
  const fleet = async () => (await ask(getFleet, {})).vehicles as Vehicle[]
  const vehicle = async (id: string) => (await fleet()).find((each) => each.id === id)!
  const local = (hoursAhead: number) => localIso(plus(EVENING, hours(hoursAhead)), 'Europe/Berlin').slice(0, 16)
  const journal = (subject: string) => site.db.prisma.journal.findMany({ where: { subject }, orderBy: { id: 'asc' } })
  const needs = async () => (await gather(site.ctx, 'north', REACH)).needs

  test('a new vehicle with a card may charge, and with a duty the plan charges for it', async () => {
    const { id, status } = await ask(postVehicle, {}, { ...VAN, tags: ['card 20'], driver: 'A. Ortiz' })
    expect(status).toBe(200)
    expect(await vehicle(id)).toMatchObject({ name: 'Van 20', word: 'No duty', driver: 'A. Ortiz', tags: [{ idTag: 'CARD 20' }] })
    expect(await authorise(site.db.prisma, 'north', 'Card 20', EVENING)).toMatchObject({ verdict: 'accepted' })

    const duty = await ask(postDuty, { vehicle: id }, { departs: local(9), returns: local(18), km: 100 })
    expect(duty.status).toBe(200)
    // 100 km × 0.4 kWh × 1.15 = 46 kWh, less the 20 % of 80 kWh that an unknown charge counts for
    const need = (await needs()).find((each) => each.id === id)
    expect(need).toMatchObject({ departs: plus(EVENING, hours(9)), energyWh: 30_000, maxW: 11_000 })
    expect(replans).toEqual(['north: Van 20 was added', 'north: Van 20 was given a duty'])
    expect((await journal(id)).map(({ kind }) => kind)).toEqual(['vehicle.added', 'duty.added'])
  })

  test('a changed consumption changes what its duties to come need; the journal keeps before and after', async () => {
    const { id } = await ask(postVehicle, {}, { ...VAN, name: 'Van 21', tags: ['T21'] })
    await ask(postDuty, { vehicle: id }, { departs: local(9), returns: local(18), km: 100 })
    expect((await ask(putVehicle, { vehicle: id }, { ...VAN, name: 'Van 21', kwhPerKm: 0.5, tags: [] })).status).toBe(200)
    expect((await site.db.prisma.duty.findFirst({ where: { vehicleId: id } }))!.energyWh).toBe(57_500)
    expect((await journal(id)).at(-1)).toMatchObject({
      kind: 'vehicle.changed',
      data: { before: { whPerKm: 400, tags: ['T21'] }, after: { whPerKm: 500, tags: [] } },
    })
    // the card that was taken away opens nothing, and may be given to another vehicle
    expect(await authorise(site.db.prisma, 'north', 'T21', EVENING)).toMatchObject({ verdict: 'blocked' })
    const other = await ask(postVehicle, {}, { ...VAN, name: 'Van 22', tags: ['T21'] })
    expect(await authorise(site.db.prisma, 'north', 'T21', EVENING)).toMatchObject({ verdict: 'accepted' })
    expect((await vehicle(other.id)).tags).toMatchObject([{ idTag: 'T21', blocked: false }])
  })

  test.each([
    ['a card of another vehicle', { tags: ['card 20'] }, 409, 'The card CARD 20 belongs to Van 20.', 'tags'],
    ['a name that is taken', { name: 'van 20' }, 409, 'There is a vehicle "van 20" already.', 'name'],
    [
      'a bay that is a home',
      { homePortId: 'port-1' },
      409,
      'Bay 01 is the home of Van 01. Choose another, or change Van 01 first.',
      'homePortId',
    ],
    ['a bay of another depot', { homePortId: 'port-50' }, 404, 'There is no such bay in this depot.', 'homePortId'],
    ['a card number of 21 characters', { tags: ['x'.repeat(21)] }, 400, 'A card number has at most 20 characters.', 'tags.0'],
    ['a driver without a card', { driver: 'B. Chen' }, 400, 'A driver is known by a card: enter the card too.', 'tags'],
  ])('%s is refused with words at its field', async (_, change, status, words, field) => {
    const before = (await fleet()).length
    const told = await ask(postVehicle, {}, { ...VAN, name: 'Van 30', ...change })
    expect(told.status).toBe(status)
    expect(told.detail).toContain(words)
    expect(Object.keys(told.fields)).toEqual([field])
    expect((await fleet()).length).toBe(before)
  })

  test('a card of another depot is taken too, but not whose it is', async () => {
    await site.db.prisma.token.create({ data: { id: 'far', depotId: 'south', idTag: 'FAR', kind: 'rfid', vehicleId: 'van-50' } })
    expect(await ask(postVehicle, {}, { ...VAN, name: 'Van 31', tags: ['far'] })).toMatchObject({
      status: 409,
      detail: 'The card FAR is in use elsewhere.',
    })
  })

  test('two duties at one time are refused with both named (R1 AT2); back to back they are not', async () => {
    const { id } = await ask(postVehicle, {}, { ...VAN, name: 'Van 40' })
    const first = { departs: '2025-11-20 06:30', returns: '2025-11-20 14:00', km: 60 }
    expect((await ask(postDuty, { vehicle: id }, first)).status).toBe(200)
    expect(
      await ask(postDuty, { vehicle: id }, { departs: '2025-11-20T13:00:00+01:00', returns: '2025-11-20 20:00', km: 40 }),
    ).toMatchObject({
      status: 409,
      detail: 'Van 40 cannot do both: Thu 20 Nov, 13:00–20:00 overlaps Thu 20 Nov, 06:30–14:00. Change one of them.',
    })
    const second = await ask(postDuty, { vehicle: id }, { departs: '2025-11-20 14:00', returns: '2025-11-20 20:00', km: 40 })
    expect(second.status).toBe(200)
    expect(await ask(putDuty, { duty: second.id }, { departs: '2025-11-20 13:59', returns: '2025-11-20 20:00', km: 40 })).toMatchObject({
      status: 409,
    })
    expect((await ask(putDuty, { duty: second.id }, { departs: '2025-11-20 15:00', returns: '2025-11-20 21:00', km: 50 })).status).toBe(200)
    expect((await ask(removeDuty, { duty: second.id })).status).toBe(200)
    expect((await journal(id)).map(({ kind }) => kind)).toEqual([
      'vehicle.added',
      'duty.added',
      'duty.added',
      'duty.changed',
      'duty.removed',
    ])
    const { items } = dutiesDoor.output.loose().parse(await ask(getDuties, {}, undefined, manager, `?vehicle=${id}`))
    expect(items.map(({ departsAt }) => departsAt)).toEqual([Date.parse('2025-11-20T05:30:00Z')])
  })

  test('what has left is history: the return may be changed, nothing else', async () => {
    await site.db.prisma.duty.update({ where: { id: 'duty-4' }, data: { departsAt: new Date(plus(EVENING, -hours(1))) } })
    expect(await ask(removeDuty, { duty: 'duty-4' })).toMatchObject({ status: 409 })
    expect(await ask(putDuty, { duty: 'duty-4' }, { departs: local(2), returns: local(17), km: 120 })).toMatchObject({ status: 409 })
    expect((await ask(putDuty, { duty: 'duty-4' }, { departs: local(-1), returns: local(17), km: 120 })).status).toBe(200)
  })

  test('a file with a bad line: the good ones are taken, each says what became of it, and a second time nothing is doubled', async () => {
    await ask(postVehicle, {}, { ...VAN, name: 'Van 60' })
    const csv = [
      'vehicle,departs,returns,km',
      'van 60,2025-11-21 06:30,2025-11-21 15:00,80',
      'Van 99,2025-11-21 06:30,2025-11-21 15:00,80',
      'Van 60,2025-11-21 12:00,2025-11-21 18:00,80',
      'Van 60,2025-11-22 06:30,soon,80',
      'Van 60,2025-11-22 06:30,2025-11-22 15:00,"81,5"',
    ].join('\n')
    const first = await ask(importDuties, {}, { csv })
    expect(first).toMatchObject({
      ...{ status: 200, added: 2, same: 0, refused: 3 },
      lines: [
        { line: 2, outcome: 'added', text: 'Van 60, Fri 21 Nov, 06:30–15:00' },
        { line: 3, outcome: 'refused', text: 'There is no vehicle "Van 99" in this depot.' },
        { line: 4, outcome: 'refused', text: expect.stringContaining('cannot do both') },
        { line: 5, outcome: 'refused', text: expect.stringContaining('"soon" is not a moment') },
        { line: 6, outcome: 'added' },
      ],
    })
    expect(await ask(importDuties, {}, { csv })).toMatchObject({ added: 0, same: 2, refused: 3 })
    expect(await ask(importDuties, {}, { csv: 'a,b\n1,2' })).toMatchObject({ status: 400 })
  })

  test('a blocked card starts nothing; unblocked it does', async () => {
    const card = (await fleet()).find(({ name }) => name === 'Van 20')!.tags[0]!
    expect((await ask(putToken, { token: card.id }, { status: 'blocked' })).status).toBe(200)
    expect(await authorise(site.db.prisma, 'north', card.idTag, EVENING)).toMatchObject({ verdict: 'blocked' })
    // saving the form does not lift what a person blocked
    const { id } = (await fleet()).find(({ name }) => name === 'Van 20')!
    await ask(putVehicle, { vehicle: id }, { ...VAN, tags: [card.idTag] })
    expect(await authorise(site.db.prisma, 'north', card.idTag, EVENING)).toMatchObject({ verdict: 'blocked' })
    await ask(putToken, { token: card.id }, { status: 'accepted' })
    expect(await authorise(site.db.prisma, 'north', card.idTag, EVENING)).toMatchObject({ verdict: 'accepted' })
    expect(await ask(putToken, { token: 'far' }, { status: 'blocked' })).toMatchObject({ status: 404 })
  })

  test('finance reads and changes nothing; a vehicle or duty of another depot is not there', async () => {
    const finance = await site.as('finance', ['north'])
    expect((await ask(getFleet, {}, undefined, finance)).status).toBe(200)
    expect((await ask(postVehicle, {}, VAN, finance)).status).toBe(403)
    expect((await ask(putVehicle, { vehicle: 'van-50' }, { ...VAN, name: 'Mine now' })).status).toBe(404)
    expect((await ask(postDuty, { vehicle: 'van-50' }, { departs: local(30), returns: local(38), km: 1 })).status).toBe(404)
    expect((await ask(removeDuty, { duty: 'duty-50' })).status).toBe(404)
    expect((await ask(postVehicle, { depot: 'south' }, VAN)).status).toBe(404)
  })
})
