import { beforeAll, describe, expect, test } from 'vitest'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { isChargerKey } from '#server/ocpp/key.ts'
import { GET as getBoard } from '../../app/api/depots/[depot]/board/route.ts'
import { DELETE as deleteKey, POST as postKey } from '../../app/api/depots/[depot]/chargers/[charger]/key/route.ts'
import { PUT as putPorts } from '../../app/api/depots/[depot]/chargers/[charger]/ports/route.ts'
import { GET as getProvisioning } from '../../app/api/depots/[depot]/chargers/[charger]/provisioning/route.ts'
import { PUT as putRegistration } from '../../app/api/depots/[depot]/chargers/[charger]/registration/route.ts'
import { POST as postRestore } from '../../app/api/depots/[depot]/chargers/[charger]/restore/route.ts'
import { POST as postRetire } from '../../app/api/depots/[depot]/chargers/[charger]/retire/route.ts'
import { PUT as putCharger } from '../../app/api/depots/[depot]/chargers/[charger]/route.ts'
import { GET as getChargers, POST as postCharger } from '../../app/api/depots/[depot]/chargers/route.ts'
import { PUT as putNewChargers } from '../../app/api/depots/[depot]/new-chargers/route.ts'
import { POST as v1Credentials } from '../../app/api/v1/chargers/[charger]/credentials/route.ts'
import { PUT as v1Registration } from '../../app/api/v1/chargers/[charger]/registration/route.ts'
import { DELETE as v1Cancel } from '../../app/api/v1/chargers/[charger]/reservations/[reservation]/route.ts'
import { GET as v1Reservations, POST as v1Reserve } from '../../app/api/v1/chargers/[charger]/reservations/route.ts'
import { POST as v1Restore } from '../../app/api/v1/chargers/[charger]/restore/route.ts'
import { DELETE as v1Delete, PUT as v1Put } from '../../app/api/v1/chargers/[charger]/route.ts'
import { POST as v1Post } from '../../app/api/v1/chargers/route.ts'

// Chargers made, changed, retired and restored by their doors, on a real database.

type Body = Record<string, unknown> & { status: number; detail?: string }

describe('provisioning', () => {
  let site: Site
  let manager: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING, { bays: 6 })
    manager = await site.as('manager', ['north'])
  })
  const ask = (door: Door, params: Record<string, string>, body?: unknown, headers = manager) =>
    askDoor<Body>(door, headers, { params, body })
  const on = (charger: string) => ({ depot: 'north', charger })
  const row = (id: string) => site.db.prisma.charger.findUniqueOrThrow({ where: { id } })
  const journal = (kind: string, subject: string) => site.db.prisma.journal.findMany({ where: { kind, subject } })
  const add = (identity: string, more: object = {}) =>
    ask(postCharger, { depot: 'north' }, { identity, name: identity, nodeId: 'north-service', maxKw: 11, bay: identity, ...more })
  const idOf = ({ charger }: Body) => (charger as { id: string }).id
  const bays = async () => ((await ask(getBoard, { depot: 'north' })).ports as { bay: string }[]).map(({ bay }) => bay)

  describe('making', () => {
    test('a key of the caller is taken when it meets the rules, told back, and kept as a hash only', async () => {
      const weak = await add('CP-K', { key: 'aaaaaaaaaaaaaaaaaaaaaaaa' })
      expect(weak).toMatchObject({ status: 400, fields: { key: expect.any(String) } })
      const added = await add('CP-K', { key: '9f3c1b7a5e2d8046c1f0b39a7d5e2c48' })
      expect(added).toMatchObject({ status: 200, key: '9f3c1b7a5e2d8046c1f0b39a7d5e2c48' })
      expect(isChargerKey(Buffer.from('9f3c1b7a5e2d8046c1f0b39a7d5e2c48'), (await row(idOf(added))).keyHash)).toBe(true)
      const [line] = await journal('charger.added', idOf(added))
      expect(JSON.stringify(line!.data)).not.toContain('9f3c1b7a')
    })

    test('an identity in service is taken; chargers wait for approval where the depot or the caller says so', async () => {
      expect(await add('CP-1')).toMatchObject({ status: 409, fields: { identity: 'In use.' } })
      expect((await row(idOf(await add('CP-A1')))).registration).toBe('accepted')
      expect((await row(idOf(await add('CP-A2', { registration: 'pending' })))).registration).toBe('pending')
      expect(await ask(putNewChargers, { depot: 'north' }, { registration: 'pending' })).toMatchObject({ status: 200 })
      const added = await add('CP-A3', { group: 'Yard', pinnedProtocol: 'ocpp1.6', registeredSerial: 'SN-9', lenient: false, ports: 2 })
      expect(await row(idOf(added))).toMatchObject({
        registration: 'pending',
        groupName: 'Yard',
        pinnedProtocol: 'ocpp1.6',
        registeredSerial: 'SN-9',
        lenient: false,
      })
      expect(added.charger).toMatchObject({ group: 'Yard', registration: 'pending', word: 'To be approved' })
      expect(await ask(getChargers, { depot: 'north' })).toMatchObject({ newChargers: 'pending' })
      await ask(putNewChargers, { depot: 'north' }, { registration: 'accepted' })
    })

    test.each(['.', '..'])('%s is no identity: an address leaves it out', async (identity) => {
      expect(await add(identity, { bay: 'dots' })).toMatchObject({
        status: 400,
        fields: { identity: expect.stringContaining('leaves out') },
      })
    })

    test('what another charger is called by is no identity: a call meant for one would go to the other', async () => {
      expect(await add('charger-2', { bay: 'twice' })).toMatchObject({
        status: 409,
        detail: expect.stringContaining('"charger-2" is the id of another charger'),
        fields: { identity: 'The id of another charger.' },
      })
      expect(await site.db.prisma.charger.count({ where: { identity: 'charger-2' } })).toBe(0)
    })
  })

  describe('changing', () => {
    test('what is given changes, the rest stays; only what its socket must know drops it', async () => {
      expect(await ask(putCharger, on('charger-1'), { name: 'Gate', group: 'Yard', registeredSerial: 'SN-1' })).toMatchObject({
        status: 200,
      })
      expect(await row('charger-1')).toMatchObject({
        name: 'Gate',
        groupName: 'Yard',
        registeredSerial: 'SN-1',
        maxW: 19_200,
        lenient: true,
      })
      expect(site.calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-1', keep: true } })
      const [line] = await journal('charger.changed', 'charger-1')
      expect(line!.data).toEqual({
        before: { name: 'Charger 1', groupName: null, registeredSerial: null },
        after: { name: 'Gate', groupName: 'Yard', registeredSerial: 'SN-1' },
      })
      await ask(putCharger, on('charger-1'), { pinnedProtocol: 'ocpp1.6', group: '' })
      expect(await row('charger-1')).toMatchObject({ pinnedProtocol: 'ocpp1.6', groupName: null, name: 'Gate' })
      expect(site.calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-1' } })
    })

    test('a charger that gives less has ports that give less; none under its least current, and its other facts stay', async () => {
      const twin = await add('CP-L', { ports: 2, bay: 'L', maxKw: 22 })
      const ports = () => site.db.prisma.port.findMany({ where: { chargerId: idOf(twin) }, orderBy: { number: 'asc' } })
      expect(await ask(putCharger, on(idOf(twin)), { maxKw: 7.2 })).toMatchObject({ status: 200 })
      expect((await ports()).map(({ maxW, minW }) => [maxW, minW])).toEqual([
        [7_200, 1_440],
        [7_200, 1_440],
      ])
      const board = (await ask(getBoard, { depot: 'north' })).ports as { bay: string; maxW: number }[]
      expect(board.find(({ bay }) => bay === 'L-1')).toMatchObject({ maxW: 7_200 })
      expect(await ask(putCharger, on(idOf(twin)), { maxKw: 1 })).toMatchObject({ status: 400, fields: { maxKw: 'At least 1.44 kW.' } })
      // raised, it leaves each port at what that port may give
      expect(await ask(putCharger, on(idOf(twin)), { maxKw: 22 })).toMatchObject({ status: 200 })
      expect([(await row(idOf(twin))).maxW, (await ports()).map(({ maxW }) => maxW)]).toEqual([22_000, [7_200, 7_200]])
    })

    test('another place in the tree passes its check', async () => {
      expect(await ask(putCharger, on('charger-1'), { nodeId: 'elsewhere' })).toMatchObject({ status: 404 })
      const small = { depotId: 'north', parentId: 'north-service', kind: 'circuit', volts: 240, wiring: 'L-L', phases: 1 }
      await site.db.prisma.siteNode.createMany({
        data: [
          { ...small, id: 'big', name: 'Big', limitW: 30_000 },
          { ...small, id: 'tiny', name: 'Tiny', limitW: 1_000 },
        ],
      })
      expect(await ask(putCharger, on('charger-1'), { nodeId: 'big' })).toMatchObject({ status: 200 })
      // it takes no 0, so that it needs 1.44 kW
      await site.db.prisma.charger.update({ where: { id: 'charger-1' }, data: { quirks: { refusesZero: true } } })
      expect(await ask(putCharger, on('charger-1'), { nodeId: 'tiny' })).toMatchObject({
        status: 409,
        detail: expect.stringContaining('Nothing was changed'),
      })
      expect((await row('charger-1')).nodeId).toBe('big')
      await site.db.prisma.charger.update({ where: { id: 'charger-1' }, data: { quirks: {}, nodeId: 'north-service' } })
    })
  })

  describe('ports', () => {
    const port = { maxKw: 19.2, minA: 6, phases: 1, volts: 240, wiring: 'L-L' }
    const put = (charger: string, ports: object[]) => ask(putPorts, on(charger), { ports })

    test('one is added, numbers are exchanged, connectors are named; the told number of connectors stands beside them', async () => {
      const connectors = [
        { number: 1, standard: 'CCS1' },
        { number: 2, standard: 'CHAdeMO' },
      ]
      expect(
        await put('charger-2', [
          { ...port, id: 'port-2', number: 1, bay: '02', connectors },
          { ...port, number: 2, bay: '02b' },
        ]),
      ).toMatchObject({
        status: 200,
      })
      await site.db.prisma.charger.update({
        where: { id: 'charger-2' },
        data: { configuration: [{ key: 'NumberOfConnectors', value: '3', readonly: true }] },
      })
      const before = await ask(getProvisioning, on('charger-2'))
      const ports = before.ports as { id: string; number: number; minA: number; connectors: unknown[] }[]
      expect(before).toMatchObject({ toldConnectors: 3 })
      expect(ports).toMatchObject([
        { id: 'port-2', number: 1, minA: 6, connectors },
        { number: 2, bay: '02b', connectors: [{ number: 1, standard: 'unknown' }] },
      ])
      expect(
        await put('charger-2', [
          { ...port, id: 'port-2', number: 2, bay: '02' },
          { ...port, id: ports[1]!.id, number: 1, bay: '02b' },
        ]),
      ).toMatchObject({ status: 200 })
      const after = await site.db.prisma.port.findMany({
        where: { chargerId: 'charger-2' },
        orderBy: { number: 'asc' },
        include: { connectors: true },
      })
      expect(after.map(({ id }) => id)).toEqual([ports[1]!.id, 'port-2'])
      expect(after[1]!.connectors).toHaveLength(2)
      expect(site.calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-2' } })
      expect(await journal('charger.portsChanged', 'charger-2')).toHaveLength(2)
    })

    test.each([
      ['a gap in the numbers', [{ ...port, number: 2, bay: 'x' }], /numbered 1 to 1/],
      [
        'one bay twice',
        [
          { ...port, number: 1, bay: 'x' },
          { ...port, number: 2, bay: 'X' },
        ],
        /same bay/,
      ],
      ['less than its least current', [{ ...port, number: 1, bay: 'x', maxKw: 1 }], /Port 1/],
      ['a port that it has not', [{ ...port, id: 'port-1', number: 1, bay: 'x' }], /no port "port-1"/],
    ])('%s: refused', async (_, ports, why) => {
      expect((await put('charger-3', ports)).detail).toMatch(why)
      expect(await site.db.prisma.port.count({ where: { chargerId: 'charger-3' } })).toBe(1)
    })

    test('one in use is neither removed nor renumbered; one with books leaves the board, and its books stay', async () => {
      await charging(site.db, EVENING, 4, 9_600)
      const spare = { ...port, number: 1, bay: '04b' }
      expect(await put('charger-4', [spare])).toMatchObject({ status: 409, detail: expect.stringContaining('A session is open at 04') })
      expect(await put('charger-4', [spare, { ...port, id: 'port-4', number: 2, bay: '04' }])).toMatchObject({ status: 409 })
      await site.db.prisma.session.updateMany({ where: { portId: 'port-4' }, data: { stoppedAt: new Date(EVENING), stopReason: 'Local' } })
      expect(await put('charger-4', [spare])).toMatchObject({ status: 200 })
      expect(await bays()).toContain('04b')
      expect(await bays()).not.toContain('04')
      expect(await site.db.prisma.session.count({ where: { portId: 'port-4' } })).toBe(1)
      expect((await site.db.prisma.vehicle.findUniqueOrThrow({ where: { id: 'van-4' } })).homePortId).toBeNull()
      const { chargers, retired } = await ask(getChargers, { depot: 'north' })
      expect(JSON.stringify([chargers, retired])).not.toContain('removed ports')
    })

    test('other electrics put what it keeps in doubt, which the site must have room for', async () => {
      const five = { id: 'port-5', number: 1, bay: '05' }
      await site.db.prisma.port.updateMany({ data: { fallbackConfirmedAt: new Date(EVENING) } })
      expect(await put('charger-5', [{ ...port, ...five, maxKw: 11 }])).toMatchObject({ status: 200 })
      const confirmed = async () => (await site.db.prisma.port.findUniqueOrThrow({ where: { id: 'port-5' } })).fallbackConfirmedAt
      expect(await confirmed()).toBeNull()
      const at = new Date(EVENING)
      await site.db.prisma.port.update({ where: { id: 'port-5' }, data: { fallbackConfirmedAt: at } })
      await put('charger-5', [{ ...port, ...five, maxKw: 11, bay: '5' }])
      expect(await confirmed()).toEqual(at)
      // three others may give all they can: 57.6 kW and the building's 12 kW of 80 kW
      const others = { in: ['port-1', 'port-3', 'port-6'] }
      await site.db.prisma.port.updateMany({ where: { id: others }, data: { fallbackConfirmedAt: null } })
      const told = await put('charger-5', [{ ...port, ...five, maxKw: 22 }])
      expect(told).toMatchObject({ status: 409, detail: expect.stringMatching(/could be \d+\.\d kW over its limit/) })
      expect(await confirmed()).toEqual(at)
      expect((await row('charger-5')).maxW).toBe(19_200)
      await site.db.prisma.port.updateMany({ where: { id: others }, data: { fallbackConfirmedAt: at } })
    })
  })

  describe('registration', () => {
    test('it is written down, told to the gateway, and the answer says what follows', async () => {
      site.answers.chargerRegistered = () => ({ detail: 'It was asked.' })
      expect(await ask(putRegistration, on('charger-3'), { registration: 'pending', retryS: 60 })).toMatchObject({
        status: 200,
        detail: 'It was asked.',
      })
      expect(await row('charger-3')).toMatchObject({ registration: 'pending', registrationRetryS: 60 })
      await ask(putRegistration, on('charger-3'), { registration: 'accepted' })
      expect(site.calls.at(-1)).toEqual({
        verb: 'chargerRegistered',
        input: { depotId: 'north', chargerId: 'charger-3', before: 'pending', now: 'accepted' },
      })
      expect((await journal('charger.accepted', 'charger-3')).length).toBeGreaterThan(0)
    })

    test('a line that breaks is told once more; what is in the books must be so at the sockets too', async () => {
      let times = 0
      site.answers.chargerRegistered = () => {
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
      await charging(site.db, EVENING, 6, 9_600)
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
      const session = await site.db.prisma.session.findFirstOrThrow({ where: { portId: 'port-6' } })
      expect(session).toMatchObject({ stopReason: 'Retired', flags: expect.arrayContaining(['chargerRetired']) })
      expect(session.meterStopWh).toBe(session.lastMeterWh ?? session.meterStartWh)
      expect(await row('charger-6')).toMatchObject({ keyHash: null, nextKeyHash: null, retiredAt: new Date(EVENING) })
      expect(site.calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-6' } })
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
      expect(await site.db.prisma.port.findUniqueOrThrow({ where: { id: 'port-6' } })).toMatchObject({ fallbackConfirmedAt: null })
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
    expect(site.calls.at(-1)).toMatchObject({ verb: 'sendNextKey', input: { chargerId: 'charger-1', key: told.key } })
    expect(await ask(getProvisioning, on('charger-1'))).toMatchObject({ rotation: { state: 'written', open: true } })
    expect(await ask(postKey, on('charger-1'), { how: 'rotate' })).toMatchObject({ status: 409 })
    expect(await ask(deleteKey, on('charger-1'))).toMatchObject({ status: 200 })
    expect(await ask(getProvisioning, on('charger-1'))).toMatchObject({ rotation: { state: 'cancelled', open: false } })
    expect(
      JSON.stringify(await site.db.prisma.journal.findMany({ where: { subject: 'charger-1' }, select: { data: true } })),
    ).not.toContain(told.key)
  })

  test('a bay has one charger: added, moved or restored into another one’s, it is refused by that one’s name', async () => {
    expect(await add('CP-B1', { bay: '03' })).toMatchObject({
      status: 409,
      detail: 'Bay 03 is at Charger 3 already. Give this port another bay, or change that one first.',
      fields: { bay: 'Bay 03 is at Charger 3 already.' },
    })
    expect(await site.db.prisma.charger.count({ where: { identity: 'CP-B1' } })).toBe(0)
    const mine = idOf(await add('CP-B1', { bay: 'B1' }))
    const port = { number: 1, maxKw: 11, minA: 6, phases: 1, volts: 240, wiring: 'L-L' }
    const { id } = await site.db.prisma.port.findFirstOrThrow({ where: { chargerId: mine } })
    const move = (bay: string) => ask(putPorts, on(mine), { ports: [{ ...port, id, bay }] })
    expect(await move('03')).toMatchObject({ status: 409, fields: { ports: 'Bay 03 is at Charger 3 already.' } })
    expect(await move('b1')).toMatchObject({ status: 200 })
    await ask(postRetire, on(mine), { force: false })
    const other = idOf(await add('CP-B2', { bay: 'B1' }))
    expect(await ask(postRestore, on(mine), {})).toMatchObject({ status: 409, detail: expect.stringContaining('Bay b1 is at CP-B2') })
    await ask(postRetire, on(other), { force: false })
    expect(await ask(postRestore, on(mine), {})).toMatchObject({ status: 200 })
  })

  describe('other systems', () => {
    const charger = { identity: 'V1-1', name: 'By API', nodeId: 'north-service', maxKw: 11, bay: 'V1', depotId: 'north' }
    test('with the scope chargers:write they make, change, register, rekey and retire chargers, by id or identity', async () => {
      const key = await site.withKey(['chargers:write'], 'north')
      expect(await ask(v1Post, {}, charger, await site.withKey(['chargers:read']))).toMatchObject({ status: 403 })
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

    test('they reserve a port and end it; a reservation of another charger is not there', async () => {
      site.answers.reserve = () => ({ id: 7, outcome: 'accepted', detail: 'The charger keeps it.' })
      site.answers.cancelReservation = () => ({ id: 7, outcome: 'accepted', detail: 'The charger keeps it no longer.' })
      const key = await site.withKey(['calls:write'], 'north')
      const until = '2025-11-19T06:00:00+01:00'
      expect(await ask(v1Reserve, { charger: 'CP-2' }, { port: 1, vehicleId: 'van-2', until: 'soon' }, key)).toMatchObject({ status: 400 })
      expect(await ask(v1Reserve, { charger: 'CP-2' }, { port: 1, vehicleId: 'van-2', until }, key)).toMatchObject({ outcome: 'accepted' })
      const asked = { depotId: 'north', chargerId: 'charger-2', port: 1, vehicleId: 'van-2', until: Date.parse(until) }
      expect(site.calls.at(-1)).toMatchObject({ verb: 'reserve', input: { ...asked, actor: expect.stringMatching(/^key:/) } })
      const facts = {
        depotId: 'north',
        chargerId: 'charger-2',
        number: 1,
        idTag: 'A',
        expiresAt: new Date(until),
        createdAt: new Date(EVENING),
      }
      await site.db.prisma.reservation.create({ data: { id: 7, ...facts, state: 'accepted', createdBy: 'test' } })
      const list = await ask(v1Reservations, { charger: 'CP-2' }, undefined, await site.withKey(['chargers:read'], 'north'))
      expect(list).toMatchObject({ status: 200, items: [{ id: 7, chargerId: 'charger-2', open: true }], next: null })
      const cancel = (charger: string, reservation: string, as = key) => ask(v1Cancel, { charger, reservation }, undefined, as)
      expect(await cancel('CP-3', '7')).toMatchObject({ status: 404 })
      expect(await cancel('CP-2', 'x')).toMatchObject({ status: 400 })
      expect(await cancel('CP-2', '7', await site.withKey(['chargers:read'], 'north'))).toMatchObject({ status: 403 })
      expect(await cancel('CP-2', '7')).toMatchObject({ status: 200, outcome: 'accepted' })
      expect(site.calls.at(-1)).toMatchObject({ verb: 'cancelReservation', input: { depotId: 'north', id: 7 } })
    })

    test('a key of another depot finds nothing here', async () => {
      await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
      const key = await site.withKey(['chargers:write'], 'south')
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
})
