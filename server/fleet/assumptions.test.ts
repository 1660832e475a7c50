import { beforeAll, expect, test } from 'vitest'
import type { Door } from '#server/http/route.ts'
import { EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { GET, PUT } from '../../app/api/depots/[depot]/assumptions/route.ts'
import { gather } from '../planning/replan.ts'

// What nobody told of a vehicle is stated by its depot, and the plan is made with that.

let site: Site
let manager: Record<string, string>
const replans: string[] = []
beforeAll(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING)
  manager = await site.as('manager', ['north'])
  site.ctx.wakes.replan = (_, cause) => void replans.push(cause)
})

async function ask(door: Door, body?: object) {
  const { method } = door.contract
  const request = new Request('http://depot.test/x', {
    method,
    headers: { host: 'depot.test', ...manager },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const response = await door(request, { params: Promise.resolve({ depot: 'north' }) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** A session of a vehicle that is not ours, at the first bay; the van whose bay it is never told its charge and has no duty. */
async function strangers() {
  const p = site.db.prisma
  await p.duty.deleteMany({})
  await p.session.deleteMany({})
  await p.vehicle.updateMany({ data: { socPct: null, socAt: null, batteryWh: 60_000, targetSocPct: 100 } })
  const [port] = await p.port.findMany({ orderBy: { id: 'asc' }, take: 1 })
  const at = new Date(EVENING)
  const session = { depotId: 'north', portId: port!.id, idTag: 'STRANGER', startKey: 'a', startedAt: at, receivedAt: at, meterStartWh: 0n }
  const { id } = await p.session.create({ data: { ...session, currency: 'EUR' } })
  const { needs } = await gather(site.ctx, 'north', REACH)
  return { guest: needs.find((need) => need.id === `session-${id}`)!, vans: needs.filter((need) => need.id !== `session-${id}`) }
}

test('as it comes: 30 kWh and eight hours for a stranger, 20 % in a battery that never told, a day for a van without a duty', async () => {
  expect(await ask(GET)).toEqual({ status: 200, body: { guestKwh: 30, guestHours: 8, socPct: 20, noDutyHours: 24 } })
  const { guest, vans } = await strangers()
  expect(guest).toMatchObject({ energyWh: 30_000, departs: EVENING + 8 * 3_600_000 })
  expect(vans.length).toBeGreaterThan(0)
  for (const van of vans) expect(van).toMatchObject({ energyWh: 0, extraWh: 48_000, departs: EVENING + 24 * 3_600_000 })
})

test('what the depot states instead is planned with at once, and stands in the journal with what it was', async () => {
  expect((await ask(PUT, { guestKwh: 12.5, guestHours: 2, socPct: 50, noDutyHours: 6 })).status).toBe(200)
  expect(replans).toEqual(['what is assumed of unknown vehicles was changed'])
  expect((await ask(GET)).body).toEqual({ guestKwh: 12.5, guestHours: 2, socPct: 50, noDutyHours: 6 })
  const { guest, vans } = await strangers()
  expect(guest).toMatchObject({ energyWh: 12_500, departs: EVENING + 2 * 3_600_000 })
  for (const van of vans) expect(van).toMatchObject({ extraWh: 30_000, departs: EVENING + 6 * 3_600_000 })
  const [line] = await site.db.prisma.journal.findMany({ where: { kind: 'setting.changed' } })
  expect(line!.data).toMatchObject({ setting: 'assumptions', before: { socPct: 20 }, after: { socPct: 50, guestWh: 12_500 } })
})

test('what cannot be is refused at its field', async () => {
  const { status, body } = await ask(PUT, { guestKwh: -1, guestHours: 8, socPct: 120, noDutyHours: 24 })
  expect(status).toBe(400)
  expect(Object.keys(body.fields as object).sort()).toEqual(['guestKwh', 'socPct'])
})
