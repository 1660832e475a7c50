import { expect, test } from 'vitest'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import { minutes, seconds } from '#lib/time/instant.ts'
import { planAlerts } from '../live/alerts-plan.ts'
import { latestPlan } from '../store/plan.ts'
import type { Planner } from './planner.ts'
import { followsW, type TestDepot, testDepot } from './test-depot.ts'
import type { Refined } from './two-tiers.ts'

// An event is answered at once by a safe plan where the planner is slow; its refined plan follows, unless it is of an older question.

type Question = { input: PlanningInput; answer(): void; fail(error: Error): void }

/** A planner that answers when the test lets it. */
function slowPlanner() {
  const questions: Question[] = []
  const planner: Planner = {
    plan: (input) =>
      new Promise<Refined>((done, fail) => questions.push({ input, fail, answer: () => done({ plan: plan(input), tookMs: 1_000 }) })),
    close: async () => {},
  }
  const next = async (): Promise<Question> => {
    await expect.poll(() => questions.length, { timeout: 5_000 }).toBeGreaterThan(0)
    return questions.shift()!
  }
  return { planner, questions, next }
}

/** Three vans that each want all of their port, under 20 kW, and a first plan that is followed. */
async function threeVans(first?: Planner) {
  const slow = slowPlanner()
  const depot = await testDepot({ planner: slow.planner, ...(first ? { first } : {}) })
  await depot.allConfirmed()
  for (const n of [1, 2, 3]) await depot.plug(n)
  const asked = depot.gateway.replanner.now('north', 'the vans came')
  ;(await slow.next()).answer()
  const followed = await asked
  await depot.gateway.idle()
  await settle(depot)
  return { depot, slow, first: followed }
}

/** Limits that were accepted count, and what waits for it is sent. */
async function settle(depot: TestDepot) {
  for (let i = 0; i < 3; i++) {
    await depot.clock.move(seconds(15))
    await depot.gateway.reconciler.depot('north')
    await depot.gateway.reconciler.idle()
  }
}

const cap = (depot: TestDepot, limitW: number) => depot.db.prisma.siteNode.update({ where: { id: 'service' }, data: { limitW } })
const drawn = (depot: TestDepot) => [...depot.chargers.values()].reduce((sum, each) => sum + followsW(each, depot.clock.now()), 0)
const plans = (depot: TestDepot) =>
  depot.db.prisma.plan.findMany({ orderBy: { madeAt: 'asc' }, select: { id: true, cause: true, refined: true } })
const limitsSent = (depot: TestDepot) => depot.order.filter(({ call }) => call.kind === 'setLimit').length

test('a plan that comes in time is the only one', async () => {
  const { depot, first } = await threeVans()
  expect(await plans(depot)).toEqual([{ id: first.planId, cause: 'the vans came', refined: true }])
  expect(drawn(depot)).toBeGreaterThan(15_000)
  await depot.gateway.close()
})

test('a cut of the cap reaches the chargers before the refined plan is there; that one replaces the safe plan', async () => {
  const { depot, slow } = await threeVans()
  await cap(depot, 8_000)
  const safe = await depot.gateway.replanner.now('north', 'the cap was cut')
  const question = await slow.next()
  await depot.gateway.reconciler.idle()
  // the frames of the cut have left and were obeyed, and nobody has answered the question
  expect(drawn(depot)).toBeLessThanOrEqual(8_000)
  expect(await latestPlan(depot.db.prisma, 'north')).toMatchObject({ id: safe.planId })
  expect((await plans(depot)).at(-1)).toEqual({ id: safe.planId, cause: 'the cap was cut', refined: false })

  await settle(depot)
  const before = limitsSent(depot)
  question.answer()
  await depot.gateway.idle()
  const all = await plans(depot)
  expect(all.at(-1)).toMatchObject({ cause: 'the cap was cut', refined: true })
  expect((await latestPlan(depot.db.prisma, 'north'))!.id).toBe(all.at(-1)!.id)
  await settle(depot)
  // calm: it is written where it differs, at most once a charger and what waited for a cut
  expect(limitsSent(depot) - before).toBeLessThanOrEqual(4)
  expect(drawn(depot)).toBeLessThanOrEqual(8_000)
  await depot.gateway.close()
})

test('a refined plan of an older question is thrown away, and the newest is asked', async () => {
  const { depot, slow } = await threeVans()
  await cap(depot, 12_000)
  await depot.gateway.replanner.now('north', 'a cut')
  const old = await slow.next()
  await cap(depot, 6_000)
  const asked = performance.now()
  const safe = await depot.gateway.replanner.now('north', 'a deeper cut')
  // a planner that is busy is not waited for at all; this is the time of the database
  expect(performance.now() - asked).toBeLessThan(5_000)
  expect(slow.questions).toEqual([])
  await depot.gateway.reconciler.idle()
  expect(drawn(depot)).toBeLessThanOrEqual(6_000)

  old.answer()
  await expect.poll(() => depot.clock.move(seconds(2)).then(() => slow.questions.length), { timeout: 5_000 }).toBe(1)
  expect((await latestPlan(depot.db.prisma, 'north'))!.id).toBe(safe.planId)
  const newest = await slow.next()
  expect(newest.input.nodes.find(({ id }) => id === 'service')!.limitW[0]).toBe(6_000)
  newest.answer()
  await depot.gateway.idle()
  expect((await plans(depot)).map(({ cause, refined }) => [cause, refined])).toEqual([
    ['the vans came', true],
    ['a cut', false],
    ['a deeper cut', false],
    ['a deeper cut', true],
  ])
  expect(drawn(depot)).toBeLessThanOrEqual(6_000)
  await depot.gateway.close()
})

test('a minute that goes by makes no safe plan, and does not make the question old', async () => {
  const { depot, slow } = await threeVans()
  const safe = await depot.gateway.replanner.now('north', 'something happened')
  const question = await slow.next()
  for (let i = 0; i < 3; i++) {
    depot.gateway.replanner.wake('north', 'the minute', { routine: true })
    await depot.clock.move(minutes(1))
    await depot.gateway.reconciler.idle()
  }
  expect((await latestPlan(depot.db.prisma, 'north'))!.id).toBe(safe.planId)
  question.answer()
  await depot.gateway.idle()
  expect(slow.questions).toEqual([])
  expect((await plans(depot)).map(({ cause, refined }) => [cause, refined])).toEqual([
    ['the vans came', true],
    ['something happened', false],
    ['something happened', true],
  ])
  await depot.gateway.close()
})

test('a dead planner: the safe plan is in force, the command that waited is served, it is told once, and is asked again', async () => {
  const { depot, slow } = await threeVans()
  await cap(depot, 8_000)
  const asked = depot.gateway.replanner.now('north', 'the cap was cut')
  ;(await slow.next()).fail(new Error('the planner ended'))
  const safe = await asked
  expect(safe.failure?.message).toBe('the planner ended')
  await depot.gateway.reconciler.idle()
  expect(drawn(depot)).toBeLessThanOrEqual(8_000)
  expect((await latestPlan(depot.db.prisma, 'north'))!.id).toBe(safe.planId)
  const alerts = async () => (await planAlerts(depot.gateway, 'north', 'UTC')).map(({ what }) => what)
  expect(await alerts()).toEqual(['No new plan can be made'])

  // asked again by itself; what fails then makes no safe plan anew
  await depot.clock.move(seconds(6))
  ;(await slow.next()).fail(new Error('the planner ended'))
  await depot.gateway.idle()
  expect((await latestPlan(depot.db.prisma, 'north'))!.id).toBe(safe.planId)
  expect(await depot.db.prisma.journal.count({ where: { kind: 'plan.failed' } })).toBe(1)

  // an event does not wait for the next try
  await cap(depot, 5_000)
  depot.gateway.replanner.wake('north', 'a deeper cut')
  await depot.clock.move(seconds(2))
  ;(await slow.next()).fail(new Error('the planner ended'))
  await depot.gateway.idle()
  expect(drawn(depot)).toBeLessThanOrEqual(5_000)

  await depot.clock.move(seconds(6))
  ;(await slow.next()).answer()
  await depot.gateway.idle()
  expect((await plans(depot)).at(-1)).toMatchObject({ refined: true })
  expect(await alerts()).toEqual([])
  await depot.gateway.close()
})

test('where no safe plan can be made either, the command that asked is told when the refined plan is there', async () => {
  const broken: Planner = { plan: () => Promise.reject(new Error('no safe plan')), close: async () => {} }
  const { depot, slow, first } = await threeVans(broken)
  const told: string[] = []
  const hooks = { before: () => void told.push('before'), decided: () => void told.push('decided'), stored: () => void told.push('stored') }
  const kept = await depot.gateway.replanner.now('north', 'a command', hooks)
  expect(kept.planId).toBe(first.planId)
  expect(told).toEqual(['before'])
  ;(await slow.next()).answer()
  await depot.gateway.idle()
  expect(told).toEqual(['before', 'decided', 'stored'])
  expect((await latestPlan(depot.db.prisma, 'north'))!.id).not.toBe(first.planId)
  await depot.gateway.close()
})
