import { expect, test } from 'vitest'
import { zerega } from '#lib/planning/depot-fixture.ts'
import { planAlerts } from '../live/alerts-plan.ts'
import { latestPlan } from '../store/plan.ts'
import { threadPlanner } from './planner.ts'
import { testDepot } from './test-depot.ts'

// A slow or crashed planner leaves the last safe plan in force, is told, and is asked again.

const script = new URL('./faulty-worker.ts', import.meta.url)
const setPolicy = (depot: Awaited<ReturnType<typeof testDepot>>, policy: string) =>
  depot.db.prisma.depot.update({ where: { id: 'north' }, data: { policy } })

test.each([
  ['hangs', 'cheapest', /did not answer within 4 s/],
  ['dies', 'greenest', /the planner ended/],
] as const)('a planner that %s: the last safe plan stays in force, and the next event tries again', async (_, policy, told) => {
  const planner = threadPlanner({ script, deadlineMs: 4_000 })
  const depot = await testDepot({ planner })
  await depot.allConfirmed()
  await depot.plug(1)
  // the thread is there: its start takes longer than anybody waits
  await planner.plan({ ...zerega(), policy: 'readyFirst' })
  await setPolicy(depot, 'readyFirst')
  const first = await depot.gateway.replanner.now('north', 'a test')
  await depot.gateway.idle()
  const limits = (n: number) => depot.charger(`c${n}`).calls.flatMap((call) => (call.kind === 'setLimit' ? [call.steps[0]!.limitW] : []))
  expect(limits(1).length).toBe(1)

  await setPolicy(depot, policy)
  const safe = await depot.gateway.replanner.now('north', 'a test')
  await depot.gateway.idle()
  expect(safe.planId).not.toBe(first.planId)
  expect((await latestPlan(depot.db.prisma, 'north'))!.id).toBe(safe.planId)
  const journal = () => depot.db.prisma.journal.findMany({ where: { kind: 'plan.failed' } })
  expect(await journal()).toMatchObject([{ subject: 'depot:north', actor: 'system', data: { reason: expect.stringMatching(told) } }])

  const alerts = async () => (await planAlerts(depot.gateway, 'north', 'UTC')).map(({ what }) => what)
  expect(await alerts()).toEqual(['No new plan can be made'])

  // what was wanted is still made true: the charger comes back without its limit
  const before = limits(1).length
  await depot.clock.move(1_000)
  await depot.db.prisma.charger.update({ where: { id: 'c1' }, data: { bootedAt: new Date(depot.clock.now()) } })
  await depot.clock.move(1_000)
  await depot.gateway.replanner.now('north', 'a test')
  await depot.gateway.idle()
  expect(limits(1).length).toBeGreaterThan(before)
  // told once, not with each try
  expect(await journal()).toHaveLength(1)

  // it is asked again by itself
  await setPolicy(depot, 'readyFirst')
  await depot.clock.move(6_000)
  await depot.gateway.idle()
  expect((await depot.db.prisma.plan.findMany({ orderBy: { madeAt: 'desc' }, take: 1 }))[0]).toMatchObject({ refined: true })
  expect(await alerts()).toEqual([])
  // and it is told, once, that plans are made again
  await depot.gateway.replanner.now('north', 'a test')
  await depot.gateway.idle()
  expect(await depot.db.prisma.journal.findMany({ where: { kind: 'plan.recovered' } })).toMatchObject([
    { subject: 'depot:north', data: { since: (await journal())[0]!.at.getTime() } },
  ])
  await depot.gateway.close()
  await planner.close()
})

test('one depot whose plan hangs fails alone: the others that wait are planned by the next thread', async () => {
  const planner = threadPlanner({ script, deadlineMs: 4_000 })
  await planner.plan({ ...zerega(), policy: 'readyFirst' })
  const ask = (policy: 'readyFirst' | 'cheapest') => planner.plan({ ...zerega(), policy })
  const all = await Promise.allSettled([ask('cheapest'), ask('readyFirst'), ask('readyFirst')])
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  await planner.close()
  await expect(ask('readyFirst')).rejects.toThrow('closed')
})
