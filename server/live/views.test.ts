import { beforeEach, describe, expect, test } from 'vitest'
import { boardView as boardShape } from '#lib/api/board.ts'
import { hours, minutes, plus } from '#lib/time/instant.ts'
import { EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { charging, smallDepot } from './test-depot.ts'
import { boardView, portViews, supplyView } from './views.ts'

describe('the board', () => {
  let site: Site
  const one = async (n: number) => (await portViews(site.ctx, [`port-${n}`]))[0]!
  const ago = (ms: number) => new Date(plus(EVENING, -ms))
  beforeEach(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
  })

  test('a charging van: power seen, limit wanted, sent, accepted and seen told apart, the hours ahead', async () => {
    await charging(site.db, EVENING, 1, 11_400, 11_500)
    const port = await one(1)
    expect(port).toMatchObject({ mark: 'normal', word: 'Charging', powerW: 11_400, bay: '01', needsAction: false })
    expect(port.limit).toEqual({ wantedW: 11_500, sentW: 11_500, acceptedW: 11_500, seen: true })
    expect(port.vehicle).toMatchObject({ name: 'Van 01', plugged: true, socPct: 50, socStale: false, targetPct: 90 })
    expect(port.session).toMatchObject({ energyWh: 7000, cost: { minor: 218, currency: 'EUR' } })
    expect(port.planned).toEqual([
      { from: EVENING, powerW: 11_500 },
      { from: plus(EVENING, minutes(30)), powerW: 19_200 },
    ])
  })

  test('a bay under a node that somebody locked out says so, with since when and by whom; its neighbour elsewhere goes on', async () => {
    await charging(site.db, EVENING, 1, 0, 11_500)
    await charging(site.db, EVENING, 2, 11_400)
    const { prisma } = site.db
    await prisma.port.update({ where: { id: 'port-1' }, data: { status: 'finishing' } })
    await site.as('manager')
    const { id } = await prisma.user.findFirstOrThrow()
    const node = { depotId: 'north', kind: 'panel', volts: 400, wiring: 'L-N', phases: 3 }
    const locked = { lockedOutAt: ago(minutes(5)), lockedOutBy: `user:${id}` }
    await prisma.siteNode.create({ data: { ...node, ...locked, id: 'panel', name: 'Panel A', parentId: 'north-service' } })
    await prisma.siteNode.create({ data: { ...node, id: 'circuit', name: 'Circuit 1', kind: 'circuit', parentId: 'panel' } })
    await prisma.charger.update({ where: { id: 'charger-1' }, data: { nodeId: 'circuit' } })
    expect(await one(1)).toMatchObject({
      ...{ mark: 'off', word: 'Locked out', needsAction: false, act: null },
      why: 'Locked out since 21:42 by A manager: Panel A. Nothing charges here until it is released.',
    })
    expect((await one(2)).word).toBe('Charging')
  })

  test('what is not known is null: power of an offline charger, power of an old reading', async () => {
    await charging(site.db, EVENING, 1, 11_400)
    await charging(site.db, EVENING, 2, 11_400)
    await site.db.prisma.charger.update({ where: { id: 'charger-1' }, data: { connectedAt: null, seenAt: ago(minutes(18)) } })
    await site.db.prisma.port.update({ where: { id: 'port-2' }, data: { powerAt: ago(minutes(10)) } })
    expect(await one(1)).toMatchObject({ word: 'Offline', mark: 'serious', needsAction: true, powerW: null })
    expect(await one(2)).toMatchObject({ word: 'Charging', powerW: null })
  })

  test('a limit that was sent and not yet accepted is not called accepted', async () => {
    const id = await charging(site.db, EVENING, 1, 11_400, 11_500)
    const curve = [{ from: EVENING, limitW: 6000 }]
    const sent = { portId: 'port-1', kind: 'session', sessionId: id, curve, maxW: 6000, sentAt: ago(500) }
    await site.db.prisma.limitSent.create({ data: { ...sent, outcome: 'pending' } })
    expect((await one(1)).limit).toMatchObject({ sentW: 6000, acceptedW: 11_500 })
    await site.db.prisma.limitSent.updateMany({ where: { outcome: 'pending' }, data: { outcome: 'notSent' } })
    expect((await one(1)).limit).toMatchObject({ sentW: 11_500, acceptedW: 11_500 })
  })

  test('a pause against the plan is an alarm after two minutes, not while charger and vehicle still follow', async () => {
    const id = await charging(site.db, EVENING, 1, 0, 11_500)
    await site.db.prisma.port.update({ where: { id: 'port-1' }, data: { status: 'pausedByCharger' } })
    expect(await one(1)).toMatchObject({ word: 'Starting', needsAction: false })
    site.at(plus(EVENING, minutes(3)))
    expect(await one(1)).toMatchObject({ word: 'Paused by charger', mark: 'serious', needsAction: true })
    // small changes of the plan do not hide it
    const curve = [{ from: EVENING, limitW: 11_200 }]
    const at = new Date(plus(EVENING, minutes(2.5)))
    const newer = { portId: 'port-1', kind: 'session', sessionId: id, curve, maxW: 11_200, sentAt: at, answeredAt: at, countsAt: at }
    await site.db.prisma.limitSent.create({ data: { ...newer, outcome: 'accepted' } })
    expect(await one(1)).toMatchObject({ word: 'Paused by charger', needsAction: true })
  })

  test('a session of a guest has no vehicle, even at a bay where one of ours usually stands', async () => {
    await charging(site.db, EVENING, 1, 11_400)
    await site.db.prisma.session.updateMany({ data: { vehicleId: null } })
    expect((await one(1)).vehicle).toBeNull()
  })

  test('a van whose card was refused at a second bay stands at the first only, until energy flows at the second', async () => {
    await charging(site.db, EVENING, 1, 11_400)
    const second = await charging(site.db, plus(EVENING, minutes(1)), 2, 0)
    const as = (more: object) => site.db.prisma.session.update({ where: { id: second }, data: { vehicleId: 'van-1', ...more } })
    await as({ flags: ['busyTag'], energyWh: 0n })
    expect([(await one(1)).vehicle?.name, (await one(2)).vehicle]).toEqual(['Van 01', null])
    await as({ energyWh: 300n })
    expect((await one(2)).vehicle?.name).toBe('Van 01')
  })

  test('a van on the road is due, and its bay is free', async () => {
    await site.db.prisma.duty.create({
      data: {
        id: 'today',
        vehicleId: 'van-3',
        departsAt: ago(hours(6)),
        plannedDepartsAt: ago(hours(6)),
        returnsAt: new Date(plus(EVENING, minutes(53))),
        distanceM: 1,
        energyWh: 1,
        source: 'test',
        changedAt: ago(hours(9)),
      },
    })
    const port = await one(3)
    expect(port).toMatchObject({ word: 'Free', why: 'Van 03 is due 22:40.' })
    expect(port.vehicle).toMatchObject({ plugged: false, dueAt: plus(EVENING, minutes(53)) })
  })

  test('the supply adds up: building, vans, what is kept free, and the rest', async () => {
    await charging(site.db, EVENING, 1, 11_400)
    await charging(site.db, EVENING, 2, 6_000)
    await charging(site.db, EVENING, 4, 3_800)
    await site.db.prisma.charger.update({ where: { id: 'charger-4' }, data: { connectedAt: null } })
    const supply = await supplyView(site.ctx, 'north')
    expect(supply).toMatchObject({
      capW: 80_000,
      baseW: 10_400,
      baseIsForecast: false,
      vehiclesW: 17_400,
      charging: 2,
      heldW: 3_800,
      heldFor: 'offline port 04',
      freeW: 80_000 - 10_400 - 17_400 - 3_800,
    })
    expect(supply.price).toEqual({ microPerKwh: 312_000, window: 'day', nextAt: plus(EVENING, minutes(13)), nextMicroPerKwh: 198_000 })
  })

  test("the month's peak is the highest quarter-hour mean, counted once and again when an offline charger delivers its past", async () => {
    expect(await supplyView(site.ctx, 'north')).toMatchObject({ peakW: 10_400 })
    const id = await charging(site.db, EVENING, 1, 11_400)
    const readings = [0, 1, 2, 3].map((i) => ({ at: ago(hours(2) + minutes(2) - i * minutes(3)), wh: 5000n + BigInt(i) * 600n }))
    await site.db.prisma.meterReading.createMany({
      data: readings.map(({ at, wh }, i) => ({
        at,
        portId: 'port-1',
        digest: String(i),
        receivedAt: at,
        sessionId: id,
        energyWh: wh,
        context: 'periodic',
        currentMa: [],
        voltageMv: [],
      })),
    })
    await site.db.prisma.session.update({ where: { id }, data: { startedAt: ago(hours(3)) } })
    // 1.8 kWh within a quarter hour: 7.2 kW on top of the building; told with the next quarter
    site.at(plus(EVENING, minutes(15)))
    expect(await supplyView(site.ctx, 'north')).toMatchObject({ peakW: 17_600, peakAt: plus(EVENING, -hours(2) - minutes(2)) })
  })

  test('200 ports are on one board', async () => {
    await smallDepot(site.db, EVENING, { bays: 196, id: 'big', first: 10 })
    const board = await boardView(site.ctx, 'big')
    expect(board.ports).toHaveLength(196)
    expect(boardShape.parse(board)).toEqual(board)
  })

  test('a depot that is not there is a problem with words', async () => {
    await expect(boardView(site.ctx, 'south')).rejects.toMatchObject({ code: 'not-found', message: 'There is no depot "south".' })
  })
})
