import { beforeAll, describe, expect, test } from 'vitest'
import { getDuties as dutiesDoor } from '#lib/api/duty.ts'
import { getVehicleDuties as theirsDoor } from '#lib/api/v1-duty.ts'
import { plan } from '#lib/planning/plan.ts'
import { hours, iso, minutes, plus } from '#lib/time/instant.ts'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { gather } from '#server/planning/replan.ts'
import { GET as getDuties } from '../../app/api/depots/[depot]/duties/route.ts'
import { POST as postDuties } from '../../app/api/v1/duties/route.ts'
import { GET as getTheirs } from '../../app/api/v1/vehicles/[id]/duties/route.ts'
import { charging, smallDepot } from './test-depot.ts'

const plain = (text: string | null) => text?.replace(/\u202f/g, ' ') ?? null

describe('can each vehicle drive what it is to drive? (R1)', () => {
  let site: Site
  let manager: Record<string, string>
  let key: Record<string, string>
  const replans: string[] = []

  beforeAll(async () => {
    site = await testSite()
    const { prisma } = site.db
    await smallDepot(site.db, EVENING)
    await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
    for (const n of [1, 2, 3, 4]) await charging(site.db, EVENING, n, 9600)
    await prisma.vehicle.updateMany({ where: { depotId: 'north' }, data: { socPct: 95 } })
    // the duty of the requirement: 180 km at 0.45 kWh, 140 kWh, back with 20 %, leaves in 4 h
    await prisma.vehicle.update({ where: { id: 'van-1' }, data: { batteryWh: 140_000, whPerKm: 450, socPct: 20 } })
    const departsAt = new Date(plus(EVENING, hours(4)))
    await prisma.duty.update({ where: { id: 'duty-1' }, data: { name: 'Block 7A', departsAt, distanceM: 180_000, energyWh: 93_150 } })
    manager = await site.as('manager', ['north'])
    key = await site.withKey(['commands:write', 'read'], 'north')
    site.ctx.wakes.replan = (depotId, cause) => void replans.push(`${depotId}: ${cause}`)
  })

  const ask = (door: Door, params: Record<string, string>, headers: Record<string, string>, body?: unknown, query = '') =>
    askDoor<Record<string, unknown>>(door, headers, { params, body, query })
  const list = (query: string) => ask(getDuties, { depot: 'north' }, manager, undefined, query)
  const duties = async (query = '') => dutiesDoor.output.parse(await list(query))
  const underCap = async (limitW: number) => {
    const { prisma } = site.db
    await prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW } })
    await prisma.plan.deleteMany()
    const input = await gather(site.ctx, 'north', REACH)
    const made = plan(input)
    await prisma.plan.create({
      data: {
        ...{ id: `plan-${limitW}`, depotId: 'north', madeAt: new Date(input.now), cause: 'test', tookMs: 1 },
        ...{ inputDigest: made.inputDigest, input, result: made, costMicro: 0n, lowerBoundMicro: 0n },
      },
    })
  }

  test('with 19.2 kW it is ready with 14 minutes to spare, by its port alone and by the plan (AT1)', async () => {
    // the building may draw 12 kW
    await underCap(12_000 + 19_200)
    const { items } = await duties()
    const { feasibility, name } = items.find(({ vehicleId }) => vehicleId === 'van-1')!
    expect(name).toBe('Block 7A')
    expect(feasibility).toMatchObject({ neededWh: 93_150, neededPct: 66.5, hasPct: 20, verdict: 'tight', mark: 'caution' })
    expect(plain(feasibility!.alone)).toBe('ready, margin ≈ 14 min (≈ 9 km)')
    expect(plain(feasibility!.byPlan)).toMatch(/^ready, margin ≈ /)
    expect(Math.round((plus(EVENING, hours(4)) - feasibility!.readyAt!) / minutes(1))).toBe(14)
    expect(feasibility!.reckoning.map(({ name, text }) => plain(`${name}: ${text}`))).toEqual([
      'Needed at departure: 93.2 kWh of 140 kWh (66.5 %), reserve included',
      'Comes with: 28.0 kWh (20.0 %): 65.2 kWh missing at the battery',
      'Port alone: 4 h × 19.2 kW × 0.9 = 69.1 kWh: ready, margin ≈ 14 min (≈ 9 km)',
      expect.stringMatching(/^Plan in force: gives 6[5-9]\.\d kWh until it leaves: ready, margin ≈ /),
    ])
  })

  test('under a cap that leaves 9.6 kW the plan cannot have it ready: short by 31 kWh, 68 km; and it stands first', async () => {
    await underCap(12_000 + 9600)
    const { items } = await duties()
    expect(items[0]).toMatchObject({ vehicleId: 'van-1', feasibility: { verdict: 'shortByPlan', mark: 'serious', readyByPlanAt: null } })
    expect(plain(items[0]!.feasibility!.alone)).toBe('ready, margin ≈ 14 min (≈ 9 km)')
    expect(plain(items[0]!.feasibility!.byPlan)).toBe('not ready, short by ≈ 31 kWh (≈ 68 km)')
  })

  test('dispatch gives duties in a batch, each with its result; an overlap names both blocks (AT2); a second time nothing is doubled', async () => {
    const at = (ms: number) => iso(plus(EVENING, ms))
    const block = (vehicleId: string, name: string, from: number, until: number) => ({
      ...{ vehicleId, name, distanceM: 60_000 },
      ...{ departsAt: at(hours(from)), returnsAt: at(hours(until)) },
    })
    const batch = { duties: [block('van-1', 'Block 8', 20, 26), block('van-1', 'Block 9', 24, 30), block('van-50', 'Block 10', 20, 26)] }
    const first = await ask(postDuties, {}, key, batch)
    expect(first).toMatchObject({ status: 200, added: 1, same: 0, refused: 2 })
    expect((first.results as { text: string }[]).map(({ text }) => text)).toEqual([
      'Van 01, Block 8 (Wed 19 Nov, 17:47–23:47)',
      'Van 01 cannot do both: Block 9 (Wed 19 Nov, 21:47–Thu 20 Nov, 03:47) overlaps Block 8 (Wed 19 Nov, 17:47–23:47). Change one of them.',
      'There is no vehicle "van-50" among yours.',
    ])
    expect(replans).toEqual(['north: duties came from dispatch'])
    expect(await ask(postDuties, {}, key, batch)).toMatchObject({ added: 0, same: 1, refused: 2 })
    expect(await site.db.prisma.journal.findFirst({ where: { kind: 'duty.added' } })).toMatchObject({ subject: 'van-1', depotId: 'north' })
    const odd = { duties: [{ ...block('van-2', 'Block 11', 20, 26), distanceM: -5 }, block('van-2', 'Block 12', 20, 26), 'block 13'] }
    const mixed = await ask(postDuties, {}, key, odd)
    expect(mixed).toMatchObject({ added: 1, refused: 2 })
    expect((mixed.results as { text: string }[]).map(({ text }) => text.slice(0, 40))).toEqual([
      expect.stringContaining('distanceM: '),
      expect.stringContaining('Van 02, Block 12'),
      expect.stringContaining('Correct this field.'),
    ])
    // the second block begins with what the first one leaves, and the plan tells nothing of it yet
    const { items } = theirsDoor.output.parse(await ask(getTheirs, { id: 'van-1' }, key))
    expect(items.map(({ name }) => name).sort()).toEqual(['Block 7A', 'Block 8'])
    expect(items.find(({ name }) => name === 'Block 8')!.feasibility).toMatchObject({ byPlan: null, verdict: 'ready' })
    expect((await ask(getTheirs, { id: 'van-50' }, key)).status).toBe(404)
  })

  test('pages go on where the last one ended', async () => {
    const { prisma } = site.db
    const day = (n: number, h: number) => new Date(plus(EVENING, hours(48 + 24 * n + h)))
    await prisma.duty.createMany({
      data: Array.from({ length: 130 }, (_, n) => ({
        ...{ id: `later-${String(n).padStart(3, '0')}`, vehicleId: 'van-2', distanceM: 10_000, energyWh: 5000, source: 'test' },
        ...{ departsAt: day(n, 0), plannedDepartsAt: day(n, 0), returnsAt: day(n, 5), changedAt: day(0, 0) },
      })),
    })
    const first = await duties()
    expect([first.items.length, first.total]).toEqual([100, 136])
    const second = await duties(`?cursor=${first.next}`)
    expect([second.items.length, second.next]).toEqual([36, null])
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(136)
    expect((await list('?cursor=x')).status).toBe(400)
  })
})
