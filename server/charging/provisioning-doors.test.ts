import { describe, expect, test } from 'vitest'
import { EVENING } from '#server/http/test-site.ts'
import { charging } from '#server/live/test-depot.ts'
import { isChargerKey } from '#server/ocpp/key.ts'
import { GET as getBoard } from '../../app/api/depots/[depot]/board/route.ts'
import { PUT as putPorts } from '../../app/api/depots/[depot]/chargers/[charger]/ports/route.ts'
import { GET as getProvisioning } from '../../app/api/depots/[depot]/chargers/[charger]/provisioning/route.ts'
import { POST as postRestore } from '../../app/api/depots/[depot]/chargers/[charger]/restore/route.ts'
import { POST as postRetire } from '../../app/api/depots/[depot]/chargers/[charger]/retire/route.ts'
import { PUT as putCharger } from '../../app/api/depots/[depot]/chargers/[charger]/route.ts'
import { GET as getChargers } from '../../app/api/depots/[depot]/chargers/route.ts'
import { PUT as putNewChargers } from '../../app/api/depots/[depot]/new-chargers/route.ts'
import { testProvisioning } from './test-provisioning.ts'

// Chargers made and changed by their doors, on a real database.

const { site, ask, on, row, journal, add, idOf, bays } = testProvisioning()

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

  test('bays of several ports are named by the caller, or numbered', async () => {
    const baysOf = async (identity: string, more: object) => {
      const { ports } = await site().db.prisma.charger.findUniqueOrThrow({
        where: { id: idOf(await add(identity, more)) },
        include: { ports: { orderBy: { number: 'asc' } } },
      })
      return ports.map(({ bay }) => bay)
    }
    expect(await baysOf('CP-T1', { ports: 2, bay: '97/98' })).toEqual(['97', '98'])
    expect(await baysOf('CP-T2', { ports: 3, bay: '7/8' })).toEqual(['7/8-1', '7/8-2', '7/8-3'])
  })

  test('what another charger is called by is no identity: a call meant for one would go to the other', async () => {
    expect(await add('charger-2', { bay: 'twice' })).toMatchObject({
      status: 409,
      detail: expect.stringContaining('"charger-2" is the id of another charger'),
      fields: { identity: 'The id of another charger.' },
    })
    expect(await site().db.prisma.charger.count({ where: { identity: 'charger-2' } })).toBe(0)
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
    expect(site().calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-1', keep: true } })
    const [line] = await journal('charger.changed', 'charger-1')
    expect(line!.data).toEqual({
      before: { name: 'Charger 1', groupName: null, registeredSerial: null },
      after: { name: 'Gate', groupName: 'Yard', registeredSerial: 'SN-1' },
    })
    await ask(putCharger, on('charger-1'), { pinnedProtocol: 'ocpp1.6', group: '' })
    expect(await row('charger-1')).toMatchObject({ pinnedProtocol: 'ocpp1.6', groupName: null, name: 'Gate' })
    expect(site().calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-1' } })
  })

  test('a charger that gives less has ports that give less; none under its least current, and its other facts stay', async () => {
    const twin = await add('CP-L', { ports: 2, bay: 'L', maxKw: 22 })
    expect((await row(idOf(twin))).maxW, 'its ports together').toBe(44_000)
    const ports = () => site().db.prisma.port.findMany({ where: { chargerId: idOf(twin) }, orderBy: { number: 'asc' } })
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
    await site().db.prisma.siteNode.createMany({
      data: [
        { ...small, id: 'big', name: 'Big', limitW: 30_000 },
        { ...small, id: 'tiny', name: 'Tiny', limitW: 1_000 },
      ],
    })
    expect(await ask(putCharger, on('charger-1'), { nodeId: 'big' })).toMatchObject({ status: 200 })
    // it takes no 0, so that it needs 1.44 kW
    await site().db.prisma.charger.update({ where: { id: 'charger-1' }, data: { quirks: { refusesZero: true } } })
    expect(await ask(putCharger, on('charger-1'), { nodeId: 'tiny' })).toMatchObject({
      status: 409,
      detail: expect.stringContaining('Nothing was changed'),
    })
    expect((await row('charger-1')).nodeId).toBe('big')
    await site().db.prisma.charger.update({ where: { id: 'charger-1' }, data: { quirks: {}, nodeId: 'north-service' } })
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
    await site().db.prisma.charger.update({
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
    const after = await site().db.prisma.port.findMany({
      where: { chargerId: 'charger-2' },
      orderBy: { number: 'asc' },
      include: { connectors: true },
    })
    expect(after.map(({ id }) => id)).toEqual([ports[1]!.id, 'port-2'])
    expect(after[1]!.connectors).toHaveLength(2)
    expect(site().calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-2' } })
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
    expect(await site().db.prisma.port.count({ where: { chargerId: 'charger-3' } })).toBe(1)
  })

  test('one in use is neither removed nor renumbered; one with books leaves the board, and its books stay', async () => {
    await charging(site().db, EVENING, 4, 9_600)
    const spare = { ...port, number: 1, bay: '04b' }
    expect(await put('charger-4', [spare])).toMatchObject({ status: 409, detail: expect.stringContaining('A session is open at 04') })
    expect(await put('charger-4', [spare, { ...port, id: 'port-4', number: 2, bay: '04' }])).toMatchObject({ status: 409 })
    await site().db.prisma.session.updateMany({ where: { portId: 'port-4' }, data: { stoppedAt: new Date(EVENING), stopReason: 'Local' } })
    expect(await put('charger-4', [spare])).toMatchObject({ status: 200 })
    expect(await bays()).toContain('04b')
    expect(await bays()).not.toContain('04')
    expect(await site().db.prisma.session.count({ where: { portId: 'port-4' } })).toBe(1)
    expect((await site().db.prisma.vehicle.findUniqueOrThrow({ where: { id: 'van-4' } })).homePortId).toBeNull()
    const { chargers, retired } = await ask(getChargers, { depot: 'north' })
    expect(JSON.stringify([chargers, retired])).not.toContain('removed ports')
  })

  test('other electrics put what it keeps in doubt, which the site must have room for', async () => {
    const five = { id: 'port-5', number: 1, bay: '05' }
    await site().db.prisma.port.updateMany({ data: { fallbackConfirmedAt: new Date(EVENING) } })
    expect(await put('charger-5', [{ ...port, ...five, maxKw: 11 }])).toMatchObject({ status: 200 })
    const confirmed = async () => (await site().db.prisma.port.findUniqueOrThrow({ where: { id: 'port-5' } })).fallbackConfirmedAt
    expect(await confirmed()).toBeNull()
    const at = new Date(EVENING)
    await site().db.prisma.port.update({ where: { id: 'port-5' }, data: { fallbackConfirmedAt: at } })
    await put('charger-5', [{ ...port, ...five, maxKw: 11, bay: '5' }])
    expect(await confirmed()).toEqual(at)
    // three others may give all they can: 57.6 kW and the building's 12 kW of 80 kW
    const others = { in: ['port-1', 'port-3', 'port-6'] }
    await site().db.prisma.port.updateMany({ where: { id: others }, data: { fallbackConfirmedAt: null } })
    const told = await put('charger-5', [{ ...port, ...five, maxKw: 22 }])
    expect(told).toMatchObject({ status: 409, detail: expect.stringMatching(/could be \d+\.\d kW over its limit/) })
    expect(await confirmed()).toEqual(at)
    expect((await row('charger-5')).maxW).toBe(19_200)
    await site().db.prisma.port.updateMany({ where: { id: others }, data: { fallbackConfirmedAt: at } })
  })
})

test('a bay has one charger: added, moved or restored into another one’s, it is refused by that one’s name', async () => {
  expect(await add('CP-B1', { bay: '03' })).toMatchObject({
    status: 409,
    detail: 'Bay 03 is at Charger 3 already. Give this port another bay, or change that one first.',
    fields: { bay: 'Bay 03 is at Charger 3 already.' },
  })
  expect(await site().db.prisma.charger.count({ where: { identity: 'CP-B1' } })).toBe(0)
  const mine = idOf(await add('CP-B1', { bay: 'B1' }))
  const port = { number: 1, maxKw: 11, minA: 6, phases: 1, volts: 240, wiring: 'L-L' }
  const { id } = await site().db.prisma.port.findFirstOrThrow({ where: { chargerId: mine } })
  const move = (bay: string) => ask(putPorts, on(mine), { ports: [{ ...port, id, bay }] })
  expect(await move('03')).toMatchObject({ status: 409, fields: { ports: 'Bay 03 is at Charger 3 already.' } })
  expect(await move('b1')).toMatchObject({ status: 200 })
  await ask(postRetire, on(mine), { force: false })
  const other = idOf(await add('CP-B2', { bay: 'B1' }))
  expect(await ask(postRestore, on(mine), {})).toMatchObject({ status: 409, detail: expect.stringContaining('Bay b1 is at CP-B2') })
  await ask(postRetire, on(other), { force: false })
  expect(await ask(postRestore, on(mine), {})).toMatchObject({ status: 200 })
})
