import { expect, test } from 'vitest'
import { exportPlan as door } from '#lib/api/v1-plan.ts'
import { firstAnswer } from '#lib/planning/first-answer.ts'
import { readPlanningInput } from '#lib/planning/json.ts'
import { plan } from '#lib/planning/plan.ts'
import { days, hours, minutes, plus } from '#lib/time/instant.ts'
import { checkPlan } from '../judge/check-plan.ts'
import { forgetPlans } from '../store/plan.ts'
import { exportPlan } from './export-plan.ts'
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
    expect(input.previous).toBeDefined()
    expect(again).toEqual(stored)
  }
  const late = await evening()
  const [first, second] = await ids(late)
  await late.db.prisma.plan.delete({ where: { id: first } })
  await expect(exportPlan({ db: late.db }, 'north', second!)).rejects.toMatchObject({ code: 'conflict' })
  await expect(exportPlan({ db: late.db }, 'north', first!)).rejects.toMatchObject({ code: 'not-found' })
})
