import { describe, expect, test } from 'vitest'
import { EVENING } from '#server/http/test-site.ts'
import { charging } from '#server/live/test-depot.ts'
import { isChargerKey } from '#server/ocpp/key.ts'
import { DELETE as deleteKey, POST as postKey } from '../../app/api/depots/[depot]/chargers/[charger]/key/route.ts'
import { GET as getProvisioning } from '../../app/api/depots/[depot]/chargers/[charger]/provisioning/route.ts'
import { PUT as putRegistration } from '../../app/api/depots/[depot]/chargers/[charger]/registration/route.ts'
import { POST as postRestore } from '../../app/api/depots/[depot]/chargers/[charger]/restore/route.ts'
import { POST as postRetire } from '../../app/api/depots/[depot]/chargers/[charger]/retire/route.ts'
import { GET as getChargers } from '../../app/api/depots/[depot]/chargers/route.ts'
import { testProvisioning } from './test-provisioning.ts'

// Chargers let in, retired, restored and given new keys by their doors, on a real database.

const { site, ask, on, row, journal, add, idOf, bays } = testProvisioning()

describe('registration', () => {
  test('it is written down, told to the gateway, and the answer says what follows', async () => {
    site().answers.chargerRegistered = () => ({ detail: 'It was asked.' })
    expect(await ask(putRegistration, on('charger-3'), { registration: 'pending', retryS: 60 })).toMatchObject({
      status: 200,
      detail: 'It was asked.',
    })
    expect(await row('charger-3')).toMatchObject({ registration: 'pending', registrationRetryS: 60 })
    await ask(putRegistration, on('charger-3'), { registration: 'accepted' })
    expect(site().calls.at(-1)).toEqual({
      verb: 'chargerRegistered',
      input: { depotId: 'north', chargerId: 'charger-3', before: 'pending', now: 'accepted' },
    })
    expect((await journal('charger.accepted', 'charger-3')).length).toBeGreaterThan(0)
  })

  test('a line that breaks is told once more; what is in the books must be so at the sockets too', async () => {
    let times = 0
    site().answers.chargerRegistered = () => {
      if (++times === 1) throw new Error('the line broke')
      return { detail: 'It was asked.' }
    }
    expect(await ask(putRegistration, on('charger-3'), { registration: 'rejected' })).toMatchObject({
      status: 200,
      detail: 'It was asked.',
    })
    expect(times).toBe(2)
    await ask(putRegistration, on('charger-3'), { registration: 'accepted' })
  })

  test('a charger with an open session is not held back: it could not be told to stop', async () => {
    await charging(site().db, EVENING, 6, 9_600)
    expect(await ask(putRegistration, on('charger-6'), { registration: 'rejected' })).toMatchObject({ status: 409 })
    expect((await row('charger-6')).registration).toBe('accepted')
  })
})

describe('retiring', () => {
  test('not while a session is open; forced, the session ends with its last reading and asks for a look', async () => {
    expect(await ask(postRetire, on('charger-6'), { force: false })).toMatchObject({
      status: 409,
      detail: expect.stringContaining('A session is open at 06'),
    })
    expect(await ask(postRetire, on('charger-6'), { force: true })).toMatchObject({ status: 200 })
    const session = await site().db.prisma.session.findFirstOrThrow({ where: { portId: 'port-6' } })
    expect(session).toMatchObject({ stopReason: 'Retired', flags: expect.arrayContaining(['chargerRetired']) })
    expect(session.meterStopWh).toBe(session.lastMeterWh ?? session.meterStartWh)
    expect(await row('charger-6')).toMatchObject({ keyHash: null, nextKeyHash: null, retiredAt: new Date(EVENING) })
    expect(site().calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-6' } })
    expect(await bays()).not.toContain('06')
    const { chargers, retired } = await ask(getChargers, { depot: 'north' })
    expect((chargers as { id: string }[]).map(({ id }) => id)).not.toContain('charger-6')
    expect(retired).toMatchObject([{ id: 'charger-6', identity: 'CP-6', sessions: 1 }])
    expect(await ask(postRetire, on('charger-6'), { force: false })).toMatchObject({ status: 409 })
    expect(await ask(postKey, on('charger-6'))).toMatchObject({ status: 409 })
  })

  test('restored, it has a new key and is trusted with nothing that it kept', async () => {
    const told = await ask(postRestore, on('charger-6'))
    expect(told).toMatchObject({ status: 200, url: 'ws://depot.test/ocpp/CP-6' })
    const restored = await row('charger-6')
    expect(isChargerKey(Buffer.from(String(told.key)), restored.keyHash)).toBe(true)
    expect(restored).toMatchObject({ retiredAt: null, identity: 'CP-6', seenAt: null })
    expect(await site().db.prisma.port.findUniqueOrThrow({ where: { id: 'port-6' } })).toMatchObject({ fallbackConfirmedAt: null })
    expect(await bays()).toContain('06')
    expect(await ask(postRestore, on('charger-6'))).toMatchObject({ status: 409 })
  })

  test('its identity may be used anew; the old one keeps its books, and comes back only when that one is gone', async () => {
    await ask(postRetire, on('charger-6'), { force: false })
    const anew = await add('CP-6', { bay: '06n' })
    expect(anew.status).toBe(200)
    expect((await ask(getChargers, { depot: 'north' })).retired).toMatchObject([{ id: 'charger-6', identity: 'CP-6' }])
    expect(await ask(getProvisioning, on('charger-6'))).toMatchObject({ whyNotRestore: expect.stringContaining('has its identity now') })
    expect(await ask(postRestore, on('charger-6'))).toMatchObject({ status: 409 })
    await ask(postRetire, on(idOf(anew)), { force: false })
    expect(await ask(postRestore, on('charger-6'))).toMatchObject({ status: 200 })
    expect(await row('charger-6')).toMatchObject({ identity: 'CP-6' })
    expect((await row(idOf(anew))).identity).toMatch(/^CP-6~/)
  })
})

test('a rotation is begun by its door, shown with its progress, and can be given up', async () => {
  await ask(postKey, on('charger-1'))
  const told = await ask(postKey, on('charger-1'), { how: 'rotate' })
  expect(told).toMatchObject({ status: 200, rotation: { state: 'written', open: true } })
  expect(site().calls.at(-1)).toMatchObject({ verb: 'sendNextKey', input: { chargerId: 'charger-1', key: told.key } })
  expect(await ask(getProvisioning, on('charger-1'))).toMatchObject({ rotation: { state: 'written', open: true } })
  expect(await ask(postKey, on('charger-1'), { how: 'rotate' })).toMatchObject({ status: 409 })
  expect(await ask(deleteKey, on('charger-1'))).toMatchObject({ status: 200 })
  expect(await ask(getProvisioning, on('charger-1'))).toMatchObject({ rotation: { state: 'cancelled', open: false } })
  expect(
    JSON.stringify(await site().db.prisma.journal.findMany({ where: { subject: 'charger-1' }, select: { data: true } })),
  ).not.toContain(told.key)
})
