import { beforeEach, expect, test } from 'vitest'
import { hours, plus } from '#lib/time/instant.ts'
import { EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { readFacts } from './facts.ts'
import { gather } from './replan.ts'
import { tellTrouble } from './tell-trouble.ts'

let site: Site
beforeEach(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING)
})

test('the plan sees the demand charge of the tariff, and that the month’s peak so far is paid for', async () => {
  expect((await gather(site.ctx, 'north', REACH)).prices.demand).toEqual([])
  await site.db.prisma.tariffWindow.updateMany({ data: { demandMicroPerKw: 9_000_000n } })
  const { prices, slots } = await gather(site.ctx, 'north', REACH)
  // no van has charged this month: the peak is the building's
  expect(prices.demand).toEqual([{ microPerKw: 9_000_000, slots: new Array(slots).fill(true), peakSoFarW: 10_400 }])
})

test('a tree that cannot be kept and a charger without writes left are told once a day each', async () => {
  const { site: rows } = (await readFacts(site.db.prisma, 'north', EVENING, REACH))!
  const trouble = {
    site: rows,
    refusal: 'It carries too little.',
    waiting: new Map([
      ['port-2', 'budget' as const],
      ['port-3', 'offline' as const],
    ]),
  }
  const told = async () =>
    (await site.db.prisma.journal.findMany({ where: { actor: 'system' }, orderBy: { id: 'asc' } })).map(({ kind, subject }) => [
      kind,
      subject,
    ])
  const once = [
    ['safety.treeRefused', 'depot:north'],
    ['limit.budgetSpent', 'charger-2'],
  ]
  await tellTrouble(site.ctx, trouble)
  await tellTrouble(site.ctx, trouble)
  expect(await told()).toEqual(once)
  site.at(plus(EVENING, hours(25)))
  await tellTrouble(site.ctx, trouble)
  expect(await told()).toEqual([...once, ...once])
  await tellTrouble(site.ctx, { site: rows, refusal: undefined, waiting: new Map() })
  expect(await told()).toHaveLength(4)
})
