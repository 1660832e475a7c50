import { beforeAll, describe, expect, test } from 'vitest'
import type { PeakView } from '#lib/api/peak.ts'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { addDays, localInstant } from '#lib/time/zone.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { gather } from '#server/planning/replan.ts'
import { writeLearnedDays } from '#server/store/learned-peak.ts'
import { GET as getPeak, PUT as putPeak } from '../../app/api/depots/[depot]/peak/route.ts'
import { learnPeak, targetOf, withExpectedPeak } from './learned-peak.ts'

const ZONE = 'Europe/Berlin'

describe('the peak that the month is expected to make', () => {
  let site: Site
  let manager: Record<string, string>
  const replans: string[] = []
  const today = new Date(EVENING).toISOString().slice(0, 10)
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    const { prisma } = site.db
    await prisma.tariffWindow.updateMany({ data: { demandMicroPerKw: 15_000_000n } })
    // four weeks of evenings in which van 1 stands from 18 to 22: 16 kWh, on one day of each week 32 kWh
    for (let back = 28; back >= 2; back--) {
      const day = addDays(today, -back)
      const from = localInstant(day, '18:00', ZONE)
      await prisma.session.create({
        data: {
          depotId: 'north',
          portId: 'port-1',
          idTag: 'YW1',
          vehicleId: 'van-1',
          startKey: `learn-${back}`,
          startedAt: new Date(from),
          receivedAt: new Date(from),
          stoppedAt: new Date(plus(from, hours(4))),
          meterStartWh: 0n,
          energyWh: back % 7 === 4 ? 32_000n : 16_000n,
          currency: 'EUR',
        },
      })
    }
    manager = await site.as('manager', ['north'])
    site.ctx.wakes.replan = (_, cause) => void replans.push(cause)
  })
  const ask = (door: Door, body?: unknown) =>
    askDoor<PeakView & { detail: string; fields: Record<string, string> }>(door, manager, { body })
  const planned = async () => (await gather(site.ctx, 'north', REACH)).prices.demand[0]!

  test('nothing is known before anything was looked at', async () => {
    expect(await ask(getPeak)).toMatchObject({ status: 200, mode: 'learned', targetW: null, learnedW: null, days: [], isCharged: true })
    expect(await planned()).not.toHaveProperty('targetW')
  })

  test('a week is worked out at a time; each day tells the least peak that would have done', async () => {
    await learnPeak(site.ctx, 'north')
    expect((await ask(getPeak)).days).toHaveLength(7)
    for (let i = 0; i < 4; i++) await learnPeak(site.ctx, 'north')
    const { days } = await ask(getPeak)
    expect(days).toHaveLength(26)
    for (const { day, neededW } of days) {
      const back = Math.round((instant(`${today}T00:00:00Z`) - instant(`${day}T00:00:00Z`)) / hours(24))
      // nothing is known of the building on those days
      const least = back % 7 === 4 ? 8_000 : 4_000
      expect(neededW).toBeGreaterThanOrEqual(least)
      expect(neededW).toBeLessThanOrEqual(least + 200)
    }
  })

  test('the plan is told what is learned, and stays free to make more', async () => {
    const { learnedW, targetW } = await ask(getPeak)
    expect(learnedW).toBe(targetW)
    expect(targetW).toBeGreaterThan(4_000)
    expect(targetW).toBeLessThan(8_300)
    expect(await planned()).toMatchObject({ targetW })
    expect(await planned()).not.toHaveProperty('targetIsHard')
  })

  test('what is left of a month is expected of it, also in its first hours and of the one that begins tomorrow', async () => {
    const learned = {
      tariffId: 'tariff',
      days: Array.from({ length: 30 }, (_, i) => ({ day: addDays('2026-10-28', i), neededW: 10_000 + i * 100 })),
    }
    const memory = { setting: { mode: 'learned' as const, byHandW: null, isHard: false }, learned }
    const at = (time: string) => instant(`${time}:00+01:00`)
    const [lastEvening, firstNight] = [at('2026-11-30T18:00'), at('2026-12-01T01:00')]
    const december = targetOf(memory, lastEvening, ZONE, firstNight)!
    // one day of November is left: any of those seen; of all December nearly the highest
    expect(targetOf(memory, lastEvening, ZONE)).toBeLessThan(12_000)
    expect(december).toBeGreaterThan(12_600)
    expect(targetOf(memory, firstNight, ZONE)).toBe(december)
    expect(targetOf(memory, at('2026-12-01T04:00'), ZONE)).toBe(december)
    // a charge whose hours begin only in the next month is that month's, also when it is the only one
    const midnight = Array.from({ length: 40 }, (_, slot) => slot >= 24)
    const charge = { microPerKw: 1, slots: midnight, peakSoFarW: 0 as Watts }
    await site.db.prisma.$transaction((db) => writeLearnedDays(db, 'north', learned))
    const slots = { now: lastEvening, from: lastEvening, slotMinutes: 15 }
    expect(await withExpectedPeak(site.db.prisma, 'north', [charge], slots, ZONE)).toEqual([{ ...charge, targetW: december }])
    await learnPeak(site.ctx, 'north')
  })

  test('an operator sets it by hand and makes it a limit, or expects none; each is in the journal and makes a new plan', async () => {
    replans.length = 0
    expect(await ask(putPeak, { mode: 'byHand', byHandW: 21_000, isHard: true })).toMatchObject({
      status: 200,
      targetW: 21_000,
      isHard: true,
    })
    expect(await planned()).toMatchObject({ targetW: 21_000, targetIsHard: true })
    expect(await ask(putPeak, { mode: 'off', byHandW: 21_000, isHard: false })).toMatchObject({ status: 200, targetW: null, isHard: false })
    expect(await planned()).not.toHaveProperty('targetW')
    expect(replans).toHaveLength(2)
    const journal = await site.db.prisma.journal.findMany({ where: { kind: 'setting.changed' }, orderBy: { id: 'asc' } })
    expect(journal.map(({ data }) => data)).toEqual([
      {
        setting: 'peak',
        before: { mode: 'learned', byHandW: null, isHard: false },
        after: { mode: 'byHand', byHandW: 21_000, isHard: true },
      },
      {
        setting: 'peak',
        before: { mode: 'byHand', byHandW: 21_000, isHard: true },
        after: { mode: 'off', byHandW: 21_000, isHard: false },
      },
    ])
  })

  test('by hand needs a power, and an expectation is no limit', async () => {
    expect((await ask(putPeak, { mode: 'byHand', byHandW: null, isHard: false })).status).toBe(400)
    expect((await ask(putPeak, { mode: 'learned', byHandW: null, isHard: true })).status).toBe(400)
  })

  test('another tariff may count other hours: what was seen under the one before is forgotten', async () => {
    const { prisma } = site.db
    await prisma.tariffWindow.updateMany({ data: { demandMicroPerKw: 0n } })
    const before = await prisma.tariff.findFirstOrThrow({ include: { windows: true } })
    await prisma.tariff.update({ where: { id: before.id }, data: { validUntil: new Date(EVENING) } })
    const { windows: _, ...row } = before
    await prisma.tariff.create({ data: { ...row, id: 'another', validFrom: new Date(EVENING), validUntil: null } })
    await learnPeak(site.ctx, 'north')
    expect(await ask(getPeak)).toMatchObject({ days: [], isCharged: false })
  })
})
