import { beforeAll, describe, expect, test } from 'vitest'
import type { CarbonView } from '#lib/api/carbon.ts'
import { plan } from '#lib/planning/plan.ts'
import { hours, plus } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { gather } from '#server/planning/replan.ts'
import { GET as getCarbon, PUT as putCarbon } from '../../app/api/depots/[depot]/carbon/route.ts'
import { PUT as putPolicy } from '../../app/api/depots/[depot]/policy/route.ts'

const ZONE = 'Europe/Berlin'
/** Dirty in the evening, clean from 2 to 4 in the night. */
const DAY = Array.from({ length: 24 }, (_, hour) => (hour >= 2 && hour < 4 ? 90 : 400))
const USUAL = `hour,g_per_kwh\n${DAY.map((g, hour) => `${hour},${g}`).join('\n')}`

describe('how clean the energy is: told by a file, followed by the plan', () => {
  let site: Site
  let manager: Record<string, string>
  const replans: string[] = []
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await charging(site.db, EVENING, 1, 11_400)
    manager = await site.as('manager', ['north'])
    site.ctx.wakes.replan = (_, cause) => void replans.push(cause)
  })
  const ask = (door: Door, body?: unknown) =>
    askDoor<CarbonView & { detail: string; fields: Record<string, string> }>(door, manager, { body })
  /** Local hours in which van 1 is given power by a plan made now. */
  const hoursOf = async () => {
    const input = await gather(site.ctx, 'north', REACH)
    const { powerW } = plan(input).allocations.find(({ vehicle }) => vehicle === 'van-1')!
    const from = Math.floor(input.now / 900_000) * 900_000
    const given = powerW.flatMap((w, slot) => (w > 0 ? [Number(localIso(plus(from as never, slot * 900_000), ZONE).slice(11, 13))] : []))
    return [...new Set(given)]
  }

  test('the greenest is refused while nobody told, with what to do', async () => {
    expect(await ask(getCarbon)).toMatchObject({ status: 200, day: [], ahead: [], usable: false, nowGPerKwh: null })
    expect(await ask(putPolicy, { policy: 'greenest' })).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/Import it on the page Tariff/),
    })
    expect((await gather(site.ctx, 'north', REACH)).prices.carbonGPerKwh).toBeUndefined()
  })

  test('with a usual day the plan waits for the clean hours, and is ready in time', async () => {
    expect(await ask(putCarbon, { csv: USUAL })).toMatchObject({ status: 200, usable: true, nowGPerKwh: 400 })
    expect((await ask(putPolicy, { policy: 'greenest' })).status).toBe(200)
    // 30 kWh at the battery and 10 more that are welcome, at 19.2 kW
    expect(await hoursOf()).toEqual([2, 3])
    expect(replans).toEqual(['how clean the energy is was imported', 'the policy was changed'])
    expect(await site.db.prisma.journal.findFirst({ where: { kind: 'setting.changed' }, orderBy: { id: 'asc' } })).toMatchObject({
      data: { setting: 'carbon', after: { day: DAY } },
    })
  })

  test('hours of tonight go before the usual day; the same file twice changes nothing more', async () => {
    const night = [0, 1, 2, 3, 4, 5].map((h) => plus(EVENING, hours(h)))
    // 23:47 and 0:47 are clean now, the rest of the night is dirty
    const csv = `hour;gCO2\n${night.map((at, i) => `${localIso(at, ZONE).slice(0, 16)};${i === 2 || i === 3 ? '50,4' : 500}`).join('\n')}`
    for (const _ of [1, 2]) expect(await ask(putCarbon, { csv })).toMatchObject({ status: 200, usable: true, nowGPerKwh: 500 })
    expect(await site.db.prisma.carbonHour.count()).toBe(6)
    const clean = night.slice(2, 4).map((at) => Number(localIso(at, ZONE).slice(11, 13)))
    const given = await hoursOf()
    expect(given).toEqual(expect.arrayContaining(clean))
    expect(given).not.toContain(Number(localIso(EVENING, ZONE).slice(11, 13)))
  })

  test('a file that cannot be read says why, line by line', async () => {
    const refused = await ask(putCarbon, { csv: 'hour,g_per_kwh\nsoon,300' })
    expect([refused.status, refused.fields.csv]).toEqual([
      400,
      'Line 2: "soon" is not an hour. Write 2026-11-24 06:00, or 0 to 23 for a usual day.',
    ])
  })
})
