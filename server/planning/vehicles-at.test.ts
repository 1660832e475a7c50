import { beforeEach, expect, test } from 'vitest'
import { minutes, plus } from '#lib/time/instant.ts'
import { EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { vehicleById } from '../store/dispatch.ts'
import { readSite } from '../store/site.ts'
import { gather } from './replan.ts'
import { portOfVehicle } from './vehicles-at.ts'

// Where a vehicle stands when several open sessions name it: planning, dispatch and the driver's page mean the same port.

let site: Site
beforeEach(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING)
})

const session = (number: number, ago: number, more: { flags?: string[]; energyWh?: bigint } = {}) =>
  site.db.prisma.session.create({
    data: {
      depotId: 'north',
      portId: `port-${number}`,
      idTag: 'YW1',
      vehicleId: 'van-1',
      startKey: `${number}-${ago}`,
      startedAt: new Date(plus(EVENING, -minutes(ago))),
      receivedAt: new Date(plus(EVENING, -minutes(ago))),
      meterStartWh: 0n,
      currency: 'EUR',
      ...more,
    },
  })
const port = (number: number, status: string) => site.db.prisma.port.update({ where: { id: `port-${number}` }, data: { status } })
const places = async () => {
  const { prisma } = site.db
  const { needs } = await gather(site.ctx, 'north', REACH)
  return [
    needs.find(({ id }) => id === 'van-1')?.port,
    portOfVehicle((await readSite(prisma, 'north'))!, (await vehicleById(prisma, 'van-1'))!),
  ]
}

test('a session at a charger that nobody let in takes no van away from its bay', async () => {
  await port(1, 'charging')
  await session(1, 60)
  await site.db.prisma.charger.update({ where: { id: 'charger-4' }, data: { registration: 'pending' } })
  await session(4, 1, { flags: ['chargerNotAccepted', 'busyTag'] })
  expect(await places()).toEqual(['port-1', 'port-1'])
  await site.db.prisma.session.deleteMany({ where: { portId: 'port-1' } })
  expect(await places(), 'it is at home, where something is plugged in').toEqual(['port-1', 'port-1'])
})

test('a card that was refused elsewhere moves no van, until energy flows there', async () => {
  await port(1, 'charging')
  await port(3, 'charging')
  await session(1, 60)
  const other = await session(3, 1, { flags: ['busyTag'] })
  expect(await places()).toEqual(['port-1', 'port-1'])
  await site.db.prisma.session.update({ where: { id: other.id }, data: { energyWh: 500n } })
  expect(await places(), 'the newer one').toEqual(['port-3', 'port-3'])
})

test('of two whose stop never came the one with a cable counts, then the newer', async () => {
  await port(2, 'available')
  await port(3, 'charging')
  await session(3, 60)
  await session(2, 1)
  expect(await places()).toEqual(['port-3', 'port-3'])
  await port(2, 'charging')
  expect(await places()).toEqual(['port-2', 'port-2'])
})
