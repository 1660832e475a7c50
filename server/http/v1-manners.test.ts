import { beforeAll, describe, expect, test } from 'vitest'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { POST as postCall } from '../../app/api/v1/chargers/[charger]/calls/route.ts'
import { POST as postCredentials } from '../../app/api/v1/chargers/[charger]/credentials/route.ts'
import { POST as postFirmware } from '../../app/api/v1/chargers/[charger]/firmware/route.ts'
import { GET as getMessages } from '../../app/api/v1/chargers/[charger]/messages/route.ts'
import { POST as postReservation } from '../../app/api/v1/chargers/[charger]/reservations/route.ts'
import { DELETE as deleteCharger, GET as getCharger } from '../../app/api/v1/chargers/[charger]/route.ts'
import { GET as getChargers, POST as postCharger } from '../../app/api/v1/chargers/route.ts'
import { type SendingKey, sendNextKey } from '../charging/key-rotation.ts'
import type { Door } from './route.ts'
import { askDoor, EVENING, type Site, testSite } from './test-site.ts'

// What a program that operates chargers is told when it misspells, leaves out, asks twice or comes too late.

type Body = Record<string, unknown> & { status: number; detail: string; fields: Record<string, string>; items: { id: string }[] }

let site: Site
const keys: Record<string, Record<string, string>> = {}
beforeAll(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING, { bays: 6 })
  for (const scope of ['chargers:read', 'chargers:write', 'calls:write'] as const) keys[scope] = await site.withKey([scope], 'north')
})
const ask = (door: Door, knock: { charger?: string; body?: unknown; query?: string } = {}) => {
  const { charger, ...more } = knock
  return askDoor<Body>(door, keys[door.contract.scope!]!, { ...more, params: charger === undefined ? {} : { charger } })
}

describe('the query', () => {
  test('a parameter that there is not is refused with those that there are', async () => {
    const told = await ask(getChargers, { query: '?online=false&depotId=north' })
    expect(told).toMatchObject({
      status: 400,
      detail: 'There is no parameter "online", "depotId". There is depot, search, retired, cursor, take.',
      fields: { online: expect.stringContaining('There is depot, search'), depotId: expect.any(String) },
    })
    expect((await ask(getMessages, { charger: 'CP-1', query: '?serch=x' })).status).toBe(400)
    expect((await ask(postCall, { charger: 'CP-1', query: '?dryRun=true', body: { action: 'ClearCache' } })).detail).toBe(
      'There is no parameter "dryRun". This request has none in its address.',
    )
    expect(await ask(getChargers, { query: '?retired=true&take=2' })).toMatchObject({ status: 200, items: [{}, {}] })
  })

  test('a parameter that is given twice is refused: which of the two is meant', async () => {
    expect(await ask(getChargers, { query: '?take=2&retired=true&take=5' })).toMatchObject({
      status: 400,
      detail: 'More than once in the address: "take". Give each parameter once.',
      fields: { take: 'Give it once.' },
    })
  })

  test('an action of the raw log is found however it is written', async () => {
    const row = { at: new Date(EVENING), chargerId: 'charger-1', direction: 'in', type: 'call', messageId: 'm1' }
    await site.db.prisma.ocppMessage.create({ data: { ...row, action: 'Heartbeat', payload: {} } })
    for (const action of ['Heartbeat', 'heartbeat', 'HEARTBEAT'])
      expect((await ask(getMessages, { charger: 'CP-1', query: `?action=${action}` })).items).toHaveLength(1)
    // one that there is not would find nothing for ever
    for (const action of ['Heart', 'Bogus'])
      expect(await ask(getMessages, { charger: 'CP-1', query: `?action=${action}` })).toMatchObject({
        status: 400,
        fields: { action: expect.stringMatching(/no such action.*search/) },
      })
    expect((await ask(getMessages, { charger: 'CP-1', query: '?action=Reset' })).items).toEqual([])
  })
})

describe('what is wrong is told in plain words, once', () => {
  test('missing, of another kind, out of bounds', async () => {
    const told = await ask(postCharger, { body: { identity: 'W-1', name: 7, nodeId: 'north-service', maxKw: 11, bay: 'W1' } })
    expect(told.fields).toEqual({ depotId: 'This is missing.', name: 'Give it a name.' })
    expect(await ask(getChargers, { query: '?take=many' })).toMatchObject({ status: 400, fields: { take: 'This must be a number.' } })
    expect(await ask(getChargers, { query: '?take=5000' })).toMatchObject({ fields: { take: 'At most 500.' } })
    expect(await ask(getChargers, { query: '?retired=perhaps' })).toMatchObject({ fields: { retired: 'Write true or false.' } })
    expect(await ask(getMessages, { charger: 'CP-1', query: '?direction=up' })).toMatchObject({
      fields: { direction: 'This must be one of in, out.' },
    })
    expect((await ask(getMessages, { charger: 'CP-1', query: '?since=yesterday' })).fields.since).toContain('ISO 8601')
  })

  test('a wrong action does not list 26 names; one written otherwise is named', async () => {
    const { detail, fields } = await ask(postCall, { charger: 'CP-1', body: { action: 'Restart' } })
    expect(fields.action).toMatch(/^This is none of the 26 that there are, such as /)
    expect(detail.length).toBeLessThan(200)
    expect((await ask(postCall, { charger: 'CP-1', body: { action: 'reset' } })).fields).toEqual({ action: 'Write Reset.' })
    for (const body of [{}, { action: 7 }, { action: 'Reset', payload: [], timeoutS: 1.5 }])
      expect((await ask(postCall, { charger: 'CP-1', body })).detail).not.toMatch(/Invalid|expected|received/)
  })
})

describe('moments', () => {
  const installed = { fileId: 'f1', signed: true, retrieveAt: '2025-11-19T01:00:00+01:00', installAt: Date.parse('2025-11-19T01:00:00Z') }
  test('an update takes ISO 8601 as the document says, and milliseconds as answers have them', async () => {
    site.answers.updateFirmware = () => ({ id: 1, outcome: 'waiting', detail: 'It waits.' })
    expect(await ask(postFirmware, { charger: 'CP-1', body: installed })).toMatchObject({ status: 200 })
    expect(site.calls.at(-1)).toMatchObject({
      verb: 'updateFirmware',
      input: { retrieveAt: Date.parse('2025-11-19T00:00:00Z'), installAt: Date.parse('2025-11-19T01:00:00Z') },
    })
    expect((await ask(postFirmware, { charger: 'CP-1', body: { ...installed, installAt: '2025-11-18T23:00:00Z' } })).fields).toEqual({
      installAt: 'It is installed after it was fetched.',
    })
    for (const retrieveAt of ['tomorrow', 1e16, 9e15, -1]) {
      const told = await ask(postFirmware, { charger: 'CP-1', body: { ...installed, retrieveAt } })
      expect([retrieveAt, told.status, told.fields.retrieveAt]).toEqual([retrieveAt, 400, expect.any(String)])
    }
  })
})

test('how a rotation ended can be read: a refused key is told as refused, and the old one stays', async () => {
  await ask(postCredentials, { charger: 'CP-2' })
  const told = await ask(postCredentials, { charger: 'CP-2', body: { how: 'rotate' } })
  expect(told).toMatchObject({ status: 200, rotation: { state: 'written', open: true } })
  expect(await ask(getCharger, { charger: 'CP-2' })).toMatchObject({ keyIssuedAt: EVENING, rotation: { state: 'written', open: true } })
  const refusing = { ...site.ctx.links, call: async () => ({ kind: 'refused' as const, reason: 'Rejected' }) }
  await sendNextKey({ ...site.ctx, links: refusing }, site.calls.at(-1)!.input as SendingKey)
  expect(await ask(getCharger, { charger: 'CP-2' })).toMatchObject({
    rotation: { state: 'refused', open: false, detail: 'It refused the new key (Rejected): the old key stays.' },
  })
})

test('a charger is retired without a body, by force with a word in the address; what is then asked of it says that it is retired', async () => {
  const bare = (query = '') =>
    deleteCharger(
      new Request(`http://depot.test/x${query}`, { method: 'DELETE', headers: { host: 'depot.test', ...keys['chargers:write'] } }),
      {
        params: Promise.resolve({ charger: 'CP-3' }),
      },
    )
  await charging(site.db, EVENING, 3, 9_600)
  expect((await bare()).status).toBe(409)
  expect((await bare('?force=perhaps')).status).toBe(400)
  expect((await bare('?forced=true')).status).toBe(400)
  expect((await bare('?force=true')).status).toBe(200)
  expect(await ask(deleteCharger, { charger: 'CP-4', body: {} })).toMatchObject({ status: 200 })
  const retired = { status: 409, detail: 'CP-3 is retired. Restore it first.' }
  expect(await ask(postCall, { charger: 'CP-3', body: { action: 'ClearCache' } })).toMatchObject(retired)
  expect(await ask(postFirmware, { charger: 'CP-3', body: { fileId: 'f1' } })).toMatchObject(retired)
  const until = '2025-11-19T06:00:00Z'
  expect(await ask(postReservation, { charger: 'charger-3', body: { port: 1, vehicleId: 'van-1', until } })).toMatchObject(retired)
  expect(await ask(getCharger, { charger: 'CP-3' })).toMatchObject({ status: 200, retiredAt: EVENING })
})
