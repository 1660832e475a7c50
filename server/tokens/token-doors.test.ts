import { beforeAll, describe, expect, test } from 'vitest'
import { importTokens } from '#lib/api/token.ts'
import { hours, plus } from '#lib/time/instant.ts'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { PUT as change, DELETE as remove } from '../../app/api/depots/[depot]/tokens/[token]/route.ts'
import { POST as importCsv } from '../../app/api/depots/[depot]/tokens/import/route.ts'
import { POST as add, GET as list } from '../../app/api/depots/[depot]/tokens/route.ts'
import { DELETE as deleteV1, PUT as putV1 } from '../../app/api/v1/tokens/[idTag]/route.ts'
import { GET as listV1, POST as postV1 } from '../../app/api/v1/tokens/route.ts'
import { authorise } from '../charging/authorise.ts'

type Told = { status: number; detail: string; id: string; items: Row[]; total: number; next: string | null } & Record<string, unknown>
type Row = { id: string; idTag: string; status: string; group: string | null; parentIdTag: string | null; expiresAt: number | null }

describe('tokens, by their doors', () => {
  let site: Site
  let manager: Record<string, string>
  let reader: Record<string, string>
  let writer: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
    manager = await site.as('manager', ['north'])
    reader = await site.withKey(['tokens:read'], 'north')
    writer = await site.withKey(['tokens:write'], 'north')
  })
  const ask = (door: Door, headers: Record<string, string>, knock: Parameters<typeof askDoor>[2] = {}) =>
    askDoor<Told>(door, headers, knock)
  const cards = async (query = '') => (await ask(list, manager, { query })).items
  const card = async (idTag: string) => (await cards(`?search=${idTag}`)).find((each) => each.idTag === idTag)!
  const version = async () => (await site.db.prisma.depot.findUniqueOrThrow({ where: { id: 'north' } })).localListVersion
  const verdict = async (idTag: string) => (await authorise(site.db.prisma, 'north', idTag, site.ctx.clock.now())).verdict
  const journal = (subject: string) => site.db.prisma.journal.findMany({ where: { subject }, orderBy: { id: 'asc' } })

  test('a card is added, and may charge at once; each change raises the version of the lists and tells the gateway', async () => {
    const before = await version()
    const { id, status } = await ask(add, manager, {
      body: { idTag: 'ab 1'.replace(' ', ''), vehicleId: 'van-1', driver: 'A. Ortiz', expires: '2025-12-31' },
    })
    expect(status).toBe(200)
    expect(await card('AB1')).toMatchObject({
      id,
      idTag: 'AB1',
      status: 'accepted',
      driver: 'A. Ortiz',
      vehicle: { id: 'van-1', name: 'Van 01' },
    })
    // a day means its end, in depot time
    expect(new Date((await card('AB1')).expiresAt!).toISOString()).toBe('2025-12-31T23:00:00.000Z')
    expect([await verdict('ab1'), await version()]).toEqual(['accepted', before + 1])
    expect(site.calls.at(-1)).toEqual({ verb: 'tokensChanged', input: { depotId: 'north' } })
    expect((await ask(change, manager, { params: { token: id }, body: { status: 'blocked' } })).status).toBe(200)
    expect([await verdict('AB1'), await version()]).toEqual(['blocked', before + 2])
    // the same again changes nothing
    await ask(change, manager, { params: { token: id }, body: { status: 'blocked' } })
    expect(await version()).toBe(before + 2)
    await ask(change, manager, { params: { token: id }, body: { status: 'accepted' } })
    site.at(plus(EVENING, hours(24 * 60)))
    expect([await verdict('AB1'), (await card('AB1')).status]).toEqual(['expired', 'expired'])
    site.at(EVENING)
    expect((await journal(id)).map(({ kind }) => kind)).toEqual(['token.added', 'token.blocked', 'token.unblocked'])
    expect((await ask(add, manager, { body: { idTag: 'AB1' } })).status).toBe(409)
  })

  test('a group has one parent id, its own or given; moving a card gives it the other’s', async () => {
    await ask(add, manager, { body: { idTag: 'G1', group: 'Night', parentIdTag: 'night' } })
    const { id } = await ask(add, manager, { body: { idTag: 'G2', group: 'night' } })
    expect((await card('G2')).parentIdTag).toBe('NIGHT')
    await ask(add, manager, { body: { idTag: 'G3', group: 'Day' } })
    expect((await card('G3')).parentIdTag).toMatch(/^GROUP[0-9A-F]{10}$/)
    await ask(change, manager, { params: { token: id }, body: { group: 'Day' } })
    expect((await card('G2')).parentIdTag).toBe((await card('G3')).parentIdTag)
    const wrong = await ask(change, manager, { params: { token: id }, body: { group: 'Day', parentIdTag: 'NIGHT' } })
    expect([wrong.status, wrong.detail]).toEqual([400, expect.stringContaining('is that of the group Night')])
  })

  test('removed only while nothing names it', async () => {
    const { id } = await ask(add, manager, { body: { idTag: 'YW1' } })
    await charging(site.db, EVENING, 1, 11_000)
    expect(await ask(remove, manager, { params: { token: id } })).toMatchObject({
      status: 409,
      detail: expect.stringContaining('Block it instead'),
    })
    const { id: unused } = await ask(add, manager, { body: { idTag: 'UNUSED' } })
    expect((await ask(remove, manager, { params: { token: unused } })).status).toBe(200)
    expect(await verdict('UNUSED')).toBe('invalid')
    // of another depot: as if it were not there
    await site.db.prisma.token.create({ data: { id: 'far', depotId: 'south', idTag: 'FAR', kind: 'rfid' } })
    expect((await ask(remove, manager, { params: { token: 'far' } })).status).toBe(404)
  })

  test('a file: each line is added, changed in what it fills in, is there already, or is refused with the reason', async () => {
    const csv = [
      'idTag;Cost Centre;vehicle;expires;status',
      'csv1;Depot;van 02;2026-06-30;',
      'csv2;;;;blocked',
      'g1;Yard;;;',
      'csv1;Depot;;;',
      'far;;;;',
      ';x;;;',
      'csv3;;van 99;;',
      'csv4;;;soon;',
      'this-one-is-too-long-for-it;;;;',
      'csv5;;;;lost',
    ].join('\r\n')
    const told = importTokens.output.loose().parse(await ask(importCsv, manager, { body: { csv } }))
    expect(told).toMatchObject({ added: 2, changed: 1, same: 1, refused: 6 })
    expect(told.lines.map(({ line, outcome }) => [line, outcome])).toEqual(
      ['added', 'added', 'changed', 'same', 'refused', 'refused', 'refused', 'refused', 'refused', 'refused'].map((outcome, index) => [
        index + 2,
        outcome,
      ]),
    )
    // a blank cell leaves what was there
    expect(await card('G1')).toMatchObject({ group: 'Night', costCentre: 'Yard' })
    expect(await card('CSV2')).toMatchObject({ status: 'blocked' })
    expect((await ask(importCsv, manager, { body: { csv: 'number\n1' } })).status).toBe(400)
    const long = importTokens.output
      .loose()
      .parse(await ask(importCsv, manager, { body: { csv: 'idTag,driver,status\r\nl1,"Anna\r\nB.",lost\r\n\r\nl2,,lost\r\n' } }))
    expect(long.lines.map(({ line }) => line)).toEqual([2, 5])
  })

  test('another system: pages and search with tokens:read, writes with tokens:write, nothing of another depot', async () => {
    await site.db.prisma.token.createMany({
      data: Array.from({ length: 105 }, (_, n) => ({
        id: `p${n}`,
        depotId: 'north',
        idTag: `PAGE${String(n).padStart(3, '0')}`,
        kind: 'rfid',
      })),
    })
    const first = await ask(listV1, reader, { query: '?search=page' })
    expect([first.items.length, first.total, first.next]).toEqual([100, 105, 'PAGE099'])
    expect((await ask(listV1, reader, { query: `?search=page&cursor=${first.next}` })).items.map(({ idTag }) => idTag)).toEqual([
      'PAGE100',
      'PAGE101',
      'PAGE102',
      'PAGE103',
      'PAGE104',
    ])
    const all = await ask(listV1, reader, { query: '?search=FAR' })
    expect(all.items).toEqual([])
    expect((await ask(postV1, reader, { body: { idTag: 'V1' } })).status).toBe(403)
    expect((await ask(listV1, reader, { query: '?depotId=south' })).status).toBe(404)
    expect(await ask(postV1, writer, { body: { idTag: 'v1', group: 'Api' } })).toMatchObject({ status: 200, idTag: 'V1', group: 'Api' })
    expect((await ask(postV1, writer, { body: { idTag: 'V1' } })).status).toBe(409)
    // PUT is what it should be: left out is its default, and the same again changes nothing
    const before = await version()
    expect(await ask(putV1, writer, { params: { idTag: 'v1' }, body: { status: 'blocked' } })).toMatchObject({ group: null, idTag: 'V1' })
    expect(await card('V1')).toMatchObject({ status: 'blocked' })
    await ask(putV1, writer, { params: { idTag: 'V1' }, body: { status: 'blocked' } })
    expect(await version()).toBe(before + 1)
    expect(await ask(putV1, writer, { params: { idTag: 'V2' }, body: { kind: 'app' } })).toMatchObject({ idTag: 'V2', kind: 'app' })
    // what an answer says of its end can be written back, as can the day a person writes, and not both
    const moment = Date.parse('2026-06-30T16:00:00Z')
    const put = (body: object) => ask(putV1, writer, { params: { idTag: 'V2' }, body })
    const { expiresAt } = await put({ expires: '2026-06-30 18:00' })
    expect(expiresAt).toBe(moment)
    expect(await put({ expiresAt })).toMatchObject({ status: 200, expiresAt: moment })
    expect(await put({ expiresAt: '2026-06-30T09:00:00-07:00' })).toMatchObject({ status: 200, expiresAt: moment })
    expect(await put({ expiresAt: null })).toMatchObject({ status: 200, expiresAt: null })
    expect(await put({ expiresAt, expires: '2026-06-30' })).toMatchObject({ status: 400, fields: { expiresAt: expect.any(String) } })
    expect(await put({ expiresAt: 9e15 })).toMatchObject({ status: 400, fields: { expiresAt: expect.any(String) } })
    expect((await ask(putV1, writer, { params: { idTag: 'FAR' }, body: {} })).status).toBe(409)
    expect((await ask(deleteV1, writer, { params: { idTag: 'v2' } })).status).toBe(200)
    expect((await ask(deleteV1, writer, { params: { idTag: 'FAR' } })).status).toBe(404)
  })
})
