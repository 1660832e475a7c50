import { expect, test } from 'vitest'
import { exportPlan as door } from '#lib/api/v1-plan.ts'
import { firstAnswer } from '#lib/planning/first-answer.ts'
import { readPlanningInput } from '#lib/planning/json.ts'
import { plan } from '#lib/planning/plan.ts'
import { days, hours, instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { checkPlan } from '../judge/check-plan.ts'
import { forgetPlans, planInForce } from '../store/plan.ts'
import { exportPlan } from './export-plan.ts'
import { thinPlans } from './replan.ts'
import { NIGHT, type TestDepot, testDepot } from './test-depot.ts'

/** An evening: vans come, a building load and a duty are told, a charger is lost, a van leaves; a plan at each. */
async function evening(): Promise<TestDepot> {
  const depot = await testDepot({ capW: 14_000 })
  await depot.allConfirmed()
  const happenings = [
    async () => void (await depot.plug(1)),
    async () => depot.duty(1, plus(NIGHT, hours(6)), 22_000),
    async () => void (await depot.plug(2)),
    async () => depot.baseLoad(4_000, 3_100),
    async () => {
      depot.charger('c2').online = false
    },
    async () => void (await depot.plug(3)),
    async () => depot.unplug(1),
  ]
  for (const happens of happenings) {
    await happens()
    await depot.gateway.replanner.now('north', 'something happened')
    await depot.gateway.idle()
    await depot.clock.move(minutes(7))
  }
  return depot
}

const ids = async (depot: TestDepot) =>
  (await depot.db.prisma.plan.findMany({ orderBy: { madeAt: 'asc' }, select: { id: true } })).map(({ id }) => id)

/** The stored plan as its documents tell it, and the plan that they make now. */
async function replayed(depot: TestDepot, id: string) {
  const output = door.output.parse(await exportPlan({ db: depot.db }, 'north', id))
  const read = readPlanningInput(JSON.parse(JSON.stringify(output.input)))
  if (read.kind === 'wrong') throw new Error(read.problems.join('\n'))
  return { stored: output.plan, again: output.refined ? plan(read.value) : firstAnswer(read.value), input: read.value }
}

test('every stored plan comes out of its exported input again, bit for bit, and the judge finds nothing in it', async () => {
  const depot = await evening()
  const all = await ids(depot)
  expect(all.length).toBeGreaterThanOrEqual(7)
  let [charged, followed] = [0, 0]
  for (const id of all) {
    const { stored, again, input } = await replayed(depot, id)
    expect(again).toEqual(stored)
    expect(checkPlan(input, stored).violations).toEqual([])
    if (input.previous) followed += 1
    if (stored.allocations.some(({ powerW }) => powerW.some((w) => w > 0))) charged += 1
  }
  expect(followed).toBe(all.length - 1)
  expect(charged).toBeGreaterThan(3)
  expect((await exportPlan({ db: depot.db }, 'north', 'latest')).id).toBe(all.at(-1))
})

test('plans that are kept when old ones are thinned replay too; one whose past is gone says so', async () => {
  const depot = await evening()
  const before = await ids(depot)
  await depot.clock.move(days(2))
  await forgetPlans(depot.db.prisma, 'north', plus(depot.clock.now(), -days(14)), plus(depot.clock.now(), -days(1)))
  const kept = await ids(depot)
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThan(before.length)
  for (const id of kept) {
    const { stored, again, input } = await replayed(depot, id)
    if (id !== before[0]) expect(input.previous).toBeDefined()
    expect(again).toEqual(stored)
  }
  // the first of those that are all kept follows one that is not: what it was made of stays whole as well
  const again = await evening()
  const all = await ids(again)
  const { madeAt } = await again.db.prisma.plan.findUniqueOrThrow({ where: { id: all[4]! } })
  await forgetPlans(again.db.prisma, 'north', plus(again.clock.now(), -days(14)), instant(madeAt))
  const left = await ids(again)
  expect(left.length).toBeLessThan(all.length)
  expect(left).toEqual(expect.arrayContaining(all.slice(4)))
  for (const id of left) {
    const { stored, again: made } = await replayed(again, id)
    expect(made).toEqual(stored)
  }
  const late = await evening()
  const [first, second] = await ids(late)
  await late.db.prisma.plan.delete({ where: { id: first } })
  await expect(exportPlan({ db: late.db }, 'north', second!)).rejects.toMatchObject({ code: 'conflict' })
  await expect(exportPlan({ db: late.db }, 'north', first!)).rejects.toMatchObject({ code: 'not-found' })
})

test('a plan that promises what the one in force does confirms it, for minutes; whatever differs is stored', async () => {
  const depot = await testDepot({ capW: 14_000 })
  await depot.allConfirmed()
  await depot.plug(1)
  await depot.duty(1, plus(NIGHT, hours(6)), 22_000)
  const asked = async (cause: string) => {
    const { planId } = await depot.gateway.replanner.now('north', cause)
    await depot.gateway.idle()
    return planId
  }
  await asked('it came')
  // its charger follows by now
  await depot.clock.move(minutes(1))
  const first = await asked('the minute')
  const madeAt = depot.clock.now()
  const again: string[] = []
  for (let i = 0; i < 4; i++) {
    await depot.clock.move(minutes(1))
    again.push(await asked('the minute'))
  }
  expect(again).toEqual([first, first, first, first])
  expect((await ids(depot)).at(-1)).toBe(first)
  expect(await planInForce(depot.db, 'north')).toMatchObject({ id: first, madeAt, asOf: depot.clock.now() })
  // time, and a limit that moves nothing
  await depot.clock.move(minutes(1))
  const second = await asked('five minutes')
  await depot.db.prisma.siteNode.update({ where: { id: 'service' }, data: { limitW: 13_990 } })
  await depot.clock.move(seconds(10))
  const third = await asked('another limit')
  expect((await ids(depot)).slice(-3)).toEqual([first, second, third])
  for (const id of [first, second, third]) {
    const { stored, again: made } = await replayed(depot, id)
    expect(made).toEqual(stored)
  }
})

test('plans that a charger was told something of are kept as long as the depot keeps plans, and it says how long', async () => {
  const depot = await evening()
  const { prisma } = depot.db
  const told = (await prisma.limitSent.findMany({ where: { planId: { not: null } } })).map(({ planId }) => planId!)
  expect(new Set(told).size).toBeGreaterThan(2)
  await depot.clock.move(days(6))
  await thinPlans({ ...depot.gateway }, 'north')
  const kept = await ids(depot)
  expect(kept).toEqual(expect.arrayContaining([...new Set(told)]))
  for (const id of kept) {
    const { stored, again } = await replayed(depot, id)
    expect(again).toEqual(stored)
  }
  await prisma.depot.update({ where: { id: 'north' }, data: { planDays: 5 } })
  await thinPlans({ ...depot.gateway }, 'north')
  expect(await ids(depot)).toEqual([])
})
